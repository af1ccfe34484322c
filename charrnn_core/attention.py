"""Content-based attention (Bahdanau et al. 2015) of a step over all before it: what the state forgets is found again.

For the output h (B, H) of the first layer, heads of HEAD numbers each side by side in A = heads * HEAD,

    q, k, w = h Q, h K, h W          Q, K, W: (H, A)
    out = sum over s <= t of softmax_s(q[t] . k[s] / sqrt(HEAD)) w[s], a head at a time          (Vaswani et al. 2017)

What is seen of B rows is three arrays: the keys and what they lead to (B, heads, M, HEAD), and (B, M) bool, which of
the M steps are the row's own: rows that are joined may have read different numbers of tokens.
poetry.training.network computes the same for whole texts at once; a test holds the two equal.
"""

from collections.abc import Sequence

import numpy as np

HEAD = 64

Seen = tuple[np.ndarray, ...]  # keys, what they lead to, whose they are


def start(batch: int, A: int) -> Seen:
    """Nothing seen."""
    nothing = np.zeros((batch, A // HEAD, 0, HEAD), dtype=np.float32)
    return nothing, nothing, np.zeros((batch, 0), dtype=bool)


def attend(projected: np.ndarray, seen: Seen) -> tuple[np.ndarray, Seen]:
    """(B, 3 A) q, k, w side by side -> out (B, A) float32, and what is seen with this step."""
    B = len(projected)
    q, k, w = projected.reshape(B, 3, -1, 1, HEAD).swapaxes(0, 1)  # (B, heads, 1, HEAD) each
    keys = np.concatenate([seen[0], k], axis=2)
    values = np.concatenate([seen[1], w], axis=2)
    own = np.concatenate([seen[2], np.ones((B, 1), dtype=bool)], axis=1)
    scores = (q @ keys.swapaxes(2, 3))[:, :, 0] * np.float32(HEAD**-0.5)  # (B, heads, M)
    if not own.all():
        scores = np.where(own[:, None], scores, np.float32(-np.inf))
    scores = np.exp(scores - scores.max(axis=2, keepdims=True))
    scores /= scores.sum(axis=2, keepdims=True)
    return (scores[:, :, None] @ values).reshape(B, -1), (keys, values, own)


def join(seen: Sequence[Seen]) -> Seen:
    """What the rows of several batches have seen, one after the other; the shorter are filled up in front."""
    longest = max(own.shape[1] for _, _, own in seen)
    keys, values, own = (np.concatenate([_filled(part[n], longest) for part in seen]) for n in range(3))
    return trimmed((keys, values, own))


def select(seen: Seen, rows: np.ndarray) -> Seen:
    """What the given rows have seen."""
    keys, values, own = seen
    return trimmed((keys[rows], values[rows], own[rows]))


def trimmed(seen: Seen) -> Seen:
    """Without the steps that are no row's, so that rows which come and go do not grow without end."""
    keys, values, own = seen
    unused = int(own.any(axis=0).argmax()) if own.size else 0
    return (keys[:, :, unused:], values[:, :, unused:], own[:, unused:]) if unused else seen


def _filled(part: np.ndarray, longest: int) -> np.ndarray:
    axis = 1 if part.ndim == 2 else 2
    room = [(0, 0)] * part.ndim
    room[axis] = (longest - part.shape[axis], 0)
    return np.pad(part, room)
