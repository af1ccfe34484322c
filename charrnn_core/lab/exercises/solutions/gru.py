"""七、GRU / 门的次序 r z n，重置门在乘积之后，同 torch / gates r z n, the reset after the product, as torch.

r = s(W_r x + b_r + U_r h + c_r)    z = s(W_z x + b_z + U_z h + c_z)
n = tanh(W_n x + b_n + r * (U_n h + c_n))    h' = (1 - z) * n + z * h
"""

import numpy as np


def sigmoid(x):
    """逻辑函数 / the logistic function."""
    return 0.5 * np.tanh(0.5 * x) + 0.5


def forward(x, h, W_ih, W_hh, b_ih, b_hh):
    """x (I,), h (H,), W_ih (3 H, I), W_hh (3 H, H) -> 新状态 / h' (H,), 反向要用的 / what backward needs."""
    H = len(h)
    # BLANK
    a = W_ih @ x + b_ih
    c = W_hh @ h + b_hh
    r = sigmoid(a[:H] + c[:H])
    z = sigmoid(a[H : 2 * H] + c[H : 2 * H])
    n = np.tanh(a[2 * H :] + r * c[2 * H :])
    new = (1 - z) * n + z * h
    kept = (r, z, n, c[2 * H :])
    # END
    return new, kept


def backward(d_new, kept, x, h, W_ih, W_hh):
    """d_new = dloss/dh' -> dx, dh, dW_ih, dW_hh, db_ih, db_hh."""
    # BLANK
    r, z, n, c_n = kept
    dn = d_new * (1 - z) * (1 - n * n)
    dz = d_new * (h - n) * z * (1 - z)
    dr = dn * c_n * r * (1 - r)
    da = np.concatenate([dr, dz, dn])
    dc = np.concatenate([dr, dz, dn * r])
    dh = W_hh.T @ dc + d_new * z
    dx = W_ih.T @ da
    # END
    return dx, dh, np.outer(da, x), np.outer(dc, h), da, dc
