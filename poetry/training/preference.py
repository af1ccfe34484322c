"""Learn from readers' marks: of two poems under one title the one that is marked higher becomes the likelier.

Direct preference optimisation (Rafailov et al. 2023). With l = log p(poem) - log p_before(poem), where p_before is the
network that the stage begins with, two poems of one sheet that are marked m_i > m_j cost

    min(m_i - m_j, MOST) softplus(-BETA (l_i - l_j))

A step's poems are told their titles alone, like the plain reader by whom lines are chosen (poetry.writing.telling), or
title, plan, tones and rhyme, as they are drawn. Beside this stand the cross-entropy of human poems, lest the network
forget what it knows, and the title's share: of a human poem under its own title and under another's

    TITLE softplus(-TITLE_BETA (log p(poem | its title) - log p(poem | another)))

for a network that is only asked for poems like those that readers mark high comes to write what fits any title.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, linear, softplus
from tqdm import tqdm

from charrnn_core.errors import CharRNNError, UsageError
from poetry.corpus import encoding
from poetry.corpus.batches import TITLED, TITLED_PLAN, Batch, assemble, training_batches
from poetry.corpus.clean import CleanPoem
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import PARTS, TRAIN
from poetry.text.forms import REGULATED
from poetry.text.hanzi import COMMA, STOP
from poetry.text.vocab import Vocabulary
from poetry.training.loss import SummedLoss
from poetry.training.network import Network

BETA, MOST = 0.1, 3.0
HUMAN, TITLE, TITLE_BETA = 0.7, 0.3, 0.3  # weights beside the preference's 1
SOURCES = ("tang", "song:regulated", "tang:regulated", "tang:regulated")  # of human poems, as in recipes/lstm.sh
TITLES, CONTRASTED, QUATRAIN = 8, 16, 4  # a step: titles with their poems; human quatrains, half as many of eight lines
SHORTEST_TITLE = 2  # that says something
CLIP, WARM_UP, DECAY = 1.0, 20, 0.6  # of the gradient; steps; the last share of them, in which the rate falls to 0


@dataclass(frozen=True)
class Marked:
    """A poem as it was written and marked: its title, lines, the words of its plan, the mark, and the sheet on which
    a reader compared it with others."""

    title: str
    lines: tuple[str, ...]
    words: tuple[str, ...]
    mark: float
    sheet: str


def read(path: Path) -> list[Marked]:
    """JSON lines of the fields of Marked. Raises UsageError naming the file and the line of a bad one."""
    try:
        rows = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("cannot read {path}: {why}; give a file of marks", path=path, why=error) from error
    found = []
    for number, row in enumerate(rows, 1):
        try:
            note = json.loads(row)
            lines, words = (tuple(map(str, note[name])) for name in ("lines", "words"))
            poem = Marked(str(note["title"]), lines, words, float(note["mark"]), str(note["sheet"]))
            if not all(lines) or not lines or not math.isfinite(poem.mark):
                raise ValueError("it lacks a line or a mark")
            "".join(
                (poem.title, *lines, *words)
            ).encode()  # JSON can hold half of a character, which nothing else takes
            found.append(poem)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise UsageError(
                "{path}, line {number}: no marked poem ({error}); give title, lines, words, mark and sheet",
                path=path,
                number=number,
                error=error,
            ) from error
    return found


def sheets(marked: Sequence[Marked]) -> list[np.ndarray]:
    """The numbers of poems that were compared with each other: of one title, form and sheet, two or more."""
    found: dict[tuple[str, str, int, int], list[int]] = defaultdict(list)
    for number, poem in enumerate(marked):
        found[poem.sheet, poem.title, len(poem.lines), len(poem.lines[0])].append(number)
    return [np.array(numbers) for numbers in found.values() if len({marked[n].mark for n in numbers}) > 1]


def encoded(marked: Sequence[Marked], vocabulary: Vocabulary) -> Encoded:
    """The poems as the network reads them, each with its own plan."""
    texts = ["".join(line + (COMMA, STOP)[i % 2] for i, line in enumerate(poem.lines)) for poem in marked]
    poems = [CleanPoem(encoding.OWN, poem.title, "", text, text) for poem, text in zip(marked, texts, strict=True)]
    found = encoding.encode(poems, vocabulary=vocabulary, words={}, provenance={})
    plan = np.zeros_like(found.plan)
    for number, poem in enumerate(marked):
        for line, word in enumerate(poem.words[: plan.shape[1]]):
            plan[number, line, : len(word)] = vocabulary.ids(word[:2])
    return replace(found, plan=plan)


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
        shuffled, found = rng.permutation(len(groups)), []
        for length in np.unique(lengths):
            of_form = shuffled[lengths[shuffled] == length]
            found += [of_form[first : first + TITLES] for first in range(0, len(of_form), TITLES)]
        for number in rng.permutation(len(found)):
            yield [groups[i] for i in found[number]]


def log_probabilities(network: Network, batch: Batch, dtype: torch.dtype) -> Tensor:
    """(B,) float32: log p of each row's tokens that count, in nats; matrix products run in `dtype`."""
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
    rows = torch.arange(B, device=device).expand(T, B)[counted]
    return torch.zeros(B, device=device).index_add(0, rows, -nats)


def preference(change: Tensor, marks: np.ndarray, compared: np.ndarray) -> tuple[Tensor, float]:
    """(mean loss of the pairs, the share of them whose better one has become the likelier, no change counting half),
    both weighed by how far the marks lie apart, of (B,) changes of log p, marks, and numbers of what was compared.
    """
    better, worse = np.nonzero((compared[:, None] == compared) & (marks[:, None] > marks))
    weights = torch.from_numpy(np.minimum(marks[better] - marks[worse], MOST)).to(change)
    gain = change[torch.from_numpy(better)] - change[torch.from_numpy(worse)]
    loss = (softplus(-BETA * gain) * weights).sum() / weights.sum()
    return loss, float(((gain.detach().sign() + 1) / 2 * weights).sum() / weights.sum())


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

    def __post_init__(self) -> None:
        if not (self.learning_rate > 0 and self.epochs > 0 and self.human_tokens >= 1):
            raise UsageError("the learning rate, the epochs and the tokens must be positive")
        if not sheets(self.marked):
            raise UsageError("no two poems of a title have different marks; give marks of several poems on each title")

    def fit(self) -> float:
        """Train the network in place; returns the share of pairs, each as it stood before it was learned from, whose
        better poem had become the likelier (0.5: chance). Raises CharRNNError when a gradient is not finite."""
        rng, groups = np.random.default_rng(self.seed), sheets(self.marked)
        poems = encoded(self.marked, self.corpus.vocabulary)
        marks = np.array([poem.mark for poem in self.marked])
        before = [self._all(poems, told) for told in (False, True)]
        optimiser = torch.optim.AdamW(self.network.parameters(), betas=(0.9, 0.99), weight_decay=0.01)
        human, contrast, right = self._human(), self._contrast(rng), []
        steps = max(1, round(self.epochs * len(groups) / TITLES))
        with tqdm(total=steps, unit="step", dynamic_ncols=True, mininterval=2) as bar:
            for step, chosen in zip(range(steps), batches(poems, groups, rng), strict=False):
                rows, told = np.concatenate(chosen), bool(rng.random() < 0.5)
                compared = np.repeat(np.arange(len(chosen)), [len(group) for group in chosen])
                change = self._told(poems, rows, told) - torch.from_numpy(before[told][rows]).float()
                loss, share = preference(change, marks[rows], compared)
                optimiser.zero_grad()
                for part in (loss, HUMAN * next(human), TITLE * next(contrast)):
                    part.backward()  # one at a time: only one graph is kept
                norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
                if not torch.isfinite(norm):
                    raise CharRNNError("the gradient of step {step} is not finite; lower the learning rate", step=step)
                for parameters in optimiser.param_groups:
                    left = (steps - step) / (DECAY * steps)
                    parameters["lr"] = self.learning_rate * min(1.0, (step + 1) / WARM_UP, left)
                optimiser.step()
                right.append(share)
                bar.update()
                bar.set_postfix_str(f"pairs {np.mean(right[-50:]):.3f}", refresh=False)
        return float(np.mean(right))

    def _told(self, poems: Encoded, rows: np.ndarray, told: bool) -> Tensor:
        """(B,) log p of poems, told their titles alone, or title, plan, tones and rhyme."""
        planned = poems.plan[rows].any(axis=(1, 2)) & told
        prefixes = np.where(planned, TITLED_PLAN, TITLED)
        return log_probabilities(self.network, assemble(poems, rows, prefixes, None, features=told), self.dtype)

    @torch.no_grad()
    def _all(self, poems: Encoded, told: bool) -> np.ndarray:
        """(N,) float64 log p of every poem."""
        found = np.zeros(len(poems))
        order = np.argsort(np.diff(poems.offsets), kind="stable")
        for rows in np.array_split(order, max(1, len(order) // 48)):
            found[rows] = self._told(poems, rows, told).cpu().numpy()
        return found

    def _human(self) -> Iterator[Tensor]:
        """The mean nats of a token of human poems, a batch at a time."""
        loss = SummedLoss(self.network, self.dtype)
        poems = self.corpus.select(TRAIN, SOURCES)
        if not len(poems):  # a corpus of one's own
            poems = self.corpus.select(TRAIN)
        for epoch in count():
            for batch in training_batches(
                self.corpus, poems, tokens=self.human_tokens, seed=self.seed, epoch=epoch, first=0
            ):
                yield loss(batch) / int(batch.weights.sum())

    def _contrast(self, rng: np.random.Generator) -> Iterator[Tensor]:
        """The mean loss of the title of human poems of one form, a batch at a time."""
        corpus = self.corpus
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
            gain = self._told(corpus, rows, False) - self._told(others, rows, False)
            yield softplus(-TITLE_BETA * gain).mean()
