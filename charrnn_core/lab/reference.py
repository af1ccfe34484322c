"""The same network as charrnn_core.lab.vanilla, step by step, as the equations stand: slow, to be read.

One-hot vectors, one product a step, gradients added up step by step. Nothing in use imports it but tests
and benchmarks, which hold the fast twin equal to it.
"""

import numpy as np

from charrnn_core.lab.heads import Head
from charrnn_core.lab.vanilla import Parameters


def one_hot(index: int, V: int, dtype: np.dtype) -> np.ndarray:
    """(V,): 1 at `index`, 0 elsewhere."""
    x = np.zeros(V, dtype)
    x[index] = 1
    return x


def outer(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(N,), (M,) -> (N, M): a b^T as a matrix product, which takes BLAS half the time of np.outer."""
    return np.dot(a[:, None], b[None, :])


def loss_and_gradients(
    p: Parameters, gradients: Parameters, inputs: np.ndarray, targets: np.ndarray, h: np.ndarray, head: Head
) -> tuple[float, np.ndarray]:
    """As charrnn_core.lab.vanilla.loss_and_gradients."""
    T, dtype = len(inputs), p.flat.dtype
    xs, hs, ys, ps = [], [h], [], []
    loss = 0.0
    for t in range(T):
        xs.append(one_hot(inputs[t], p.V, dtype))
        hs.append(np.tanh(np.dot(p.Wxh, xs[t]) + np.dot(p.Whh, hs[t]) + p.bh))
        ys.append(np.dot(p.Why, hs[t + 1]) + p.by)
        z = head.forward(ys[t])
        z = z - z.max()  # the same probabilities, and exp cannot overflow
        e = np.exp(z)
        total = e.sum()
        ps.append(e / total)
        loss += float(np.log(total) - z[targets[t]])

    dWxh, dWhh, dWhy = np.zeros((p.H, p.V), dtype), np.zeros_like(p.Whh), np.zeros_like(p.Why)
    dbh, dby = np.zeros_like(p.bh), np.zeros_like(p.by)
    dh_next = np.zeros_like(h)
    for t in reversed(range(T)):
        dz = ps[t].copy()  # without the copy, the next line would write into the probabilities themselves
        dz[targets[t]] -= 1
        dy = head.backward(dz, ys[t])
        dWhy += outer(dy, hs[t + 1])
        dby += dy
        dh = np.dot(p.Why.T, dy) + dh_next
        d = (1 - hs[t + 1] * hs[t + 1]) * dh
        dbh += d
        dWxh += outer(d, xs[t])
        dWhh += outer(d, hs[t])
        dh_next = np.dot(p.Whh.T, d)
    gradients.columns[:] = dWxh.T
    gradients.Whh[:], gradients.Why[:], gradients.bh[:], gradients.by[:] = dWhh, dWhy, dbh, dby
    return loss, hs[T]


def adagrad(p: Parameters, gradients: Parameters, memory: Parameters, *, rate: float, clip: float) -> None:
    """One step matrix by matrix, as charrnn_core.lab.optim.adagrad does on the whole."""
    for name in ("columns", "Whh", "Why", "bh", "by"):
        weight, gradient, squares = getattr(p, name), getattr(gradients, name), getattr(memory, name)
        np.clip(gradient, -clip, clip, out=gradient)
        squares += gradient * gradient
        weight += -rate * gradient / np.sqrt(squares)
