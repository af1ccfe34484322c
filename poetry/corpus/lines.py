"""The lines of an encoded corpus as arrays, and the human line nearest to another."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from poetry.corpus.encoding import Encoded
from poetry.corpus.split import PARTS
from poetry.slots.seen import codes, hash_rows
from poetry.text.vocab import UNKNOWN

SHORTEST = 4  # a line of three Hanzi may be said again


@dataclass(frozen=True)
class CorpusLines:
    """Lines of every length; lines with an unknown Hanzi are left out."""

    corpus: Encoded
    starts: np.ndarray  # (N,) where each line begins among the corpus's tokens
    lengths: np.ndarray  # (N,)

    @classmethod
    def of(cls, corpus: Encoded, part: str | None = None) -> "CorpusLines":
        """The lines of all poems, or of those of one part."""
        v = corpus.vocabulary
        marks = np.flatnonzero((corpus.tokens == v.comma) | (corpus.tokens == v.stop))
        starts = np.concatenate([[0], marks[:-1] + 1])
        lengths = marks - starts
        unknown = np.concatenate([[0], np.cumsum(corpus.tokens == UNKNOWN)])
        whole = (lengths > 0) & (unknown[marks] == unknown[starts])
        if part is not None:
            poems = np.searchsorted(corpus.offsets, starts, side="right") - 1
            whole &= corpus.part[poems] == PARTS.index(part)
        return cls(corpus, starts[whole], lengths[whole])

    @cached_property
    def characters(self) -> np.ndarray:
        """(M,) uint64 code points of the corpus's tokens; 0 for a special one."""
        v = self.corpus.vocabulary
        table = np.array([0] * v.first_hanzi + [ord(c) for c in v.tokens[v.first_hanzi :]], dtype=np.uint64)
        return table[self.corpus.tokens]

    def of_length(self, length: int) -> tuple[np.ndarray, np.ndarray]:
        """((N, length) uint64 code points, (N,) numbers of the lines) of all lines of a length."""
        chosen = np.flatnonzero(self.lengths == length)
        return self.characters[self.starts[chosen][:, None] + np.arange(length)], chosen

    def nearest(self, line: str) -> tuple[str, int, int]:
        """The line of the same length that shares most characters at the same places (the first of several):
        (its text, the number of its poem, how many it shares). The text is empty when no line has the length."""
        texts, numbers = self.of_length(len(line))
        if not len(numbers):
            return "", -1, 0
        shared = (texts == codes(line)).sum(axis=1)
        best = int(shared.argmax())
        poem = int(np.searchsorted(self.corpus.offsets, self.starts[numbers[best]], side="right")) - 1
        return "".join(chr(int(c)) for c in texts[best]), poem, int(shared[best])


def hashes(lines: CorpusLines) -> np.ndarray:
    """(N,) uint64: the hashes of all lines of SHORTEST Hanzi or more."""
    found = []
    for length in np.unique(lines.lengths[lines.lengths >= SHORTEST]):
        texts, _ = lines.of_length(int(length))
        found.append(hash_rows(texts))
    return np.concatenate(found) if found else np.zeros(0, np.uint64)
