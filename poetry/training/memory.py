"""What the network looks up in a poem so far, for whole texts at once: see charrnn_core.memory.

Time first: tokens (T, B) int64 as read, places (T, B) int64 of the slots after them.
"""

import torch
from torch import Tensor

from charrnn_core.memory import ABOVE, MEMORY
from poetry.slots.features import PLACES


def tokens_above(tokens: Tensor, places: Tensor) -> Tensor:
    """(T, B, ABOVE): the tokens above each slot, the last line's first, 0 where no line before reaches its place."""
    T, B = tokens.shape
    seen = tokens.new_zeros(B, ABOVE, PLACES + 1)  # by place; the last column for what stands in no line
    standing = torch.where(places > 1, places - 1, PLACES)
    above, rows = tokens.new_empty(T, B, ABOVE), torch.arange(B, device=tokens.device)
    for t in range(T):
        seen[rows, 1:, standing[t]] = seen[rows, :-1, standing[t]]
        seen[rows, 0, standing[t]] = tokens[t]
        above[t] = seen[rows, :, places[t]]
    return above


def still_wanted(word: Tensor, tokens: Tensor, used: Tensor) -> Tensor:
    """(T, B, 2) tokens that a slot is told, (T, B) the one just read where it stands in the line, (T, B, K) those used
    before it -> (T, B, 2): 0 for what the poem has already."""
    written = (word[..., None] == used[..., None, :]).any(-1) | (word == tokens[..., None])
    return word.masked_fill(written, 0)


def tokens_used(tokens: Tensor, places: Tensor) -> Tensor:
    """(T, B, K): each token that stands before the one just read once, in any order, 0 for the rest; K <= MEMORY."""
    T, B = tokens.shape
    K = min(T, MEMORY)
    standing = torch.cat([tokens.new_zeros(K, B), torch.where(places > 1, tokens, 0)])
    used = standing.unfold(0, K, 1)[:T].sort(-1).values  # [t] holds times t - K .. t - 1
    again = used[..., 1:] == used[..., :-1]
    return torch.cat([used[..., :1], used[..., 1:].masked_fill(again, 0)], dim=-1)
