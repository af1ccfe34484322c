"""Learn from examples: poems that were written to titles, each about its title from its first line to its last.

Of most human poems the title says little: an occasion, a friend's rhymes. A network of this size learns from them how
lines sound, hardly how a poem holds together. An example is plain: one scene, one hour, one thought, every line a
step (docs/training-log.md). Learned is the cross-entropy of examples, mostly told their titles, with or without a plan,
and beside it that of human poems, lest the network forget what it knows. Tokens before an example tell the two apart
(Vocabulary.taught): asked for with them the network writes like the examples, without them like the poets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from charrnn_core.errors import CharRNNError, UsageError
from poetry.corpus import encoding, keywords
from poetry.corpus.batches import NOTHING, PLANNED, TITLED, TITLED_PLAN, assemble, training_batches
from poetry.corpus.clean import CleanPoem
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import TRAIN
from poetry.text.hanzi import COMMA, STOP
from poetry.text.lines import split_lines
from poetry.text.vocab import Vocabulary
from poetry.training.lessons import Example
from poetry.training.loss import SummedLoss
from poetry.training.network import Network

SOURCES = ("tang", "song:regulated", "tang:regulated", "tang:regulated")  # of human poems, as in recipes/lstm.sh
HUMAN = 0.7  # weight beside the examples' 1
SHARES = {NOTHING: 0.05, TITLED: 0.45, PLANNED: 0.05, TITLED_PLAN: 0.45}
HELD_OUT = 20  # one example among so many is not learned from, but measured by
CLIP, WARM_UP, DECAY = 1.0, 20, 0.6  # of the gradient; steps; the last share of them, in which the rate falls to 0


def encoded(poems: Sequence[Example], vocabulary: Vocabulary, *, taught: bool = True) -> Encoded:
    """Poems as the network reads them, with or without the tokens of what is taught, without key words or plan."""
    texts = ["".join(line + (COMMA, STOP)[i % 2] for i, line in enumerate(poem.lines)) for poem in poems]
    clean = [CleanPoem(encoding.OWN, poem.title, "", text, text) for poem, text in zip(poems, texts, strict=True)]
    found = encoding.encode(clean, vocabulary=vocabulary, words={}, provenance={})
    return replace(found, source=np.full_like(found.source, encoding.TAUGHT)) if taught else found


def planned(poems: Encoded, plans: Sequence[Sequence[str]]) -> Encoded:
    """The poems with these words, one a line, as their plans; a line without one has an empty word."""
    plan = np.zeros_like(poems.plan)
    for number, words in enumerate(plans):
        for line, word in enumerate(words[: plan.shape[1]]):
            plan[number, line, : len(word)] = poems.vocabulary.ids(word[:2])
    return replace(poems, plan=plan)


def plans(poems: Sequence[Example], corpus: Encoded) -> list[list[str]]:
    """The plan of each poem, reckoned by the words of the corpus as those of its own poems are."""
    tokens = corpus.vocabulary.tokens
    known = []
    for poem in corpus.select(TRAIN):
        title = corpus.titles[corpus.title_offsets[poem] : corpus.title_offsets[poem + 1]]
        known.append((split_lines(corpus.text(int(poem))), "".join(tokens[i] for i in title)))
    words = keywords.lexicon(lines for lines, _ in known)
    close = keywords.associations(known, words)
    return [keywords.plan(poem.lines, poem.title, words, close) for poem in poems]


def human_losses(
    network: SummedLoss, corpus: Encoded, sources: Sequence[str], tokens: int, seed: int
) -> Iterator[Tensor]:
    """The mean nats of a token of human poems, a batch at a time, without end."""
    poems = corpus.select(TRAIN, sources)
    if not len(poems):  # a corpus of one's own
        poems = corpus.select(TRAIN)
    for epoch in count():
        for batch in training_batches(corpus, poems, tokens=tokens, seed=seed, epoch=epoch, first=0):
            yield network(batch) / int(batch.weights.sum())


def learning_rate(step: int, steps: int, highest: float) -> float:
    """Of a short stage: rising over WARM_UP steps, falling to 0 over the last DECAY of all."""
    return highest * min(1.0, (step + 1) / WARM_UP, (steps - step) / (DECAY * steps))


@dataclass(frozen=True)
class Stage:
    """A stage of imitation. Raises UsageError when there are too few examples, or a number makes no sense."""

    network: Network
    corpus: Encoded  # human poems
    examples: Sequence[Example]
    dtype: torch.dtype
    learning_rate: float = 6e-4
    epochs: float = 6.0
    poems: int = 48  # examples a step
    human_tokens: int = 1200
    seed: int = 1

    def __post_init__(self) -> None:
        if not (self.learning_rate > 0 and self.epochs > 0 and min(self.poems, self.human_tokens) >= 1):
            raise UsageError("the learning rate, the epochs and the tokens must be positive")
        if len(self.examples) < HELD_OUT:
            raise UsageError("{given} examples are too few; give at least {least}", given=len(self.examples), least=20)

    def fit(self) -> tuple[float, float]:
        """Train the network in place; returns the perplexity of a token of the examples held out, told their titles,
        before and after. Raises CharRNNError when a gradient is not finite."""
        poems = planned(encoded(self.examples, self.corpus.vocabulary), plans(self.examples, self.corpus))
        held = np.arange(len(poems)) % HELD_OUT == 0
        loss = SummedLoss(self.network, self.dtype)
        before = self._perplexity(loss, poems, np.flatnonzero(held))
        self._learn(loss, poems, np.flatnonzero(~held))
        return before, self._perplexity(loss, poems, np.flatnonzero(held))

    def _learn(self, loss: SummedLoss, poems: Encoded, learned: np.ndarray) -> None:
        optimiser = torch.optim.AdamW(self.network.parameters(), betas=(0.9, 0.99), weight_decay=0.01)
        human = human_losses(loss, self.corpus, SOURCES, self.human_tokens, self.seed)
        steps = max(1, round(self.epochs * len(learned) / self.poems))
        torch.manual_seed(self.seed)  # of dropout
        self.network.train()
        with tqdm(total=steps, unit="step", dynamic_ncols=True, mininterval=2) as bar:
            for step, nats in zip(range(steps), self._examples(loss, poems, learned), strict=False):
                optimiser.zero_grad()
                for part in (nats, HUMAN * next(human)):
                    part.backward()  # one at a time: only one graph is kept
                norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
                if not torch.isfinite(norm):
                    raise CharRNNError("the gradient of step {step} is not finite; lower the learning rate", step=step)
                for parameters in optimiser.param_groups:
                    parameters["lr"] = learning_rate(step, steps, self.learning_rate)
                optimiser.step()
                bar.update()
                bar.set_postfix_str(f"nats {nats.item():.3f}", refresh=False)

    def _examples(self, loss: SummedLoss, poems: Encoded, learned: np.ndarray) -> Iterator[Tensor]:
        """The mean nats of a token of examples, a batch at a time, without end."""
        lengths = np.diff(poems.offsets)[learned]
        for epoch in count():
            rng = np.random.default_rng([self.seed, epoch])
            for rows in shuffled(lengths, self.poems, rng):
                prefixes = rng.choice(list(SHARES), size=len(rows), p=list(SHARES.values()))
                batch = assemble(poems, learned[rows], prefixes, rng)
                yield loss(batch) / int(batch.weights.sum())

    @torch.no_grad()
    def _perplexity(self, loss: SummedLoss, poems: Encoded, rows: np.ndarray) -> float:
        self.network.eval()
        nats, tokens = 0.0, 0
        for some in np.array_split(rows, max(1, len(rows) // self.poems)):
            batch = assemble(poems, some, np.full(len(some), TITLED), None)
            nats, tokens = nats + loss(batch).item(), tokens + int(batch.weights.sum())
        return float(np.exp(nats / tokens))


def shuffled(lengths: np.ndarray, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """The numbers of what has these lengths, `size` of one length at a time, in random order."""
    found = []
    for length in np.unique(lengths):
        numbers = rng.permutation(np.flatnonzero(lengths == length))
        found += [numbers[first : first + size] for first in range(0, len(numbers), size)]
    return [found[i] for i in rng.permutation(len(found))]
