"""One network read in two ways side by side, and a mixture of what both say:

    log p = log p_told + weight (log p_told - log p_other)

`told` knows all that is asked for: form, title, key words, in each slot its tones and rhyme. `other` knows less:

- weight > 0, guidance: `other` is told no title, so the difference is what the title adds, and more of it is drawn (as
  classifier-free guidance does for pictures: Ho & Salimans 2022). Key words are drawn so (poetry.writing.keywords).
- weight < 0, plainness: `other` is the plain reader, told form and title alone, as any reader is. To the told network a
  word of the plan is likely wherever it stands, sense or not; to the plain reader a word forced in is odd, and how
  probable it finds a poem agrees with readers' marks (docs/panel.md). Verse is drawn in part by it, and the lines are
  chosen by it (poetry.writing.search).

The two are read together, as rows of one batch: one product of many rows costs far less than two of few.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charrnn_core.numerics import log_softmax
from charrnn_core.stepper import Stepper
from poetry.slots.features import LINE, PLACE
from poetry.writing.taste import Tasting, figures, shown

TOLD, OTHER = 0, -1  # of one reading both are the first


@dataclass(frozen=True)
class Line:
    """What the last reading has been through since the line began that is being written."""

    number: int  # from 0
    earlier: np.ndarray  # (B,) float32: the sum of the marks of the lines before
    states: np.ndarray  # (B, S) float32: the sum of the states from which each of its tokens, and the next, is expected
    ids: np.ndarray  # (B, n): its tokens
    nats: np.ndarray  # (B, n) float32: log p of each

    def select(self, rows: np.ndarray) -> "Line":
        """The given rows, in that order."""
        return Line(self.number, self.earlier[rows], self.states[rows], self.ids[rows], self.nats[rows])


@dataclass(frozen=True)
class Readings:
    """The state of B rows in R readings, R = 1 (told) or 2 (told, other)."""

    inner: Any  # the stepper's state of R B rows, those of `told` first
    logprobs: np.ndarray | None  # (R, B, V) of the next token; None before the first
    sums: np.ndarray  # (R, B) float64: what each reading has given to the tokens since the beginning
    line: Line | None = None  # where there is taste

    def counted(self, ids: np.ndarray, of: np.ndarray | None = None) -> np.ndarray:
        """(R, B) nats: the sums with the (B,) tokens that were chosen last, after the rows `of`, or each after its
        own."""
        of = np.arange(len(ids)) if of is None else of
        return self.sums[:, of] if self.logprobs is None else self.sums[:, of] + self.logprobs[:, of, ids]


@dataclass(frozen=True)
class Telling:
    """A stepper of such states."""

    inner: Stepper
    weight: float = 0.0
    taste: Tasting | None = None  # marks each line of verse
    lines: int = 0  # of the form

    def begun(self, told: Any, other: Any | None, rows: int) -> Readings:
        """The state of rows of which nothing has been counted yet, from the inner states of one or two readings."""
        inner = told if other is None else self.inner.join([told, other])
        return Readings(inner, None, np.zeros((1 if other is None else 2, rows)))

    def step(self, state: Readings, ids: np.ndarray, slots: np.ndarray) -> tuple[np.ndarray, Readings]:
        """See Stepper.step."""
        R = len(state.sums)
        shown = slots if R == 1 else np.concatenate([slots, _plainly(slots)])
        logits, inner = self.inner.step(state.inner, np.tile(ids, R), shown)
        logprobs = log_softmax(logits).reshape(R, len(ids), -1)
        mixed = logprobs[TOLD]
        if R > 1:
            mixed = mixed + np.float32(self.weight) * (mixed - logprobs[OTHER])
        line = self._line(state, ids, slots, inner) if self.taste else None
        return mixed, Readings(inner, logprobs, state.counted(ids), line)

    def marks(self, state: Readings, ids: np.ndarray, of: np.ndarray | None = None) -> np.ndarray:
        """(B,) the sum of what taste gives to the lines so far, of which (B,) ids end the last, after the rows `of`,
        or each after its own."""
        assert self.taste and state.line
        of = np.arange(len(ids)) if of is None else of
        line = state.line.select(of)
        nats = np.column_stack([line.nats, _chosen(state, ids, of)])
        last = self.inner.outputs(state.inner)[-state.sums.shape[1] :][of]
        states = shown(line.states, last, line.ids.shape[1])
        return line.earlier + self.taste.marks(
            states, figures(nats, line.ids, self.taste.phrases, line.number, self.lines)
        )

    def _line(self, state: Readings, ids: np.ndarray, slots: np.ndarray, inner: Any) -> Line:
        made, line = self.inner.outputs(inner)[-len(ids) :], state.line
        if line is None or slots[0, PLACE] == 1:
            number = 0 if line is None else line.number + 1
            earlier = np.zeros(len(ids), dtype=np.float32) if line is None else self.marks(state, ids)
            return Line(number, earlier, made, *(np.zeros((len(ids), 0), kind) for kind in (np.int64, np.float32)))
        nats = np.column_stack([line.nats, _chosen(state, ids, np.arange(len(ids)))])
        return Line(line.number, line.earlier, line.states + made, np.column_stack([line.ids, ids]), nats)

    def select(self, state: Readings, rows: np.ndarray) -> Readings:
        """See Stepper.select."""
        R, B = state.sums.shape
        inner = self.inner.select(state.inner, np.concatenate([rows + B * n for n in range(R)]))
        logprobs = None if state.logprobs is None else state.logprobs[:, rows]
        return Readings(inner, logprobs, state.sums[:, rows], state.line and state.line.select(rows))

    def told(self, state: Readings) -> Any:
        """The inner state of the first reading's rows."""
        return self.inner.select(state.inner, np.arange(state.sums.shape[1]))


def _chosen(state: Readings, ids: np.ndarray, of: np.ndarray) -> np.ndarray:
    """(B,) log p of ids, which were chosen after the rows `of` of the state, for the last reading."""
    assert state.logprobs is not None
    return state.logprobs[OTHER, of, ids]


def _plainly(slots: np.ndarray) -> np.ndarray:
    """(B, 7): the slots without what is wished for: place and line alone."""
    found = np.zeros_like(slots)
    found[:, [PLACE, LINE]] = slots[:, [PLACE, LINE]]
    return found
