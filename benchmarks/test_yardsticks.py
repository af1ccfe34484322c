"""The yardstick must be right: the n-gram model sums to one and equals a slow one with dictionaries."""

import json
from collections import Counter, defaultdict

import numpy as np
import pytest

from benchmarks.near_copies import of_different_texts
from benchmarks.ngram import KneserNey
from benchmarks.report import report
from poetry.corpus.clean import CleanPoem
from poetry.corpus.dedupe import distinct

V, ORDER = 6, 3


def _texts() -> list[list[int]]:
    rng = np.random.default_rng(0)
    return [rng.integers(2, V, rng.integers(2, 9)).tolist() for _ in range(40)]


def _stream(texts: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    ids = [i for text in texts for i in [0] * (ORDER - 1) + text]
    counted = [flag for text in texts for flag in [False] * (ORDER - 1) + [True] * len(text)]
    return np.array(ids, dtype=np.int64), np.array(counted)


class Slow:
    """Modified Kneser-Ney by dictionaries, straight from the formulas."""

    def __init__(self, texts: list[list[int]]) -> None:
        top: Counter[tuple[int, ...]] = Counter()
        for text in texts:
            padded = [0] * (ORDER - 1) + text
            for i in range(ORDER - 1, len(padded)):
                top[tuple(padded[i - ORDER + 1 : i + 1])] += 1
        self.counts = {ORDER: top}
        for n in range(ORDER - 1, 0, -1):
            self.counts[n] = Counter(gram[1:] for gram in self._seen(n + 1, texts))
        self.discounts = {n: self._discounts(c) for n, c in self.counts.items()}

    @staticmethod
    def _seen(n: int, texts: list[list[int]]) -> set[tuple[int, ...]]:
        found = set()
        for text in texts:
            padded = [0] * (ORDER - 1) + text
            found |= {tuple(padded[i - n + 1 : i + 1]) for i in range(ORDER - 1, len(padded))}
        return found

    @staticmethod
    def _discounts(counts: Counter[tuple[int, ...]]) -> dict[int, float]:
        n = {k: max(1, sum(c == k for c in counts.values())) for k in (1, 2, 3, 4)}
        y = n[1] / (n[1] + 2 * n[2])
        return {k: max(0.0, k - (k + 1) * y * n[k + 1] / n[k]) for k in (1, 2, 3)}

    def probability(self, history: tuple[int, ...], word: int) -> float:
        n = len(history) + 1
        lower = 1 / V if n == 1 else self.probability(history[1:], word)
        following = defaultdict(int, {g[-1]: c for g, c in self.counts[n].items() if g[:-1] == history})
        total = sum(following.values())
        if not total:
            return lower
        discount = self.discounts[n]
        held_back = sum(discount[min(c, 3)] for c in following.values())
        count = following[word]
        kept = count - discount[min(count, 3)] if count else 0.0
        return (kept + held_back * lower) / total


def test_it_equals_the_slow_model_and_sums_to_one() -> None:
    texts = _texts()
    stream, counted = _stream(texts)
    fast, slow = KneserNey(stream, V, counted, order=ORDER), Slow(texts)
    for history in [(0, 0), (0, 3), (2, 2), (5, 4), (1, 1), (3, 1)]:
        found = fast.probability(np.tile(np.array(history), (V, 1)), np.arange(V))
        expected = [slow.probability(history, word) for word in range(V)]
        np.testing.assert_allclose(found, expected, rtol=1e-12)
        assert found.sum() == pytest.approx(1, abs=1e-12)


def test_the_usual_split_leaves_out_the_same_text_and_keeps_a_near_copy() -> None:
    dawn, near, other = "春眠不觉晓，处处闻啼鸟。", "春眠不知晓，处处闻啼鸟。", "白日依山尽，黄河入海流。"
    texts = [dawn, dawn, near, other]
    poems = [CleanPoem("tang", str(n), "", text, text) for n, text in enumerate(texts)]
    assert [poem.title for poem in of_different_texts(poems)] == ["0", "2", "3"]
    assert [poem.title for poem in distinct(poems)] == ["0", "3"]


def test_the_report_is_one_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    report("x", {"value": 1})
    record = json.loads(capsys.readouterr().out)
    assert record["benchmark"] == "x"
    assert record["machine"]["cores"] >= 1
