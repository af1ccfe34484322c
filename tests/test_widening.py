"""A widened network computes what it did, and its new units learn."""

from pathlib import Path

import numpy as np
import pytest
import torch

from charrnn_core.cells import CELLS
from poetry.slots.features import FEATURE_SIZES, FEATURES, PLACE, PLACES, WORD
from poetry.training.checkpoint import load_network, restore_network
from poetry.training.network import Network, NetworkConfig
from poetry.training.widening import widened
from poetry.writing import model

V, T, B = 23, 14, 3


def _network(cell: str, *sizes: int) -> Network:
    torch.manual_seed(0)
    embedding, hidden, attention = sizes
    network = Network(NetworkConfig(cell, V, embedding, hidden, 0.0, attention=attention))
    for parameter in network.parameters():  # what begins at zero, too, has something to say
        parameter.data += 0.1 * torch.randn_like(parameter)
    return network


def _logits(network: Network) -> torch.Tensor:
    rng = np.random.default_rng(1)
    tokens = torch.from_numpy(rng.integers(1, V, (T, B)))
    slots = torch.zeros(T, B, WORD.stop, dtype=torch.int64)
    for k in range(FEATURES):
        slots[..., k] = torch.from_numpy(rng.integers(0, FEATURE_SIZES[k], (T, B)))
    slots[..., PLACE] = torch.from_numpy(np.arange(T) % (PLACES - 1))[:, None]
    slots[..., WORD] = torch.from_numpy(rng.integers(0, V, (T, B, 2)))
    return network.logits(*network(tokens, slots))


def _as_arrays(network: Network) -> dict[str, np.ndarray]:
    return {f"network.{name}": tensor.numpy().copy() for name, tensor in network.state_dict().items()}


@pytest.mark.parametrize("cell", [*CELLS])
@pytest.mark.parametrize("sizes", [(12, 20, 128), (8, 20, 64), (12, 16, 64), (8, 16, 128)])
def test_a_wider_network_computes_what_it_did_and_learns(cell: str, sizes: tuple[int, int, int]) -> None:
    small, wide = _network(cell, 8, 16, 64), _network(cell, *sizes)
    restore_network(wide, widened(_as_arrays(small), wide.config))
    found = _logits(wide)
    torch.testing.assert_close(found, _logits(small), rtol=1e-4, atol=1e-4)
    torch.nn.functional.cross_entropy(found.flatten(0, 1), torch.arange(T * B) % V).backward()
    if sizes[0] > 8:
        assert wide.embedding.weight.grad is not None
        assert wide.embedding.weight.grad[:, 8:].abs().max() > 1e-6  # the first gradient opens the way out
    out = wide.layers[1].weight_ih_l0.grad
    assert sizes[1] == 16 or out[:, 16:].abs().max() > 1e-6


def test_nothing_grows() -> None:
    small = _network("lstm", 8, 16, 64)
    arrays = _as_arrays(small)
    assert widened(arrays, small.config) is arrays
    assert widened(arrays, _network("lstm", 4, 16, 64).config) is arrays


def test_the_shipped_weights_can_be_widened() -> None:
    arrays, vocabulary = load_network(Path(model.__file__).parent.parent / "weights" / "lstm.safetensors")
    D, H = arrays["network.embedding.weight"].shape[1], arrays["network.layers.0.weight_hh_l0"].shape[1]
    A = len(arrays["network.attention_out"])
    for more in (0, 64):  # of the same size, and wider: what stands beside the network in the file is left there
        network = Network(NetworkConfig("lstm", len(vocabulary), D + more, H + more, attention=A))
        restore_network(network, widened(arrays, network.config))
