"""Phrases of one to three Hanzi in ids, and which of them the next Hanzi of a row would complete."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from poetry.text.vocab import Vocabulary

NOTHING, NEVER = -1, -2  # no Hanzi is asked for; no token


@dataclass(frozen=True)
class Phrases:
    """(P,) int64 each: the last Hanzi of a phrase, the one before it and the one before that, NOTHING where there is
    none, and the phrase's place in the list that it comes from."""

    last: np.ndarray
    before: np.ndarray
    first: np.ndarray
    place: np.ndarray

    @classmethod
    def of(cls, vocabulary: Vocabulary, listed: Sequence[str]) -> "Phrases":
        """Of a list, without the phrases that have a Hanzi outside the vocabulary."""
        known = [(place, phrase) for place, phrase in enumerate(listed) if all(c in vocabulary for c in phrase)]
        rows = [[*[NOTHING] * (3 - len(phrase)), *vocabulary.ids(phrase), place] for place, phrase in known]
        first, before, last, places = np.array(rows, dtype=np.int64).reshape(-1, 4).T
        return cls(last, before, first, places)


class PhrasesSoFar:
    """The last two Hanzi of B rows, to know which phrases the next one would complete."""

    def __init__(self, phrases: Phrases, rows: int) -> None:
        self.phrases = phrases
        self._first, self._before = np.full(rows, NEVER), np.full(rows, NEVER)

    def begun(self) -> np.ndarray:
        """(B, P) bool: the phrases of which all but the last Hanzi stand there."""
        p = self.phrases
        met = (p.before == NOTHING) | (p.before == self._before[:, None])
        return met & ((p.first == NOTHING) | (p.first == self._first[:, None]))

    def advance(self, ids: np.ndarray, *, ends: bool = False) -> None:
        """(B,) ids were chosen; `ends`: no phrase goes on from here."""
        never = np.full(len(ids), NEVER)
        self._first, self._before = (never, never) if ends else (self._before, ids)

    def select(self, rows: np.ndarray) -> None:
        """Go on with these rows."""
        self._first, self._before = self._first[rows], self._before[rows]
