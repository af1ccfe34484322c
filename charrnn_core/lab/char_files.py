"""Character networks on disk: read from a weights file or the course's snapshot, written to a weights file.

    .safetensors    written by charrnn_core.train: weights alone, or a checkpoint (kind "char-rnn")
    .npz            char-rnn-snapshot.npz of the course (charrnn_core.lab.snapshot)

Neither is ever unpickled.
"""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from charrnn_core import weights
from charrnn_core.errors import WeightsError
from charrnn_core.lab import snapshot
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_model import CharModel, from_named, named
from charrnn_core.lab.vanilla import NAMES

KIND = "char-rnn"
MEMORY = "adagrad."  # prefix of Adagrad's memories in a checkpoint


def load(path: Path) -> CharModel:
    """Read a model. Raises WeightsError when the file is missing, damaged, hostile or foreign."""
    if path.suffix == ".npz":
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


def asked_for(path: Path | None) -> CharModel:
    """The network a command was asked for, or the shipped one."""
    return load(path) if path else shipped()
