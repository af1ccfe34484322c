"""One network read in three ways side by side: what draws, what compares and what judges.

    told     form, title, key words, and in each slot its tones and rhyme
    untold   the same without the title
    plain    form and title alone, as any reader is; it knows nothing of what was wished for

The told network writes what is asked for; to it a word of the plan is likely wherever it stands, sense or not. What
the title adds is log p(token | told) - log p(token | untold), and `guidance` adds a share of it to what is drawn from
(as classifier-free guidance does for pictures: Ho & Salimans 2022). To the plain reader a word forced in is odd: how
probable it finds a poem agrees with readers' marks, as what the told network thinks hardly does (docs/panel.md). So
the lines are chosen by it (poetry.writing.search), and `plainness` draws from it in part: the log-probabilities are
mixed.

The three are read together, as rows of one batch: one product of many rows costs far less than three of few.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from charrnn_core.numerics import log_softmax
from charrnn_core.stepper import Stepper
from poetry.slots.features import LINE, PLACE

TOLD, UNTOLD, PLAIN = range(3)


@dataclass(frozen=True)
class Three:
    """The state of B rows: of each of R readings, the first always TOLD, B rows after those of the reading before."""

    readings: tuple[int, ...]  # which of TOLD, UNTOLD, PLAIN
    inner: Any  # the stepper's state of R B rows
    logprobs: np.ndarray | None  # (R, B, V) of the next token; None before the first
    sums: np.ndarray  # (R, B) float64: what each reading has given to the tokens since the beginning

    def counted(self, ids: np.ndarray) -> np.ndarray:
        """(3, B) nats: the sums with the (B,) tokens that were chosen last; TOLD's for a reading that there is not."""
        return self.with_last(ids)[[self._place(reading) for reading in range(3)]]

    def with_last(self, ids: np.ndarray) -> np.ndarray:
        """(R, B) the sums with the (B,) tokens that were chosen last."""
        return self.sums if self.logprobs is None else self.sums + self.logprobs[:, np.arange(len(ids)), ids]

    def said(self, reading: int) -> np.ndarray:
        """(B, V) log-probabilities of the next token by a reading; TOLD's for one that there is not."""
        assert self.logprobs is not None
        return np.asarray(self.logprobs[self._place(reading)])

    def _place(self, reading: int) -> int:
        return self.readings.index(reading) if reading in self.readings else 0


@dataclass(frozen=True)
class Telling:
    """A stepper of such states."""

    inner: Stepper
    guidance: float = 0.0
    plainness: float = 0.0

    def begun(self, told: Any, untold: Any | None, rows: int) -> Three:
        """The state of rows of which nothing has been counted yet, from the inner states of one or two readings."""
        if untold is None:
            return Three((TOLD,), told, None, np.zeros((1, rows)))
        return Three((TOLD, UNTOLD), self.inner.join([told, untold]), None, np.zeros((2, rows)))

    def step(self, state: Three, ids: np.ndarray, slots: np.ndarray) -> tuple[np.ndarray, Three]:
        """See Stepper.step."""
        R = len(state.readings)
        shown = np.concatenate([_plainly(slots) if reading == PLAIN else slots for reading in state.readings])
        logits, inner = self.inner.step(state.inner, np.tile(ids, R), shown)
        new = Three(state.readings, inner, log_softmax(logits).reshape(R, len(ids), -1), state.with_last(ids))
        guided = new.said(TOLD)
        if UNTOLD in new.readings:
            guided = guided + np.float32(self.guidance) * (guided - new.said(UNTOLD))
        if PLAIN in new.readings:
            guided = guided + np.float32(self.plainness) * (new.said(PLAIN) - guided)
        return guided, new

    def select(self, state: Three, rows: np.ndarray) -> Three:
        """See Stepper.select."""
        B = state.sums.shape[1]
        inner = self.inner.select(state.inner, np.concatenate([rows + B * n for n in range(len(state.readings))]))
        logprobs = None if state.logprobs is None else state.logprobs[:, rows]
        return Three(state.readings, inner, logprobs, state.sums[:, rows])

    def joined(self, state: Three, plain: Any | None) -> Three:
        """The state of rows of which nothing has been counted yet, with the plain reader's inner state, if any."""
        if plain is None:
            return replace(state, logprobs=None, sums=np.zeros_like(state.sums))
        inner = self.inner.join([state.inner, plain])
        return Three((*state.readings, PLAIN), inner, None, np.zeros((len(state.sums) + 1, state.sums.shape[1])))


def _plainly(slots: np.ndarray) -> np.ndarray:
    """(B, 7): the slots without what is wished for: place and line alone."""
    found = np.zeros_like(slots)
    found[:, [PLACE, LINE]] = slots[:, [PLACE, LINE]]
    return found
