"""The one decoding loop: read, mask, sample, advance, stop.

A stepper computes logits, a guide says what each slot wants, the sampler chooses. The loop knows
nothing of verse.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from charrnn_core.numerics import log_softmax
from charrnn_core.sampling import Sampling, choose
from charrnn_core.stepper import Stepper


class Guide(Protocol):
    """What the loop asks about the next slot of every row."""

    def features(self) -> np.ndarray:
        """(B, F) int features of the next slot."""

    def allowed(self) -> np.ndarray | None:
        """(B, V) bool: the ids that may fill it, at least one a row; None: all."""

    def advance(self, ids: np.ndarray) -> None:
        """(B,) ids were chosen; go on to the slot after."""

    def finished(self) -> bool:
        """Whether every row is complete."""

    def active(self) -> np.ndarray:
        """(B,) bool: rows whose next slot is part of the text (a finished row is fed padding)."""


@dataclass(frozen=True)
class Decoded:
    """What a decoding gave; T steps, B rows."""

    ids: np.ndarray  # (T, B) int64
    logprobs: np.ndarray  # (T, B) float32: log p of the chosen id under the unmasked network
    allowed_mass: np.ndarray  # (T, B) float32: probability the network gave to all allowed ids
    active: np.ndarray  # (T, B) bool: whether the step belongs to the row's text


def decode(
    stepper: Stepper, state: Any, ids: np.ndarray, guide: Guide, sampling: Sampling, uniforms: np.ndarray
) -> Decoded:
    """Continue rows whose last read token is `ids` (B,) until the guide is finished.

    uniforms (T, B) in [0, 1): one number for each choice; the loop stops at T steps at the latest.
    """
    steps: list[tuple[np.ndarray, ...]] = []
    for numbers in uniforms:
        if guide.finished():
            break
        active = guide.active()
        logits, state = stepper.step(state, ids, guide.features())
        logprobs = log_softmax(logits)
        allowed = guide.allowed()
        masked = logprobs if allowed is None else np.where(allowed, logprobs, -np.inf)
        ids = choose(masked, numbers, sampling)
        chosen = np.take_along_axis(logprobs, ids[:, None], axis=1)[:, 0]
        mass = np.ones_like(chosen) if allowed is None else np.exp(masked).sum(axis=1)
        steps.append((ids, chosen, mass, active))
        guide.advance(ids)
    if not steps:
        empty = np.zeros((0, len(ids)))
        return Decoded(empty.astype(np.int64), empty, empty, empty.astype(bool))
    return Decoded(*(np.stack(column) for column in zip(*steps, strict=True)))
