"""Perplexity per Hanzi of poems from elsewhere that the corpus has left out: all shipped cells, and other weights.

A poem is left out when half or more of its 5-grams (in 五绝: of its lines) stand in the training part: the same poem,
perhaps in another version. Told nothing but the form, as in benchmarks.quality.
"""

import argparse
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks.quality import ALONE
from benchmarks.report import report
from charrnn_core.command import Parser, run
from poetry.corpus import encoding
from poetry.measuring.evaluation import Training, Verse, copied, encoded, read
from poetry.measuring.scoring import poem_scores
from poetry.text.forms import recognise
from poetry.writing import model

COPIED = 0.5


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.held_out", description="别处的诗的困惑度 / perplexity of poems from elsewhere")
    parser.add_argument("poems", type=Path, help="诗，JSON 行或文本 / poems: JSON lines or plain text")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("--weights", type=Path, nargs="*", default=[], help="还量这些权重文件 / weights files as well")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    given = read(arguments.poems)
    training = Training.of(encoding.load(arguments.data))
    kept = [verse for verse in given if copied([verse], training)["copied_5_grams"] < COPIED]
    models = {cell: model.shipped(cell) for cell in model.SHIPPED}
    models[ALONE] = model.alone(models["lstm"])
    models |= {path.name: model.load(path) for path in arguments.weights}
    figures = {name: perplexity(loaded, kept) for name, loaded in models.items()}
    report("held_out", {"poems": len(given), "kept": len(kept), "models": figures})


def perplexity(loaded: model.Model, verses: list[Verse]) -> dict[str, float]:
    """Of all poems together, and by form."""
    nats, hanzi = poem_scores(loaded.stepper, encoded(verses, loaded), np.arange(len(verses)))
    rows: dict[str, list[int]] = defaultdict(list)
    for row, verse in enumerate(verses):
        rows["all"].append(row)
        rows[recognise(verse.lines).name].append(row)
    return {name: round(float(np.exp(nats[some].sum() / hanzi[some].sum())), 1) for name, some in rows.items()}


if __name__ == "__main__":
    sys.exit(main())
