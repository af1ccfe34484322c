"""Choose one class a row from log-probabilities: temperature, top-k, top-p, inverse CDF.

The randomness is an argument, one uniform number a row, so that a row's choice depends on its own
numbers alone and not on what else is in the batch.
"""

from dataclasses import dataclass

import numpy as np

from charrnn_core.errors import UsageError

_HEAD = 512  # top-p sums this many classes first; only a flatter row is summed whole


@dataclass(frozen=True)
class Sampling:
    """How to choose. temperature 0 is greedy; top_k 0 and top_p 1 switch the two cuts off.

    Raises UsageError for values outside these ranges.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= 100:
            raise UsageError(
                "temperature must be between 0 (greedy) and 100, not {temperature}", temperature=self.temperature
            )
        if self.top_k < 0:
            raise UsageError("top-k must be 0 (off) or more, not {top_k}", top_k=self.top_k)
        if not 0 < self.top_p <= 1:
            raise UsageError("top-p must be above 0 and at most 1, not {top_p}", top_p=self.top_p)


def choose(logits: np.ndarray, uniforms: np.ndarray, sampling: Sampling, like: np.ndarray | None = None) -> np.ndarray:
    """(N, V) logits with -inf where forbidden, (B,) uniforms in [0, 1) -> (B,) ids, each chosen by the row of the
    logits that `like` (B,) names, or by its own.

    Raises ValueError naming the row when a row forbids every class or holds a NaN.
    """
    like = np.arange(len(logits)) if like is None else like
    highest = logits.max(axis=1, keepdims=True)
    bad = np.flatnonzero(~np.isfinite(highest[:, 0]))
    if len(bad):
        raise ValueError(
            f"row {bad[0]} of the logits has no class to choose: all are forbidden, or one is not a number"
        )
    if sampling.temperature == 0:
        return logits.argmax(axis=1)[like]
    return _drawn(sampling_weights(logits - highest, sampling), uniforms, like)


def sampling_weights(logits: np.ndarray, sampling: Sampling) -> np.ndarray:
    """(B, V) logits whose greatest in each row is 0 -> (B, V) weights in proportion to which a class is drawn; the
    temperature must not be 0."""
    weights = logits / np.float32(sampling.temperature)
    np.exp(weights, out=weights)
    if sampling.top_k and sampling.top_k < weights.shape[1]:
        weights *= weights >= np.sort(weights, axis=1)[:, -sampling.top_k, None]
    if sampling.top_p < 1:
        weights *= weights >= _nucleus(weights, sampling.top_p)
    return weights


def _nucleus(weights: np.ndarray, top_p: float) -> np.ndarray:
    """(B, 1): the least weight within the smallest set of classes that holds a share `top_p` (Holtzman et al. 2020).

    The rows are sorted whole: numpy sorts floats with vector instructions, faster than it partitions them.
    """
    wanted = top_p * weights.sum(axis=1, keepdims=True)
    falling = np.sort(weights, axis=1)[:, ::-1]
    largest = np.cumsum(falling[:, :_HEAD], axis=1)
    last = (largest < wanted).sum(axis=1)
    for row in np.flatnonzero(largest[:, -1:] < wanted):
        last[row] = (np.cumsum(falling[row]) < wanted[row]).sum()
    return np.take_along_axis(falling, np.minimum(last, falling.shape[1] - 1)[:, None], axis=1)


def _drawn(weights: np.ndarray, uniforms: np.ndarray, like: np.ndarray) -> np.ndarray:
    """(B,) ids, each where the running sum of the weights of row `like` passes the share `uniforms` of their total.
    Only classes of some weight are summed: after the cuts they are few."""
    N, V = weights.shape
    places = np.flatnonzero(weights > 0)  # row after row
    running = np.append(0.0, np.cumsum(weights.ravel()[places], dtype=np.float64))  # running[n]: of the first n
    bounds = np.searchsorted(places, V * np.arange(N + 1))
    first, end = bounds[like], bounds[like + 1]
    thresholds = running[first] + uniforms * (running[end] - running[first])
    chosen = np.clip(np.searchsorted(running, thresholds, side="right") - 1, first, end - 1)
    return places[chosen] - V * like
