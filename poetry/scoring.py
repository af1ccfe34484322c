"""How probable texts are under a model, computed by its stepper: no torch.

Input: batches of encoded poems (poetry.batches). Output: nats of every token.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from charrnn_core.numerics import log_softmax
from charrnn_core.stepper import Stepper
from poetry.batches import Batch
from poetry.vocab import UNKNOWN, Vocabulary


@dataclass(frozen=True)
class Score:
    """Mean nats a Hanzi (marks and end token left out), its exponential, and how many Hanzi were counted."""

    nats: float
    hanzi: int

    @property
    def perplexity(self) -> float:
        """exp(nats per Hanzi)."""
        return float(np.exp(self.nats))


def token_nats(stepper: Stepper, batch: Batch) -> np.ndarray:
    """(T, B) float32: -log p of every target, 0 where the batch does not count."""
    T, B = batch.targets.shape
    state = stepper.start(B)
    nats = np.zeros((T, B), dtype=np.float32)
    for t in range(T):
        logits, state = stepper.step(state, batch.inputs[t], batch.features[t])
        if batch.weights[t].any():
            nats[t] = -np.take_along_axis(log_softmax(logits), batch.targets[t][:, None], axis=1)[:, 0]
    return np.where(batch.weights, nats, 0)


def score(stepper: Stepper, vocabulary: Vocabulary, batches: Iterable[Batch]) -> Score:
    """Perplexity per Hanzi over batches; a Hanzi outside the vocabulary counts as the unknown token."""
    is_hanzi = vocabulary.is_hanzi.copy()
    is_hanzi[UNKNOWN] = True
    total, hanzi = 0.0, 0
    for batch in batches:
        chosen = batch.weights & is_hanzi[batch.targets]
        total += float(token_nats(stepper, batch)[chosen].sum(dtype=np.float64))
        hanzi += int(chosen.sum())
    return Score(total / max(hanzi, 1), hanzi)
