"""RNN, GRU and LSTM side by side: the same poems, as many parameters, as many minutes.

For each cell the hidden size comes nearest to the budget, and the number of updates is what a short trial says the
minutes hold. A run that is already in the folder is not trained again. Then, on Tang poems of the test part and
without tones, rhymes or theme told:

    perplexity   per Hanzi
    rhyme        the probability given to the poem's own rhyme group where it must rhyme a second time or later,
                 and, for comparison, where it rhymes first and nothing has announced the group
    reach        how the gradient of a 七律's last rhyme shrinks on its way back (poetry.training.reach)

A picture (curves by the minute; the gradient's reach) and poems to the same prompts go to the folder, with the weights.
"""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure

from benchmarks.report import report
from charrnn_core.atomic import replacing, write_text
from charrnn_core.command import Parser, run
from poetry.corpus import encoding
from poetry.corpus.batches import evaluation_batches
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import TEST
from poetry.slots.features import HERE, RHYME, TONES
from poetry.slots.sets import CharacterSets
from poetry.text.forms import BY_NAME, FORMS, QIJUE, QILU, REGULATED
from poetry.training import checkpoint, curves
from poetry.training.exporting import BEST, export
from poetry.training.network import CELLS, Network, NetworkConfig
from poetry.training.perplexity import measure
from poetry.training.reach import gradient_norms
from poetry.training.trainer import Trainer, TrainingConfig
from poetry.writing import model
from poetry.writing.request import request_for
from poetry.writing.writer import Writer

RATES = {"rnn": 2e-3, "gru": 4e-3, "lstm": 4e-3}  # chosen on short runs: docs/training-log.md
TRIAL = 30  # updates that are timed
PROMPTS = "春月山"
DISTANCES = (0, 8, 16, 32, 56)


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.three_cells", description="三种网络的比较 / the three cells compared")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("--out", type=Path, default=Path("runs/cells"), help="放结果的目录 / folder of the results")
    parser.add_argument("--minutes", type=float, default=12, help="每种训练几分钟 / minutes of training for each")
    parser.add_argument("--embedding", type=int, default=320, help="字向量维数 / size of a character's vector")
    parser.add_argument("--gru-hidden", type=int, default=640, help="GRU 的隐藏层，预算由它定 / sets the budget")
    parser.add_argument("--threads", type=int, default=2, help="线程数 / threads")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    torch.set_num_threads(arguments.threads)
    corpus = encoding.load(arguments.data)
    size = NetworkConfig("gru", len(corpus.vocabulary), arguments.embedding, arguments.gru_hidden)
    budget = parameters(size)
    figures: dict[str, dict[str, Any]] = {}
    reaches, poems = {}, []
    for cell in CELLS:
        folder = arguments.out / cell
        config = within_budget(cell, len(corpus.vocabulary), arguments.embedding, budget)
        if not (folder / BEST).exists():
            train(folder, corpus, config, arguments.minutes, arguments.threads)
        network = load(folder, config)
        reaches[cell] = reach(network, corpus)
        figures[cell] = {"hidden": config.hidden, "parameters": parameters(config), **trained(folder)}
        figures[cell] |= {"perplexity": round(measure(network, corpus, tang(corpus)).hanzi_perplexity, 1)}
        figures[cell] |= {"rhyme": rhyme_memory(network, corpus)}
        figures[cell] |= {"reach": {k: round(float(reaches[cell][k] / reaches[cell][0]), 5) for k in DISTANCES}}
        print(f"{cell}: {figures[cell]}", file=sys.stderr)
        weights = arguments.out / f"{cell}.safetensors"
        export(folder / BEST, weights, note=f"{arguments.minutes:g} minutes on Tang poems: benchmarks.three_cells")
        writer = Writer(model.load(weights))
        poems += [f"{cell} {writer.write(request_for(QIJUE, prompt), seed=1).text}" for prompt in PROMPTS]
    write_text(arguments.out / "poems.txt", "\n".join(poems) + "\n")
    draw(arguments.out, reaches)
    report("three_cells", {"minutes": arguments.minutes, "cells": figures})


def parameters(config: NetworkConfig) -> int:
    """How many numbers a network learns."""
    with torch.device("meta"):
        return sum(p.numel() for p in Network(config).parameters() if p.requires_grad)


def within_budget(cell: str, vocabulary: int, embedding: int, budget: int) -> NetworkConfig:
    """The largest network of a cell with no more parameters than the budget."""
    low, high = 1, 1 << 14
    while high - low > 1:
        middle = (low + high) // 2
        fits = parameters(NetworkConfig(cell, vocabulary, embedding, middle, memory=False)) <= budget
        low, high = (middle, high) if fits else (low, middle)
    return NetworkConfig(cell, vocabulary, embedding, low, memory=False)


def train(folder: Path, corpus: Encoded, network: NetworkConfig, minutes: float, threads: int) -> None:
    """Train for about the given minutes, the rate falling to zero at the end."""
    with TemporaryDirectory() as trial:
        timed = TrainingConfig(sources=("tang",), steps=TRIAL, validate_every=10 * TRIAL, threads=threads)
        start = time.perf_counter()
        trainer = Trainer(Path(trial), corpus, network, timed)
        trainer.validation = trainer.validation[:0]
        trainer.run()
        seconds = (time.perf_counter() - start) / TRIAL
    steps = int(60 * minutes / seconds)
    every = max(1, steps // 10)
    rate = RATES[network.cell]
    config = TrainingConfig(("tang",), steps, learning_rate=rate, validate_every=every, threads=threads)
    folder.mkdir(parents=True, exist_ok=True)
    Trainer(folder, corpus, network, config).run()


def trained(folder: Path) -> dict[str, float]:
    """Updates and minutes of a run, its validations not counted."""
    records = curves.read(folder)
    return {"updates": records[-1]["step"], "minutes": round(sum(r["seconds"] for r in records) / 60, 1)}


def load(folder: Path, config: NetworkConfig) -> Network:
    """The best state of a run."""
    network = Network(config)
    checkpoint.restore_network(network, checkpoint.load(folder / BEST)[0])
    return network.eval()


def tang(corpus: Encoded, *forms: str) -> np.ndarray:
    """The numbers of the test part's Tang poems, of the given forms or of all."""
    poems = corpus.select(TEST, ["tang"])
    numbers = [FORMS.index(BY_NAME[form]) for form in forms]
    return poems[np.isin(corpus.form[poems], numbers)] if forms else poems


@torch.no_grad()
def rhyme_memory(network: Network, corpus: Encoded) -> dict[str, float]:
    """Mean probability of the poem's rhyme group at its first rhyme and at later ones, the group not told."""
    groups = torch.from_numpy(CharacterSets(corpus.vocabulary).groups)
    first, later = [], []
    for batch in evaluation_batches(corpus, tang(corpus, *(form.name for form in REGULATED)), features=True):
        wanted = torch.from_numpy(batch.features[..., HERE])
        plain = batch.features.copy()
        plain[..., [TONES, RHYME, HERE]] = 0
        u, used = network(torch.from_numpy(batch.inputs), torch.from_numpy(plain))
        t, b = torch.nonzero(wanted, as_tuple=True)
        mass = (network.logits(u[t, b], used[t, b]).softmax(-1) * groups[:, wanted[t, b]].T).sum(-1)
        order = (wanted > 0).cumsum(0)[t, b]
        first.append(mass[order == 1])
        later.append(mass[order > 1])
    return {"first": round(float(torch.cat(first).mean()), 3), "later": round(float(torch.cat(later).mean()), 3)}


def reach(network: Network, corpus: Encoded) -> np.ndarray:
    """(T,) mean norm of the gradient of the last Hanzi of a 七律, by how many tokens it has gone back."""
    norms = []
    for batch in evaluation_batches(corpus, tang(corpus, QILU.name)):
        last = int(batch.weights[:, 0].nonzero()[0][-1]) - 2  # before the full stop and the end token
        norms.append(gradient_norms(network, batch, last))
    return np.asarray(np.concatenate(norms, axis=1).mean(axis=1))


def draw(folder: Path, reaches: dict[str, np.ndarray]) -> None:
    """three-cells.png: validation perplexity by the minute; the gradient on its way back."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for cell, norms in reaches.items():
        records = curves.read(folder / cell)
        minutes = np.cumsum([r["seconds"] for r in records]) / 60
        left.plot(minutes, [r["validation_perplexity"] for r in records], label=cell.upper(), marker=".")
        right.plot(norms / norms[0], label=cell.upper())
    left.set(title="validation", xlabel="minutes of training", ylabel="perplexity per Hanzi", yscale="log")
    title = "gradient of the last rhyme of 8 lines of 7"
    right.set(title=title, xlabel="tokens back", ylabel="norm, nearest input = 1", yscale="log")
    for axes in (left, right):
        axes.legend()
        axes.grid(alpha=0.3)
    with replacing(folder / "three-cells.png") as temporary:
        figure.savefig(temporary, format="png", dpi=110)


if __name__ == "__main__":
    sys.exit(main())
