"""An interpolated modified Kneser-Ney n-gram model (Chen & Goodman 1999), vectorised in numpy.

The yardstick for the networks: same split, same vocabulary, perplexity per Hanzi as
poetry.training.perplexity defines it. The context begins with the form's token and the start token, so
the model knows what the networks know.

An n-gram of ids w1 .. wn gets a number by growing its prefix: number(w1 .. wn) is the rank of
(number(w1 .. wn-1), wn) among all such pairs seen in training; look-ups are binary searches.
"""

import argparse
import math
import sys
from dataclasses import dataclass

import numpy as np

from benchmarks.report import report
from charrnn_core.command import Parser, run
from poetry.corpus import encoding
from poetry.corpus.encoding import Encoded
from poetry.text.vocab import END, START

ORDER = 5


@dataclass(frozen=True)
class Level:
    """All n-grams of one length, in order of their keys."""

    keys: np.ndarray  # (K,) int64: number of the prefix * V + last id
    counts: np.ndarray  # (K,) float64: counts at the highest order, continuation counts below
    context: np.ndarray  # (K,) int64: number of the prefix (n - 1 ids)
    totals: np.ndarray  # (P,) float64: sum of counts of a prefix
    held_back: np.ndarray  # (P,) float64: discounted mass of a prefix
    discounts: np.ndarray  # (4,): taken from counts 0, 1, 2, 3 and more


class KneserNey:
    """p(w | up to four ids before it), all orders interpolated."""

    def __init__(self, stream: np.ndarray, V: int, counted: np.ndarray, order: int = ORDER) -> None:
        """`stream` (M,) int64 ids of all texts, `counted` (M,) bool: ids to be predicted (not the padding)."""
        self.V, self.order = V, order
        keys, prefixes = self._keys(stream, counted)
        self.levels = [self._level(keys, prefixes, n) for n in range(1, order + 1)]

    def _keys(self, stream: np.ndarray, counted: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """For every n the sorted distinct keys of n-grams and, for every position, its n-gram's number."""
        numbers = [np.zeros(len(stream), dtype=np.int64)]  # the empty n-gram
        keys = []
        for n in range(1, self.order + 1):
            shifted = numbers[n - 1]
            if n > 1:  # the prefix of the n-gram that ends here ends one position before
                shifted = np.concatenate([[0], numbers[n - 1][:-1]])
            pair = shifted * self.V + stream
            found, inverse = np.unique(pair, return_inverse=True)
            keys.append(found)
            numbers.append(inverse)
        self._counted = counted
        return keys, numbers

    def _level(self, keys: list[np.ndarray], numbers: list[np.ndarray], n: int) -> Level:
        positions = np.flatnonzero(self._counted)
        if n == self.order:
            counts = np.bincount(numbers[n][positions], minlength=len(keys[n - 1])).astype(np.float64)
        else:  # continuation counts: before how many different ids does the n-gram stand
            longer = np.unique(numbers[n + 1][positions], return_index=True)[1]
            counts = np.bincount(numbers[n][positions[longer]], minlength=len(keys[n - 1])).astype(np.float64)
        context = keys[n - 1] // self.V
        prefixes = 1 if n == 1 else len(keys[n - 2])
        discounts = _discounts(counts)
        taken = discounts[np.minimum(counts, 3).astype(int)]
        totals = np.bincount(context, weights=counts, minlength=prefixes)
        held_back = np.bincount(context, weights=taken, minlength=prefixes)
        return Level(keys[n - 1], counts, context, totals, held_back, discounts)

    def probability(self, history: np.ndarray, ids: np.ndarray) -> np.ndarray:
        """(N,) p(ids | history); history (N, order - 1) int64, the nearest id last."""
        probability = np.full(len(ids), 1 / self.V)
        for n in range(1, self.order + 1):
            prefix = np.zeros(len(ids), dtype=np.int64)
            for k in range(1, n):
                prefix = self._find(k, prefix, history[:, self.order - n + k - 1])
            probability = self._interpolated(n, prefix, ids, probability)
        return probability

    def _find(self, n: int, prefix: np.ndarray, last: np.ndarray) -> np.ndarray:
        """Number of the n-gram (prefix, last), -1 when it was never seen."""
        keys = self.levels[n - 1].keys
        key = prefix * self.V + last
        place = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
        return np.where((prefix >= 0) & (keys[place] == key), place, -1)

    def _interpolated(self, n: int, prefix: np.ndarray, ids: np.ndarray, lower: np.ndarray) -> np.ndarray:
        level = self.levels[n - 1]
        found = self._find(n, prefix, ids)
        counts = np.where(found >= 0, level.counts[found], 0)
        totals = np.where(prefix >= 0, level.totals[prefix], 0)
        known = totals > 0
        safe = np.where(known, totals, 1)
        kept = counts - level.discounts[np.minimum(counts, 3).astype(int)]
        mixed = (kept + np.where(known, level.held_back[prefix], 0) * lower) / safe
        return np.where(known, mixed, lower)


def _discounts(counts: np.ndarray) -> np.ndarray:
    """Discounts for counts 0, 1, 2, 3+ (Chen & Goodman 1999, eq. 26)."""
    n = [max(1, int((counts == k).sum())) for k in (1, 2, 3, 4)]
    y = n[0] / (n[0] + 2 * n[1])
    return np.array([0.0] + [max(0.0, k - (k + 1) * y * n[k] / n[k - 1]) for k in (1, 2, 3)])


def stream_of(corpus: Encoded, poems: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(ids, counted) of poems one after another, each as order - 2 starts, its form, its tokens, the end."""
    pad = ORDER - 1
    pieces, flags = [], []
    for poem in poems:
        body = corpus.tokens[corpus.offsets[poem] : corpus.offsets[poem + 1]].astype(np.int64)
        form = corpus.vocabulary.first_form + int(corpus.form[poem])
        pieces.append(np.concatenate([np.full(pad - 1, START), [form], body, [END]]))
        flags.append(np.concatenate([np.zeros(pad, bool), np.ones(len(body) + 1, bool)]))
    return np.concatenate(pieces), np.concatenate(flags)


def perplexity(model: KneserNey, corpus: Encoded, poems: np.ndarray) -> tuple[float, int]:
    """(perplexity per Hanzi, number of Hanzi) of whole poems."""
    stream, counted = stream_of(corpus, poems)
    at = np.flatnonzero(counted & corpus.vocabulary.counted[stream])
    history = np.stack([stream[at - k] for k in range(model.order - 1, 0, -1)], axis=1)
    nats = -np.log(model.probability(history, stream[at]))
    return math.exp(nats.mean()), len(at)


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(
        prog="benchmarks.ngram", description="5 元 Kneser-Ney 模型的困惑度 / perplexity of a Kneser-Ney 5-gram"
    )
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("--sources", default="tang,song", help="训练所用 / what it is trained on")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    corpus = encoding.load(arguments.data)
    training = corpus.select("train", arguments.sources.split(","))
    stream, counted = stream_of(corpus, training)
    model = KneserNey(stream, len(corpus.vocabulary), counted)
    value, hanzi = perplexity(model, corpus, corpus.select("test", ["tang"]))
    figures = {"sources": arguments.sources, "tang_test_perplexity_per_hanzi": round(value, 1), "hanzi": hanzi}
    report("ngram", {"order": ORDER, **figures})


if __name__ == "__main__":
    sys.exit(main())
