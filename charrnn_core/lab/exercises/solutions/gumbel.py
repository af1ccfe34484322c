"""四、Gumbel-max 与 Gumbel-softmax / u 的每一格都是 (0, 1) 上独立的均匀数 / u holds independent uniform numbers."""

import numpy as np


def noise(u):
    """标准 Gumbel 数 / standard Gumbel numbers: g = -log(-log u)."""
    # BLANK
    return -np.log(-np.log(u))
    # END


def gumbel_max(y, u):
    """y, u (V,) -> 编号 / an id, 按 softmax(y) 分布 / distributed as softmax(y)."""
    # BLANK 每一类各加一个噪声 / a noise of its own for every class
    return int(np.argmax(y + noise(u)))
    # END


def gumbel_softmax(y, u, tau):
    """y, u (V,) -> (V,): softmax((y + g) / tau)."""
    # BLANK
    z = (y + noise(u)) / tau
    e = np.exp(z - z.max())
    return e / e.sum()
    # END


def gumbel_softmax_backward(ds, s, tau):
    """s = gumbel_softmax(y, u, tau), ds = dloss/ds -> dloss/dy (V,)."""
    # BLANK softmax 的雅可比 / the Jacobian of the softmax: ds_i/dz_j = s_i (1[i=j] - s_j)
    return s * (ds - s @ ds) / tau
    # END
