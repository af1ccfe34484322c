"""三、温度 / temperature: p = softmax(y / T), alpha = 1 / T；在损失里，也在抽样里 / in the loss and in sampling."""

import numpy as np


def probabilities(y, T):
    """(V,) -> softmax(y / T)."""
    # BLANK
    e = np.exp((y - y.max()) / T)
    return e / e.sum()
    # END


def loss_and_gradient(y, target, T):
    """-log p[target], 及它对 y 的导数 / and its derivative by y (V,)."""
    # BLANK 链式法则：z = y / T / the chain rule
    p = probabilities(y, T)
    dy = p.copy()
    dy[target] -= 1
    return -np.log(p[target]), dy / T
    # END


def sample(y, T, u):
    """u 在 [0, 1) 均匀 / uniform: 返回第一个使概率累加超过 u 的编号 / the first id whose running sum exceeds u."""
    # BLANK
    return int(np.searchsorted(np.cumsum(probabilities(y, T)), u, side="right"))
    # END
