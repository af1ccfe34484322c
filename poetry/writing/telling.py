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

TOLD, OTHER = 0, -1  # of one reading both are the first


@dataclass(frozen=True)
class Readings:
    """The state of B rows in R readings, R = 1 (told) or 2 (told, other)."""

    inner: Any  # the stepper's state of R B rows, those of `told` first
    logprobs: np.ndarray | None  # (R, B, V) of the next token; None before the first
    sums: np.ndarray  # (R, B) float64: what each reading has given to the tokens since the beginning

    def counted(self, ids: np.ndarray) -> np.ndarray:
        """(R, B) nats: the sums with the (B,) tokens that were chosen last."""
        return self.sums if self.logprobs is None else self.sums + self.logprobs[:, np.arange(len(ids)), ids]


@dataclass(frozen=True)
class Telling:
    """A stepper of such states."""

    inner: Stepper
    weight: float = 0.0

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
        return mixed, Readings(inner, logprobs, state.counted(ids))

    def select(self, state: Readings, rows: np.ndarray) -> Readings:
        """See Stepper.select."""
        R, B = state.sums.shape
        inner = self.inner.select(state.inner, np.concatenate([rows + B * n for n in range(R)]))
        logprobs = None if state.logprobs is None else state.logprobs[:, rows]
        return Readings(inner, logprobs, state.sums[:, rows])

    def told(self, state: Readings) -> Any:
        """The inner state of the first reading's rows."""
        return self.inner.select(state.inner, np.arange(state.sums.shape[1]))


def _plainly(slots: np.ndarray) -> np.ndarray:
    """(B, 7): the slots without what is wished for: place and line alone."""
    found = np.zeros_like(slots)
    found[:, [PLACE, LINE]] = slots[:, [PLACE, LINE]]
    return found
