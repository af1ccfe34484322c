"""陈言 (stale phrases): what the network says much oftener than poets do, 不知何处, 无人到.

惟陈言之务去 (what is stale must go; 韩愈). The likeliest poem is made of phrases that fit every title. Each of those in
stale.tsv, of two or three Hanzi, is therefore open to a poem only by lot, with the share that stands beside it, and
closed to the others. `python -m poetry.measuring.build_stale` writes the list.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from poetry.text.vocab import Vocabulary

FILE = "stale.tsv"
NEVER = -2  # no token


@cache
def stale() -> dict[str, float]:
    """Phrase -> the share of poems to which it is open."""
    rows = files("poetry.slots").joinpath(FILE).read_text(encoding="utf-8").splitlines()
    return {phrase: float(share) for phrase, share in (row.split("\t") for row in rows)}


def closed(uniforms: np.ndarray) -> np.ndarray:
    """(P,) bool for random numbers (P,) of a poem: the phrases, in the list's order, that it must do without."""
    return uniforms >= np.fromiter(stale().values(), dtype=np.float64, count=len(uniforms))


@dataclass(frozen=True)
class Phrases:
    """The phrases in ids: (P,) the last Hanzi of each, the one before it, and the one before that, -1 where there is
    none."""

    last: np.ndarray
    before: np.ndarray
    first: np.ndarray

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> "Phrases":
        """Of the list; a phrase with a Hanzi outside the vocabulary is never met."""
        known = [phrase if all(c in vocabulary for c in phrase) else "" for phrase in stale()]
        ids = np.full((len(known), 3), NEVER)
        for row, phrase in zip(ids, known, strict=True):
            if phrase:
                row[:] = [-1] * (3 - len(phrase)) + vocabulary.ids(phrase)
        first, before, last = ids.T
        return cls(last, before, first)
