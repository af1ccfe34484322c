"""Log-space numerics shared by training, sampling and ranking."""

import numpy as np


def logsumexp(logits: np.ndarray) -> np.ndarray:
    """log(sum(exp(logits))) over the last axis, shape (..., V) -> (..., 1); a row of -inf gives -inf."""
    highest = logits.max(axis=-1, keepdims=True)
    highest = np.where(np.isfinite(highest), highest, 0.0).astype(logits.dtype)
    with np.errstate(divide="ignore"):
        return highest + np.log(np.exp(logits - highest).sum(axis=-1, keepdims=True))


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Normalised log-probabilities over the last axis, same shape and dtype as `logits`."""
    return logits - logsumexp(logits)


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """softmax(logits / temperature) over the last axis; temperature must be positive."""
    return np.exp(log_softmax(logits / temperature))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), written with tanh: it cannot overflow and numpy vectorises it."""
    return 0.5 * np.tanh(0.5 * x) + 0.5
