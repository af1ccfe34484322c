"""一、前向 / forward: h[t] = tanh(Wxh x[t] + Whh h[t-1] + bh), y[t] = Why h[t] + by, p[t] = softmax(y[t])."""

import numpy as np


def softmax(y):
    """(V,) -> (V,): exp(y) / sum(exp(y)), and no overflow for large y."""
    # BLANK 先减去最大值 / subtract the maximum first
    e = np.exp(y - y.max())
    return e / e.sum()
    # END


def forward(Wxh, Whh, Why, bh, by, inputs, h0):
    """inputs: T 个字符的编号 / the ids of T characters; h0 (H,).

    返回 / returns hs (T + 1, H)，hs[0] = h0；ys (T, V)；ps (T, V)。
    """
    hs, ys, ps = [h0], [], []
    for x in inputs:
        # BLANK 由 hs[-1] 与字符 x 求新状态、分数、概率 / the new state, scores and probabilities
        h = np.tanh(Wxh[:, x] + Whh @ hs[-1] + bh)
        y = Why @ h + by
        hs.append(h)
        ys.append(y)
        ps.append(softmax(y))
        # END
    return np.array(hs), np.array(ys), np.array(ps)
