"""二、沿时间反向传播 / backpropagation through time. 前向已给 / the forward pass is given."""

import numpy as np


def forward(Wxh, Whh, Why, bh, by, inputs, h0):
    """hs (T + 1, H), ys (T, V), ps (T, V)."""
    hs, ys, ps = [h0], [], []
    for x in inputs:
        hs.append(np.tanh(Wxh[:, x] + Whh @ hs[-1] + bh))
        ys.append(Why @ hs[-1] + by)
        e = np.exp(ys[-1] - ys[-1].max())
        ps.append(e / e.sum())
    return np.array(hs), np.array(ys), np.array(ps)


def backward(Wxh, Whh, Why, inputs, targets, hs, ys, ps):
    """loss = -sum_t log p[t][target].

    返回 / returns loss, dWxh, dWhh, dWhy, dbh, dby；ps 不可改动 / leave ps as it is.
    """
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros(len(Whh)), np.zeros(len(Why))
    dh_next = np.zeros(len(Whh))
    loss = 0.0
    for t in reversed(range(len(inputs))):
        # BLANK 从 dy 走到 dh_next / from dy to dh_next
        loss -= np.log(ps[t][targets[t]])
        dy = ps[t].copy()
        dy[targets[t]] -= 1
        dWhy += np.outer(dy, hs[t + 1])
        dby += dy
        dh = Why.T @ dy + dh_next
        d = (1 - hs[t + 1] ** 2) * dh
        dWxh[:, inputs[t]] += d
        dWhh += np.outer(d, hs[t])
        dbh += d
        dh_next = Whh.T @ d
        # END
    return loss, dWxh, dWhh, dWhy, dbh, dby
