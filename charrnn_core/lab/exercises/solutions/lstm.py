"""八、LSTM / 门的次序 i f g o，与 torch 相同 / gates in the order i f g o, as torch.

i, f, o = s(W x + b + U h + c)    g = tanh(W_g x + b_g + U_g h + c_g)    c' = f * c + i * g    h' = o * tanh(c')
"""

import numpy as np


def sigmoid(x):
    """逻辑函数 / the logistic function."""
    return 0.5 * np.tanh(0.5 * x) + 0.5


def forward(x, h, c, W_ih, W_hh, b_ih, b_hh):
    """x (I,), h 与 c (H,), W_ih (4 H, I), W_hh (4 H, H) -> h', c', 及反向要用的 / and what backward needs."""
    # BLANK
    i, f, g, o = np.split(W_ih @ x + b_ih + W_hh @ h + b_hh, 4)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c_new = f * c + i * g
    h_new = o * np.tanh(c_new)
    kept = (i, f, g, o, c_new)
    # END
    return h_new, c_new, kept


def backward(dh_new, dc_new, kept, x, h, c, W_ih, W_hh):
    """dh_new, dc_new (H,) -> dx, dh, dc, dW_ih, dW_hh, db（两个偏置的梯度相同 / the two biases share it）."""
    # BLANK
    i, f, g, o, new = kept
    tanh = np.tanh(new)
    d = dc_new + dh_new * o * (1 - tanh * tanh)
    do = dh_new * tanh * o * (1 - o)
    di = d * g * i * (1 - i)
    df = d * c * f * (1 - f)
    dg = d * i * (1 - g * g)
    da = np.concatenate([di, df, dg, do])
    dc = d * f
    # END
    return W_ih.T @ da, W_hh.T @ da, dc, np.outer(da, x), np.outer(da, h), da
