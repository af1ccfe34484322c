"""九、写诗 / verse: 从一个字写起，读起始符，写到结束符 / from one character, after a start token, to the end."""

import numpy as np


def write(step, state, start, end, first, longest):
    """step(state, 编号 / id) -> (分数 / scores (V,), 新状态 / new state).

    先读 start，再读首字 first，然后每次取分数最高的一个，直到 end 或满 longest 个字。
    Read start, then the first character, then take the highest score each time, until end or `longest` characters.
    返回编号，含 first，不含 start 与 end / returns ids with first, without start and end.
    """
    # BLANK
    _, state = step(state, start)
    written = [first]
    while len(written) < longest:
        scores, state = step(state, written[-1])
        chosen = int(np.argmax(scores))
        if chosen == end:
            break
        written.append(chosen)
    return written
    # END
