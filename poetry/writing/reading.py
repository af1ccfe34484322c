"""What a network makes of given text: the state after it, and how probable a continuation is."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from charrnn_core.numerics import log_softmax
from charrnn_core.stepper import Stepper, Steps
from poetry.slots.features import LINE, PLACE, WIDTH
from poetry.text.vocab import Vocabulary


def state_before_last(stepper: Stepper, prefixes: Sequence[Sequence[int]]) -> Any:
    """The state of B rows that have read all but the last token of their prefixes, which are of one length."""
    tokens = np.array(prefixes, dtype=np.int64).T
    state, nothing = stepper.start(len(prefixes)), np.zeros((len(prefixes), WIDTH), dtype=np.int64)
    for column in tokens[:-1]:
        _, state = stepper.step(state, column, nothing)
    return state


def line_read(
    stepper: Steps, state: Any, last: np.ndarray, texts: Sequence[str], line: int, v: Vocabulary
) -> tuple[Any, np.ndarray]:
    """B rows go on through line number `line` (from 0) of a poem, (B) texts of one length, told nothing but place and
    line: the state before its mark, and the mark, which is the token to read next, (B,). `last` (B,) is read first."""
    slots = np.zeros((len(texts), WIDTH), dtype=np.int64)
    slots[:, LINE] = line
    mark = np.full(len(texts), v.stop if line % 2 else v.comma)
    for place, column in enumerate([*np.array([v.ids(text) for text in texts]).T, mark], 1):
        slots[:, PLACE] = place
        _, state = stepper.step(state, last, slots)
        last = column
    return state, last


def continuation_logprobs(stepper: Stepper, prefix: Sequence[int], features: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """(T, B) float32: log p of ids (T, B) after one prefix that all rows share, features (T, B, 7) of their slots."""
    T, B = ids.shape
    state = stepper.select(state_before_last(stepper, [prefix]), np.zeros(B, dtype=np.int64))
    last, logprobs = np.full(B, prefix[-1]), np.zeros((T, B), dtype=np.float32)
    for t in range(T):
        logits, state = stepper.step(state, last, features[t])
        logprobs[t] = np.take_along_axis(log_softmax(logits), ids[t][:, None], axis=1)[:, 0]
        last = ids[t]
    return logprobs
