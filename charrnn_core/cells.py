"""The three recurrent cells as pure steps in numpy, with torch's conventions.

For an input x (B, I) and a state of arrays (B, H), with W_ih (G H, I), W_hh (G H, H), b_ih, b_hh (G H,):

RNN  (G = 1; Elman 1990)      h' = tanh(W_ih x + b_ih + W_hh h + b_hh)

GRU  (G = 3, order r z n; Cho et al. 2014, the reset gate applied after the product, as cuDNN does)
    r = s(a_r + c_r)    z = s(a_z + c_z)    n = tanh(a_n + r * c_n)    h' = (1 - z) * n + z * h
    where a = W_ih x + b_ih, c = W_hh h + b_hh and s is the logistic function

LSTM (G = 4, order i f g o; Hochreiter & Schmidhuber 1997, Gers et al. 2000)
    i = s(.)  f = s(.)  g = tanh(.)  o = s(.)  of a + c        c' = f * c + i * g      h' = o * tanh(c')

A state is a tuple of arrays: (h,) for RNN and GRU, (h, c) for LSTM; the output of a step is h'.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from charrnn_core.halves import both
from charrnn_core.numerics import sigmoid

State = tuple[np.ndarray, ...]


@dataclass(frozen=True)
class CellWeights:
    """The weights of one layer, float32 or float64, named and shaped as torch's."""

    weight_ih: np.ndarray
    weight_hh: np.ndarray
    bias_ih: np.ndarray
    bias_hh: np.ndarray

    @property
    def hidden(self) -> int:
        """H, the size of the hidden state."""
        return self.weight_hh.shape[1]


def rnn_step(w: CellWeights, x: np.ndarray, state: State) -> State:
    """One step of the plain RNN."""
    (h,) = state
    return (np.tanh(x @ w.weight_ih.T + h @ w.weight_hh.T + (w.bias_ih + w.bias_hh)),)


def _gru_parts(w: CellWeights, x: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, ...]:
    """r, z, n."""
    H = w.hidden
    a = x @ w.weight_ih.T + w.bias_ih
    c = h @ w.weight_hh.T + w.bias_hh
    gates = sigmoid(a[:, : 2 * H] + c[:, : 2 * H])
    r, z = gates[:, :H], gates[:, H:]
    return r, z, np.tanh(a[:, 2 * H :] + r * c[:, 2 * H :])


def gru_step(w: CellWeights, x: np.ndarray, state: State) -> State:
    """One step of the GRU."""
    (h,) = state
    _, z, n = _gru_parts(w, x, h)
    return (n + z * (h - n),)


def _lstm_parts(w: CellWeights, x: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, ...]:
    """i, f, g, o."""
    (i, f), (g, o) = both(lambda: _lstm_gates(w, x, h, 0, sigmoid), lambda: _lstm_gates(w, x, h, 2, np.tanh))
    return i, f, g, o


def _lstm_gates(
    w: CellWeights, x: np.ndarray, h: np.ndarray, first: int, squash: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The gate that is `first` in the weights, by its own function, and the next, a sigmoid."""
    H = w.hidden
    rows = slice(first * H, (first + 2) * H)
    sums = x @ w.weight_ih[rows].T
    sums += h @ w.weight_hh[rows].T
    sums += w.bias_ih[rows] + w.bias_hh[rows]
    return squash(sums[:, :H]), sigmoid(sums[:, H:])


def lstm_step(w: CellWeights, x: np.ndarray, state: State) -> State:
    """One step of the LSTM."""
    h, c = state
    i, f, g, o = _lstm_parts(w, x, h)
    c = f * c + i * g
    return (o * np.tanh(c), c)


def gate_values(cell: str, w: CellWeights, x: np.ndarray, state: State) -> dict[str, np.ndarray]:
    """How far each gate opens in the step from `state` on reading x: {name: (B, H) in 0 .. 1}; the RNN has none."""
    if cell == "gru":
        r, z, _ = _gru_parts(w, x, state[0])
        return {"reset": r, "update": z}
    if cell == "lstm":
        i, f, _, o = _lstm_parts(w, x, state[0])
        return {"input": i, "forget": f, "output": o}
    return {}


@dataclass(frozen=True)
class Cell:
    """A kind of cell: its step, how many arrays its state has, how many gates (G)."""

    step: Callable[[CellWeights, np.ndarray, State], State]
    state_arrays: int
    gates: int

    def start(self, batch: int, weights: CellWeights) -> State:
        """The zero state of `batch` rows."""
        return tuple(np.zeros((batch, weights.hidden), weights.weight_hh.dtype) for _ in range(self.state_arrays))


CELLS: dict[str, Cell] = {
    "rnn": Cell(rnn_step, 1, 1),
    "gru": Cell(gru_step, 1, 3),
    "lstm": Cell(lstm_step, 2, 4),
}
