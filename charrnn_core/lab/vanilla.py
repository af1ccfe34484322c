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


Steps = list[tuple[np.ndarray, np.ndarray, np.ndarray]]  # of each step the state before, the state, its drive


class Window:
    """Scratch memory for windows of T characters, used again and again; it is taken apart into rows once."""

    def __init__(self, p: Parameters, T: int) -> None:
        dtype = p.flat.dtype
        self.hidden = np.zeros((T + 1, p.H), dtype)  # h[-1], h[0], ...
        self.drive = np.zeros((T, p.H), dtype)  # Wxh x[t] + bh
        self.y = np.zeros((T, p.V), dtype)
        self.dz = np.zeros((T, p.V), dtype)
        self.d = np.zeros((T, p.H), dtype)  # D of the equations
        self.slope = np.zeros((T, p.H), dtype)  # 1 - h^2
        self.carried = np.zeros(p.H, dtype)  # Whh^T D[t+1]
        self.onehot = np.zeros((p.V, T), dtype)
        self.ones = np.ones(T, dtype)
        self.steps = np.arange(T)
        self.forth = _steps(self.hidden, self.drive)
        self.back = list(zip(self.d[::-1], self.slope[::-1], strict=True))


def _steps(hidden: np.ndarray, drive: np.ndarray) -> Steps:
    rows = list(hidden)
    return list(zip(rows[:-1], rows[1:], drive, strict=True))


def _recur(Whh: np.ndarray, steps: Steps) -> None:
    """The recurrence over all steps, in place."""
    product, add, tanh = Whh.dot, np.add, np.tanh  # local names: this loop is most of the time
    for before, state, push in steps:
        product(before, state)
        add(state, push, state)
        tanh(state, state)


def forward(p: Parameters, inputs: np.ndarray, h: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Fill hidden (T + 1, H) with the states from h (H,) on; returns the logits (T, V)."""
    drive = p.columns[inputs]
    drive += p.bh
    hidden[0] = h
    _recur(p.Whh, _steps(hidden, drive))
    logits = hidden[1:].dot(p.Why.T)
    logits += p.by
    return logits


def loss_and_gradients(
    p: Parameters, gradients: Parameters, inputs: np.ndarray, targets: np.ndarray, h: np.ndarray, head: Head, w: Window
) -> tuple[float, np.ndarray]:
    """Write the gradients of the window's summed loss into `gradients`; returns (nats, last state (H,)).

    inputs and targets (T,) int64 below V, h (H,) the state before the window.
    """
    p.columns.take(inputs, 0, w.drive, "clip")  # which of numpy's ways into a given array needs no copy
    w.drive += p.bh
    w.hidden[0] = h
    _recur(p.Whh, w.forth)
    before, states = w.hidden[:-1], w.hidden[1:]
    np.dot(states, p.Why.T, w.y)
    w.y += p.by
    loss = cross_entropy(head.forward(w.y), targets, w.steps, w.dz)
    dy = head.backward(w.dz, w.y)

    d = np.dot(dy, p.Why, w.d)  # dh from the outputs, becomes D step by step
    np.multiply(states, states, w.slope)
    np.subtract(1, w.slope, w.slope)
    carried, Whh, add, multiply = w.carried, p.Whh, np.add, np.multiply
    carried[:] = 0
    for now, flat in w.back:
        add(now, carried, now)
        multiply(now, flat, now)
        now.dot(Whh, carried)  # = Whh^T D[t]

    w.onehot[:] = 0
    w.onehot[inputs, w.steps] = 1
    np.dot(w.onehot, d, gradients.columns)
    np.dot(d.T, before, gradients.Whh)
    np.dot(dy.T, states, gradients.Why)
    np.dot(w.ones, d, gradients.bh)
    np.dot(w.ones, dy, gradients.by)
    return loss, states[-1].copy()


def cross_entropy(z: np.ndarray, targets: np.ndarray, steps: np.ndarray, dz: np.ndarray) -> float:
    """(T, V) logits after the head -> summed nats; `dz` (T, V) becomes softmax - onehot. steps is arange(T)."""
    np.subtract(z, z.max(axis=1, keepdims=True), dz)
    own = dz[steps, targets].sum()
    np.exp(dz, dz)
    total = dz.sum(axis=1, keepdims=True)
    dz /= total
    dz[steps, targets] -= 1
    return float(np.log(total).sum() - own)
