"""A network that is told a title and the same network that is not, read side by side.

What a title adds to a line is log p(line | title) - log p(line), both told the same key words. The told network alone
writes what is likely, the difference alone what is odd; both are wanted, and the poem so far is weighed by them at the
end of each line. `guidance` adds a share of the difference to what is drawn from (as classifier-free guidance does for
pictures: Ho & Salimans 2022), so that what the title asks for is tried more often.

State: of the told network, of the untold, what each said of the next token, and what each has given to the tokens
since the beginning, (B,) nats.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charrnn_core.numerics import log_softmax
from charrnn_core.stepper import Stepper


@dataclass(frozen=True)
class Both:
    """The state of rows; see the module's docstring."""

    told: Any
    untold: Any  # None: only the told one is read
    logprobs: tuple[np.ndarray, np.ndarray] | None  # (B, V) of the next token, told and untold; None before the first
    sums: np.ndarray  # (2, B) float64

    def counted(self, ids: np.ndarray) -> np.ndarray:
        """(2, B) nats: the sums with the (B,) tokens that were chosen last."""
        if self.logprobs is None:
            return self.sums
        return self.sums + [logprobs[np.arange(len(ids)), ids] for logprobs in self.logprobs]


@dataclass(frozen=True)
class Telling:
    """A stepper of such states."""

    inner: Stepper
    guidance: float = 0.0

    def begun(self, told: Any, untold: Any, rows: int) -> Both:
        """The state of rows of which nothing has been counted yet."""
        return Both(told, untold, None, np.zeros((2, rows)))

    def step(self, state: Both, ids: np.ndarray, slots: np.ndarray) -> tuple[np.ndarray, Both]:
        """See Stepper.step."""
        logits, told = self.inner.step(state.told, ids, slots)
        logprobs = plain = log_softmax(logits)
        untold = state.untold
        if untold is not None:
            logits, untold = self.inner.step(untold, ids, slots)
            plain = log_softmax(logits)
        guided = logprobs + np.float32(self.guidance) * (logprobs - plain)
        return guided, Both(told, untold, (logprobs, plain), state.counted(ids))

    def select(self, state: Both, rows: np.ndarray) -> Both:
        """See Stepper.select."""
        untold = None if state.untold is None else self.inner.select(state.untold, rows)
        logprobs = None if state.logprobs is None else (state.logprobs[0][rows], state.logprobs[1][rows])
        return Both(self.inner.select(state.told, rows), untold, logprobs, state.sums[:, rows])
