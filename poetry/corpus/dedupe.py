"""Leave out near-identical poems, BEFORE the split, so that no test poem has a twin in training.

A poem is left out when, against the poems kept before it,
(a) half or more of its lines stand in them word for word (reprints, excerpts), or
(b) its character trigrams agree with one of them with Jaccard similarity 0.5 or more (variants:
    "一作"). Candidates for (b) come from MinHash with banding (Broder 1997), then are measured exactly.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from charrnn_core.progress import progress
from poetry.corpus.clean import CleanPoem

SIMILAR = 0.5
HASHES, ROWS = 16, 2  # 8 bands of 2: a pair of similarity 0.6 is a candidate with probability 0.97

_PRIME = (1 << 61) - 1


def distinct(poems: Sequence[CleanPoem]) -> list[CleanPoem]:
    """The poems that are no near-copies of an earlier one, in order."""
    bands = _bands(poems)
    seen_lines: set[str] = set()
    buckets: list[dict[int, list[int]]] = [defaultdict(list) for _ in range(bands.shape[1])]
    kept: list[CleanPoem] = []
    for index, poem in enumerate(progress(poems, "去重 / leaving out copies", "poem")):
        lines = poem.lines
        keys = [int(key) for key in bands[index]]
        copied = sum(line in seen_lines for line in lines)
        if 2 * copied >= len(lines) or _has_twin(poem, keys, buckets, poems):
            continue
        kept.append(poem)
        seen_lines.update(line for line in lines if len(line) >= 5)  # shorter lines are formulas
        for bucket, key in zip(buckets, keys, strict=True):
            bucket[key].append(index)
    return kept


def similarity(a: str, b: str) -> float:
    """Jaccard similarity of the sets of character trigrams of two texts."""
    one, two = _trigrams(a), _trigrams(b)
    union = len(one | two)
    return len(one & two) / union if union else 1.0


def _has_twin(
    poem: CleanPoem, keys: list[int], buckets: list[dict[int, list[int]]], poems: Sequence[CleanPoem]
) -> bool:
    candidates = {i for bucket, key in zip(buckets, keys, strict=True) for i in bucket.get(key, ())}
    return any(similarity(poem.text, poems[i].text) >= SIMILAR for i in candidates)


def _trigrams(text: str) -> set[str]:
    return {text[i : i + 3] for i in range(len(text) - 2)}


def _bands(poems: Sequence[CleanPoem]) -> np.ndarray:
    """(N, HASHES / ROWS) uint64: the band keys of every poem, computed for all poems at once."""
    lengths = np.array([len(poem.text) for poem in poems])
    points = np.frombuffer("".join(poem.text for poem in poems).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if len(poems) else np.zeros(0, dtype=np.int64)
    # Trigrams that cross into the next poem only add noise of two in a poem; the exact test follows.
    grams = points.copy()
    grams[:-1] = grams[:-1] * np.uint64(0x110000) + points[1:]
    grams[:-2] = grams[:-2] * np.uint64(0x110000) + points[2:]
    rng = np.random.default_rng(20260101)
    with np.errstate(over="ignore"):
        keys = []
        for _ in range(HASHES // ROWS):
            key = np.zeros(len(poems), dtype=np.uint64)
            for _ in range(ROWS):
                a, b = (np.uint64(int(n) | 1) for n in rng.integers(1, _PRIME, 2))
                mixed = grams * a + b
                mixed ^= mixed >> np.uint64(29)
                mixed *= np.uint64(0xBF58476D1CE4E5B9)
                mixed ^= mixed >> np.uint64(32)
                key = key * np.uint64(0x9E3779B97F4A7C15) + np.minimum.reduceat(mixed, starts)
            keys.append(key)
    return np.stack(keys, axis=1)
