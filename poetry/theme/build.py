"""Learn what words of verse mean: `python -m poetry.theme.build --data data/cache/corpus.npz`.

Words (poetry.corpus.keywords) and Hanzi are described by the Hanzi they share poems with: positive pointwise mutual
information, reduced to K dimensions by singular value decomposition (Levy & Goldberg 2014). The training part of
the corpus only.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from charrnn_core import weights
from charrnn_core.command import Parser, run
from poetry.corpus import encoding, keywords
from poetry.corpus.split import TRAIN
from poetry.text.lines import split_lines
from poetry.theme.vectors import KIND

DEFAULT = Path(__file__).parent / "words.safetensors"
CONTEXTS, K = 3000, 96
CHUNK = 20_000_000  # pairs counted at a time
FEWEST_POEMS = 50  # a rarer Hanzi has no reliable neighbours


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.theme.build", description="从语料学词义 / learn the meanings of words of verse")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("-o", "--out", type=Path, default=DEFAULT, help="输出 / the output file")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    corpus = encoding.load(arguments.data)
    poems = [split_lines(corpus.text(int(i)).replace("<unk>", "")) for i in corpus.select(TRAIN)]
    words = keywords.lexicon(poems)
    hanzi = Counter(c for lines in poems for c in set("".join(lines)))
    items = [*sorted(words, key=lambda w: (-words[w], w)), *(c for c, n in hanzi.most_common() if n >= FEWEST_POEMS)]
    number = {item: i for i, item in enumerate(items)}
    contexts = {c: i for i, (c, _) in enumerate(hanzi.most_common(CONTEXTS))}
    vectors = reduced(ppmi(shared(poems, number, contexts)), K)
    counts = np.array([words.get(item, 0) or hanzi[item] for item in items], dtype=np.int32)
    header = {"kind": KIND, "items": items, "words": len(words), "poems": len(poems), "provenance": corpus.provenance}
    weights.save(arguments.out, {"vectors": vectors, "counts": counts}, header, int8=True)
    print(f"{arguments.out}: {len(words):,} words, {len(items) - len(words):,} Hanzi", file=sys.stderr)


def shared(poems: list[list[str]], number: dict[str, int], contexts: dict[str, int]) -> np.ndarray:
    """(N, C) float32: in how many poems an item occurs together with a Hanzi other than its own."""
    counts = np.zeros(len(number) * len(contexts), dtype=np.float32)
    for pairs in _pairs(poems, number, contexts):
        counts += np.bincount(pairs, minlength=len(counts)).astype(np.float32)
    return counts.reshape(len(number), len(contexts))


def _pairs(poems: list[list[str]], number: dict[str, int], contexts: dict[str, int]) -> Iterator[np.ndarray]:
    """Numbers of cells (item, context), chunk after chunk."""
    found: list[np.ndarray] = []
    size = 0
    for lines in poems:
        text = set("".join(lines))
        items = [item for item in {*keywords.pairs(lines), *text} if item in number]
        near = [c for c in text if c in contexts]
        cells = [
            np.array([contexts[c] for c in near if c not in item], dtype=np.int64) + number[item] * len(contexts)
            for item in items
        ]
        found += cells
        size += sum(map(len, cells))
        if size >= CHUNK:
            yield np.concatenate(found)
            found, size = [], 0
    if found:
        yield np.concatenate(found)


def ppmi(counts: np.ndarray) -> np.ndarray:
    """max(0, log(n(a, b) n / (n(a) n(b)))), in place. (N, C) float32."""
    total = counts.sum(dtype=np.float64)
    rows, columns = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        counts *= np.float32(total)
        counts /= rows
        counts /= columns
        np.log(counts, out=counts)
    counts[~(counts > 0)] = 0
    return counts


def reduced(matrix: np.ndarray, k: int) -> np.ndarray:
    """(N, k): left singular vectors times the square roots of the singular values."""
    squares, right = np.linalg.eigh((matrix.T @ matrix).astype(np.float64))
    right, singular = right[:, -k:], np.sqrt(np.maximum(squares[-k:], 1e-12))
    return (matrix @ (right / np.sqrt(singular)).astype(np.float32)).astype(np.float32)


if __name__ == "__main__":
    sys.exit(main())
