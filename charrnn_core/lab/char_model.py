"""A trained character network: parameters, alphabet, head, where it came from. See char_files for reading one."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from charrnn_core.lab import vanilla
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.heads import PLAIN, Head
from charrnn_core.lab.vanilla import NAMES, Parameters
from charrnn_core.numerics import log_softmax


@dataclass(frozen=True)
class CharModel:
    """`memory` is Adagrad's, None when only the weights are known; `head` is what the loss was trained through."""

    parameters: Parameters
    alphabet: Alphabet
    memory: np.ndarray | None = None
    header: dict[str, Any] = field(default_factory=dict)
    head: Head = PLAIN

    def zero_state(self) -> np.ndarray:
        """(H,): the state before the first character."""
        return np.zeros(self.parameters.H, self.parameters.flat.dtype)

    def read(self, text: str, h: np.ndarray | None = None, *, skip_unknown: bool = False) -> np.ndarray:
        """(T + 1, H) states: before the text, then after each of its characters."""
        ids = self.alphabet.encode(text, skip_unknown=skip_unknown)
        hidden = np.zeros((len(ids) + 1, self.parameters.H), self.parameters.flat.dtype)
        vanilla.forward(self.parameters, ids, self.zero_state() if h is None else h, hidden)
        return hidden

    def logits(self, h: np.ndarray) -> np.ndarray:
        """(..., H) states -> (..., V) logits y of the next character."""
        return h @ self.parameters.Why.T + self.parameters.by

    def scores(self, h: np.ndarray) -> np.ndarray:
        """(..., H) states -> (..., V): the logits through the head; their softmax is what the network predicts."""
        return self.head.forward(self.logits(h))

    def nats(self, text: str) -> float:
        """Mean -log p of every character of a text but the first."""
        ids = self.alphabet.encode(text)
        logprobs = log_softmax(self.scores(self.read(text)[1:-1]))
        return -float(logprobs[np.arange(len(ids) - 1), ids[1:]].mean())


def named(p: Parameters) -> dict[str, np.ndarray]:
    """Wxh (H, V), Whh, Why, bh, by as arrays of their own."""
    return {name: np.ascontiguousarray(getattr(p, name)) for name in NAMES}


def from_named(arrays: dict[str, np.ndarray], V: int, H: int) -> Parameters:
    """Parameters of named arrays. Raises ValueError for a missing array, a wrong shape or a bad number."""
    shapes = {"Wxh": (H, V), "Whh": (H, H), "Why": (V, H), "bh": (H,), "by": (V,)}
    for name, shape in shapes.items():
        array = arrays.get(name)
        if array is None or array.shape != shape or array.dtype.kind != "f" or not np.isfinite(array).all():
            raise ValueError(f"{name} is missing, no {shape} array, or not finite")
    flat = np.concatenate([arrays["Wxh"].T.ravel(), *(arrays[name].ravel() for name in NAMES[1:])])
    return vanilla.views(flat, V, H)
