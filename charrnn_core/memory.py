"""What a network looks up in the text so far, beside its state: the tokens above a slot, and the tokens used.

A slot has a place in its line, from 1, or 0 where it stands in none. A token read before a slot at place p > 1 stands
in the line, at place p - 1; any other (of a prefix, the mark that ends a line) stands in none and is not remembered.

    above   the tokens at the slot's place in the last ABOVE lines that have one, the last first
    used    the tokens that stand among the last MEMORY but the one just read: that one the state knows best

The memory of B rows is two arrays, (B, ABOVE, places + 1) by place and (B, MEMORY) by time; 0, the padding, is nothing.
poetry.training.memory finds the same for whole texts at once; a test holds the two equal.
"""

import numpy as np

ABOVE = 2  # the other line of a couplet; two above the end of a line stands what it rhymes with
MEMORY = 64  # a 律诗, eight lines of seven with their marks; of a 排律, which is longer, the beginning is forgotten

Memory = tuple[np.ndarray, ...]  # by place, by time


def start(batch: int, places: int) -> Memory:
    """Nothing remembered. Places are 0 .. places - 1; one more column takes what stands in no line."""
    return np.zeros((batch, ABOVE, places + 1), dtype=np.int32), np.zeros((batch, MEMORY), dtype=np.int32)


def remember(memory: Memory, ids: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, Memory]:
    """(B,) tokens just read and places of the slots after them -> (B, ABOVE) tokens above these slots, new memory."""
    by_place, recent = memory
    rows, stands = np.arange(len(ids)), places > 1
    standing = np.where(stands, places - 1, -1)
    by_place = by_place.copy()
    by_place[rows, 1:, standing] = by_place[rows, :-1, standing]
    by_place[rows, 0, standing] = ids
    recent = np.concatenate([recent[:, 1:], np.where(stands, ids, 0)[:, None].astype(np.int32)], axis=1)
    return by_place[rows, :, places], (by_place, recent)


def still_wanted(told: np.ndarray, memory: Memory) -> np.ndarray:
    """(B, K) tokens that a slot is told -> (B, K): 0 for what stands in the text already."""
    return np.where((told[:, :, None] == memory[1][:, None]).any(axis=2), 0, told)


def tokens_before(memory: Memory) -> np.ndarray:
    """(B, 2): the last token but one and the last, where they stand in the line that the next slot is in; else 0."""
    return memory[1][:, -2:]


def favour(logits: np.ndarray, memory: Memory, gate: np.ndarray) -> None:
    """Add gate (B,) to the logits (B, V) of the tokens of a memory, in place; a token that stands twice counts once."""
    rows, nothing = np.arange(len(logits))[:, None], logits[:, 0].copy()
    logits[rows, memory[1]] += gate[:, None]
    logits[:, 0] = nothing
