"""Take a part away and measure: does the behaviour need it?

Contexts are pieces of a text that end in one character. For each the network is run with the part set to
zero, and the probability of the following character is compared with the whole network's. The same with
random parts of the same kind is the control: an effect counts when it is far beyond theirs.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from charrnn_core.errors import UsageError
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.vanilla import Parameters
from charrnn_core.numerics import softmax

LENGTH = 40  # characters of a context
MOST = 300  # contexts


def contexts(model: CharModel, text: str, last: str, rng: np.random.Generator, most: int = MOST) -> np.ndarray:
    """(B, LENGTH) ids of pieces of `text` that end in `last`. Raises UsageError when there is none."""
    ids = model.alphabet.encode(text, skip_unknown=True)
    ends = np.flatnonzero(ids == model.alphabet.id(last))
    ends = ends[ends >= LENGTH - 1]
    if not len(ends):
        raise UsageError(f"the text has no {last!r} after {LENGTH} characters; give a longer --text")
    chosen = rng.permutation(ends)[:most]
    return ids[chosen[:, None] + np.arange(1 - LENGTH, 1)]


def states(p: Parameters, ids: np.ndarray, silent: np.ndarray | None = None) -> np.ndarray:
    """(B, T) ids -> (B, H) states after the last; `silent` (H,) bool units stay zero throughout."""
    h = np.zeros((len(ids), p.H), p.flat.dtype)
    for t in range(ids.shape[1]):
        h = np.tanh(p.columns[ids[:, t]] + h @ p.Whh.T + p.bh)
        if silent is not None:
            h[:, silent] = 0
    return h


@dataclass(frozen=True)
class Effect:
    """Mean probability of a character before and after a part was set to zero, over all contexts."""

    part: str
    before: float
    after: float

    @property
    def change(self) -> float:
        """after - before."""
        return self.after - self.before


def probability(p: Parameters, h: np.ndarray, b: int) -> float:
    """Mean probability of character b at the states h (B, H)."""
    return float(softmax(h @ p.Why.T + p.by)[:, b].mean())


def without_unit(model: CharModel, ids: np.ndarray, following: str, unit: int) -> Effect:
    """A hidden unit silenced at every step."""
    p, b = model.parameters, model.alphabet.id(following)
    silent = np.arange(p.H) == unit
    return Effect(f"h[{unit}]", probability(p, states(p, ids), b), probability(p, states(p, ids, silent), b))


def without_weight(model: CharModel, ids: np.ndarray, following: str, matrix: str, row: int, column: int) -> Effect:
    """One weight, such as Wxh[row, column], set to zero in a copy of the network."""
    p, b = model.parameters, model.alphabet.id(following)
    changed = p.like(p.flat.copy())
    getattr(changed, matrix)[row, column] = 0
    before, after = probability(p, states(p, ids), b), probability(changed, states(changed, ids), b)
    return Effect(f"{matrix}[{row}, {column}]", before, after)


def control(effect: Callable[[int], Effect], others: np.ndarray) -> tuple[float, float, float]:
    """(mean, standard deviation, most extreme) change when the parts numbered `others` are taken away."""
    changes = np.array([effect(int(j)).change for j in others])
    return float(changes.mean()), float(changes.std()), float(changes[np.abs(changes).argmax()])
