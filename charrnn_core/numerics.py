"""Numerics shared by training, sampling and ranking."""

import numpy as np


def logsumexp(logits: np.ndarray) -> np.ndarray:
    """log(sum(exp(logits))) over the last axis, shape (..., V) -> (..., 1); a row of -inf gives -inf."""
    highest = logits.max(axis=-1, keepdims=True)
    highest = np.where(np.isfinite(highest), highest, 0.0).astype(logits.dtype)
    shifted = logits - highest
    with np.errstate(divide="ignore"):
        return highest + np.log(np.exp(shifted, out=shifted).sum(axis=-1, keepdims=True))


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Normalised log-probabilities over the last axis, same shape and dtype as `logits`."""
    return logits - logsumexp(logits)


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """softmax(logits / temperature) over the last axis; temperature must be positive."""
    return np.exp(log_softmax(logits / temperature))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), written with tanh: it cannot overflow and numpy vectorises it."""
    return 0.5 * np.tanh(0.5 * x) + 0.5


def rank_correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Spearman's: Pearson's of the ranks of (N,) and (N,), equal values sharing the mean of theirs. Each must have two
    different values."""
    return float(np.corrcoef(_ranks(x), _ranks(y))[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts + 1) / 2)[which])
