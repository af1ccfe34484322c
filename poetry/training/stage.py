"""What the short stages that go on from a trained network share: poems of one length together, human poems beside what
is taught, and the descent.

poetry.training.examples, .preference and .offers are such stages; poetry.training.trainer is the long run before.
"""

from collections.abc import Iterable, Iterator
from itertools import count

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from charrnn_core.errors import CharRNNError, UsageError
from poetry.corpus.batches import training_batches
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import TRAIN
from poetry.training.loss import SummedLoss
from poetry.training.network import Network

SOURCES = ("tang", "song:regulated", "tang:regulated", "tang:regulated")  # of human poems, as in recipes/lstm.sh
HUMAN = 0.7  # the weight of their loss beside 1
CLIP, WARM_UP, DECAY = 1.0, 20, 0.6  # of the gradient; steps; the last share of them, in which the rate falls to 0


def require_positive(learning_rate: float, epochs: float, tokens: int) -> None:
    """Raises UsageError unless a stage can be run with these."""
    if not (learning_rate > 0 and epochs > 0 and tokens >= 1):
        raise UsageError("the learning rate, the epochs and the tokens must be positive")


def shuffled(lengths: np.ndarray, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """The numbers of what has these lengths, `size` of one length at a time, in random order."""
    found = []
    for length in np.unique(lengths):
        numbers = rng.permutation(np.flatnonzero(lengths == length))
        found += [numbers[first : first + size] for first in range(0, len(numbers), size)]
    return [found[i] for i in rng.permutation(len(found))]


def human_losses(loss: SummedLoss, corpus: Encoded, tokens: int, seed: int) -> Iterator[Tensor]:
    """The mean nats of a token of human poems, weighed by HUMAN, a batch at a time, without end."""
    poems = corpus.select(TRAIN, SOURCES)
    if not len(poems):  # a corpus of one's own
        poems = corpus.select(TRAIN)
    for epoch in count():
        for batch in training_batches(corpus, poems, tokens=tokens, seed=seed, epoch=epoch, first=0):
            yield HUMAN * loss(batch) / int(batch.weights.sum())


def learning_rate(step: int, steps: int, highest: float) -> float:
    """Of a short stage: rising over WARM_UP steps, falling to 0 over the last DECAY of all."""
    return highest * min(1.0, (step + 1) / WARM_UP, (steps - step) / (DECAY * steps))


def descend(network: Network, losses: Iterable[Iterable[Tensor]], steps: int, rate: float) -> None:
    """So many steps of AdamW, each down the sum of the losses that stand for it. They are asked for one after another,
    so that only one graph is kept. Raises CharRNNError when a gradient is not finite."""
    optimiser = torch.optim.AdamW(network.parameters(), betas=(0.9, 0.99), weight_decay=0.01)
    with tqdm(total=steps, unit="step", dynamic_ncols=True, mininterval=2) as bar:
        for step, parts in zip(range(steps), losses, strict=False):
            optimiser.zero_grad()
            first = 0.0
            for number, part in enumerate(parts):
                part.backward()
                first = first if number else part.item()
            if not torch.isfinite(torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP)):
                raise CharRNNError("the gradient of step {step} is not finite; lower the learning rate", step=step)
            for parameters in optimiser.param_groups:
                parameters["lr"] = learning_rate(step, steps, rate)
            optimiser.step()
            bar.update()
            bar.set_postfix_str(f"loss {first:.3f}", refresh=False)
