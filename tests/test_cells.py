"""The numpy cells against torch.nn, on values: random biases, uneven batch, uneven length."""

import numpy as np
import pytest
import torch

from charrnn_core.cells import CELLS, CellWeights

MODULES = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}


def _layer(cell: str, dtype: torch.dtype) -> tuple[torch.nn.Module, CellWeights]:
    torch.manual_seed(3)
    module = MODULES[cell](5, 7).to(dtype)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(0, 0.6)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    return module, CellWeights(*(getattr(module, name).detach().numpy() for name in names))


@pytest.mark.parametrize("cell", MODULES)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-13), (torch.float32, 2e-6)])
@pytest.mark.parametrize(("T", "B"), [(1, 1), (9, 3)])
def test_steps_equal_torchs_whole_sequence(cell: str, dtype: torch.dtype, tolerance: float, T: int, B: int) -> None:
    module, weights = _layer(cell, dtype)
    x = torch.randn(T, B, 5, dtype=dtype)
    start = [torch.randn(1, B, 7, dtype=dtype) for _ in range(CELLS[cell].state_arrays)]
    with torch.no_grad():
        expected, last = module(x, tuple(start) if cell == "lstm" else start[0])
    state = tuple(s[0].numpy() for s in start)
    for t in range(T):
        state = CELLS[cell].step(weights, x[t].numpy(), state)
        np.testing.assert_allclose(state[0], expected[t].numpy(), rtol=0, atol=tolerance)
    for mine, theirs in zip(state, last if cell == "lstm" else (last,), strict=True):
        np.testing.assert_allclose(mine, theirs[0].numpy(), rtol=0, atol=tolerance)


@pytest.mark.parametrize("cell", MODULES)
def test_no_state_given_equals_zeros(cell: str) -> None:
    module, weights = _layer(cell, torch.float64)
    x = torch.randn(1, 4, 5, dtype=torch.float64)
    with torch.no_grad():
        expected, _ = module(x)
    state = CELLS[cell].step(weights, x[0].numpy(), CELLS[cell].start(4, weights))
    np.testing.assert_allclose(state[0], expected[0].numpy(), rtol=0, atol=1e-13)


@pytest.mark.parametrize("cell", MODULES)
def test_a_step_leaves_its_inputs_alone(cell: str) -> None:
    _, weights = _layer(cell, torch.float32)
    x = np.ones((2, 5), np.float32)
    state = tuple(np.full((2, 7), 0.5, np.float32) for _ in range(CELLS[cell].state_arrays))
    CELLS[cell].step(weights, x, state)
    assert (x == 1).all()
    assert all((s == 0.5).all() for s in state)


def test_the_two_ways_to_write_a_gru() -> None:
    """docs/three-cells.md: exchanging z and 1 - z renames; resetting before the product is another function."""
    _, w = _layer("gru", torch.float64)
    rng, H = np.random.default_rng(0), 7
    x, h = rng.normal(size=(3, 5)), rng.normal(size=(3, H))
    (ours,) = CELLS["gru"].step(w, x, (h,))

    def sigmoid(a):
        return 1 / (1 + np.exp(-a))

    a, c = x @ w.weight_ih.T + w.bias_ih, h @ w.weight_hh.T + w.bias_hh
    r = sigmoid(a[:, :H] + c[:, :H])
    keep = sigmoid(-(a[:, H : 2 * H] + c[:, H : 2 * H]))  # the other text's z: its weights have the opposite sign
    n = np.tanh(a[:, 2 * H :] + r * c[:, 2 * H :])
    np.testing.assert_allclose((1 - keep) * h + keep * n, ours, rtol=0, atol=1e-13)
    before = np.tanh(a[:, 2 * H :] + (r * h) @ w.weight_hh[2 * H :].T + w.bias_hh[2 * H :])
    assert np.abs((1 - keep) * h + keep * before - ours).max() > 0.05
