"""Character networks on disk: read from a weights file or the course's snapshot, written to a weights file.

    .safetensors    written by charrnn_core.train: weights alone, or a checkpoint (kind "char-rnn")
    .npz            char-rnn-snapshot.npz of the course (charrnn_core.lab.snapshot)

Neither is ever unpickled; the course's char-rnn-snapshot.pkl holds the same numbers and is refused.

The header of a weights file has a layout of its own, raised when it changes; `_upgraded` reads the older ones:

    1    the head and its temperature stood among the settings of the training, or nowhere; "gumbel-density" was
         the name of what is now called "unshifted-density"
    2    "head": {"name", "temperature"}
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
from charrnn_core.lab.heads import make_head
from charrnn_core.lab.vanilla import NAMES

KIND = "char-rnn"
LAYOUT = 2
MEMORY = "adagrad."  # prefix of Adagrad's memories in a checkpoint


def load(path: Path, *, unpacked: int | None = None) -> CharModel:
    """Read a model. Raises WeightsError when the file is missing, damaged, hostile or foreign, or a snapshot of more
    than `unpacked` bytes once it is unpacked."""
    if path.suffix == ".pkl":
        raise WeightsError(
            "{path} is a pickle, and reading one can run any code; give char-rnn-snapshot.npz instead", path=path
        )
    if path.suffix == ".npz":
        return snapshot.load(path, unpacked=unpacked)
    arrays, header = weights.load(path, kind=KIND)
    try:
        header = _upgraded(header)
        head = make_head(header["head"]["name"], float(header["head"]["temperature"]))
        alphabet = Alphabet(tuple(header["characters"]), bool(header["is_bytes"]))
        parameters = from_named(arrays, len(alphabet), int(header["hidden"]))
        memory = None
        if MEMORY + "Wxh" in arrays:
            named = {name: arrays[MEMORY + name] for name in NAMES if MEMORY + name in arrays}
            memory = from_named(named, parameters.V, parameters.H).flat
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise WeightsError(
            "{path} does not hold a whole network ({error}); train it again", path=path, error=error
        ) from error
    return CharModel(parameters, alphabet, memory, header, head)


def save(path: Path, model: CharModel, header: dict[str, Any], extra: dict[str, np.ndarray] | None = None) -> None:
    """Write a model atomically, with Adagrad's memories when it has them and `extra` arrays."""
    arrays = named(model.parameters) | (extra or {})
    if model.memory is not None:
        memories = named(model.parameters.like(model.memory))
        arrays |= {MEMORY + name: array for name, array in memories.items()}
    alphabet = {"characters": list(model.alphabet.characters), "is_bytes": model.alphabet.is_bytes}
    head = {"name": model.head.name, "temperature": model.head.T}
    about = {"kind": KIND, "layout": LAYOUT, **alphabet, "hidden": model.parameters.H, "head": head}
    weights.save(path, arrays, about | header)


def _upgraded(header: dict[str, Any]) -> dict[str, Any]:
    """The header in the present layout. Raises ValueError for a layout of the future."""
    layout = header.get("layout", 1)
    if layout == LAYOUT:
        return header
    if layout != 1:
        raise ValueError(f"its layout {layout!r} is newer than {LAYOUT}: upgrade this package")
    settings = {"head": "softmax", "temperature": 1.0} | header.get("settings", {})
    if settings["head"] == "gumbel-density":
        settings["head"] = "unshifted-density"
    upgraded = header | {"layout": LAYOUT, "head": {"name": settings["head"], "temperature": settings["temperature"]}}
    return upgraded | ({"settings": settings} if "settings" in header else {})


def shipped() -> CharModel:
    """The network trained on Shakespeare that comes with the package."""
    with as_file(files("charrnn_core").joinpath("weights", "shakespeare.safetensors")) as path:
        return load(path)


def asked_for(path: Path | None) -> CharModel:
    """The network a command was asked for, or the shipped one."""
    return load(path) if path else shipped()
