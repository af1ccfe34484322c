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

from charrnn_core.errors import UsageError
from poetry.corpus import encoding, keywords
from poetry.corpus.batches import NOTHING, PLANNED, TITLED, TITLED_PLAN, assemble
from poetry.corpus.clean import CleanPoem
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import TRAIN
from poetry.text.lines import join_lines, split_lines
from poetry.text.vocab import Vocabulary
from poetry.training.lessons import Example
from poetry.training.loss import SummedLoss
from poetry.training.network import Network
from poetry.training.stage import descend, human_losses, require_positive, shuffled

SHARES = {NOTHING: 0.05, TITLED: 0.45, PLANNED: 0.05, TITLED_PLAN: 0.45}
HELD_OUT = 20  # one example among so many is not learned from, but measured by


def encoded(poems: Sequence[Example], vocabulary: Vocabulary, *, taught: bool = True) -> Encoded:
    """Poems as the network reads them, with or without the tokens of what is taught, without key words or plan."""
    texts = [join_lines(poem.lines) for poem in poems]
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
        require_positive(self.learning_rate, self.epochs, min(self.poems, self.human_tokens))
        if len(self.examples) < HELD_OUT:
            raise UsageError(
                "{given} examples are too few; give at least {least}", given=len(self.examples), least=HELD_OUT
            )

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
        taught = self._examples(loss, poems, learned)
        human = human_losses(loss, self.corpus, self.human_tokens, self.seed)
        torch.manual_seed(self.seed)  # of dropout
        self.network.train()
        losses = ((next(part) for part in (taught, human)) for _ in count())
        descend(self.network, losses, max(1, round(self.epochs * len(learned) / self.poems)), self.learning_rate)

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
