"""Adagrad with clipping, on one flat vector (Duchi, Hazan & Singer 2011)."""

import numpy as np

EPSILON = 1e-8


def adagrad(
    flat: np.ndarray, gradient: np.ndarray, memory: np.ndarray, *, rate: float, clip: float, scratch: np.ndarray
) -> None:
    """One step in place: g = clip(g, -clip, clip); memory += g^2; flat -= rate g / sqrt(memory + 1e-8).

    All arrays (N,); `gradient` and `scratch` are overwritten.
    """
    np.clip(gradient, -clip, clip, out=gradient)
    np.multiply(gradient, gradient, out=scratch)
    memory += scratch
    np.add(memory, EPSILON, out=scratch)
    np.sqrt(scratch, out=scratch)
    np.divide(gradient, scratch, out=gradient)
    gradient *= rate
    flat -= gradient
