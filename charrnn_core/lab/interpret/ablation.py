"""Take a part away and measure: does the behaviour need it?

Contexts are pieces of a text that end in one character. For each the network is run with the part set to
zero, and the probability of the following character is compared with the whole network's. Other parts of the same
kind are the control: other units for a unit, other weights of the same column or row for a weight. Their changes
differ in sign, and a mean of them would hide how large they are: the mean of |change| is taken, and an effect has a
rank among them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

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
        raise UsageError(
            "the text has no {last!r} after {length} characters; give a longer --text", last=last, length=LENGTH
        )
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


@dataclass(frozen=True)
class Ablation:
    """A network over contexts (B, T) of ids, and the characters, one or more, whose probability together is watched."""

    model: CharModel
    contexts: np.ndarray
    following: str

    @cached_property
    def _rows(self) -> np.ndarray:
        return self.model.alphabet.encode(self.following)

    @cached_property
    def _states(self) -> np.ndarray:
        return states(self.model.parameters, self.contexts)

    @cached_property
    def before(self) -> float:
        """Mean probability of the whole network."""
        return self._probability(self.model, self._states)

    def _probability(self, model: CharModel, h: np.ndarray) -> float:
        return float(softmax(model.scores(h))[:, self._rows].sum(axis=1).mean())

    def unit(self, j: int) -> Effect:
        """A hidden unit silenced at every step."""
        silent = np.arange(self.model.parameters.H) == j
        h = states(self.model.parameters, self.contexts, silent)
        return Effect(f"h[{j}]", self.before, self._probability(self.model, h))

    def input_weight(self, j: int, a: int) -> Effect:
        """Wxh[j, a] set to zero."""
        return self._without_input(f"Wxh[{j}, {a}]", a, j)

    def input_column(self, a: int) -> Effect:
        """All of Wxh[:, a] set to zero: the character is read as nothing at all."""
        return self._without_input(f"Wxh[:, {a}]", a, slice(None))

    def output_weight(self, j: int) -> Effect:
        """Why[b, j] set to zero for the watched characters b; the states stay what they are."""
        changed = self._copy()
        changed.parameters.Why[self._rows, j] = 0
        rows = "+".join(map(str, self._rows))
        return Effect(f"Why[{rows}, {j}]", self.before, self._probability(changed, self._states))

    def _without_input(self, part: str, a: int, units: int | slice) -> Effect:
        changed = self._copy()
        changed.parameters.columns[a, units] = 0
        h = states(changed.parameters, self.contexts)
        return Effect(part, self.before, self._probability(changed, h))

    def _copy(self) -> CharModel:
        p = self.model.parameters
        return replace(self.model, parameters=p.like(p.flat.copy()))


@dataclass(frozen=True)
class Control:
    """What other parts of the same kind do: how many were taken away, mean |change|, and the changes themselves."""

    parts: int
    mean: float
    changes: tuple[float, ...]  # the largest |change| first

    @classmethod
    def of(cls, effect: Callable[[int], Effect], others: Iterable[int]) -> "Control":
        """Take the parts numbered `others` away, one at a time; at least one."""
        changes = sorted((effect(int(j)).change for j in others), key=abs, reverse=True)
        return cls(len(changes), float(np.abs(changes).mean()), tuple(changes))

    def rank(self, effect: Effect) -> int:
        """The place of an effect among the control's, 1 for the largest; rank - 1 of `parts` go beyond it."""
        return 1 + sum(abs(change) > abs(effect.change) for change in self.changes)
