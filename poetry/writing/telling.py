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

State: of the three, what each said of the next token, and what each has given to the tokens since the beginning.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charrnn_core.numerics import log_softmax
from charrnn_core.stepper import Stepper
from poetry.slots.features import LINE, PLACE


@dataclass(frozen=True)
class Three:
    """The state of rows; see the module's docstring."""

    told: Any
    untold: Any  # None: not read
    plain: Any  # None: not read
    logprobs: tuple[np.ndarray, np.ndarray, np.ndarray] | None  # (B, V) of the next token; None before the first
    sums: np.ndarray  # (3, B) float64

    def counted(self, ids: np.ndarray) -> np.ndarray:
        """(3, B) nats: the sums with the (B,) tokens that were chosen last."""
        if self.logprobs is None:
            return self.sums
        return self.sums + [logprobs[np.arange(len(ids)), ids] for logprobs in self.logprobs]


@dataclass(frozen=True)
class Telling:
    """A stepper of such states."""

    inner: Stepper
    guidance: float = 0.0
    plainness: float = 0.0

    def begun(self, told: Any, untold: Any, plain: Any, rows: int) -> Three:
        """The state of rows of which nothing has been counted yet."""
        return Three(told, untold, plain, None, np.zeros((3, rows)))

    def step(self, state: Three, ids: np.ndarray, slots: np.ndarray) -> tuple[np.ndarray, Three]:
        """See Stepper.step."""
        logits, told = self.inner.step(state.told, ids, slots)
        by_told = by_untold = by_plain = log_softmax(logits)
        untold, plain = state.untold, state.plain
        if untold is not None:
            logits, untold = self.inner.step(untold, ids, slots)
            by_untold = log_softmax(logits)
        guided = by_told + np.float32(self.guidance) * (by_told - by_untold)
        if plain is not None:
            logits, plain = self.inner.step(plain, ids, _plainly(slots))
            by_plain = log_softmax(logits)
            guided = guided + np.float32(self.plainness) * (by_plain - guided)
        return guided, Three(told, untold, plain, (by_told, by_untold, by_plain), state.counted(ids))

    def select(self, state: Three, rows: np.ndarray) -> Three:
        """See Stepper.select."""
        told, untold, plain = (
            None if part is None else self.inner.select(part, rows) for part in (state.told, state.untold, state.plain)
        )
        logprobs = None
        if state.logprobs is not None:
            by_told, by_untold, by_plain = (part[rows] for part in state.logprobs)
            logprobs = by_told, by_untold, by_plain
        return Three(told, untold, plain, logprobs, state.sums[:, rows])


def _plainly(slots: np.ndarray) -> np.ndarray:
    """(B, 7): the slots without what is wished for: place and line alone."""
    found = np.zeros_like(slots)
    found[:, [PLACE, LINE]] = slots[:, [PLACE, LINE]]
    return found
