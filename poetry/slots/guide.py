"""Guides for the decoding loop: a plan's masks, and free verse.

PlanGuide lets each slot be filled only by what the plan admits; FreeGuide lets the network write until
its end token. Neither can run into a dead end: of a planned slot's constraints all but tone and rhyme and no
rhyme word twice give way where they would leave nothing, and a wish is planned only in groups that have more
characters than the poem has rhymes; a free line that is too long, or as long as was asked for, may end whatever it is.
"""

from collections.abc import Sequence

import numpy as np

from poetry.slots import stale
from poetry.slots.constraints import (
    Constraint,
    LineSoFar,
    NoCharacterAgain,
    NoGivenWordBeforeItsLine,
    NoLineOfTheCorpus,
    NoPhrase,
    NoRhymeWordTwice,
    OneScene,
    ToneAndRhyme,
)
from poetry.slots.features import LINE, LINES, PLACE, PLACES, WIDTH, WORD
from poetry.slots.layout import Layout
from poetry.slots.matter import Matter, MatterSoFar
from poetry.slots.plan import Plan
from poetry.slots.seen import NOTHING, SeenLines
from poetry.slots.sets import CharacterSets
from poetry.text.vocab import END, PAD, UNKNOWN, Vocabulary


class PlanGuide:
    """Guide of rows that follow one plan each, all of one form, under the constraints of poetry.slots.constraints:
    tone and rhyme, no rhyme word twice, no line of the `seen`, no stale phrase, one season and hour, and unless
    `repeats` no character again."""

    def __init__(
        self,
        plans: Sequence[Plan],
        sets: CharacterSets,
        seen: SeenLines = NOTHING,
        *,
        repeats: bool = False,
        plain: bool = False,
        words: np.ndarray | None = None,
        closed: np.ndarray | None = None,
        told: Sequence[Sequence[int]] = (),
        shut: Sequence[Sequence[str]] = (),
        matter: Sequence[Matter] = (),
    ) -> None:
        """`plain`: slots say where they stand and no more, as to a plain reader; else what is wished of them, too, and
        of `words` (rows, lines, 2), ids, 0 for none, the key word of their line. `closed` (rows, P) says which stale
        phrases a row must do without, `shut` which other words; `told` are the ids of what each row's poem is about,
        with which its season and hour must go, `matter` that of its subjects. Raises UsageError naming the first slot
        that nothing fits."""
        self.plans, self.position = list(plans), 0
        V = self._V = len(sets.vocabulary)
        self._layout = Layout.of(plans, sets.vocabulary)
        self._heard = ToneAndRhyme(plans, sets)
        self._constraints: list[Constraint] = [self._heard, NoRhymeWordTwice(self._layout, V)]
        if not repeats:
            self._constraints.append(NoCharacterAgain(self._layout, sets.vocabulary))
            if any(m.gives for m in matter):
                self._constraints.append(NoGivenWordBeforeItsLine(self._layout, matter))
        self._constraints.append(NoLineOfTheCorpus(self._layout, sets.vocabulary, seen))
        if closed is not None:
            self._constraints.append(NoPhrase(sets.vocabulary, [*stale.stale()], closed))
        if any(shut):
            listed = sorted({word for words in shut for word in words})
            self._constraints.append(NoPhrase(sets.vocabulary, listed, _holds(shut, listed)))
        if told:
            self._constraints.append(OneScene(sets.vocabulary, told))
        form = plans[0].form
        named = any(len(m.last) for m in matter)
        self._matter = MatterSoFar(matter, form.length, form.lines, V) if named else None
        self._features = np.stack([plan.features for plan in plans], axis=1).astype(np.int64)  # (T, rows, 7)
        if words is not None:
            self._features[:, :, WORD] = words[:, [slot.line for slot in plans[0].slots]].swapaxes(0, 1)
        if plain:
            self._features[:, :, [n for n in range(WIDTH) if n not in (PLACE, LINE)]] = 0

    @property
    def steps(self) -> int:
        """How many slots there are."""
        return len(self._layout)

    def features(self) -> np.ndarray:
        """See charrnn_core.decoding.Guide."""
        return self._features[self.position]

    def allowed(self) -> np.ndarray:
        """See charrnn_core.decoding.Guide."""
        fits = np.ones((len(self.plans), self._V), dtype=bool)
        for constraint in self._constraints:
            better = constraint.narrow(fits, self._layout, self.position)
            if not constraint.obliges:  # it gives way where it would leave nothing, as of a character that is forced
                kept = ~better.any(axis=1)
                better[kept] = fits[kept]
            fits = better
        return fits

    def favoured(self) -> tuple[np.ndarray, np.ndarray] | None:
        """See charrnn_core.decoding.Guide."""
        t, marks = self.position, self._layout.marks
        if self._matter is None or marks[t]:
            return None
        after = None if marks[t + 1] else self._heard.admits(t + 1)
        return self._matter.favoured(t % (self.plans[0].form.length + 1), after)

    def advance(self, ids: np.ndarray) -> None:
        """See charrnn_core.decoding.Guide."""
        for constraint in self._constraints:
            constraint.advance(ids, self._layout, self.position)
        if self._matter:
            self._matter.advance(ids, self._layout.marks[self.position])
        self.position += 1

    def select(self, rows: np.ndarray) -> None:
        """See charrnn_core.decoding.Guide."""
        self.plans = [self.plans[row] for row in rows]
        self._features, self._layout = self._features[:, rows], self._layout.select(rows)
        for constraint in self._constraints:
            constraint.select(rows)
        if self._matter:
            self._matter.select(rows)

    def finished(self) -> bool:
        """See charrnn_core.decoding.Guide."""
        return self.position == self.steps

    def active(self) -> np.ndarray:
        """See charrnn_core.decoding.Guide."""
        return np.ones(len(self.plans), dtype=bool)


def _holds(shut: Sequence[Sequence[str]], listed: Sequence[str]) -> np.ndarray:
    """(B, P) bool: which of the listed words each row's own are."""
    of_kind = {id(words): set(words) for words in shut}  # the candidates of a job share theirs
    rows = {kind: [word in words for word in listed] for kind, words in of_kind.items()}
    return np.array([rows[id(words)] for words in shut])


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

    def favoured(self) -> None:
        """See charrnn_core.decoding.Guide."""

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
