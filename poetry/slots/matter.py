"""诗料 (poetry.theme.matter) in ids: which words of its subjects a poem has named, and which Hanzi would name another.

A subject is named enough when a third of the lines have a word of its matter, two of four, three of eight: after that
it is left to the network, for a poem that names things alone is a list. Of a modern word, whose title in verse says
less of it, two thirds (docs/panel.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from poetry.slots.phrases import NEVER, NOTHING
from poetry.text.vocab import Vocabulary

STARTS = {5: (0, 2, 3), 7: (0, 2, 4, 5)}  # places in a line where a word of two Hanzi may begin, as verse is read
ANYWHERE = -1
GIVEN = 2.0  # the worth of a word that a person gives


def enough(lines: int, *, modern: bool = False) -> int:
    """How many lines of so many name a subject often enough."""
    return ((2 if modern else 1) * lines + 2) // 3


@dataclass(frozen=True)
class Matter:
    """The matter of one poem's subjects: (P,) each word's first Hanzi (NOTHING where it has but one), its last, the
    number of its subject and the line that wants it, ANYWHERE if none does; (S,) float64 what each subject is worth,
    and how many lines are to name it."""

    first: np.ndarray
    last: np.ndarray
    subject: np.ndarray
    line: np.ndarray
    worth: np.ndarray
    enough: np.ndarray

    @classmethod
    def of(
        cls, subjects: Sequence[tuple[Sequence[str], float, int]], v: Vocabulary, given: Sequence[str] = ()
    ) -> "Matter":
        """Of subjects, each its words, its worth and how many lines are to name it, and of the words that a person
        gives for the lines, "" for none, each a subject of its own; without words that have a Hanzi outside the
        vocabulary."""
        kept = [(tuple(fits), worth, ANYWHERE, lines) for fits, worth, lines in subjects]
        kept += [((word,), GIVEN, line, enough(len(given))) for line, word in enumerate(given) if word]
        rows = [
            (v.id(word[0]) if len(word) > 1 else NOTHING, v.id(word[-1]), number, line)
            for number, (fits, _, line, _) in enumerate(kept)
            for word in fits
            if all(c in v for c in word)
        ]
        first, last, subject, lines = np.array(rows, dtype=np.int64).reshape(-1, 4).T
        worth, often = np.array([(worth, often) for _, worth, _, often in kept], dtype=np.float64).reshape(-1, 2).T
        return cls(first, last, subject, lines, worth, often)

    @property
    def gives(self) -> bool:
        """Whether a line has a word of its own."""
        return bool((self.line != ANYWHERE).any())

    def of_later_lines(self, line: int) -> np.ndarray:
        """The ids of the Hanzi of words that lines after this one want, less those that it wants itself."""
        later, here = self.line > line, self.line == line
        wanted, kept = (np.union1d(self.first[some], self.last[some]) for some in (later, here))
        return np.setdiff1d(wanted[wanted >= 0], kept)

    def named(self, ids: np.ndarray, width: int) -> np.ndarray:
        """(S, R) how many lines of (T, R) ids, `width` slots each, name each subject."""
        found = np.zeros((len(self.worth), ids.shape[1]), dtype=np.int64)
        for start in range(0, len(ids), width):
            line = ids[start : start + width]
            has = (line[:, None] == self.last[:, None]) & (self.first == NOTHING)[:, None]  # (slots, P, R)
            has[1:] |= (line[1:, None] == self.last[:, None]) & (line[:-1, None] == self.first[:, None])
            words = has.any(axis=0) & ((self.line == ANYWHERE) | (self.line == start // width))[:, None]
            for number in range(len(found)):
                found[number] += words[self.subject == number].any(axis=0)
        return found


def shared(matter: Sequence[Matter]) -> tuple[list[Matter], np.ndarray]:
    """The different ones of B rows' matter, for the candidates of a job share theirs, and (B,) which each has."""
    different = {id(m): m for m in matter}
    number = {key: n for n, key in enumerate(different)}
    return list(different.values()), np.array([number[id(m)] for m in matter], dtype=np.int64)


class MatterSoFar:
    """What B rows have named, and what would bring in more of it."""

    def __init__(self, matter: Sequence[Matter], length: int, lines: int, V: int) -> None:
        """`matter` of each row; of lines of so many Hanzi, so many of them; V tokens."""
        different, self._of = shared(matter)
        P = max((len(m.last) for m in different), default=0)
        self._first, self._last, self._subject, self._where = (np.full((len(different), P), NEVER) for _ in range(4))
        for n, m in enumerate(different):
            self._first[n, : len(m.last)], self._last[n, : len(m.last)] = m.first, m.last
            self._subject[n, : len(m.last)], self._where[n, : len(m.last)] = m.subject, m.line
        self._subject[self._subject == NEVER] = 0
        S = max((len(m.worth) for m in different), default=0)
        self._lines = np.zeros((len(matter), max(1, S)), dtype=np.int64)  # that name each subject
        self._here = np.zeros(self._lines.shape, dtype=bool)  # whether the line that is being written does
        self._before = np.full(len(matter), NEVER)
        self._used = np.zeros((len(matter), V), dtype=bool)  # a Hanzi seldom comes twice: no word is begun for its sake
        self._starts = STARTS.get(length, tuple(range(length)))
        self._enough = np.zeros((len(different), max(1, S)))
        for n, m in enumerate(different):
            self._enough[n, : len(m.enough)] = m.enough
        # (rows, lines): for a line with a word of its own nothing else is wanted
        self._left = np.array([(np.arange(lines)[:, None] != m.line).all(axis=1) for m in matter])
        self._line = 0

    def favoured(self, place: int, next_fits: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """(rows, ids): the Hanzi at a place of the line, from 0, that begin or end a word of a subject which has not
        been named enough. next_fits (B, V) bool: what the place after it may have, None for a mark."""
        first, last, subject = (array[self._of] for array in (self._first, self._last, self._subject))  # (B, P)
        where = self._where[self._of]
        in_line = (where == self._line) | ((where == ANYWHERE) & self._left[:, [self._line]])
        wanted = np.take_along_axis((self._lines < self._enough[self._of]) & ~self._here, subject, axis=1) & in_line
        ends = wanted & ((first == NOTHING) | (first == self._before[:, None])) & (last >= 0)
        rows, words = np.nonzero(ends)
        found = [(rows, last[rows, words])]
        if next_fits is not None and place in self._starts:
            rows, words = np.nonzero(wanted & (first >= 0))
            fits = (next_fits & ~self._used)[rows, last[rows, words]]
            found.append((rows[fits], first[rows[fits], words[fits]]))
        return np.concatenate([r for r, _ in found]), np.concatenate([i for _, i in found])

    def advance(self, ids: np.ndarray, ends: bool) -> None:
        """(B,) ids were chosen; `ends`: they are marks."""
        if ends:
            self._lines, self._before = self._lines + self._here, np.full(len(ids), NEVER)
            self._here = np.zeros_like(self._here)
            self._line += 1
            return
        first, last, subject = (array[self._of] for array in (self._first, self._last, self._subject))
        where = self._where[self._of]
        named = (last == ids[:, None]) & ((first == NOTHING) | (first == self._before[:, None]))
        rows, words = np.nonzero(named & ((where == ANYWHERE) | (where == self._line)))
        self._here[rows, subject[rows, words]] = True
        self._used[np.arange(len(ids)), ids] = True
        self._before = ids

    def select(self, rows: np.ndarray) -> None:
        """Go on with these rows."""
        self._of, self._lines, self._here = self._of[rows], self._lines[rows], self._here[rows]
        self._before, self._used, self._left = self._before[rows], self._used[rows], self._left[rows]
