"""Finite differences: is a gradient right?

(f(x + e v) - f(x - e v)) / 2e against <gradient, v> for random unit directions v, in float64. For a smooth f
the two agree to about e^2 + 1e-16 / e relative; a wrong gradient is off by about its own error.
"""

from collections.abc import Callable

import numpy as np


def worst_error(
    f: Callable[[np.ndarray], float],
    x: np.ndarray,
    gradient: np.ndarray,
    rng: np.random.Generator,
    *,
    directions: int = 20,
    e: float = 1e-5,
) -> float:
    """The largest relative error over random directions; x and gradient (N,) float64."""
    worst = 0.0
    for _ in range(directions):
        v = rng.standard_normal(x.shape)
        v /= np.linalg.norm(v)
        numeric = (f(x + e * v) - f(x - e * v)) / (2 * e)
        analytic = float(gradient @ v)
        worst = max(worst, abs(numeric - analytic) / max(1e-8, abs(numeric), abs(analytic)))
    return worst
