"""A trained character network: parameters, alphabet, where it came from. Read from a weights file, or the
course's snapshot.

    .safetensors    written by charrnn_core.train: weights alone, or a checkpoint (kind "char-rnn")
    .npz            char-rnn-snapshot.npz of the course (charrnn_core.snapshot)
"""

from dataclasses import dataclass, field
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from charrnn_core import vanilla, weights
from charrnn_core.alphabet import Alphabet
from charrnn_core.errors import WeightsError
from charrnn_core.numerics import log_softmax
from charrnn_core.vanilla import NAMES, Parameters

KIND = "char-rnn"
MEMORY = "adagrad."  # prefix of Adagrad's memories in a checkpoint


@dataclass(frozen=True)
class CharModel:
    """`memory` is Adagrad's, None when only the weights are known."""

    parameters: Parameters
    alphabet: Alphabet
    memory: np.ndarray | None = None
    header: dict[str, Any] = field(default_factory=dict)

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
        """(..., H) states -> (..., V) logits of the next character."""
        return h @ self.parameters.Why.T + self.parameters.by

    def nats(self, text: str) -> float:
        """Mean -log p of every character of a text but the first."""
        ids = self.alphabet.encode(text)
        logprobs = log_softmax(self.logits(self.read(text)[1:-1]))
        return -float(logprobs[np.arange(len(ids) - 1), ids[1:]].mean())


def load(path: Path) -> CharModel:
    """Read a model. Raises WeightsError when the file is missing, damaged, hostile or foreign."""
    if path.suffix == ".npz":
        from charrnn_core import snapshot

        return snapshot.load(path)
    arrays, header = weights.load(path, kind=KIND)
    try:
        alphabet = Alphabet(tuple(header["characters"]), bool(header["is_bytes"]))
        parameters = from_named(arrays, len(alphabet), int(header["hidden"]))
        memory = None
        if MEMORY + "Wxh" in arrays:
            named = {name: arrays[MEMORY + name] for name in NAMES if MEMORY + name in arrays}
            memory = from_named(named, parameters.V, parameters.H).flat
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise WeightsError(f"{path} does not hold a whole network ({error}); train it again") from error
    return CharModel(parameters, alphabet, memory, header)


def save(path: Path, model: CharModel, header: dict[str, Any], extra: dict[str, np.ndarray] | None = None) -> None:
    """Write a model atomically, with Adagrad's memories when it has them and `extra` arrays."""
    arrays = named(model.parameters) | (extra or {})
    if model.memory is not None:
        memories = named(model.parameters.like(model.memory))
        arrays |= {MEMORY + name: array for name, array in memories.items()}
    alphabet = {"characters": list(model.alphabet.characters), "is_bytes": model.alphabet.is_bytes}
    weights.save(path, arrays, {"kind": KIND, **alphabet, "hidden": model.parameters.H, **header})


def shipped() -> CharModel:
    """The network trained on Shakespeare that comes with the package."""
    with as_file(files("charrnn_core").joinpath("weights", "shakespeare.safetensors")) as path:
        return load(path)


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
