"""What a network knows of the poem it is in: characters used already, and the rhyme. Shipped LSTM, and other weights.

On regulated Tang poems of one part, told nothing but the form:

    used     probability given to characters that stand in the poem already (the last one left out), and how often the
             poets use one
    rhyme    nats of the rhyme words of the second, fourth, sixth and eighth line; `told` with tones and rhyme given.
             From the fourth line on a reader knows the rhyme
    without  perplexity with a look-up of charrnn_core.memory silenced in the trained network
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import report
from charrnn_core import memory
from charrnn_core.command import Parser, run
from charrnn_core.numerics import log_softmax
from charrnn_core.stepper import NumpyStepper
from poetry.corpus import encoding
from poetry.corpus.batches import Batch, evaluation_batches
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import PARTS, TEST
from poetry.measuring.scoring import score, token_nats
from poetry.slots.features import HERE, LINE, PLACE, PLACES
from poetry.text.forms import FORMS, REGULATED
from poetry.writing import model

LOOK_UPS = {"the tokens above": ("above_in", "above_out"), "the tokens used": ("repeat", "repeat_bias")}
RHYMES = range(1, 5)


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.remembering", description="网络记得诗的什么 / what a network knows of its poem")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("--part", choices=PARTS, default=TEST, help="哪一部分 / which part of the split")
    parser.add_argument("--most", type=int, default=500, help="最多几首，随机抽取 / at most so many, drawn at random")
    parser.add_argument("--weights", type=Path, nargs="*", default=[], help="还量这些权重文件 / weights files as well")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    corpus = encoding.load(arguments.data)
    poems = corpus.select(arguments.part, ["tang"])
    poems = poems[np.isin(corpus.form[poems], [FORMS.index(form) for form in REGULATED])]
    poems = np.random.default_rng(0).permutation(poems)[: arguments.most]
    models = {"lstm": model.shipped()} | {path.name: model.load(path) for path in arguments.weights}
    figures = {}
    for name, loaded in models.items():
        assert isinstance(loaded.stepper, NumpyStepper)
        figures[name] = _figures(loaded.stepper, corpus, poems)
        print(f"{name}: {figures[name]}", file=sys.stderr)
    report("remembering", {"part": arguments.part, "poems": len(poems), "weights": figures})


def _figures(stepper: NumpyStepper, corpus: Encoded, poems: np.ndarray) -> dict[str, Any]:
    used, again, nats, told = [], [], [], []
    for batch, given in zip(
        evaluation_batches(corpus, poems), evaluation_batches(corpus, poems, features=True), strict=True
    ):
        hanzi = batch.weights & corpus.vocabulary.is_hanzi[batch.targets]
        for t, probability, among in _reading(stepper, batch):
            used.append((probability * among).sum(1)[hanzi[t]])
            again.append(among[np.arange(len(among)), batch.targets[t]][hanzi[t]])
        nats.append(_of_rhymes(token_nats(stepper, batch), given))
        told.append(_of_rhymes(token_nats(stepper, given), given))
    return {
        "used": {"network": _mean(np.concatenate(used)), "poets": _mean(np.concatenate(again))},
        "rhyme": {n: _mean(np.concatenate([rows[n] for rows in nats])) for n in RHYMES},
        "rhyme_told": {n: _mean(np.concatenate([rows[n] for rows in told])) for n in RHYMES},
        "perplexity": _perplexity(stepper, corpus, poems),
        "without": {name: _perplexity(_silenced(stepper, names), corpus, poems) for name, names in LOOK_UPS.items()},
    }


def _reading(stepper: NumpyStepper, batch: Batch) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """For every slot: its time, probabilities (B, V), and which tokens are used (B, V)."""
    B = batch.inputs.shape[1]
    state, remembered, rows = stepper.start(B), memory.start(B, PLACES), np.arange(B)[:, None]
    for t, (ids, features) in enumerate(zip(batch.inputs, batch.features, strict=True)):
        logits, state = stepper.step(state, ids, features)
        among = np.zeros(logits.shape, dtype=bool)
        among[rows, remembered[1]] = True
        among[:, 0] = False
        yield t, np.exp(log_softmax(logits)), among
        _, remembered = memory.remember(remembered, ids, features[:, PLACE])


def _of_rhymes(nats: np.ndarray, given: Batch) -> dict[int, np.ndarray]:
    """The nats of the rhyme words of the second, fourth, ... line."""
    there = given.weights & (given.features[..., HERE] > 0)
    return {n: nats[there & (given.features[..., LINE] == 2 * n - 1)] for n in RHYMES}


def _silenced(stepper: NumpyStepper, names: tuple[str, ...]) -> NumpyStepper:
    return replace(stepper, **{name: np.zeros_like(getattr(stepper, name)) for name in names})


def _perplexity(stepper: NumpyStepper, corpus: Encoded, poems: np.ndarray) -> float:
    return round(score(stepper, corpus.vocabulary, evaluation_batches(corpus, poems)).perplexity, 1)


def _mean(values: np.ndarray) -> float:
    return round(float(values.mean()), 4)


if __name__ == "__main__":
    sys.exit(main())
