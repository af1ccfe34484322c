"""How probable texts are under a model, computed by its stepper: no torch.

Input: batches of encoded poems (poetry.corpus.batches). Output: nats of every token.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np

from charrnn_core.halves import cores
from charrnn_core.numerics import logsumexp
from charrnn_core.stepper import Stepper
from poetry.corpus.batches import Batch, evaluation_batches, longest_first
from poetry.corpus.encoding import Encoded
from poetry.text.vocab import Vocabulary


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
            chosen = np.take_along_axis(logits, batch.targets[t][:, None], axis=1)
            nats[t] = (logsumexp(logits) - chosen)[:, 0]
    return np.where(batch.weights, nats, 0)


def score(stepper: Stepper, vocabulary: Vocabulary, batches: Iterable[Batch]) -> Score:
    """Perplexity per Hanzi over batches; a Hanzi outside the vocabulary counts as the unknown token."""
    total, hanzi = 0.0, 0
    for batch in batches:
        nats, count = _sums(stepper, vocabulary, batch)
        total += float(nats.sum(dtype=np.float64))
        hanzi += int(count.sum())
    return Score(total / max(hanzi, 1), hanzi)


def poem_scores(
    stepper: Stepper,
    corpus: Encoded,
    poems: np.ndarray,
    *,
    features: bool = False,
    prefix: int = 0,
    progress: Callable[[int], object] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """((N,) float64 nats of all Hanzi of each poem, (N,) int64 how many), settings as in evaluation_batches. `progress`
    is told how many poems have come with each batch. Every core has a batch: matrix products leave Python free."""
    batches = evaluation_batches(corpus, poems, features=features, prefix=prefix)
    at_once = cores()
    sums = []
    with ThreadPoolExecutor(at_once) as pool:
        while some := list(islice(batches, 2 * at_once)):  # and no more, so that few wait in memory
            for found in pool.map(lambda batch: _sums(stepper, corpus.vocabulary, batch), some):
                sums.append(found)
                if progress:
                    progress(len(found[0]))
    places = np.argsort(longest_first(corpus, poems))
    return np.concatenate([s[0] for s in sums])[places], np.concatenate([s[1] for s in sums])[places]


def _sums(stepper: Stepper, vocabulary: Vocabulary, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """((B,) nats of the Hanzi of each poem, (B,) their number)."""
    chosen = batch.weights & vocabulary.counted[batch.targets]
    nats = np.where(chosen, token_nats(stepper, batch), 0)
    return nats.sum(axis=0, dtype=np.float64), chosen.sum(axis=0)
