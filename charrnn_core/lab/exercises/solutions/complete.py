"""五、续写 / complete: 开头读成一个状态，再从它写下去 / read a starter into a state, then write on from it."""

import numpy as np


def encode(Wxh, Whh, bh, starter):
    """starter: 编号 / ids, 从零状态读起 / from the zero state -> h (H,)."""
    h = np.zeros(len(Whh))
    # BLANK 逐个字符读 / character by character
    for x in starter:
        h = np.tanh(Wxh[:, x] + Whh @ h + bh)
    # END
    return h


def complete(Wxh, Whh, Why, bh, by, starter, length):
    """每次取分数最高的字符 / the character of the highest score each time: length 个编号 / ids."""
    h = encode(Wxh, Whh, bh, starter)
    written = []
    # BLANK 选一个，再把它读进去 / choose one, then read it
    for _ in range(length):
        written.append(int(np.argmax(Why @ h + by)))
        h = np.tanh(Wxh[:, written[-1]] + Whh @ h + bh)
    # END
    return written
