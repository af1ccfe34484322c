"""The reader: a network that reads verse as it is written, and keeps count of how likely it finds it and of what taste
(poetry.writing.taste) says of its lines.

It is the plain reader (poetry.slots.guide) that draws and judges: told form, title and plan, as any reader is, and
where in the poem it stands. To a network that is told what a slot wants, a word that is forced in is likely there,
sense or not; to the plain reader it is odd, and how probable it finds a poem agrees with readers' marks
(docs/panel.md).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charrnn_core.decoding import different
from charrnn_core.numerics import log_softmax
from charrnn_core.stepper import Stepper
from poetry.slots.features import PLACE
from poetry.writing.taste import Tasting, figures, shown


@dataclass(frozen=True)
class Line:
    """What reading has been through since the line began that is being written."""

    number: int  # from 0
    earlier: np.ndarray  # (B,) float32: the sum of the marks of the lines before
    states: np.ndarray  # (B, S) float32: the sum of the states from which each of its tokens, and the next, is expected
    ids: np.ndarray  # (B, n): its tokens
    nats: np.ndarray  # (B, n) float32: log p of each

    def select(self, rows: np.ndarray) -> "Line":
        """The given rows, in that order."""
        return Line(self.number, self.earlier[rows], self.states[rows], self.ids[rows], self.nats[rows])


@dataclass(frozen=True)
class Reading:
    """The state of B rows."""

    inner: Any  # the stepper's
    logprobs: np.ndarray | None  # (B, V) of the next token; None before the first
    sums: np.ndarray  # (B,) float64: log p of the tokens since the beginning
    line: Line | None = None  # where there is taste

    def counted(self, ids: np.ndarray, of: np.ndarray) -> np.ndarray:
        """(B,) nats: the sums with the (B,) tokens that were chosen last, after the rows `of`."""
        return self.sums[of] if self.logprobs is None else self.sums[of] + self.logprobs[of, ids]


@dataclass(frozen=True)
class Reader:
    """A stepper of such states."""

    inner: Stepper
    taste: Tasting | None = None  # marks each line of verse
    lines: int = 0  # of the form

    def begun(self, inner: Any, rows: int) -> Reading:
        """The state of rows of which nothing has been counted yet."""
        return Reading(inner, None, np.zeros(rows))

    def step(self, state: Reading, ids: np.ndarray, slots: np.ndarray) -> tuple[np.ndarray, Reading]:
        """See Stepper.step."""
        logits, inner = self.inner.step(state.inner, ids, slots)
        logprobs = log_softmax(logits)
        line = self._line(state, ids, slots, inner) if self.taste else None
        return logprobs, Reading(inner, logprobs, state.counted(ids, np.arange(len(ids))), line)

    def marks(self, state: Reading, ids: np.ndarray, of: np.ndarray | None = None) -> np.ndarray:
        """(B,) the sum of what taste gives to the lines so far, of which (B,) ids end the last, after the rows `of`,
        or each after its own."""
        assert self.taste and state.line
        rows = np.column_stack([np.arange(len(ids)) if of is None else of, ids])
        first, copies = different(rows)
        of, ids = rows[first].T
        line = state.line.select(of)
        nats = np.column_stack([line.nats, _chosen(state, ids, of)])
        last = self.inner.outputs(state.inner)[of]
        states = shown(line.states, last, line.ids.shape[1])
        shown_of_line = figures(nats, line.ids, self.taste.phrases, line.number, self.lines)
        return (line.earlier + self.taste.marks(states, shown_of_line))[copies]

    def _line(self, state: Reading, ids: np.ndarray, slots: np.ndarray, inner: Any) -> Line:
        made, line = self.inner.outputs(inner), state.line
        if line is None or slots[0, PLACE] == 1:
            number = 0 if line is None else line.number + 1
            earlier = np.zeros(len(ids), dtype=np.float32) if line is None else self.marks(state, ids)
            return Line(number, earlier, made, *(np.zeros((len(ids), 0), kind) for kind in (np.int64, np.float32)))
        nats = np.column_stack([line.nats, _chosen(state, ids, np.arange(len(ids)))])
        return Line(line.number, line.earlier, line.states + made, np.column_stack([line.ids, ids]), nats)

    def select(self, state: Reading, rows: np.ndarray) -> Reading:
        """See Stepper.select."""
        logprobs = None if state.logprobs is None else state.logprobs[rows]
        line = state.line and state.line.select(rows)
        return Reading(self.inner.select(state.inner, rows), logprobs, state.sums[rows], line)


def _chosen(state: Reading, ids: np.ndarray, of: np.ndarray) -> np.ndarray:
    """(B,) log p of ids, which were chosen after the rows `of` of the state."""
    assert state.logprobs is not None
    return state.logprobs[of, ids]
