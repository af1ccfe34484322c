"""Training of the critic: all four heads at once, on examples made anew for every step.

The writer's likeliest poems are made of commoner Hanzi than human ones, and that alone tells most of them apart. A
critic for ranking had better not learn it: it would ask for odd words. So a step may draw human poems as rare as the
machine's it has drawn.

A step takes human poems of one form (drawn, like the cut, for the whole step: then no row needs padding), as many of
the writer's, and the human ones once more with lines exchanged. A third of the steps sees only the first lines, cut at
random, for the search asks about unfinished poems. A wrong title is another poem's of the step. The table starts from
the writer's embedding on its principal axes, or everything from an earlier critic, and what is kept is the state with
the highest mean AUC on the validation part.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from tqdm import tqdm

from charrnn_core.errors import CharRNNError
from poetry.corpus.split import TRAIN, VALIDATION
from poetry.critic.critic import COUPLET, HEADS, HUMAN, MOST_LINES, TITLE, WHOLE, Critic
from poetry.text.forms import REGULATED, Form
from poetry.training.critic.auc import auc
from poetry.training.critic.examples import Human, Machine, mixing, second_lines
from poetry.training.critic.network import Network

BATCH = 48  # human poems a step
CUT = 1 / 3  # of the steps see first lines only
LEARNING_RATE, WEIGHT_DECAY, CLIP = 2e-3, 0.01, 1.0
TABLE_RATE = LEARNING_RATE / 4  # the machine has few poems; a table that learns fast learns them by heart
HUMAN_WEIGHT, WHOLE_WEIGHT = 0.5, 2.0  # of their losses: the one is learned fast, the other slowly
VALIDATIONS = 3
WRONG_TITLES = 8  # those of the next rows, with which a poem is paired
MIDDLE_END = 4  # lines from which a poem of eight has a finished middle couplet
NO_TITLE = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True)
class Material:
    """Poems by name of form and part."""

    human: dict[tuple[str, str], Human]
    machine: dict[tuple[str, str], Machine]
    files: tuple[str, ...]  # where the machine's poems come from


@dataclass
class Trained:
    """A network's arrays with the figures of the validation part at every check."""

    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    best: float = 0.0
    log: list[dict[str, float]] = field(default_factory=list)


def train(material: Material, network: Network, *, steps: int, seed: int, as_rare: bool = False) -> Trained:
    """The best state of a network in a run; with `as_rare` the human poems of a step are as rare in their Hanzi as the
    machine's. Raises CharRNNError when a gradient is not finite."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    others = [parameter for name, parameter in network.named_parameters() if name != "table"]
    groups = [{"params": [network.table]}, {"params": others}]
    optimiser = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY)
    rates = [TABLE_RATE, LEARNING_RATE]
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, rates, total_steps=steps, pct_start=0.1)
    found, every = Trained(), max(1, steps // VALIDATIONS)
    with tqdm(total=steps, unit="step", disable=None) as bar:
        for step, form in enumerate(_forms(material, steps, rng), 1):
            ours, theirs = material.human[form.name, TRAIN], material.machine[form.name, TRAIN].drawn(BATCH, rng)
            rows = ours.as_rare(theirs, rng) if as_rare else rng.integers(0, len(ours.poems), BATCH)
            loss = _loss(network, ours, rows, theirs, form, rng)
            optimiser.zero_grad()
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP)
            if not torch.isfinite(norm):
                raise CharRNNError("the gradient of step {step} is not finite; try another seed", step=step)
            optimiser.step()
            rate.step()
            bar.update()
            if step % every == 0 or step == steps:
                _check(network, material, step, found)
    return found


def _forms(material: Material, steps: int, rng: np.random.Generator) -> Iterator[Form]:
    """The form of every step, by the square root of how many human poems it has."""
    weight = np.sqrt([len(material.human[form.name, TRAIN].poems) for form in REGULATED])
    for number in rng.choice(len(REGULATED), steps, p=weight / weight.sum()):
        yield REGULATED[number]


def _check(network: Network, material: Material, step: int, found: Trained) -> None:
    arrays = {name: tensor.detach().numpy().copy() for name, tensor in network.state_dict().items()}
    figures = measure(Critic(arrays), material, VALIDATION)
    mean = float(np.mean([figures[head] for head in HEADS if head in figures]))
    found.log.append({"step": step, **figures})
    tqdm.write(f"step {step}: {figures}", file=sys.stderr)
    if mean > found.best:
        found.best, found.arrays = mean, arrays


def _loss(
    network: Network, ours: Human, rows: np.ndarray, theirs: np.ndarray, form: Form, rng: np.random.Generator
) -> Tensor:
    """The sum of the heads' mean losses (nats) of one step: human poems by their rows, the machine's (BATCH, L, n)."""
    lines = int(rng.integers(1, form.lines)) if rng.random() < CUT else form.lines
    parts = [ours.poems[rows], theirs, ours.exchanged(rows, mixing(BATCH, form.lines, form.lines, rng), rng)]
    parallel = form.lines == MOST_LINES and lines >= MIDDLE_END
    if parallel:
        chosen = np.zeros((BATCH, form.lines), dtype=bool)
        chosen[:, :lines] = second_lines(BATCH, lines, rng)
        parts.append(ours.exchanged(rows, chosen, rng))
    cut = [part[:, :lines] for part in parts]
    human, machine, *mixed = network.states(torch.from_numpy(np.concatenate(cut))).split(BATCH)
    changed = [torch.from_numpy((part != cut[0]).any(axis=(1, 2))) for part in cut[2:]]
    loss = HUMAN_WEIGHT * _contrast(network.human(human), network.human(machine))
    if lines > 1:
        loss = loss + WHOLE_WEIGHT * _contrast(network.whole(human, lines), network.whole(mixed[0], lines)[changed[0]])
    if parallel:
        loss = loss + _contrast(network.couplet(human, lines), network.couplet(mixed[1], lines)[changed[1]])
    titles = torch.from_numpy(ours.titles[rows])
    titled = titles.any(dim=1)
    titles, states = titles[titled], human[titled]
    own, *wrong = network.title(states, torch.stack([titles.roll(shift, 0) for shift in range(1 + WRONG_TITLES)]))
    return loss + _contrast(own, torch.cat(wrong))


def _contrast(true: Tensor, false: Tensor) -> Tensor:
    """The mean loss (nats) of log-odds of true and of false examples, both kinds alike; 0 where one lacks."""
    if not len(true) or not len(false):
        return torch.zeros(())
    return (cross_entropy(true, torch.ones_like(true)) + cross_entropy(false, torch.zeros_like(false))) / 2


def measure(critic: Critic, material: Material, part: str, seed: int = 0) -> dict[str, float]:
    """AUC of every head on a part, the mean over the forms (of the couplets: over the two 律诗): of whole poems, of
    the first three quarters of their lines; of `human` for every file of the machine's poems besides, against all
    human poems and against those whose Hanzi are as rare."""
    found: dict[str, list[float]] = {}
    for form in REGULATED:
        ours, theirs = material.human[form.name, part], material.machine[form.name, part]
        for ending, lines in (("", form.lines), (" of first lines", form.lines * 3 // 4)):
            rng = np.random.default_rng(seed)
            own = critic.scores(ours.poems[:, :lines], ours.titles)
            written = critic.scores(theirs.poems[:, :lines], NO_TITLE)[:, HUMAN]
            found.setdefault(f"human{ending}", []).append(auc(own[:, HUMAN], written))
            for number, name in enumerate(material.files if not ending else ()):
                if (of_file := theirs.source == number).any():
                    found.setdefault(f"human ({name})", []).append(auc(own[:, HUMAN], written[of_file]))
                    as_rare = own[ours.as_rare(theirs.poems[of_file], rng), HUMAN]
                    found.setdefault(f"human ({name}, as rare)", []).append(auc(as_rare, written[of_file]))
            for head, value in _of_human_poems(critic, ours, own, form, lines, rng):
                found.setdefault(f"{HEADS[head]}{ending}", []).append(value)
    return {name: round(float(np.mean(values)), 4) for name, values in found.items()}


def _of_human_poems(
    critic: Critic, ours: Human, own: np.ndarray, form: Form, lines: int, rng: np.random.Generator
) -> Iterator[tuple[int, float]]:
    """(head, AUC) of the three heads that need no machine, but those without an example; `own` are the scores of the
    poems as they are."""
    count, cut = len(own), ours.poems[:, :lines]
    others = np.roll(ours.titles, 1, axis=0)
    titled = ours.titles.any(axis=1) & others.any(axis=1)
    if titled.any():
        yield TITLE, auc(own[titled, TITLE], critic.scores(cut[titled], others[titled])[:, TITLE])
    ways = [(WHOLE, mixing(count, lines, lines // 2, rng))]
    if form.lines == MOST_LINES:
        ways.append((COUPLET, second_lines(count, lines, rng)))
    for head, exchanged in ways:
        chosen = np.zeros((count, form.lines), dtype=bool)
        chosen[:, :lines] = exchanged
        mixed = ours.exchanged(np.arange(count), chosen, rng)[:, :lines]
        changed = (mixed != cut).any(axis=(1, 2))
        if changed.any():
            yield head, auc(own[:, head], critic.scores(mixed[changed], NO_TITLE)[:, head])
