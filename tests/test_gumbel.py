"""Gumbel-max samples the softmax; a common noise samples nothing; gradients of the relaxed sample are right."""

import numpy as np
import pytest
import torch

from charrnn_core.errors import UsageError
from charrnn_core.lab.gumbel import gumbel_max, gumbel_softmax, gumbel_softmax_backward, noise
from charrnn_core.numerics import softmax

LOGITS = np.array([1.5, -0.5, 0.0, 3.0, -2.0])
N = 40_000


def chi_square(counts: np.ndarray, p: np.ndarray) -> float:
    """Pearson's statistic; about the number of classes for a right sampler."""
    expected = counts.sum() * p
    return float(((counts - expected) ** 2 / expected).sum())


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_gumbel_max_samples_the_softmax(temperature):
    drawn = gumbel_max(np.broadcast_to(LOGITS, (N, 5)), np.random.default_rng(1), temperature)
    counts = np.bincount(drawn, minlength=5)
    assert chi_square(counts, softmax(LOGITS / temperature)) < 18.5  # 0.999 quantile, 4 degrees of freedom


def test_the_test_rejects_another_distribution():
    drawn = gumbel_max(np.broadcast_to(LOGITS, (N, 5)), np.random.default_rng(1), 1.1)
    assert chi_square(np.bincount(drawn, minlength=5), softmax(LOGITS)) > 18.5


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("tau", [0.3, 1.0])
def test_the_largest_of_the_relaxed_sample_samples_the_softmax(hard, tau):
    sample, relaxed = gumbel_softmax(np.broadcast_to(LOGITS, (N, 5)), np.random.default_rng(2), tau, hard=hard)
    assert np.allclose(sample.sum(-1), 1) and np.allclose(relaxed.sum(-1), 1)
    assert chi_square(np.bincount(sample.argmax(-1), minlength=5), softmax(LOGITS)) < 18.5
    assert set(np.unique(sample)) == {0.0, 1.0} if hard else sample is relaxed


def test_one_noise_for_all_classes_changes_nothing():
    g = noise(np.random.default_rng(0), (1000, 1))
    assert np.allclose(softmax(LOGITS + g), softmax(LOGITS), atol=1e-12)
    assert ((LOGITS + g).argmax(-1) == LOGITS.argmax()).all()


def test_noise_has_the_moments_of_the_law():
    g = noise(np.random.default_rng(0), (200_000,))
    assert g.mean() == pytest.approx(0.5772, abs=0.01)
    assert g.var() == pytest.approx(np.pi**2 / 6, abs=0.03)


def test_small_tau_is_nearly_one_hot_and_large_tau_flat():
    for tau, low, high in ((0.01, 0.9, 1.0), (100.0, 0.2, 0.25)):
        _, relaxed = gumbel_softmax(np.broadcast_to(LOGITS, (500, 5)), np.random.default_rng(3), tau)
        assert low <= relaxed.max(-1).mean() <= high


@pytest.mark.parametrize("hard", [False, True])
def test_straight_through_gradient_equals_torch(hard):
    logits = torch.tensor(LOGITS, requires_grad=True)
    weight = torch.tensor([0.3, -1.0, 2.0, 0.7, 0.1], dtype=torch.float64)
    torch.manual_seed(0)
    sample = torch.nn.functional.gumbel_softmax(logits, tau=0.7, hard=hard)
    (sample * weight).sum().backward()
    # torch's own noise is not ours: recover its relaxed sample, then compare gradients
    torch.manual_seed(0)
    relaxed = torch.nn.functional.gumbel_softmax(torch.tensor(LOGITS), tau=0.7, hard=False).numpy()
    assert np.allclose(gumbel_softmax_backward(weight.numpy(), relaxed, 0.7), logits.grad.numpy(), atol=1e-12)


def test_same_seed_same_sample_and_bad_temperatures():
    one, other = (gumbel_max(np.tile(LOGITS, (50, 1)), np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(one, other)
    for bad in (0, -1, float("inf"), float("nan")):
        with pytest.raises(UsageError):
            gumbel_max(LOGITS, np.random.default_rng(0), bad)
        with pytest.raises(UsageError):
            gumbel_softmax(LOGITS, np.random.default_rng(0), bad)
