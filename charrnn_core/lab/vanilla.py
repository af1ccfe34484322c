"""The vanilla RNN and its backpropagation through time, fast. charrnn_core.lab.reference is the readable twin.

Over a window of T characters, one text at a time (Elman 1990; Rumelhart, Hinton & Williams 1986):

    h[t] = tanh(Wxh x[t] + Whh h[t-1] + bh)       x[t] one-hot (V,), h (H,)
    y[t] = Why h[t] + by                          logits (V,)
    loss = -sum_t log softmax(head(y[t]))[target[t]]

and backwards, D[t] = dloss / d(argument of tanh at t):

    dy[t]  = head'(softmax - onehot)              see charrnn_core.lab.heads
    dh[t]  = Why^T dy[t] + Whh^T D[t+1]           the transpose matters: docs/shakespeare.md
    D[t]   = (1 - h[t]^2) dh[t]
    dWhy = sum dy h^T   dWhh = sum D[t] h[t-1]^T   dWxh = sum D[t] x[t]^T   dbh = sum D   dby = sum dy

What makes it fast: a column of Wxh is looked up, not multiplied for; only the recurrence runs step by
step, the logits and every weight gradient are one matrix product over all steps; all parameters lie in
one flat vector, so that clipping and Adagrad are a few passes over it.
"""

from dataclasses import dataclass

import numpy as np

from charrnn_core.lab.heads import Head
from charrnn_core.numerics import log_softmax


@dataclass(frozen=True)
class Parameters:
    """Views into one flat vector. `columns` (V, H) holds the columns of Wxh, one a row."""

    flat: np.ndarray
    columns: np.ndarray
    Whh: np.ndarray  # (H, H)
    Why: np.ndarray  # (V, H)
    bh: np.ndarray  # (H,)
    by: np.ndarray  # (V,)

    @property
    def Wxh(self) -> np.ndarray:
        """(H, V), as the equations have it."""
        return self.columns.T

    @property
    def V(self) -> int:
        """How many characters."""
        return self.Why.shape[0]

    @property
    def H(self) -> int:
        """How many hidden units."""
        return self.Why.shape[1]

    def like(self, flat: np.ndarray) -> "Parameters":
        """The same views into another vector of the same length."""
        return views(flat, self.V, self.H)


NAMES = ("Wxh", "Whh", "Why", "bh", "by")


def views(flat: np.ndarray, V: int, H: int) -> Parameters:
    """Parameters that look into `flat`, (count(V, H),)."""
    ends = np.cumsum([V * H, H * H, V * H, H, V])
    parts = np.split(flat, ends[:-1])
    return Parameters(flat, parts[0].reshape(V, H), parts[1].reshape(H, H), parts[2].reshape(V, H), parts[3], parts[4])


def count(V: int, H: int) -> int:
    """How many parameters there are."""
    return 2 * V * H + H * H + H + V


def initial(V: int, H: int, rng: np.random.Generator, dtype: type = np.float64) -> Parameters:
    """Normal weights of deviation 0.01, biases zero, as the classic script starts."""
    flat: np.ndarray = (rng.standard_normal(count(V, H)) * 0.01).astype(dtype)
    flat[-(H + V) :] = 0
    return views(flat, V, H)


@dataclass
class Window:
    """Scratch memory for windows of one length, used again and again."""

    hidden: np.ndarray  # (T + 1, H): h[-1], h[0], ...
    onehot: np.ndarray  # (V, T)

    @classmethod
    def of(cls, parameters: Parameters, T: int) -> "Window":
        """Memory for windows of T characters."""
        dtype = parameters.flat.dtype
        return cls(np.zeros((T + 1, parameters.H), dtype), np.zeros((parameters.V, T), dtype))


def forward(p: Parameters, inputs: np.ndarray, h: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Fill hidden (T + 1, H) with the states from h (H,) on; returns the logits (T, V)."""
    drive = p.columns[inputs]
    drive += p.bh
    hidden[0] = h
    before, Whh, dot, tanh = hidden[0], p.Whh, np.dot, np.tanh  # local names: this loop is most of the time
    for state, push in zip(hidden[1:], drive, strict=True):
        dot(Whh, before, out=state)
        state += push
        tanh(state, out=state)
        before = state
    return hidden[1:] @ p.Why.T + p.by


def loss_and_gradients(
    p: Parameters, gradients: Parameters, inputs: np.ndarray, targets: np.ndarray, h: np.ndarray, head: Head, w: Window
) -> tuple[float, np.ndarray]:
    """Write the gradients of the window's summed loss into `gradients`; returns (nats, last state (H,)).

    inputs and targets (T,) int64, h (H,) the state before the window.
    """
    T = len(inputs)
    y = forward(p, inputs, h, w.hidden)
    logprobs = log_softmax(head.forward(y))
    rows = np.arange(T)
    loss = -float(logprobs[rows, targets].sum())
    dz = np.exp(logprobs)
    dz[rows, targets] -= 1
    dy = head.backward(dz, y)

    states = w.hidden[1:]
    d = dy @ p.Why  # (T, H): dh from the outputs, becomes D step by step
    slope = 1 - states * states
    after, Whh, dot, carried = d[-1], p.Whh, np.dot, np.empty_like(h)
    after *= slope[-1]
    for now, flat in zip(d[-2::-1], slope[-2::-1], strict=True):
        dot(after, Whh, out=carried)  # = Whh^T D[t+1]
        now += carried
        now *= flat
        after = now

    w.onehot[:] = 0
    w.onehot[inputs, rows] = 1
    np.dot(w.onehot, d, out=gradients.columns)
    np.dot(d.T, w.hidden[:-1], out=gradients.Whh)
    np.dot(dy.T, states, out=gradients.Why)
    d.sum(axis=0, out=gradients.bh)
    dy.sum(axis=0, out=gradients.by)
    return loss, states[-1].copy()
