"""Taste (品): how a reader would mark a line where it stands, from what reading it leaves behind.

A network learns what poets write; whether a line makes sense it knows less well than it writes one. So a small network
is shown, of the plain reading (poetry.writing.reader) of a line of n Hanzi and its mark,

    m, z   the mean of the n + 1 states from which its tokens are expected, and the last, each (S,)
    f      figures: the log p of its tokens, their mean and least; how often poets wrote each two and three Hanzi of it,
           and how many Hanzi they let follow each (charrnn_core.phrases); which line it is, of how many, how long

and says  w . gelu(W ([norm [m, z], f] / s) + b),  the mark, up to a constant. `norm` makes the mean 0 and the variance
1; s is how far each input spreads. (Beside figures that hardly do, whose weights would be great without it, a row of W
in int8 would keep little of its states'.) It learns from readers' marks of what was offered for one place
(poetry.training.tasting). Its arrays stand in the weights file of the network whose states it knows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from charrnn_core.errors import WeightsError
from charrnn_core.halves import both
from charrnn_core.phrases import STEPS, Phrases
from charrnn_core.stepper import NumpyStepper
from charrnn_core.weights import Packed, dense

PREFIX = "taste."
ARRAYS = ("weight", "spread", "bias", "out")
LONGEST = 7  # Hanzi
TOGETHER = 64  # units whose weights are unpacked at a time
PARTS = (LONGEST + 1, 2, LONGEST - 1, LONGEST - 2, 4, LONGEST, 3)  # see `figures`
FIGURES = sum(PARTS)


def figures(nats: np.ndarray, ids: np.ndarray, phrases: Phrases, line: int, lines: int) -> np.ndarray:
    """(B, FIGURES) float32 of lines (B, n) of ids, nats (B, n + 1) of their Hanzi and marks; a line of five stands as
    the last five of seven."""
    B, n = ids.shape
    first = LONGEST - n
    found = np.zeros((B, FIGURES), dtype=np.float32)
    each, all_nats, twos, threes, of_all, followed, where = np.split(found, np.cumsum(PARTS[:-1]), axis=1)  # views
    of_two, of_three = (codes / np.float32(4 * STEPS) for codes in phrases.codes(ids))  # 1: written sixteen times
    each[:, first:], twos[:, first:], threes[:, first:] = nats / 5 + 1, of_two, of_three
    all_nats[:] = np.stack([nats.mean(axis=1) / 2 + 1, nats.min(axis=1) / 6 + 1], axis=1)
    of_all[:, :2] = np.stack([of_two.mean(axis=1), of_three.mean(axis=1)], axis=1)
    of_all[:, 2:] = np.stack([(of_two == 0).sum(axis=1), (of_three == 0).sum(axis=1)], axis=1)
    followed[:, first:] = np.log1p(np.diff(phrases.levels[0].begins)[ids]) / 4 - 1
    where[:] = line / 4 - 1, lines == 8, n == LONGEST
    return found


def shown(total: np.ndarray, last: np.ndarray, n: int) -> np.ndarray:
    """(B, 2 S) float32, each row of mean 0 and variance 1, of the sum of n + 1 states and the last of them, (B, S)."""
    both = np.concatenate([total / np.float32(n + 1), last], axis=1)
    both -= both.mean(axis=1, keepdims=True)
    return np.asarray(both / np.sqrt(both.var(axis=1, keepdims=True) + np.float32(1e-5)))


class Tasting(Protocol):
    """Whatever marks lines."""

    @property
    def phrases(self) -> Phrases:
        """By which it is shown how often phrases were written."""

    def marks(self, states: np.ndarray, figures: np.ndarray) -> np.ndarray:
        """(B,) float32 of what `shown` and `figures` give."""


@dataclass(frozen=True)
class Taste:
    """See the module's docstring."""

    weight: np.ndarray | Packed  # (K, 2 S + FIGURES)
    spread: np.ndarray  # (2 S + FIGURES,)
    bias: np.ndarray  # (K,)
    out: np.ndarray  # (1, K)
    phrases: Phrases

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], stepper: NumpyStepper) -> "Taste | None":
        """From a weights file's arrays; None where it holds none. Raises WeightsError when they do not fit."""
        if PREFIX + "weight" not in arrays:
            return None
        if stepper.phrases is None:
            raise WeightsError("the weights file has taste but no phrases; fit them again")
        try:
            weight, spread, bias, out = (arrays[PREFIX + name] for name in ARRAYS)
        except KeyError as error:
            raise WeightsError("the weights file's taste lacks {error}; fit it again", error=error) from error
        K, states = bias.size, sum(layer.hidden for layer in stepper.layers)
        shapes = (K, 2 * states + FIGURES), (2 * states + FIGURES,), (K,), (1, K)
        if (weight.shape, spread.shape, bias.shape, out.shape) != shapes or not (spread > 0).all():
            raise WeightsError("the weights file's taste does not fit its network; fit it again")
        return cls(weight, spread, bias, out, stepper.phrases)

    def marks(self, states: np.ndarray, figures: np.ndarray) -> np.ndarray:
        """See Tasting.marks."""
        x = np.concatenate([states, figures], axis=1) / self.spread
        units = [slice(first, first + TOGETHER) for first in range(0, len(self.bias), TOGETHER)]
        one, other = both(lambda: self._marks(x, units[::2]), lambda: self._marks(x, units[1::2]))
        return one + other

    def _marks(self, x: np.ndarray, units: Sequence[slice]) -> np.ndarray:
        """What some of the units give to them."""
        found = np.zeros(len(x), dtype=np.float32)
        for some in units:
            found += gelu(x @ dense(self.weight, some).T + self.bias[some]) @ self.out[0, some]
        return found


def gelu(x: np.ndarray) -> np.ndarray:
    """Hendrycks and Gimpel 2016, by the tanh."""
    return np.asarray(x * (0.5 + 0.5 * np.tanh(np.float32(np.sqrt(2 / np.pi)) * (x + np.float32(0.044715) * x**3))))
