"""Gumbel-max and Gumbel-softmax: sampling from a softmax as an argmax of noisy logits.

With independent g[k] ~ Gumbel(0, 1), g = -log(-log u), for EVERY class k:

    argmax_k (logits[k] + g[k])  is distributed as softmax(logits)            (Gumbel-max; Gumbel 1954)
    softmax((logits + g) / tau)  is a relaxed one-hot sample, differentiable  (Jang et al. 2017, Maddison et al. 2017)

One number of noise added to all logits alike changes nothing: softmax does not see a common shift. Noise
must be independent for every class. A test shows both.
"""

import numpy as np

from charrnn_core.errors import UsageError
from charrnn_core.numerics import softmax


def noise(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Independent standard Gumbel numbers, float64; mean 0.5772 (Euler), variance pi^2 / 6."""
    u = rng.random(shape)
    return -np.log(-np.log(np.maximum(u, np.finfo(np.float64).tiny)))


def gumbel_max(logits: np.ndarray, rng: np.random.Generator, temperature: float = 1.0) -> np.ndarray:
    """(..., V) -> (...) int64: a sample of softmax(logits / temperature)."""
    _positive(temperature)
    return (logits / temperature + noise(rng, logits.shape)).argmax(axis=-1)


def gumbel_softmax(
    logits: np.ndarray, rng: np.random.Generator, tau: float, *, hard: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """(..., V) -> (sample, relaxed), both (..., V) and summing to 1.

    relaxed = softmax((logits + g) / tau). The sample is the relaxed one, or with `hard` the one-hot of its
    largest class: the straight-through estimator, whose gradient is that of the relaxed sample.
    """
    _positive(tau)
    relaxed = softmax((logits + noise(rng, logits.shape)) / tau)
    if not hard:
        return relaxed, relaxed
    sample = np.zeros_like(relaxed)
    np.put_along_axis(sample, relaxed.argmax(axis=-1)[..., None], 1, axis=-1)
    return sample, relaxed


def gumbel_softmax_backward(d_sample: np.ndarray, relaxed: np.ndarray, tau: float) -> np.ndarray:
    """dloss/dlogits from dloss/dsample, hard or not: J^T d = s * (d - <s, d>) / tau with s = relaxed."""
    inner = (relaxed * d_sample).sum(axis=-1, keepdims=True)
    return relaxed * (d_sample - inner) / tau


def _positive(temperature: float) -> None:
    if not 0 < temperature < float("inf"):
        raise UsageError("the temperature must be positive, not {temperature}", temperature=temperature)
