"""Guidance: one network read in two ways side by side, and a mixture of what both say:

    log p = log p_told + weight (log p_told - log p_untold)

`untold` is told no title, so the difference is what the title adds, and more of it is drawn (as classifier-free
guidance does for pictures: Ho & Salimans 2022). Key words are drawn so (poetry.writing.keywords).

The two are read together, as rows of one batch: one product of many rows costs far less than two of few.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charrnn_core.numerics import log_softmax
from charrnn_core.stepper import Stepper

TOLD, UNTOLD = 0, -1  # of one reading both are the first


@dataclass(frozen=True)
class Readings:
    """The state of B rows in R readings, R = 1 (told) or 2 (told, untold)."""

    inner: Any  # the stepper's state of R B rows, those of `told` first
    logprobs: np.ndarray | None  # (R, B, V) of the next token; None before the first
    sums: np.ndarray  # (R, B) float64: what each reading has given to the tokens since the beginning

    def counted(self, ids: np.ndarray, of: np.ndarray | None = None) -> np.ndarray:
        """(R, B) nats: the sums with the (B,) tokens that were chosen last, after the rows `of`, or each after its
        own."""
        of = np.arange(len(ids)) if of is None else of
        return self.sums[:, of] if self.logprobs is None else self.sums[:, of] + self.logprobs[:, of, ids]


@dataclass(frozen=True)
class Guidance:
    """A stepper of such states."""

    inner: Stepper
    weight: float

    def begun(self, told: Any, untold: Any | None, rows: int) -> Readings:
        """The state of rows of which nothing has been counted yet, from the inner states of one or two readings."""
        inner = told if untold is None else self.inner.join([told, untold])
        return Readings(inner, None, np.zeros((1 if untold is None else 2, rows)))

    def step(self, state: Readings, ids: np.ndarray, slots: np.ndarray) -> tuple[np.ndarray, Readings]:
        """See Stepper.step."""
        R = len(state.sums)
        logits, inner = self.inner.step(state.inner, np.tile(ids, R), np.tile(slots, (R, 1)))
        logprobs = log_softmax(logits).reshape(R, len(ids), -1)
        mixed = logprobs[TOLD]
        if R > 1:
            mixed = mixed + np.float32(self.weight) * (mixed - logprobs[UNTOLD])
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
