"""Perplexity per Hanzi: exp of the mean nats of every Hanzi, marks and end token left out.

Unconditional means: the form token is given, but no title or key words, no tone or rhyme features.
A Hanzi outside the vocabulary counts as the unknown token.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch

from poetry.corpus.batches import evaluation_batches
from poetry.corpus.encoding import Encoded
from poetry.training.network import Network


@dataclass(frozen=True)
class Perplexity:
    """Figures of a set of poems under a network."""

    hanzi_nats: float  # mean nats a Hanzi
    all_nats: float  # mean nats a token, marks and end token included
    hanzi: int

    @property
    def hanzi_perplexity(self) -> float:
        """exp(nats per Hanzi)."""
        return math.exp(min(self.hanzi_nats, 700.0))


@torch.no_grad()
def measure(
    network: Network,
    corpus: Encoded,
    poems: np.ndarray,
    *,
    features: bool = False,
    prefix: int = 0,
    dtype: torch.dtype = torch.float32,
) -> Perplexity:
    """Measure whole poems. `features` gives tones and rhyme; `prefix` as in batches.epoch_order."""
    training, device = network.training, network.bias.device
    network.eval()
    is_hanzi = torch.from_numpy(corpus.vocabulary.counted)
    nats, hanzi_nats, count, hanzi = 0.0, 0.0, 0, 0
    for batch in evaluation_batches(corpus, poems, features=features, prefix=prefix):
        counted = torch.from_numpy(batch.weights).flatten()
        targets = torch.from_numpy(batch.targets).flatten()[counted]
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
            u, used = network(torch.from_numpy(batch.inputs).to(device), torch.from_numpy(batch.features).to(device))
        u, used = u.flatten(0, 1)[counted.to(device)].float(), used.flatten(0, 1)[counted.to(device)]
        for start in range(0, len(u), 2048):
            rows = slice(start, start + 2048)
            losses = torch.nn.functional.cross_entropy(
                network.logits(u[rows], used[rows]), targets[rows].to(device), reduction="none"
            )
            losses, chosen = losses.cpu().double(), is_hanzi[targets[rows]]
            nats += losses.sum().item()
            hanzi_nats += losses[chosen].sum().item()
            count += len(losses)
            hanzi += int(chosen.sum())
    network.train(training)
    return Perplexity(hanzi_nats / max(hanzi, 1), nats / max(count, 1), hanzi)
