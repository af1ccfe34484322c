"""Adagrad with clipping, on one flat vector (Duchi, Hazan & Singer 2011).

The classic script divides by sqrt(memory + 1e-8). Here the memory begins at 1e-8 instead of 0: the same numbers, and
one pass less over them.
"""

import numpy as np

EPSILON = 1e-8


def fresh_memory(flat: np.ndarray) -> np.ndarray:
    """(N,) the memory of parameters that have taken no step."""
    return np.full_like(flat, EPSILON)


def adagrad(
    flat: np.ndarray, gradient: np.ndarray, memory: np.ndarray, *, rate: float, clip: float, scratch: np.ndarray
) -> None:
    """One step in place: g = clip(g, -clip, clip); memory += g^2; flat -= rate g / sqrt(memory).

    All arrays (N,); `gradient` becomes the step that was subtracted, `scratch` is overwritten; `memory` begins as
    fresh_memory gives it.
    """
    gradient.clip(-clip, clip, gradient)
    np.multiply(gradient, gradient, scratch)
    memory += scratch
    np.sqrt(memory, scratch)
    np.divide(gradient, scratch, gradient)
    gradient *= rate
    flat -= gradient
