"""The reach of the gradient: against finite differences of the loss."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from poetry.corpus.batches import Batch
from poetry.slots.features import WIDTH
from poetry.training.network import Network, NetworkConfig
from poetry.training.reach import gradient_norms


def tiny(cell: str) -> tuple[Network, Batch]:
    torch.manual_seed(3)
    network = Network(NetworkConfig(cell, 9, 4, 6, dropout=0.5))
    rng = np.random.default_rng(3)
    tokens = rng.integers(0, 9, (4, 2))
    features = np.zeros((4, 2, WIDTH), dtype=np.int64)
    return network, Batch(tokens, features, np.array([[8, 8]] * 4), np.ones((4, 2), dtype=bool))


def loss(network: Network, batch: Batch, target: int) -> torch.Tensor:
    u, used = network(torch.from_numpy(batch.inputs), torch.from_numpy(batch.features))
    logprobs = network.logits(u[target], used[target]).log_softmax(-1)
    return -logprobs[range(2), batch.targets[target]].sum()


@pytest.fixture(autouse=True)
def double_precision() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_norms_are_those_of_finite_differences(cell: str) -> None:
    network, batch = tiny(cell)
    norms = gradient_norms(network, batch, 2)
    network.eval()
    for k, b in np.ndindex(norms.shape):
        slopes = [slope(network, batch, (2 - k, b, d)) for d in range(4)]
        assert norms[k, b] == pytest.approx(np.linalg.norm(slopes), rel=1e-5)


@torch.no_grad()
def slope(network: Network, batch: Batch, place: tuple[int, int, int]) -> float:
    """The central difference of the loss when one component of one input vector moves."""
    shift = torch.zeros(4, 2, 4)
    shift[place] = 1e-5
    losses = []
    for sign in (1, -1):
        hook = network.embedding.register_forward_hook(lambda *given, s=sign: given[2] + s * shift)
        losses.append(float(loss(network, batch, 2)))
        hook.remove()
    return (losses[0] - losses[1]) / 2e-5


def test_the_network_is_left_as_it_was() -> None:
    network, batch = tiny("rnn")
    network.train()
    gradient_norms(network, batch, 3)
    assert network.training
    assert all(p.grad is None or not p.grad.any() for p in network.parameters())


def test_a_step_outside_the_batch_is_refused() -> None:
    network, batch = tiny("rnn")
    with pytest.raises(IndexError, match="step 4"):
        gradient_norms(network, batch, 4)
