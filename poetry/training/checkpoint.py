"""The checkpoint of a training run: everything that the next step depends on, in one atomic file.

A safetensors file (never a pickle): network and Adam moments as arrays; step, epoch and settings in the
header. Randomness needs no state: batches are drawn from (seed, epoch, batch), dropout from (seed, step, rank).
So equal states give equal files, byte for byte.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from charrnn_core import weights
from charrnn_core.errors import UsageError, WeightsError
from charrnn_core.stepper import LATER
from poetry.corpus.encoding import Encoded
from poetry.training.network import Network, NetworkConfig

KIND = "poetry-checkpoint"
EXPORTED = "poetry"  # the kind of a weights file
BESIDE = ("phrases.", "taste.")  # what a weights file holds beside the network
_MOMENTS = ("exp_avg", "exp_avg_sq")


@dataclass
class Progress:
    """Where a run stands: `batch` is the next batch of `epoch`; best_* drive early stopping."""

    step: int = 0
    epoch: int = 0
    batch: int = 0
    best_nats: float = float("inf")
    best_step: int = 0

    def __post_init__(self) -> None:
        if not all(isinstance(n, int) and n >= 0 for n in (self.step, self.epoch, self.batch, self.best_step)):
            raise ValueError("its progress is not in whole numbers")
        if not isinstance(self.best_nats, int | float):
            raise ValueError("its best loss is no number")


def save(
    path: Path,
    network: Network,
    optimiser: torch.optim.Optimizer,
    progress: Progress,
    settings: dict[str, Any],
    vocabulary: tuple[str, ...],
) -> None:
    """Write a checkpoint atomically."""
    arrays = {f"network.{name}": tensor.detach().cpu().numpy() for name, tensor in network.state_dict().items()}
    for name, parameter in network.named_parameters():
        state = optimiser.state.get(parameter, {})
        arrays |= {f"{key}.{name}": state[key].cpu().numpy() for key in _MOMENTS if key in state}
    header = {
        "kind": KIND,
        "network": network.config.as_dict(),
        "progress": {**vars(progress), "best_nats": min(progress.best_nats, 1e9)},
        "settings": settings,
        "vocabulary": list(vocabulary),
    }
    weights.save(path, arrays, header)


def load(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """(arrays, header) of a checkpoint; WeightsError when it is none or not whole."""
    arrays, header = weights.load(path, kind=KIND)
    try:
        Progress(**header["progress"])
        whole = isinstance(header["vocabulary"], list) and isinstance(header["settings"], dict)
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            "{path} is damaged ({error}); go on from another checkpoint with --init", path=path, error=error
        ) from error
    if not whole:
        raise WeightsError("{path} is damaged: it lacks settings; go on from another checkpoint with --init", path=path)
    return arrays, header


def load_network(path: Path) -> tuple[dict[str, np.ndarray], list[str]]:
    """(the network's arrays, named as in a checkpoint, its vocabulary) of a checkpoint or a weights file.

    A weights file's matrices are those of its int8; phrases and taste are left out. Raises WeightsError when it is
    neither.
    """
    arrays, header = weights.load(path, kind=(KIND, EXPORTED))
    if header["kind"] == EXPORTED:
        arrays = {f"network.{name}": array for name, array in arrays.items() if not name.startswith(BESIDE)}
    vocabulary = header.get("vocabulary")
    if not isinstance(vocabulary, list) or not all(isinstance(token, str) for token in vocabulary):
        raise WeightsError("{path} is damaged: it lacks its vocabulary; start from another file with --init", path=path)
    return {name: array for name, array in arrays.items() if name.startswith("network.")}, vocabulary


def network_of(path: Path, corpus: Encoded, **changes: Any) -> tuple[Network, dict[str, Any]]:
    """(the network of a checkpoint, some settings changed, the checkpoint's header). Raises WeightsError when it is no
    whole checkpoint, UsageError when the network reads other tokens than the corpus holds."""
    arrays, header = load(path)
    check_vocabulary(header, corpus)
    try:
        network = Network(NetworkConfig(**{"attention": 0} | header["network"] | changes))
    except (KeyError, TypeError) as error:
        raise WeightsError("{run} is damaged ({error}); give another run", run=path, error=error) from error
    restore_network(network, arrays)
    return network, header


def save_network(path: Path, network: Network, header: dict[str, Any]) -> None:
    """Write a network that was trained further, without an optimiser's memories, under the header it had."""
    arrays = {f"network.{name}": tensor.detach().cpu().numpy() for name, tensor in network.state_dict().items()}
    weights.save(path, arrays, header)


def check_vocabulary(header: dict[str, Any], corpus: Encoded) -> None:
    """UsageError when a checkpoint's network reads other tokens than a corpus holds."""
    if tuple(header["vocabulary"]) != corpus.vocabulary.tokens:
        raise UsageError("the checkpoint has another vocabulary than the corpus; encode the corpus it was trained on")


def restore_network(network: Network, arrays: dict[str, np.ndarray]) -> None:
    """Copy the network's arrays in; UsageError when the sizes differ.

    Networks from before they looked anything up have no arrays for it and go on with those of a new network, whose
    way out is zero: they compute what they did.
    """
    state = {
        name.removeprefix("network."): torch.from_numpy(a.copy())
        for name, a in arrays.items()
        if name.startswith("network.")
    }
    state |= {name: getattr(network, name).detach() for name in LATER if name not in state}
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise UsageError(
            "the checkpoint is of a network of another size; give the options it was trained with"
        ) from error


def restore_optimiser(
    network: Network, optimiser: torch.optim.Optimizer, arrays: dict[str, np.ndarray], step: int
) -> None:
    """Copy Adam's moments in; WeightsError when they do not fit the network."""
    for name, parameter in network.named_parameters():
        moments = [arrays.get(f"{key}.{name}") for key in _MOMENTS]
        if all(m is None for m in moments):
            continue
        if any(m is None or m.dtype != np.float32 or m.shape != tuple(parameter.shape) for m in moments):
            raise WeightsError(
                "the checkpoint's moments of {name} do not fit the network; start with --init", name=name
            )
        optimiser.state[parameter] = {
            "step": torch.tensor(float(step), device=parameter.device if parameter.is_cuda else None),
            **{key: torch.from_numpy(arrays[f"{key}.{name}"].copy()).to(parameter.device) for key in _MOMENTS},
        }
