"""Learn from readers' marks of lines: of two that were offered for one place the better comes to be the likelier.

Lines for one place follow the same title and lines, so a mark tells what this line is worth, where a poem's mark leaves
open which of its lines earned it. With l = log p(line | all before) - log p_before(line | all before), where p_before
is the network that the stage begins with, two lines that are marked m_i > m_j cost

    min(m_i - m_j, MOST) softplus(-BETA (l_i - l_j))

(Rafailov et al. 2023, as poetry.training.preference does for poems). What stands before a place is read once for all of
its lines: a third of the work. Read as the writer reads (poetry.writing.reader), title and plan before the poem and no
slot told its word, or told all, beside human poems and the title's share, as there.
"""

import copy
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, linear, softplus

from charrnn_core.errors import UsageError
from poetry.corpus.batches import TITLED, TITLED_PLAN, assemble
from poetry.corpus.encoding import Encoded
from poetry.slots.features import WORD
from poetry.text.forms import FORMS
from poetry.text.vocab import Vocabulary
from poetry.training import preference
from poetry.training.lessons import Marked, Offers
from poetry.training.loss import SummedLoss
from poetry.training.network import Network
from poetry.training.preference import MOST
from poetry.training.stage import descend, human_losses, require_positive

BETA = 0.3
PLACES = 24  # a step
TOLD = 1 / 5  # of the steps: each slot is told its line's word, its tones and its rhyme, too


@dataclass(frozen=True)
class Places:
    """The lines offered for N places, as texts that end with them."""

    texts: Encoded
    marks: np.ndarray  # (texts,)
    rows: tuple[np.ndarray, ...]  # of each place its texts
    tokens: np.ndarray  # (N,): of a line, its mark among them

    @classmethod
    def of(cls, offered: Sequence[Offers], vocabulary: Vocabulary, *, taught: bool = False) -> "Places":
        """Laid out as the network reads them."""
        texts = [
            Marked(offers.title, (*offers.before, line), offers.words, mark, "")
            for offers in offered
            for line, mark in zip(offers.lines, offers.marks, strict=True)
        ]
        ends = np.cumsum([len(offers.lines) for offers in offered])
        rows = tuple(np.arange(end - len(offers.lines), end) for offers, end in zip(offered, ends, strict=True))
        tokens = np.array([len(offers.lines[0]) + 1 for offers in offered])
        marks = np.array([text.mark for text in texts])
        found = preference.encoded(texts, vocabulary, taught=taught)
        # A text ends with the line that is offered, so its own lines do not say of what form the poem is to be.
        forms = np.repeat([FORMS.index(offers.form) for offers in offered], [len(offers.lines) for offers in offered])
        return cls(replace(found, form=forms.astype(found.form.dtype)), marks, rows, tokens)

    def alike(self) -> list[np.ndarray]:
        """The numbers of places whose texts are laid out alike, so that they can be read together."""
        found = defaultdict[tuple[int, ...], list[int]](list)
        titles, texts = np.diff(self.texts.title_offsets), np.diff(self.texts.offsets)
        plan = self.texts.plan > 0
        for number, rows in enumerate(self.rows):
            first = rows[0]
            words = plan[first].sum(), plan[first].any(axis=-1).sum()  # Hanzi and words: each word begins with a token
            shape = titles[first], texts[first], self.tokens[number], len(rows), *words
            found[tuple(map(int, shape))].append(number)
        return [np.array(numbers) for numbers in found.values()]


def log_probabilities(
    network: Network, places: Places, numbers: np.ndarray, dtype: torch.dtype, *, told: bool
) -> Tensor:
    """(n, G) float32 nats: log p of each of the G lines of n places that are laid out alike, after title and plan;
    `told`: each slot is told what it wants, too."""
    rows, tokens = np.stack([places.rows[n] for n in numbers]), int(places.tokens[numbers[0]])
    prefixes = np.full(rows.size, TITLED_PLAN if places.texts.plan[rows[0, 0]].any() else TITLED)
    batch = assemble(places.texts, rows.ravel(), prefixes, None, features=told)
    if not told:
        batch.features[..., WORD] = 0
    device, last = network.bias.device, len(batch.inputs) - 1  # the last step says whether the poem is at its end
    inputs, slots, targets = (torch.from_numpy(a).to(device) for a in (batch.inputs, batch.features, batch.targets))
    entered, line, copies = network.look_up(inputs, slots), slice(last - tokens, last), rows.shape[1]
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
        _, before = network.read(entered.part(slice(0, line.start), slice(None, None, copies)))
        u, _ = network.read(entered.part(line), before.repeated(copies))
        logits = linear(u, network.embedding.weight, network.bias).float()
    used = entered.used[line]
    logits = logits.scatter_add(-1, used, torch.where(used > 0, network.gate(u.float())[..., None], 0.0))
    nats = cross_entropy(logits.flatten(0, 1), targets[line].flatten(), reduction="none")
    return -nats.view(tokens, *rows.shape).sum(0)


def preferred(change: Tensor, marks: np.ndarray) -> tuple[Tensor, float]:
    """(mean loss of the pairs of each place, the share of them whose better one has become the likelier, no change
    counting half), both weighed by how far the marks lie apart, of (n, G) changes of log p and marks."""
    apart = np.clip(marks[:, :, None] - marks[:, None, :], 0, MOST)
    weights = torch.from_numpy(apart / max(apart.sum(), 1e-9)).to(change)
    gain = change[:, :, None] - change[:, None, :]
    loss = (softplus(-BETA * gain) * weights).sum()
    return loss, float(((gain.detach().sign() + 1) / 2 * weights).sum())


@dataclass(frozen=True)
class Stage:
    """A stage on marks of lines. `network` has no dropout: its noise is larger than what a mark changes. Raises
    UsageError when no two lines of a place have different marks."""

    network: Network
    corpus: Encoded  # human poems
    offered: Sequence[Offers]
    dtype: torch.dtype
    learning_rate: float = 1.5e-4
    epochs: float = 1.0
    human_tokens: int = 1200  # a step
    seed: int = 1
    taught: bool = False  # whether the network learned from examples, and so writes with their tokens

    def __post_init__(self) -> None:
        require_positive(self.learning_rate, self.epochs, self.human_tokens)
        if not any(len(set(offers.marks)) > 1 for offers in self.offered):
            raise UsageError("no two lines of a place have different marks; give marks of several lines for each place")

    def fit(self) -> float:
        """Train the network in place; returns the share of pairs, each as it stood before it was learned from, whose
        better line had become the likelier (0.5: chance). Raises CharRNNError when a gradient is not finite."""
        apart = [offers for offers in self.offered if len(set(offers.marks)) > 1]
        places = Places.of(apart, self.corpus.vocabulary, taught=self.taught)
        right: list[float] = []
        steps = max(1, round(self.epochs * sum(-(-len(group) // PLACES) for group in places.alike())))
        rng = np.random.default_rng(self.seed)
        human = human_losses(SummedLoss(self.network, self.dtype), self.corpus, self.human_tokens, self.seed)
        titles = preference.contrast(self.network, self.corpus, self.dtype, rng)
        parts = self._preferred(places, rng, right), human, titles
        descend(self.network, ((next(part) for part in parts) for _ in repeat(None)), steps, self.learning_rate)
        return float(np.mean(right))

    def _preferred(self, places: Places, rng: np.random.Generator, right: list[float]) -> Iterator[Tensor]:
        """The loss of pairs, a batch at a time, without end; the share of the pairs that are right goes to `right`."""
        before = copy.deepcopy(self.network).requires_grad_(False)
        alike = places.alike()
        while True:
            for numbers, told in _batches(alike, rng):
                now = log_probabilities(self.network, places, numbers, self.dtype, told=told)
                then = log_probabilities(before, places, numbers, self.dtype, told=told)
                loss, share = preferred(now - then, np.stack([places.marks[places.rows[n]] for n in numbers]))
                right.append(share)
                yield loss * (len(numbers) / PLACES)


def _batches(alike: list[np.ndarray], rng: np.random.Generator) -> Iterator[tuple[np.ndarray, bool]]:
    """Every place once, PLACES that are laid out alike at a time, in random order, and whether all is told."""
    found = []
    for group in map(rng.permutation, alike):
        cut = rng.binomial(len(group), TOLD)
        for numbers, told in ((group[:cut], True), (group[cut:], False)):
            found += [(numbers[k : k + PLACES], told) for k in range(0, len(numbers), PLACES)]
    yield from (found[i] for i in rng.permutation(len(found)))
