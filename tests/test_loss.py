"""The one-pass cross-entropy equals the usual one: value and every gradient, across chunk boundaries."""

import pytest
import torch

from poetry.training.loss import CHUNK, cross_entropy


@pytest.mark.parametrize("N", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 17])
def test_value_and_gradients_equal_torchs(N: int) -> None:
    torch.manual_seed(N)
    h = torch.randn(N, 6, requires_grad=True)
    W = torch.randn(11, 6, requires_grad=True)
    b = torch.randn(11, requires_grad=True)
    targets = torch.randint(0, 11, (N,))
    expected = torch.nn.functional.cross_entropy(torch.nn.functional.linear(h, W, b), targets, reduction="sum")
    wanted = torch.autograd.grad(expected / 3, (h, W, b))
    loss = cross_entropy(h, W, b, targets, torch.float32)
    found = torch.autograd.grad(loss / 3, (h, W, b))
    torch.testing.assert_close(loss, expected, rtol=1e-5, atol=1e-4)
    for mine, theirs in zip(found, wanted, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=2e-4)


def test_finite_differences() -> None:
    torch.manual_seed(0)
    h, W, b = torch.randn(4, 3), torch.randn(5, 3), torch.randn(5, requires_grad=True)
    targets = torch.tensor([0, 4, 2, 2])
    (gradient,) = torch.autograd.grad(cross_entropy(h, W, b, targets, torch.float32), b)
    for k in range(5):
        step = torch.zeros(5)
        step[k] = 1e-2
        difference = cross_entropy(h, W, b.detach() + step, targets, torch.float32) - cross_entropy(
            h, W, b.detach() - step, targets, torch.float32
        )
        assert abs(difference.item() / 2e-2 - gradient[k].item()) < 1e-3


def test_bf16_is_near() -> None:
    torch.manual_seed(1)
    h, W, b = torch.randn(300, 32), torch.randn(50, 32) * 0.2, torch.zeros(50)
    targets = torch.randint(0, 50, (300,))
    exact = cross_entropy(h, W, b, targets, torch.float32)
    assert abs(cross_entropy(h, W, b, targets, torch.bfloat16) / exact - 1) < 5e-3
