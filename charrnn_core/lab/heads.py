"""What stands between the logits and the softmax of the loss: a temperature, or the Gumbel log-density.

A head maps logits y to z with loss = -log softmax(z)[target], and gradients back: dz -> dy.

`Temperature` is z = y / T; alpha = 1 / T is the same written otherwise. `GumbelDensity` is
z = (-y - exp(y)) / T: the logarithm of the standard Gumbel density at y, over T. One course report trains
through it under the name "Gumbel softmax"; it is another function of the logits and draws no noise.
The real Gumbel-softmax is in charrnn_core.lab.gumbel.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from charrnn_core.errors import UsageError

LARGEST = 80.0  # exp(80) is still finite in float32; the density's slope beyond is taken from there


class Head(Protocol):
    """A map of logits with its derivative; (..., V) -> (..., V)."""

    def forward(self, y: np.ndarray) -> np.ndarray:
        """z of y."""

    def backward(self, dz: np.ndarray, y: np.ndarray) -> np.ndarray:
        """dloss/dy from dloss/dz."""


@dataclass(frozen=True)
class Temperature:
    """z = y / T. Raises UsageError unless T is positive."""

    T: float = 1.0

    def __post_init__(self) -> None:
        _positive(self.T)

    def forward(self, y: np.ndarray) -> np.ndarray:
        """See Head."""
        return y if self.T == 1 else y / self.T

    def backward(self, dz: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See Head."""
        return dz if self.T == 1 else dz / self.T


@dataclass(frozen=True)
class GumbelDensity:
    """z = (-y - exp(y)) / T, dz/dy = (-1 - exp(y)) / T. Raises UsageError unless T is positive."""

    T: float = 1.0

    def __post_init__(self) -> None:
        _positive(self.T)

    def forward(self, y: np.ndarray) -> np.ndarray:
        """See Head."""
        return (-y - np.exp(np.minimum(y, LARGEST))) / self.T

    def backward(self, dz: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See Head."""
        return dz * (-1 - np.exp(np.minimum(y, LARGEST))) / self.T


HEADS: dict[str, type[Temperature] | type[GumbelDensity]] = {
    "softmax": Temperature,
    "gumbel-density": GumbelDensity,
}


def make_head(name: str, T: float) -> Head:
    """A head by its name. Raises UsageError for an unknown one."""
    if name not in HEADS:
        raise UsageError(f"unknown head {name!r}; choose one of {', '.join(HEADS)}")
    return HEADS[name](T)


def _positive(T: float) -> None:
    if not 0 < T < float("inf"):
        raise UsageError(f"the temperature in training must be positive, not {T}")
