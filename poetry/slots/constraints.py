"""What a slot's character must be or must not be, each demand by itself, named by its effect; a guide combines them.

A constraint narrows the characters that a slot of every row may still have, hears what was chosen, and goes on with the
rows it is told. `obliges` says whether it holds even where it leaves a row nothing; the others then give way.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from poetry.slots.customs import doubled
from poetry.slots.layout import Layout
from poetry.slots.matter import Matter, shared
from poetry.slots.phrases import Phrases, PhrasesSoFar
from poetry.slots.plan import Plan
from poetry.slots.scenes import Scenes, SceneSoFar
from poetry.slots.seen import SeenLines, extend
from poetry.slots.sets import CharacterSets
from poetry.text.vocab import Vocabulary


class Constraint(Protocol):
    """See the module's docstring. Rows B, vocabulary V; t is the slot's number."""

    obliges: bool

    def narrow(self, fits: np.ndarray, layout: Layout, t: int) -> np.ndarray:
        """(B, V) bool, those of `fits` that it admits in slot t; an array of its own."""

    def advance(self, ids: np.ndarray, layout: Layout, t: int) -> None:
        """(B,) ids were chosen in slot t."""

    def select(self, rows: np.ndarray) -> None:
        """Go on with these rows."""


class ToneAndRhyme:
    """The character has the tone and the rhyme its slot needs and is none of those excluded there, or is the one that
    is forced."""

    obliges = True

    def __init__(self, plans: Sequence[Plan], sets: CharacterSets) -> None:
        """Raises UsageError naming the first slot that nothing fits."""
        numbers: dict[tuple[int, int, str, str], int] = {}  # of the distinct masks
        self._which = np.array(
            [
                [numbers.setdefault((s.tone, s.rhyme, s.forced, s.excluded), len(numbers)) for s in plan.slots]
                for plan in plans
            ]
        ).T
        self._masks = np.zeros((len(numbers), len(sets.vocabulary)), dtype=bool)
        for (tone, rhyme, forced, excluded), number in numbers.items():
            if forced:
                self._masks[number, sets.vocabulary.id(forced)] = True
            else:
                self._masks[number] = sets.admitted(tone, rhyme, excluded)
        if not self._masks.any(axis=1).all():
            for plan in plans:
                sets.require(plan)

    def admits(self, t: int) -> np.ndarray:
        """(B, V) bool: what has the tone and the rhyme of slot t."""
        return np.asarray(self._masks[self._which[t]])

    def narrow(self, fits: np.ndarray, layout: Layout, t: int) -> np.ndarray:
        """See Constraint."""
        return fits & self.admits(t)

    def advance(self, ids: np.ndarray, layout: Layout, t: int) -> None:
        """Nothing to remember."""

    def select(self, rows: np.ndarray) -> None:
        """See Constraint."""
        self._which = self._which[:, rows]


class NoRhymeWordTwice:
    """No rhyme word comes back (重韵), nor is one that is forced later used before."""

    obliges = True

    def __init__(self, layout: Layout, V: int) -> None:
        self._rhymed = _forced(layout, layout.forced & layout.rhyming, V)

    def narrow(self, fits: np.ndarray, layout: Layout, t: int) -> np.ndarray:
        """See Constraint."""
        open_rhymes = layout.rhyming[t] & ~layout.forced[t]
        return fits & ~(self._rhymed & open_rhymes[:, None])

    def advance(self, ids: np.ndarray, layout: Layout, t: int) -> None:
        """See Constraint."""
        rows = np.flatnonzero(layout.rhyming[t])
        self._rhymed[rows, ids[rows]] = True

    def select(self, rows: np.ndarray) -> None:
        """See Constraint."""
        self._rhymed = self._rhymed[rows]


class NoCharacterAgain:
    """No character comes back in a later line, or in its own but as 叠字 (twice running), where poets double it."""

    obliges = False

    def __init__(self, layout: Layout, vocabulary: Vocabulary) -> None:
        self._used = _forced(layout, layout.forced, len(vocabulary))  # in the lines before, or forced
        self._doubled = np.zeros(len(vocabulary), dtype=bool)
        self._doubled[vocabulary.ids(doubled())] = True
        self._line: list[np.ndarray] = []

    def narrow(self, fits: np.ndarray, layout: Layout, t: int) -> np.ndarray:
        """See Constraint."""
        fresh, rows = fits & ~self._used, np.arange(len(fits))
        if self._line:
            *before, last = self._line
            once = np.logical_and.reduce([ids != last for ids in before], axis=0, initial=True)
            twice = fresh[rows, last] & once & self._doubled[last]
            fresh[rows[:, None], np.stack(self._line, axis=1)] = False
            fresh[rows, last] = twice
        return fresh

    def advance(self, ids: np.ndarray, layout: Layout, t: int) -> None:
        """See Constraint."""
        self._line.append(ids)
        if layout.marks[t]:
            self._used[np.arange(len(ids))[:, None], np.stack(self._line, axis=1)] = True
            self._line = []

    def select(self, rows: np.ndarray) -> None:
        """See Constraint."""
        self._used = self._used[rows]
        self._line = [ids[rows] for ids in self._line]


class NoGivenWordBeforeItsLine:
    """No Hanzi of a word that a person gives for a later line: it could not come again there."""

    obliges = False

    def __init__(self, layout: Layout, matter: Sequence[Matter]) -> None:
        """`matter` of each row."""
        different, self._of = shared(matter)
        self._later = [[m.of_later_lines(line) for line in range(sum(layout.marks))] for m in different]

    def narrow(self, fits: np.ndarray, layout: Layout, t: int) -> np.ndarray:
        """See Constraint."""
        found, line = fits.copy(), sum(layout.marks[:t])
        for number, later in enumerate(self._later):
            found[np.ix_(self._of == number, later[line])] = False
        return found

    def advance(self, ids: np.ndarray, layout: Layout, t: int) -> None:
        """Nothing to remember."""

    def select(self, rows: np.ndarray) -> None:
        """See Constraint."""
        self._of = self._of[rows]


class NoLineOfTheCorpus:
    """No line that is not forced from its first character to its last is one of the `seen` lines."""

    obliges = False

    def __init__(self, layout: Layout, vocabulary: Vocabulary, seen: SeenLines) -> None:
        self._line_so_far = LineSoFar(vocabulary, seen, layout.forced.shape[1])
        self._closes = _last_choices(layout)

    def narrow(self, fits: np.ndarray, layout: Layout, t: int) -> np.ndarray:
        """See Constraint."""
        closes = self._closes[t]
        if not closes.any():
            return fits.copy()
        after = layout.forced_ids[t + 1 : layout.marks.index(True, t)]
        return fits & ~self._line_so_far.completes(fits & closes[:, None], after)

    def advance(self, ids: np.ndarray, layout: Layout, t: int) -> None:
        """See Constraint."""
        self._line_so_far.advance(ids, layout.marks[t])

    def select(self, rows: np.ndarray) -> None:
        """See Constraint."""
        self._closes = self._closes[:, rows]
        self._line_so_far.select(rows)


class NoPhrase:
    """None of the `listed` phrases that are `closed` (B, P) to the poem."""

    obliges = False

    def __init__(self, vocabulary: Vocabulary, listed: Sequence[str], closed: np.ndarray) -> None:
        phrases = Phrases.of(vocabulary, listed)
        self._so_far, self._closed = PhrasesSoFar(phrases, len(closed)), closed[:, phrases.place]

    def narrow(self, fits: np.ndarray, layout: Layout, t: int) -> np.ndarray:
        """See Constraint."""
        found = fits.copy()
        rows, phrases = np.nonzero(self._closed & self._so_far.begun())
        found[rows, self._so_far.phrases.last[phrases]] = False
        return found

    def advance(self, ids: np.ndarray, layout: Layout, t: int) -> None:
        """See Constraint."""
        self._so_far.advance(ids, ends=layout.marks[t])

    def select(self, rows: np.ndarray) -> None:
        """See Constraint."""
        self._closed = self._closed[rows]
        self._so_far.select(rows)


class OneScene:
    """No season or hour beside another that does not go with it (poetry.slots.scenes)."""

    obliges = False

    def __init__(self, vocabulary: Vocabulary, told: Sequence[Sequence[int]]) -> None:
        """`told` are the ids of what each row's poem is about: it names scenes, too."""
        self._so_far = SceneSoFar(Scenes.of(vocabulary), told)

    def narrow(self, fits: np.ndarray, layout: Layout, t: int) -> np.ndarray:
        """See Constraint."""
        found = fits.copy()
        found[self._so_far.closes()] = False
        return found

    def advance(self, ids: np.ndarray, layout: Layout, t: int) -> None:
        """See Constraint."""
        self._so_far.advance(ids, layout.marks[t])

    def select(self, rows: np.ndarray) -> None:
        """See Constraint."""
        self._so_far.select(rows)


class LineSoFar:
    """The hashes of the lines that B rows are writing, to know which next character would complete a seen line."""

    def __init__(self, vocabulary: Vocabulary, seen: SeenLines, rows: int) -> None:
        self.seen = seen
        self._codes = np.zeros(len(vocabulary), dtype=np.uint64)
        hanzi = vocabulary.tokens[vocabulary.first_hanzi :]
        self._codes[vocabulary.first_hanzi :] = [ord(character) for character in hanzi]
        self._hashes = np.zeros(rows, dtype=np.uint64)

    def completes(self, candidates: np.ndarray, after: np.ndarray) -> np.ndarray:
        """(B, V) bool: which of the candidates (B, V) bool, with the ids `after` (k, B), make the line one that
        was seen."""
        rows, ids = np.nonzero(candidates)
        found = np.zeros_like(candidates)
        hashes = extend(self._hashes[rows], np.vstack([self._codes[ids], self._codes[after][:, rows]]))
        found[rows, ids] = self.seen.holds(hashes)
        return found

    def complete(self) -> np.ndarray:
        """(B,) bool: whether the line as it stands is one of the corpus."""
        return self.seen.holds(self._hashes)

    def advance(self, ids: np.ndarray, ends: np.ndarray | bool) -> None:
        """(B,) ids were chosen; `ends` says where they are marks that end the line."""
        self._hashes = np.where(ends, np.uint64(0), extend(self._hashes, self._codes[ids][None]))

    def begin(self, rows: np.ndarray) -> None:
        """Begin these rows anew."""
        self._hashes[rows] = 0

    def select(self, rows: np.ndarray) -> None:
        """Go on with these rows."""
        self._hashes = self._hashes[rows]


def _forced(layout: Layout, where: np.ndarray, V: int) -> np.ndarray:
    """(B, V) bool: the characters forced in the slots (T, B) that are true."""
    found = np.zeros((where.shape[1], V), dtype=bool)
    slots, rows = np.nonzero(where)
    found[rows, layout.forced_ids[slots, rows]] = True
    return found


def _last_choices(layout: Layout) -> np.ndarray:
    """(T, B) bool: the last slot of each line that is not forced."""
    closes = np.zeros_like(layout.forced)
    later = np.zeros(layout.forced.shape[1], dtype=bool)  # whether the line has an open slot after this one
    for t in reversed(range(len(layout))):
        later &= not layout.marks[t]
        closes[t] = ~layout.forced[t] & ~later
        later |= ~layout.forced[t]
    return closes
