"""The rows that tell the output which rhyme is wanted, fitted again with every rhyme group alike.

At a slot that rhymes in group g the logits are (u + F_out[here = g]) E^T + b (poetry.training.network). Training meets
a group as often as poets chose it, 江 twenty-six times less than 真, and the rows of rare groups stay behind. With u, E
and b held, the nats of the characters that stand there are convex in the row: softmax regression, a group at a time, on
as many poems for each. Where no rhyme is told, the network computes what it did, to the bit.
"""

from collections import defaultdict

import numpy as np
import torch
from torch import Tensor

from charrnn_core.memory import MEMORY
from charrnn_core.progress import progress
from poetry.corpus.batches import LONGEST, evaluation_batches
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import TRAIN
from poetry.slots.features import FEATURE_SIZES, HERE, RHYMES
from poetry.training.network import Network

ITERATIONS = 30  # of L-BFGS, at most

# (n, D) float32 u without the group's row, (n, K) int64 tokens used, (n,) int64 what stands there
Seen = tuple[Tensor, Tensor, Tensor]


def fit(network: Network, corpus: Encoded, *, poems: int = 250, seed: int = 0) -> dict[int, tuple[float, float]]:
    """Fit the `here` rows of `network.features_out` in place; {group: (nats before, nats after)} of its slots.

    For each group up to `poems` training poems that rhyme in it, tones and rhyme told, and up to `3 * poems` slots.
    """
    slots = rhyming_slots(network, corpus, _choose(corpus, poems, seed), most=3 * poems)
    rows = network.features_out.data[sum(FEATURE_SIZES[:HERE]) :]
    found = {}
    for group, seen in progress(sorted(slots.items()), "韵部 / rhyme groups", "group"):
        before = rows[group].clone()
        rows[group] = fitted_row(network, before, seen)
        found[group] = _nats(network, before, seen).item(), _nats(network, rows[group], seen).item()
    return found


def _choose(corpus: Encoded, poems: int, seed: int) -> np.ndarray:
    """Numbers of training poems: for each group up to `poems`, drawn at random."""
    lengths = np.diff(corpus.offsets)
    able = np.zeros(len(corpus), dtype=bool)
    able[corpus.select(TRAIN)] = True
    able &= lengths <= LONGEST
    pairs = np.unique(np.repeat(np.arange(len(corpus)), lengths) * RHYMES + corpus.rhyme.astype(np.int64))
    number, group = np.divmod(pairs[able[pairs // RHYMES]], RHYMES)
    rng = np.random.default_rng(seed)
    drawn = [rng.permutation(number[group == g])[:poems] for g in range(1, RHYMES)]
    return np.unique(np.concatenate(drawn))


@torch.no_grad()
def rhyming_slots(network: Network, corpus: Encoded, poems: np.ndarray, *, most: int) -> dict[int, Seen]:
    """What the network computes at slots that rhyme, by group: up to `most`, the longest poems first."""
    training, first = network.training, sum(FEATURE_SIZES[:HERE])
    network.eval()
    found: dict[int, list[Seen]] = defaultdict(list)
    for batch in evaluation_batches(corpus, poems, features=True):
        features = torch.from_numpy(batch.features)
        here = features[..., HERE]
        u, used = network(torch.from_numpy(batch.inputs), features)
        u = u - network.features_out[first + here]
        told = here * torch.from_numpy(batch.weights)
        for group in told.unique().tolist():
            if group:
                there = told == group
                found[group].append((u[there], _as_wide(used[there]), torch.from_numpy(batch.targets)[there]))
    network.train(training)
    return {group: _first(seen, most) for group, seen in found.items()}


def _as_wide(used: Tensor) -> Tensor:
    """(n, K) -> (n, MEMORY), so that those of several batches fit under each other."""
    return torch.nn.functional.pad(used, (0, MEMORY - used.shape[1]))


def _first(seen: list[Seen], most: int) -> Seen:
    u, used, targets = (torch.cat(column)[:most] for column in zip(*seen, strict=True))
    return u, used, targets


def fitted_row(network: Network, row: Tensor, seen: Seen) -> Tensor:
    """The row v that minimises the mean nats plus |v - row|^2 / n: with few slots it stays where training left it."""
    v = row.clone().requires_grad_()
    optimiser = torch.optim.LBFGS([v], max_iter=ITERATIONS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        loss = _nats(network, v, seen) + (v - row).square().sum() / len(seen[0])
        (v.grad,) = torch.autograd.grad(loss, [v])  # backward() would compute the whole network's
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    return v.detach()


def _nats(network: Network, row: Tensor, seen: Seen) -> Tensor:
    """The mean nats of what stands at the slots when the group's row is `row`."""
    u, used, targets = seen
    return torch.nn.functional.cross_entropy(network.logits(u + row, used), targets)
