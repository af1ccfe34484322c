"""The one-pass cross-entropy equals the usual one: value and every gradient, across chunk boundaries."""

import pytest
import torch
from torch import Tensor

from poetry.training.loss import CHUNK as CHUNKS
from poetry.training.loss import cross_entropy

CHUNK = CHUNKS["cpu"]


def _used(N: int, V: int) -> Tensor:
    """(N, 3): up to three different tokens a row, 0 for the rest."""
    return torch.stack([torch.randperm(V)[:3] for _ in range(N)]) * (torch.rand(N, 3) < 0.7)


def _usual(h: Tensor, W: Tensor, b: Tensor, targets: Tensor, gate: Tensor, used: Tensor) -> Tensor:
    hot = torch.nn.functional.one_hot(used, len(W)).sum(1)
    hot[:, 0] = 0
    logits = h @ W.T + b + gate[:, None] * hot
    return torch.nn.functional.cross_entropy(logits, targets, reduction="sum")


@pytest.mark.parametrize("N", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 17])
def test_value_and_gradients_equal_torchs(N: int) -> None:
    torch.manual_seed(N)
    h = torch.randn(N, 6, requires_grad=True)
    W = torch.randn(11, 6, requires_grad=True)
    b = torch.randn(11, requires_grad=True)
    gate = torch.randn(N, requires_grad=True)
    targets, used = torch.randint(0, 11, (N,)), _used(N, 11)
    expected = _usual(h, W, b, targets, gate, used)
    wanted = torch.autograd.grad(expected / 3, (h, W, b, gate))
    loss = cross_entropy(h, W, b, targets, gate, used, torch.float32)
    found = torch.autograd.grad(loss / 3, (h, W, b, gate))
    torch.testing.assert_close(loss, expected, rtol=1e-5, atol=1e-4)
    for mine, theirs in zip(found, wanted, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=2e-4)


def test_finite_differences() -> None:
    torch.manual_seed(0)
    h, W, b = torch.randn(4, 3), torch.randn(5, 3), torch.randn(5, requires_grad=True)
    gate, used, targets = torch.randn(4, requires_grad=True), _used(4, 5), torch.tensor([0, 4, 2, 2])

    def loss(b: Tensor, gate: Tensor) -> Tensor:
        return cross_entropy(h, W, b, targets, gate, used, torch.float32)

    for which, gradient in enumerate(torch.autograd.grad(loss(b, gate), (b, gate))):
        for k in range(len(gradient)):
            values = [b.detach(), gate.detach()]
            step = torch.zeros_like(values[which])
            step[k] = 1e-2
            above, below = ([*values[:which], values[which] + way * step, *values[which + 1 :]] for way in (1, -1))
            assert abs((loss(*above) - loss(*below)).item() / 2e-2 - gradient[k].item()) < 1e-3


def test_bf16_is_near() -> None:
    torch.manual_seed(1)
    h, W, b = torch.randn(300, 32), torch.randn(50, 32) * 0.2, torch.zeros(50)
    targets, gate, used = torch.randint(0, 50, (300,)), torch.randn(300), _used(300, 50)
    exact, near = (cross_entropy(h, W, b, targets, gate, used, dtype) for dtype in (torch.float32, torch.bfloat16))
    assert abs(near / exact - 1) < 5e-3
