"""Choosing from logits: the distribution, the cuts, the edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn_core.errors import UsageError
from charrnn_core.numerics import log_softmax, softmax
from charrnn_core.sampling import Sampling, choose

LOGITS = np.array([2.0, -1.0, 0.5, 0.5, -np.inf, 1.0])


def _frequencies(sampling: Sampling, draws: int = 40_000) -> np.ndarray:
    # Evenly spaced numbers instead of random ones: the shares are exact up to 1 / draws.
    uniforms = (np.arange(draws) + 0.5) / draws
    chosen = choose(np.tile(LOGITS, (draws, 1)), uniforms, sampling)
    return np.bincount(chosen, minlength=len(LOGITS)) / draws


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_shares_are_the_softmax(temperature: float) -> None:
    expected = softmax(LOGITS[None], temperature)[0]
    np.testing.assert_allclose(_frequencies(Sampling(temperature)), expected, atol=1e-4)


def test_random_numbers_sample_the_softmax() -> None:
    rng = np.random.default_rng(7)
    n = 20_000
    counts = np.bincount(choose(np.tile(LOGITS, (n, 1)), rng.random(n), Sampling()), minlength=6)
    expected = softmax(LOGITS[None])[0] * n
    possible = expected > 0
    chi_square = ((counts - expected)[possible] ** 2 / expected[possible]).sum()
    assert counts[4] == 0
    assert chi_square < 18.5  # 4 degrees of freedom: exceeded once in a thousand


def test_temperature_zero_takes_the_best() -> None:
    assert choose(np.array([[0.0, 3.0, 1.0], [5.0, -1.0, 5.0]]), np.array([0.9, 0.9]), Sampling(0)).tolist() == [1, 0]


def test_top_k_keeps_the_k_best_in_proportion() -> None:
    shares = _frequencies(Sampling(top_k=2))
    weights = np.exp([2.0, 1.0])
    np.testing.assert_allclose(shares[[0, 5]], weights / weights.sum(), atol=1e-4)
    assert shares[[1, 2, 3, 4]].sum() == 0


@given(st.lists(st.floats(-8, 8), min_size=2, max_size=40), st.floats(0.05, 0.999))
def test_top_p_keeps_the_smallest_sufficient_set(logits: list[float], top_p: float) -> None:
    row = np.array(logits)
    probabilities = softmax(row[None])[0]
    order = np.argsort(-probabilities, kind="stable")
    needed = int((np.cumsum(probabilities[order]) < top_p - 1e-12).sum()) + 1
    least = probabilities[order[min(needed, len(order)) - 1]]
    uniforms = np.linspace(0, 1, 200, endpoint=False)
    chosen = choose(np.tile(row, (200, 1)), uniforms, Sampling(top_p=top_p))
    assert (probabilities[chosen] >= least * (1 - 1e-9)).all()


def test_top_p_looks_past_its_first_classes_when_the_row_is_flat() -> None:
    chosen = choose(np.zeros((2000, 2000)), (np.arange(2000) + 0.5) / 2000, Sampling(top_p=0.9))
    assert len(set(chosen.tolist())) > 1500


@given(st.integers(0, 2**32 - 1))
def test_a_choice_depends_on_its_own_row_alone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits, uniforms = rng.normal(0, 3, (5, 30)).astype(np.float32), rng.random(5)
    together = choose(logits, uniforms, Sampling(0.8, top_p=0.9))
    alone = [int(choose(logits[i : i + 1], uniforms[i : i + 1], Sampling(0.8, top_p=0.9))[0]) for i in range(5)]
    assert together.tolist() == alone
    like = rng.integers(0, 5, 12)
    for sampling in (Sampling(0.8, top_p=0.9), Sampling(0)):
        uniforms = rng.random(12)
        assert np.array_equal(choose(logits, uniforms, sampling, like), choose(logits[like], uniforms, sampling))


@given(st.floats(0, 1, exclude_max=True), st.floats(0.01, 10))
def test_a_forbidden_class_is_never_chosen(uniform: float, temperature: float) -> None:
    row = np.array([[-np.inf, 0.0, -np.inf, -30.0, -np.inf]])
    assert choose(row, np.array([uniform]), Sampling(temperature))[0] in (1, 3)


def test_a_row_without_a_choice_is_named() -> None:
    logits = np.zeros((3, 4))
    logits[1] = -np.inf
    with pytest.raises(ValueError, match="row 1"):
        choose(logits, np.zeros(3), Sampling())
    logits[1] = np.nan
    with pytest.raises(ValueError, match="row 1"):
        choose(logits, np.zeros(3), Sampling())


@pytest.mark.parametrize(
    "settings",
    [
        {"temperature": -1},
        {"temperature": float("nan")},
        {"temperature": 1e9},
        {"top_k": -1},
        {"top_p": 0},
        {"top_p": 1.1},
    ],
)
def test_illegal_settings_are_refused(settings: dict) -> None:
    with pytest.raises(UsageError):
        Sampling(**settings)


def test_log_softmax_survives_extremes() -> None:
    row = np.array([[1e4, -1e4, -np.inf, 1e4]])
    np.testing.assert_allclose(log_softmax(row)[0, [0, 3]], np.log([0.5, 0.5]))
    assert log_softmax(row)[0, 2] == -np.inf
