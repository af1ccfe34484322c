"""What stands between the logits and the softmax of the loss. A head belongs to the network that was trained with it.

A head maps logits y to z with p = softmax(z) and loss = -log p[target], and gradients back: dz -> dy.

    softmax              z = y / T; alpha = 1 / T is the same written otherwise
    gumbel-density       z = (-y - exp(-y)) / T        the logarithm of the standard Gumbel density at y, over T
    report-density       z = (-u - exp(u)) / T,        u = y - max(y): what one course report runs as "Gumbel softmax"
    unshifted-density    z = (-y - exp(y)) / T         the same without the shift: exp(y) knows no bound
    scalar-noise         z = (y + g) / T               one Gumbel number g a step for all classes alike

Neither -y - exp(y) nor the true density draws any noise: both are other functions of the logits. -y - exp(y) is the
logarithm of the density of -g for a Gumbel number g, the law of minima. The real Gumbel-softmax is in
charrnn_core.lab.gumbel.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from charrnn_core.errors import UsageError
from charrnn_core.lab import gumbel

LARGEST = 80.0  # exp(80) is still finite in float32; the density's slope beyond is taken from there


def _positive(T: float) -> None:
    if not 0 < T < float("inf"):
        raise UsageError("the temperature in training must be positive, not {temperature}", temperature=T)


class Head(Protocol):
    """A map of logits with its derivative; (..., V) -> (..., V)."""

    @property
    def name(self) -> str:
        """Its name in HEADS."""

    @property
    def T(self) -> float:
        """The temperature it was made with."""

    def forward(self, y: np.ndarray) -> np.ndarray:
        """z of y."""

    def backward(self, dz: np.ndarray, y: np.ndarray) -> np.ndarray:
        """dloss/dy from dloss/dz."""


@dataclass(frozen=True)
class Temperature:
    """z = y / T. Raises UsageError unless T is positive."""

    T: float = 1.0
    name = "softmax"

    def __post_init__(self) -> None:
        _positive(self.T)

    def forward(self, y: np.ndarray) -> np.ndarray:
        """See Head."""
        return y if self.T == 1 else y / self.T

    def backward(self, dz: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See Head."""
        return dz if self.T == 1 else dz / self.T


@dataclass(frozen=True)
class ScalarNoise(Temperature):
    """z = (y + g) / T with one standard Gumbel number g for each row of y, the same for all its classes.

    The numbers are the same at every call: a training repeats, and can be resumed, to the bit.
    """

    name = "scalar-noise"

    def forward(self, y: np.ndarray) -> np.ndarray:
        """See Head."""
        g = gumbel.noise(np.random.default_rng(0), (*y.shape[:-1], 1)).astype(y.dtype)
        return (y + g) / self.T


@dataclass(frozen=True)
class Density:
    """z = (-u - exp(sign u)) / T with u = y - max(y), or u = y unless `shifted`.

    Raises UsageError unless T is positive.
    """

    T: float
    name: str
    sign: int
    shifted: bool = False

    def __post_init__(self) -> None:
        _positive(self.T)

    def forward(self, y: np.ndarray) -> np.ndarray:
        """See Head."""
        u = self._shifted(y)
        return (-u - self._exp(u)) / self.T

    def backward(self, dz: np.ndarray, y: np.ndarray) -> np.ndarray:
        """See Head. max(y) is a function of y too: what reaches it goes to the largest logit."""
        du = dz * (-1 - self.sign * self._exp(self._shifted(y))) / self.T
        if self.shifted:
            largest = y.argmax(axis=-1)[..., None]
            reaches = np.take_along_axis(du, largest, -1) - du.sum(axis=-1, keepdims=True)
            np.put_along_axis(du, largest, reaches, -1)
        return du

    def _shifted(self, y: np.ndarray) -> np.ndarray:
        return y - y.max(axis=-1, keepdims=True) if self.shifted else y

    def _exp(self, u: np.ndarray) -> np.ndarray:
        return np.exp(np.minimum(self.sign * u, LARGEST))


PLAIN = Temperature(1.0)
HEADS = ("softmax", "gumbel-density", "report-density", "unshifted-density", "scalar-noise")


def make_head(name: str, T: float) -> Head:
    """A head by its name. Raises UsageError for an unknown one, or a temperature that is not positive."""
    match name:
        case "softmax":
            return Temperature(T)
        case "scalar-noise":
            return ScalarNoise(T)
        case "gumbel-density":
            return Density(T, name, -1)
        case "report-density":
            return Density(T, name, 1, shifted=True)
        case "unshifted-density":
            return Density(T, name, 1)
    raise UsageError("unknown head {name!r}; choose one of {choices}", name=name, choices=[*HEADS])
