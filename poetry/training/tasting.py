"""Teach taste (poetry.writing.taste) by readers' marks of what was offered for one place.

Of two lines for a place that are marked m_i > m_j and judged s_i, s_j

    min(m_i - m_j, MOST) softplus(s_j - s_i)

and besides ABSOLUTE (s - m + mean of all m)^2, so that the judgements of different lines of a poem can be added. What
the taste is shown of a line is what poetry.writing.reader shows it in writing, computed once: the network stays as it
is.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, gelu, softplus

from charrnn_core.errors import UsageError
from charrnn_core.numerics import rank_correlation
from charrnn_core.phrases import Phrases
from charrnn_core.progress import progress
from charrnn_core.stepper import NumpyStepper
from poetry.text.forms import REGULATED
from poetry.training.lessons import Offers
from poetry.training.preference import MOST
from poetry.writing.candidates import read
from poetry.writing.model import Model
from poetry.writing.reader import Reader
from poetry.writing.reading import line_read
from poetry.writing.request import prefix, request_for
from poetry.writing.taste import ARRAYS, FIGURES, PREFIX, Taste

TOGETHER = 32  # places that are read together
UNITS, MEMBERS = 256, 3  # of a layer; layers that learn apart and judge together, as one layer
STEP = 64  # places
LEARNING_RATE, DECAY = 7e-4, 0.2  # AdamW; the rate falls to 0 in a straight line
DROPOUT = 0.5  # of units; of states half as much, of figures none
ABSOLUTE = 0.03
HELD_OUT = 12  # of so many titles one is left out, to measure by


@dataclass(frozen=True)
class Shown:
    """What a taste is shown of N lines that were offered for P places, and what readers say."""

    inputs: np.ndarray  # (N, 2 S + FIGURES) float16
    marks: np.ndarray  # (N,)
    places: Sequence[np.ndarray]  # of each place the numbers of its lines
    titles: np.ndarray  # (P,) str
    phrases: Phrases

    @classmethod
    def of(cls, model: Model, offered: Sequence[Offers]) -> "Shown":
        """Reads them all. Raises UsageError for a place in no poem of a regulated form; the number of a poem's lines is
        that of the words of its plan."""
        alike = defaultdict[tuple[int, ...], list[int]](list)
        for number, place in enumerate(offered):
            alike[len(place.lines[0]), len(place.words), len(place.before), len(place.lines)].append(number)
        ends = np.cumsum([len(place.lines) for place in offered])
        places = [np.arange(end - len(place.lines), end) for end, place in zip(ends, offered, strict=True)]
        batches = [same[k : k + TOGETHER] for same in alike.values() for k in range(0, len(same), TOGETHER)]
        inputs = np.zeros((0, 0), dtype=np.float16)
        for batch in progress(batches, "读 / reading", "batch"):
            found = _shown(model, [offered[number] for number in batch])
            if not len(inputs):
                inputs = np.zeros((ends[-1], found.shape[1]), dtype=np.float16)
            inputs[np.concatenate([places[number] for number in batch])] = found
        marks = np.array([mark for place in offered for mark in place.marks])
        return cls(inputs, marks, places, np.array([place.title for place in offered]), _phrases(model))


@dataclass
class _Notes:
    """In a taste's stead: writes down what it is shown."""

    phrases: Phrases
    seen: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))

    def marks(self, states: np.ndarray, figures: np.ndarray) -> np.ndarray:
        self.seen = np.concatenate([states, figures], axis=1)
        return np.zeros(len(states), dtype=np.float32)


def _shown(model: Model, places: Sequence[Offers]) -> np.ndarray:
    """(lines, 2 S + FIGURES) of places that are laid out alike."""
    first, v, notes = places[0], model.vocabulary, _Notes(_phrases(model))
    form = first.form
    if form not in REGULATED:
        raise UsageError(
            "{title}: {words} lines of {length} Hanzi are no regulated form; give a plan of four or eight words",
            title=first.title,
            length=len(first.lines[0]),
            words=len(first.words),
        )
    reader = Reader(model.stepper, notes, form.lines)
    requests = [request_for(form, title=place.title, words=place.words) for place in places]  # the plan is read
    told, last = read(model, [prefix(request, model) for request in requests])
    state = reader.begun(told, len(places))

    for line in range(len(first.before)):
        state, last = line_read(reader, state, last, [place.before[line] for place in places], line, v)
    rows = np.repeat(np.arange(len(places)), len(first.lines))
    lines = [line for place in places for line in place.lines]
    state, last = line_read(reader, reader.select(state, rows), last[rows], lines, len(first.before), v)
    reader.marks(state, last)
    return notes.seen


def _phrases(model: Model) -> Phrases:
    assert isinstance(model.stepper, NumpyStepper) and model.stepper.phrases is not None
    return model.stepper.phrases


def fit(shown: Shown, *, epochs: float = 6.0, seed: int = 1) -> tuple[dict[str, np.ndarray], float]:
    """The taste's arrays of a weights file, and how well it agrees with marks of titles that it has not seen: the mean
    over places of the rank correlation (Spearman), NaN where there are no such titles. Raises UsageError when no two
    lines of a place have different marks."""
    rng = np.random.default_rng(seed)
    titles = rng.permutation(np.unique(shown.titles))
    held = np.isin(shown.titles, titles[: len(titles) // HELD_OUT])
    apart = np.array([np.ptp(shown.marks[lines]) > 0 for lines in shown.places])
    learned = [lines for lines, keep in zip(shown.places, apart & ~held, strict=True) if keep]
    if not learned:
        raise UsageError("no two lines of a place have different marks; give marks of several lines for each place")
    used = np.concatenate(learned)
    mean = np.asarray(np.mean(shown.inputs[used], axis=0, dtype=np.float64), dtype=np.float32)
    spread = np.std(shown.inputs[used], axis=0, dtype=np.float64).astype(np.float32) + np.float32(1e-3)
    members = [
        _member(shown, learned, mean, spread, epochs, np.random.default_rng([seed, member]))
        for member in range(MEMBERS)
    ]
    weight, bias, out = (np.concatenate(parts) for parts in zip(*members, strict=True))
    taste = Taste(weight, spread, bias, out[None] / np.float32(MEMBERS), shown.phrases)
    unseen = [lines for lines, keep in zip(shown.places, apart & held, strict=True) if keep]
    return {PREFIX + name: getattr(taste, name) for name in ARRAYS}, agreement(taste, shown, unseen)


def _member(
    shown: Shown,
    learned: Sequence[np.ndarray],
    mean: np.ndarray,
    spread: np.ndarray,
    epochs: float,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """weight (UNITS, inputs), bias and out (UNITS,) of one layer, which reads inputs divided by their spread."""
    torch.manual_seed(int(rng.integers(2**31)))
    hidden, out = nn.Linear(len(mean), UNITS), nn.Linear(UNITS, 1, bias=False)
    parameters = [*hidden.parameters(), *out.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=LEARNING_RATE, weight_decay=DECAY)
    steps = max(1, round(epochs * len(learned) / STEP))
    batches, average = _batches(learned, rng), float(shown.marks[np.concatenate(learned)].mean())
    for step in progress(range(steps), "学 / learning", "step"):
        lines = next(batches)
        x = torch.from_numpy((shown.inputs[np.concatenate(lines)] - mean) / spread)
        states, figures = x[:, :-FIGURES], x[:, -FIGURES:]
        x = torch.cat([dropout(states, DROPOUT / 2), figures], dim=1)
        judged = out(dropout(gelu(hidden(x), approximate="tanh"), DROPOUT))[:, 0]
        optimiser.param_groups[0]["lr"] = LEARNING_RATE * (1 - step / steps)
        optimiser.zero_grad()
        _loss(judged, shown.marks, lines, average).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    with torch.no_grad():
        weight = hidden.weight.numpy()
        return weight, hidden.bias.numpy() - weight @ (mean / spread), out.weight.numpy()[0]


def _batches(places: Sequence[np.ndarray], rng: np.random.Generator) -> Iterator[list[np.ndarray]]:
    """STEP places at a time, each once before any comes again."""
    waiting: list[int] = []
    while True:
        while len(waiting) < STEP:
            waiting += rng.permutation(len(places)).tolist()
        yield [places[number] for number in waiting[:STEP]]
        waiting = waiting[STEP:]


def _loss(judged: Tensor, marks: np.ndarray, lines: Sequence[np.ndarray], mean: float) -> Tensor:
    place = np.repeat(np.arange(len(lines)), [len(numbers) for numbers in lines])
    of = marks[np.concatenate(lines)]
    better, worse = np.nonzero((place[:, None] == place) & (of[:, None] > of))
    weights = torch.from_numpy(np.minimum(of[better] - of[worse], MOST)).float()
    pairs = (softplus(judged[worse] - judged[better]) * weights).sum() / weights.sum()
    return pairs + ABSOLUTE * (judged - torch.from_numpy(of - mean).float()).square().mean()


def agreement(taste: Taste, shown: Shown, places: Sequence[np.ndarray]) -> float:
    """The mean over places of the rank correlation of judgements and marks, where both differ; NaN without any."""
    found = []
    for lines in places:
        inputs = shown.inputs[lines].astype(np.float32)
        judged = taste.marks(inputs[:, :-FIGURES], inputs[:, -FIGURES:])
        if not np.ptp(judged) or not np.ptp(shown.marks[lines]):
            continue
        found.append(rank_correlation(judged, shown.marks[lines]))
    return float(np.mean(found)) if found else float("nan")
