"""Learn from readers' marks: of two poems under one title the one that is marked higher becomes the likelier.

Direct preference optimisation (Rafailov et al. 2023). With l = log p(poem) - log p_before(poem), where p_before is the
network that the stage begins with, two poems of one sheet that are marked m_i > m_j cost

    min(m_i - m_j, MOST) softplus(-BETA (l_i - l_j))

A step's poems are told their titles alone, like the plain reader by whom lines are chosen (poetry.writing.reader), or
title, plan, tones and rhyme, as they are drawn. Beside this stand the cross-entropy of human poems, lest the network
forget what it knows, and the title's share: of a human poem under its own title and under another's

    TITLE softplus(-TITLE_BETA (log p(poem | its title) - log p(poem | another)))

for a network that is only asked for poems like those that readers mark high comes to write what fits any title.

Where the reader has named a poem's weakest line, the l of a better poem counts that line FORGIVEN times, that of a
worse one BLAMED times and its other lines SPARED times. Where he has mended it, the mended poem is a better one: with
d = l(mended poem) - l(poem), the lines after the mended one counted AFTER times, it costs

    softplus(-MENDED_BETA d)
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, linear, softplus

from charrnn_core.errors import UsageError
from poetry.corpus.batches import TITLED, TITLED_PLAN, Batch, assemble
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import PARTS, TRAIN
from poetry.text.forms import REGULATED
from poetry.text.vocab import Vocabulary
from poetry.training import examples
from poetry.training.lessons import Marked
from poetry.training.loss import SummedLoss
from poetry.training.network import Network
from poetry.training.stage import descend, human_losses, require_positive, shuffled

BETA, MOST = 0.1, 3.0
TITLE, TITLE_BETA = 0.3, 0.3  # beside the preference's 1
FORGIVEN, BLAMED, SPARED = 0.3, 2.0, 0.7  # of a better poem's weakest line; of a worse one's, and of its other lines
MENDED_BETA, AFTER = 0.2, 0.3
TITLES, CONTRASTED, QUATRAIN = 8, 16, 4  # a step: titles with their poems; human quatrains, half as many of eight lines
MENDED = 32  # poems a step
SHORTEST_TITLE = 2  # that says something
LINES = 8  # the most that a poem has


def sheets(marked: Sequence[Marked]) -> list[np.ndarray]:
    """The numbers of poems that were compared with each other: of one title, form and sheet, two or more."""
    found: dict[tuple[str, str, int, int], list[int]] = defaultdict(list)
    for number, poem in enumerate(marked):
        found[poem.sheet, poem.title, len(poem.lines), len(poem.lines[0])].append(number)
    return [np.array(numbers) for numbers in found.values() if len({marked[n].mark for n in numbers}) > 1]


def encoded(marked: Sequence[Marked], vocabulary: Vocabulary, *, taught: bool = False) -> Encoded:
    """The poems as the network reads them, each with its own plan; `taught`: as one that learned from examples does."""
    return examples.planned(examples.encoded(marked, vocabulary, taught=taught), [poem.words for poem in marked])


def under_other_titles(corpus: Encoded, poems: np.ndarray, rng: np.random.Generator) -> Encoded:
    """The corpus with the titles of these poems exchanged among them."""
    source = np.arange(len(corpus))
    source[poems] = rng.permutation(poems)
    lengths = np.diff(corpus.title_offsets)[source]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    where = np.repeat(corpus.title_offsets[source] - offsets[:-1], lengths) + np.arange(offsets[-1])
    return replace(corpus, titles=corpus.titles[where], title_offsets=offsets)


def batches(poems: Encoded, groups: Sequence[np.ndarray], rng: np.random.Generator) -> Iterator[list[np.ndarray]]:
    """What was compared, TITLES titles of one form at a time, in other orders again and again."""
    lengths = np.diff(poems.offsets)[[group[0] for group in groups]]
    while True:
        for some in shuffled(lengths, TITLES, rng):
            yield [groups[i] for i in some]


def log_probabilities(network: Network, batch: Batch, vocabulary: Vocabulary, dtype: torch.dtype) -> Tensor:
    """(B, LINES + 1) float32: log p of each line of each row, with its mark, and after the lines of its end, in nats;
    matrix products run in `dtype`."""
    device = network.bias.device
    inputs, features, targets, counted = (
        torch.from_numpy(a).to(device) for a in (batch.inputs, batch.features, batch.targets, batch.weights)
    )
    T, B = inputs.shape
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
        u, used = network(inputs, features)
        u, used = u[counted], used[counted]
        logits = linear(u, network.embedding.weight, network.bias).float()
    gate = torch.where(used > 0, network.gate(u.float())[:, None], 0.0)
    nats = cross_entropy(logits.scatter_add(1, used, gate), targets[counted], reduction="none")
    marks = counted & ((targets == vocabulary.comma) | (targets == vocabulary.stop))
    line = (marks.cumsum(0) - marks.int())[counted].clamp(max=LINES)
    rows = torch.arange(B, device=device).expand(T, B)[counted]
    return torch.zeros(B, LINES + 1, device=device).index_put((rows, line), -nats, accumulate=True)


def preference(change: Tensor, marks: np.ndarray, compared: np.ndarray, weakest: np.ndarray) -> tuple[Tensor, float]:
    """(mean loss of the pairs, the share of them whose better one has become the likelier, no change counting half),
    both weighed by how far the marks lie apart, of (B, LINES + 1) changes of log p, marks, numbers of what was
    compared, and of the weakest lines, 0 where none is named.
    """
    better, worse = np.nonzero((compared[:, None] == compared) & (marks[:, None] > marks))
    weights = torch.from_numpy(np.minimum(marks[better] - marks[worse], MOST)).to(change)
    of_better, of_worse = _weights(weakest, FORGIVEN, 1.0), _weights(weakest, BLAMED, SPARED)
    gain = (change * of_better.to(change)).sum(1)[better] - (change * of_worse.to(change)).sum(1)[worse]
    loss = (softplus(-BETA * gain) * weights).sum() / weights.sum()
    return loss, float(((gain.detach().sign() + 1) / 2 * weights).sum() / weights.sum())


def _weights(weakest: np.ndarray, weak: float, others: float) -> Tensor:
    """(B, LINES + 1): of each line in the sum over a poem; all are 1 where no weakest one is named."""
    found = np.ones((len(weakest), LINES + 1))
    named = np.flatnonzero(weakest)
    found[named] = others
    found[named, weakest[named] - 1] = weak
    return torch.from_numpy(found)


def mending(change: Tensor, weakest: np.ndarray) -> Tensor:
    """The mean loss of mended poems, of (2 B, LINES + 1) changes of log p, of the B mended ones and of the same B as
    they were, and the numbers of the mended lines."""
    weights = np.where(np.arange(LINES + 1) < weakest[:, None], 1.0, AFTER)
    d = ((change[: len(weakest)] - change[len(weakest) :]) * torch.from_numpy(weights).to(change)).sum(1)
    return softplus(-MENDED_BETA * d).mean()


def told_poems(network: Network, poems: Encoded, rows: np.ndarray, dtype: torch.dtype, *, told: bool) -> Tensor:
    """(B, LINES + 1) log p of poems, told their titles alone, or title, plan, tones and rhyme."""
    planned = poems.plan[rows].any(axis=(1, 2)) & told
    prefixes = np.where(planned, TITLED_PLAN, TITLED)
    batch = assemble(poems, rows, prefixes, None, features=told)
    return log_probabilities(network, batch, poems.vocabulary, dtype)


def contrast(network: Network, corpus: Encoded, dtype: torch.dtype, rng: np.random.Generator) -> Iterator[Tensor]:
    """The loss of the title of human poems of one form, weighed by TITLE, a batch at a time, without end."""
    titled = np.diff(corpus.title_offsets) >= SHORTEST_TITLE
    able = np.flatnonzero(titled & (corpus.part == PARTS.index(TRAIN)) & (corpus.form < len(REGULATED)))
    others = under_other_titles(corpus, able, rng)
    of_form = [found for form in range(len(REGULATED)) if len(found := able[corpus.form[able] == form]) > 1]
    while True:
        if not of_form:  # no titles to tell apart
            yield torch.zeros((), requires_grad=True)
            continue
        poems = of_form[rng.integers(len(of_form))]
        lines = REGULATED[corpus.form[poems[0]]].lines
        rows = rng.choice(poems, min(len(poems), CONTRASTED * QUATRAIN // lines), replace=False)
        own, another = (told_poems(network, titles, rows, dtype, told=False).sum(1) for titles in (corpus, others))
        yield TITLE * softplus(-TITLE_BETA * (own - another)).mean()


@dataclass(frozen=True)
class Stage:
    """A stage on marks. `network` has no dropout: its noise is larger than what a mark changes. Raises UsageError when
    nothing was compared."""

    network: Network
    corpus: Encoded  # human poems
    marked: Sequence[Marked]
    dtype: torch.dtype
    learning_rate: float = 1.5e-4
    epochs: float = 1.0
    human_tokens: int = 1200  # a step
    seed: int = 1
    taught: bool = False  # whether the network learned from examples, and so writes with their tokens

    def __post_init__(self) -> None:
        require_positive(self.learning_rate, self.epochs, self.human_tokens)
        if not sheets(self.marked):
            raise UsageError("no two poems of a title have different marks; give marks of several poems on each title")

    def fit(self) -> float:
        """Train the network in place; returns the share of pairs, each as it stood before it was learned from, whose
        better poem had become the likelier (0.5: chance). Raises CharRNNError when a gradient is not finite."""
        rng, groups = np.random.default_rng(self.seed), sheets(self.marked)
        right: list[float] = []
        steps = max(1, round(self.epochs * len(groups) / TITLES))
        human = human_losses(SummedLoss(self.network, self.dtype), self.corpus, self.human_tokens, self.seed)
        titles = contrast(self.network, self.corpus, self.dtype, rng)
        parts = self._preferred(groups, rng, right), self._mended(rng), human, titles
        descend(self.network, ((next(part) for part in parts) for _ in repeat(None)), steps, self.learning_rate)
        return float(np.mean(right))

    def _preferred(
        self, groups: Sequence[np.ndarray], rng: np.random.Generator, right: list[float]
    ) -> Iterator[Tensor]:
        """The loss of pairs, a batch at a time, without end; the share of the pairs that are right goes to `right`."""
        poems = Compared.of(self, self.marked)
        marks, weakest = (np.array([getattr(poem, name) for poem in self.marked]) for name in ("mark", "weakest"))
        for chosen in batches(poems.encoded, groups, rng):
            rows, told = np.concatenate(chosen), bool(rng.random() < 0.5)
            compared = np.repeat(np.arange(len(chosen)), [len(group) for group in chosen])
            loss, share = preference(poems.change(rows, told), marks[rows], compared, weakest[rows])
            right.append(share)
            yield loss

    def _mended(self, rng: np.random.Generator) -> Iterator[Tensor]:
        """The mean loss of mended poems, a batch at a time, without end."""
        able = [poem for poem in self.marked if poem.mended]
        if not able:
            yield from repeat(torch.zeros((), requires_grad=True))
        poems = Compared.of(self, [poem.better for poem in able] + [poem.plain for poem in able])
        weakest, lengths = np.array([poem.weakest for poem in able]), np.diff(poems.encoded.offsets)[: len(able)]
        while True:
            for rows in shuffled(lengths, MENDED, rng):
                both = np.concatenate([rows, rows + len(able)])
                yield mending(poems.change(both, bool(rng.random() < 0.5)), weakest[rows])


@dataclass(frozen=True)
class Compared:
    """Poems, and their log p by the network that the stage began with, told little and much."""

    stage: Stage
    encoded: Encoded
    before: tuple[np.ndarray, np.ndarray]  # (N, LINES + 1) float64 each

    @classmethod
    @torch.no_grad()
    def of(cls, stage: Stage, poems: Sequence[Marked]) -> "Compared":
        """Of a stage that has not begun yet."""
        found = encoded(poems, stage.corpus.vocabulary, taught=stage.taught)
        before = np.zeros((2, len(found), LINES + 1))
        order = np.argsort(np.diff(found.offsets), kind="stable")
        for rows in np.array_split(order, max(1, len(order) // 48)):
            for told in (False, True):
                before[int(told), rows] = told_poems(stage.network, found, rows, stage.dtype, told=told).cpu().numpy()
        return cls(stage, found, (before[0], before[1]))

    def change(self, rows: np.ndarray, told: bool) -> Tensor:
        """(B, LINES + 1): by how much log p of these poems has changed."""
        now = told_poems(self.stage.network, self.encoded, rows, self.stage.dtype, told=told)
        return now - torch.from_numpy(self.before[told][rows]).to(now)
