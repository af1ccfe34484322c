"""Words of verse and their meanings as vectors, learned from the corpus (poetry.theme.build)."""

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from charrnn_core import weights
from charrnn_core.errors import WeightsError

KIND = "word vectors"


@dataclass(frozen=True)
class WordVectors:
    """`items` are words of two Hanzi, then single Hanzi; `vectors` (N, K) of length 1 or 0; `counts` (N,) in how many
    poems each occurs, of `poems`; the first `words` items are words."""

    items: tuple[str, ...]
    vectors: np.ndarray
    counts: np.ndarray
    words: int
    poems: int

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {item: i for i, item in enumerate(self.items)}

    def is_word(self, text: str) -> bool:
        """Whether a text is one of the words (of two Hanzi) that the network knows as key words."""
        return len(text) == 2 and text in self._numbers

    def __contains__(self, item: str) -> bool:
        return item in self._numbers

    def weight(self, item: str) -> float:
        """log(poems / poems that have the item): what it tells about a poem, in nats. An item that is not listed is as
        rare as can be."""
        return float(np.log(self.poems / (self.counts[self._numbers[item]] if item in self else 1)))

    def meaning(self, text: str) -> np.ndarray:
        """(K,) of length 1: the vector of an item, else the mean of its Hanzi's vectors, rare ones weighing more;
        zeros when none of them is known."""
        if text in self._numbers:
            return self.vectors[self._numbers[text]]
        known = [c for c in text if c in self._numbers]
        total = sum((self.weight(c) * self.vectors[self._numbers[c]] for c in known), np.zeros(self.vectors.shape[1]))
        length = np.linalg.norm(total)
        return np.asarray(total / length) if length else total

    def sense(self, text: str) -> np.ndarray:
        """(K,) of length 1 or 0: the direction of the sum of the meanings of a text's pairs of Hanzi."""
        pairs = [text[k : k + 2] for k in range(max(1, len(text) - 1))] if text else []
        total = sum(map(self.meaning, pairs), np.zeros(self.vectors.shape[1]))
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9))

    def nearest(self, meaning: np.ndarray, count: int) -> list[tuple[str, float]]:
        """The words nearest to a meaning (K,) with their cosines, best first."""
        cosines = self.vectors[: self.words] @ meaning
        best = np.argsort(-cosines)[:count]
        return [(self.items[i], float(cosines[i])) for i in best]


def load(path: Path) -> WordVectors:
    """Read the table. Raises WeightsError when the file is missing, damaged or foreign."""
    arrays, header = weights.load(path, kind=KIND)
    try:
        vectors = arrays["vectors"]
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.where(length > 0, length, 1)
        return WordVectors(tuple(header["items"]), vectors, arrays["counts"], header["words"], header["poems"])
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            "{path} has a damaged header ({error}); install the package again", path=path, error=error
        ) from error


@cache
def shipped() -> WordVectors:
    """The table that comes with the package."""
    with as_file(files("poetry").joinpath("theme", "words.safetensors")) as path:
        return load(path)
