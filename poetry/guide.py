"""Guides for the decoding loop: a plan's masks, and free verse.

PlanGuide lets each slot be filled only by what the plan admits; FreeGuide lets the network write until
its end token. Neither can run into a dead end: a planned slot keeps its own set when the wish not to
repeat a character would leave nothing.
"""

from functools import cached_property

import numpy as np

from charrnn_core.errors import UsageError
from poetry.plan import Plan, Slot
from poetry.prosody.table import LEVEL_GROUPS, membership
from poetry.slots import LINE, LINES, PLACE, PLACES, Tone
from poetry.vocab import END, PAD, UNKNOWN, Vocabulary


class CharacterSets:
    """Which ids of a vocabulary may stand for a tone, and which rhyme with a group. Built on first use."""

    def __init__(self, vocabulary: Vocabulary, *, strict: bool = False) -> None:
        self.vocabulary, self.strict = vocabulary, strict
        self._cache: dict[tuple[int, int], np.ndarray] = {}

    @cached_property
    def groups(self) -> np.ndarray:
        """(V, 107) bool: membership in the rhyme groups."""
        return membership(self.vocabulary.tokens)

    def admitted(self, tone: int, rhyme: int) -> np.ndarray:
        """(V,) bool: the Hanzi that fit a tone need and a rhyme group (0: none).

        Usually some reading must fit; when strict, every reading must have the tone.
        """
        key = (tone, rhyme)
        if key not in self._cache:
            fits = self.vocabulary.is_hanzi.copy()
            if tone or rhyme:
                level, oblique = self.groups[:, 1 : LEVEL_GROUPS + 1].any(1), self.groups[:, LEVEL_GROUPS + 1 :].any(1)
                wanted, other = (level, oblique) if tone == Tone.LEVEL else (oblique, level)
                if tone:
                    fits &= wanted & ~other if self.strict else wanted
                if rhyme:
                    fits &= self.groups[:, rhyme]
            self._cache[key] = fits
        return self._cache[key]


class PlanGuide:
    """Guide of B rows that all follow one plan. No character comes back in a later line unless `repeats`."""

    def __init__(self, plan: Plan, rows: int, sets: CharacterSets, *, repeats: bool = False) -> None:
        self.plan, self.rows, self.repeats = plan, rows, repeats
        self.vocabulary = sets.vocabulary
        self.position = 0
        self._static = [self._admitted(slot, sets) for slot in plan.slots]
        self._empty(sets)
        self._used = np.zeros((rows, len(self.vocabulary)), dtype=bool)  # in lines before this one
        self._used[:, [self.vocabulary.id(slot.forced) for slot in plan.slots if slot.forced]] = True
        self._line: list[np.ndarray] = []

    def _admitted(self, slot: Slot, sets: CharacterSets) -> np.ndarray:
        if not slot.forced:
            return sets.admitted(slot.tone, slot.rhyme)
        only = np.zeros(len(self.vocabulary), dtype=bool)
        only[self.vocabulary.id(slot.forced)] = True
        return only

    def _empty(self, sets: CharacterSets) -> None:
        for slot, fits in zip(self.plan.slots, self._static, strict=True):
            if not fits.any():
                raise UsageError(
                    f"line {slot.line + 1}, character {slot.position + 1}: no character of the vocabulary fits; "
                    "choose another rhyme or pattern"
                )

    def features(self) -> np.ndarray:
        """See charrnn_core.decoding.Guide."""
        return np.broadcast_to(self.plan.features[self.position].astype(np.int64), (self.rows, 4))

    def allowed(self) -> np.ndarray:
        """See charrnn_core.decoding.Guide."""
        fits = np.broadcast_to(self._static[self.position], (self.rows, len(self.vocabulary)))
        if self.repeats or self.plan.slots[self.position].forced:
            return fits
        fresh = fits & ~self._used
        return np.where(fresh.any(axis=1, keepdims=True), fresh, fits)

    def advance(self, ids: np.ndarray) -> None:
        """See charrnn_core.decoding.Guide."""
        self._line.append(ids)
        self.position += 1
        if self.finished() or self.plan.slots[self.position].position == 0:
            self._used[np.arange(self.rows)[:, None], np.stack(self._line, axis=1)] = True
            self._line = []

    def finished(self) -> bool:
        """See charrnn_core.decoding.Guide."""
        return self.position == len(self.plan.slots)

    def active(self) -> np.ndarray:
        """See charrnn_core.decoding.Guide."""
        return np.ones(self.rows, dtype=bool)


class FreeGuide:
    """Guide of B rows of free verse: any Hanzi or mark, until the end token after a full stop.

    `opening` is forced first. No line is empty, none is longer than `longest` Hanzi.
    """

    longest = 16

    def __init__(self, vocabulary: Vocabulary, rows: int, opening: str = "") -> None:
        self.vocabulary, self.rows = vocabulary, rows
        self._opening = vocabulary.ids(opening)
        self._step = 0
        self._place = np.ones(rows, dtype=np.int64)
        self._line = np.zeros(rows, dtype=np.int64)
        self._last = np.full(rows, PAD)
        self._ended = np.zeros(rows, dtype=bool)

    def features(self) -> np.ndarray:
        """Place and line follow from the text so far."""
        features = np.zeros((self.rows, 4), dtype=np.int64)
        features[:, PLACE] = np.minimum(self._place, PLACES - 1)
        features[:, LINE] = np.minimum(self._line, LINES - 1)
        return features

    def allowed(self) -> np.ndarray:
        """See charrnn_core.decoding.Guide."""
        v = self.vocabulary
        allowed = np.zeros((self.rows, len(v)), dtype=bool)
        if self._step < len(self._opening):
            allowed[:, self._opening[self._step]] = True
            return allowed
        allowed[:] = v.is_hanzi & (self._place <= self.longest)[:, None]
        allowed[:, UNKNOWN] = False
        in_line = self._place > 1
        allowed[:, v.comma] = allowed[:, v.stop] = in_line
        allowed[:, END] = self._last == v.stop
        allowed[self._ended] = False
        allowed[self._ended, PAD] = True
        return allowed

    def advance(self, ids: np.ndarray) -> None:
        """See charrnn_core.decoding.Guide."""
        v = self.vocabulary
        mark = (ids == v.comma) | (ids == v.stop)
        self._place = np.where(mark, 1, self._place + 1)
        self._line = self._line + mark
        self._last = ids
        self._ended = self._ended | (ids == END)
        self._step += 1

    def finished(self) -> bool:
        """See charrnn_core.decoding.Guide."""
        return bool(self._ended.all())

    def active(self) -> np.ndarray:
        """See charrnn_core.decoding.Guide."""
        return ~self._ended
