"""Guides for the decoding loop: a plan's masks, and free verse.

PlanGuide lets each slot be filled only by what the plan admits; FreeGuide lets the network write until
its end token. Neither can run into a dead end: a planned slot keeps its own set when the wish not to
repeat a character, or a line of the corpus, would leave nothing, and a rhyme group has more characters than
a poem has rhymes.
"""

from collections.abc import Sequence

import numpy as np

from poetry.slots.features import LINE, LINES, PLACE, PLACES, WIDTH, WORD
from poetry.slots.plan import Plan, Slot
from poetry.slots.seen import NOTHING, SeenLines, extend
from poetry.slots.sets import CharacterSets
from poetry.text.vocab import END, PAD, UNKNOWN, Vocabulary


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


class PlanGuide:
    """Guide of rows that follow one plan each, all of one form.

    No rhyme word is used twice. No character comes back in a later line, or in its own but as 叠字 (twice running),
    unless `repeats`. No line that is not forced from its first character to its last is one of the `seen` lines.
    """

    def __init__(
        self,
        plans: Sequence[Plan],
        sets: CharacterSets,
        seen: SeenLines = NOTHING,
        *,
        repeats: bool = False,
        words: np.ndarray | None = None,
    ) -> None:
        """`words` (rows, lines, 2) are the ids of the key word that each line is told, 0 for none."""
        self.plans, self.repeats, self.words = list(plans), repeats, words
        self.vocabulary = sets.vocabulary
        self._line_so_far = LineSoFar(self.vocabulary, seen, len(plans))
        self.position = 0
        self._masks, self._which = self._tables(sets)  # (K, V) bool and (T, rows): the number of a slot's mask
        self._features = np.stack([plan.features for plan in plans], axis=1).astype(np.int64)  # (T, rows, 7)
        if words is not None:
            self._features[:, :, WORD] = words[:, [slot.line for slot in plans[0].slots]].swapaxes(0, 1)
        slots = np.array([plan.slots for plan in plans], dtype=object).T  # (T, rows)
        self._forced = np.array([[bool(slot.forced) for slot in row] for row in slots])
        self._rhyming = np.array([[bool(slot.rhyme) for slot in row] for row in slots])
        self._starts = [slot.position == 0 for slot in plans[0].slots]  # lines agree between plans of one form
        self._marks = [slot.position == plans[0].form.length for slot in plans[0].slots]
        self._forced_ids = np.array([[self.vocabulary.id(slot.forced) for slot in row] for row in slots])
        self._closes = self._last_choices()  # (T, rows): no later slot of the line is open
        self._used = np.zeros((len(plans), len(self.vocabulary)), dtype=bool)  # in lines before, or forced
        self._rhymed = np.zeros_like(self._used)  # rhyme words so far, or forced
        for row, plan in enumerate(plans):
            self._used[row, [self.vocabulary.id(s.forced) for s in plan.slots if s.forced]] = True
            self._rhymed[row, [self.vocabulary.id(s.forced) for s in plan.slots if s.forced and s.rhyme]] = True
        self._line: list[np.ndarray] = []

    def _tables(self, sets: CharacterSets) -> tuple[np.ndarray, np.ndarray]:
        """The distinct masks of all plans, and which of them each slot of each row has."""
        numbers: dict[tuple[int, int, str, str], int] = {}
        kinds: list[Slot] = []
        which = np.zeros((len(self.plans[0].slots), len(self.plans)), dtype=np.int64)
        for row, plan in enumerate(self.plans):
            for t, slot in enumerate(plan.slots):
                kind = slot.tone, slot.rhyme, slot.forced, slot.excluded
                if kind not in numbers:
                    numbers[kind] = len(kinds)
                    kinds.append(slot)
                which[t, row] = numbers[kind]
        masks = np.zeros((len(kinds), len(self.vocabulary)), dtype=bool)
        for mask, slot in zip(masks, kinds, strict=True):
            if slot.forced:
                mask[self.vocabulary.id(slot.forced)] = True
            else:
                mask[:] = sets.admitted_to(slot)
        if not masks.any(axis=1).all():
            for plan in self.plans:
                sets.require(plan)
        return masks, which

    def _last_choices(self) -> np.ndarray:
        """(T, rows) bool: the last slot of each line that is not forced."""
        closes = np.zeros_like(self._forced)
        later = np.zeros(len(self.plans), dtype=bool)  # whether the line has an open slot after this one
        for t in reversed(range(len(self._marks))):
            later &= not self._marks[t]
            closes[t] = ~self._forced[t] & ~later
            later |= ~self._forced[t]
        return closes

    @property
    def steps(self) -> int:
        """How many slots there are."""
        return len(self._starts)

    def features(self) -> np.ndarray:
        """See charrnn_core.decoding.Guide."""
        return self._features[self.position]

    def allowed(self) -> np.ndarray:
        """See charrnn_core.decoding.Guide."""
        forced = self._forced[self.position]
        fits = self._masks[self._which[self.position]]
        rhyming = np.flatnonzero(self._rhyming[self.position] & ~forced)
        fits[rhyming] &= ~self._rhymed[rhyming]
        if not self.repeats:
            fits = _where_possible(fits, self._fresh(fits), forced)
        closes = self._closes[self.position]
        if closes.any():
            end = self._marks.index(True, self.position)
            after = self._forced_ids[self.position + 1 : end]
            fits = _where_possible(fits, fits & ~self._line_so_far.completes(fits & closes[:, None], after), forced)
        return fits

    def _fresh(self, fits: np.ndarray) -> np.ndarray:
        """(rows, V) bool: those of `fits` that the poem has not used; the line's last character may come once more,
        as 叠字."""
        fresh, rows = fits & ~self._used, np.arange(len(self.plans))
        if self._line:
            *before, last = self._line
            once = np.logical_and.reduce([ids != last for ids in before], axis=0, initial=True)
            twice = fresh[rows, last] & once
            fresh[rows[:, None], np.stack(self._line, axis=1)] = False
            fresh[rows, last] = twice
        return fresh

    def advance(self, ids: np.ndarray) -> None:
        """See charrnn_core.decoding.Guide."""
        rows = np.arange(len(self.plans))
        rhyming = self._rhyming[self.position]
        self._rhymed[rows[rhyming], ids[rhyming]] = True
        self._line.append(ids)
        self._line_so_far.advance(ids, self._marks[self.position])
        self.position += 1
        if self.finished() or self._starts[self.position]:
            self._used[rows[:, None], np.stack(self._line, axis=1)] = True
            self._line = []

    def select(self, rows: np.ndarray) -> None:
        """See charrnn_core.decoding.Guide."""
        self.plans = [self.plans[row] for row in rows]
        self.words = None if self.words is None else self.words[rows]
        self._which, self._features = self._which[:, rows], self._features[:, rows]
        self._forced, self._rhyming = self._forced[:, rows], self._rhyming[:, rows]
        self._forced_ids, self._closes = self._forced_ids[:, rows], self._closes[:, rows]
        self._used, self._rhymed = self._used[rows], self._rhymed[rows]
        self._line = [ids[rows] for ids in self._line]
        self._line_so_far.select(rows)

    def finished(self) -> bool:
        """See charrnn_core.decoding.Guide."""
        return self.position == self.steps

    def active(self) -> np.ndarray:
        """See charrnn_core.decoding.Guide."""
        return np.ones(len(self.plans), dtype=bool)


def _where_possible(fits: np.ndarray, better: np.ndarray, forced: np.ndarray) -> np.ndarray:
    """`better`, a part of `fits`, in the rows where it leaves something and nothing is forced, else `fits`. The result
    is written into `better`."""
    kept = forced | ~better.any(axis=1)
    better[kept] = fits[kept]
    return better


class FreeGuide:
    """Guide of B rows of free verse: any Hanzi or mark, until the end token after a full stop.

    `opening` is forced first; `begin` puts new poems into the places of rows. No line is empty, none is longer than
    `longest` Hanzi, and none that is not forced is one of the `seen` lines.
    """

    longest = 16

    def __init__(self, vocabulary: Vocabulary, rows: int, opening: str = "", seen: SeenLines = NOTHING) -> None:
        self.vocabulary = vocabulary
        self._line_so_far = LineSoFar(vocabulary, seen, rows)
        self._openings = [vocabulary.ids(opening)] * rows
        self._step = np.zeros(rows, dtype=np.int64)  # how many tokens the row has
        self._place = np.ones(rows, dtype=np.int64)
        self._line = np.zeros(rows, dtype=np.int64)
        self._last = np.full(rows, PAD)
        self._ended = np.zeros(rows, dtype=bool)

    def begin(self, rows: np.ndarray, openings: Sequence[str]) -> None:
        """Begin these rows anew, each with an opening of its own."""
        for row, opening in zip(rows, openings, strict=True):
            self._openings[row] = self.vocabulary.ids(opening)
        self._step[rows], self._place[rows], self._line[rows] = 0, 1, 0
        self._last = self._last.copy()  # it may be the caller's
        self._last[rows], self._ended[rows] = PAD, False
        self._line_so_far.begin(rows)

    def features(self) -> np.ndarray:
        """Place and line follow from the text so far."""
        features = np.zeros((len(self._place), WIDTH), dtype=np.int64)
        features[:, PLACE] = np.minimum(self._place, PLACES - 1)
        features[:, LINE] = np.minimum(self._line, LINES - 1)
        return features

    def allowed(self) -> np.ndarray:
        """See charrnn_core.decoding.Guide."""
        v = self.vocabulary
        allowed = v.writable & (self._place <= self.longest)[:, None]
        allowed[:, UNKNOWN] = False
        given = np.array([len(opening) for opening in self._openings])
        new = ~self._line_so_far.complete() | (self._step == given) | (self._place > self.longest)
        in_line = (self._place > 1) & new
        allowed[:, v.comma] = allowed[:, v.stop] = in_line
        allowed[:, END] = self._last == v.stop
        allowed[self._ended] = False
        allowed[self._ended, PAD] = True
        for row in np.flatnonzero(self._step < given):
            allowed[row] = False
            allowed[row, self._openings[row][self._step[row]]] = True
        return allowed

    def advance(self, ids: np.ndarray) -> None:
        """See charrnn_core.decoding.Guide."""
        v = self.vocabulary
        mark = (ids == v.comma) | (ids == v.stop)
        self._place = np.where(mark, 1, self._place + 1)
        self._line = self._line + mark
        self._last = ids
        self._line_so_far.advance(ids, mark)
        self._ended = self._ended | (ids == END)
        self._step = self._step + 1

    def select(self, rows: np.ndarray) -> None:
        """See charrnn_core.decoding.Guide."""
        self._place, self._line = self._place[rows], self._line[rows]
        self._last, self._ended = self._last[rows], self._ended[rows]
        self._step, self._openings = self._step[rows], [self._openings[row] for row in rows]
        self._line_so_far.select(rows)

    def finished(self) -> bool:
        """See charrnn_core.decoding.Guide."""
        return bool(self._ended.all())

    def active(self) -> np.ndarray:
        """See charrnn_core.decoding.Guide."""
        return ~self._ended
