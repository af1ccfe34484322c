"""Perplexity per Hanzi of the shipped weights (int8, numpy) on the Tang test part, all cells side by side.

`--part train` measures poems the networks have learned from: how far that is below is how much they remember.

The LSTM twice: with its phrases (charrnn_core.phrases), and the network alone.

Unconditional: the form token, no title or key words, no tone or rhyme features. The second figure of a
cell is with the poem's own tones and rhymes given, which tell something of the answer. Then, over the titled poems
of the four forms, what a title, a plan of key words and both are worth.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from benchmarks.report import report
from charrnn_core.command import Parser, run
from poetry.corpus import encoding
from poetry.corpus.batches import NOTHING, PLANNED, TITLED, TITLED_PLAN, evaluation_batches
from poetry.corpus.encoding import Encoded
from poetry.corpus.split import PARTS, TEST
from poetry.measuring.scoring import score
from poetry.text.forms import REGULATED
from poetry.writing import model

ALONE = "lstm alone"


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.quality", description="随包权重的困惑度 / perplexity of the shipped weights")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("--source", default="tang", help="哪一朝的诗 / whose poems")
    parser.add_argument("--part", choices=PARTS, default=TEST, help="哪一部分 / which part of the split")
    parser.add_argument("--weights", type=Path, help="另一个权重文件 / another weights file beside the shipped ones")
    parser.add_argument("--most", type=int, default=3000, help="最多几首，随机抽取 / at most so many, drawn at random")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    corpus = encoding.load(arguments.data)
    poems = np.random.default_rng(0).permutation(corpus.select(arguments.part, [arguments.source]))[: arguments.most]
    models = {cell: model.shipped(cell) for cell in model.SHIPPED}
    models[ALONE] = model.alone(models["lstm"])
    if arguments.weights:
        models = {arguments.weights.stem: model.load(arguments.weights)}
    figures: dict[str, dict[str, float]] = {}
    for cell, loaded in models.items():
        if loaded.vocabulary.tokens != corpus.vocabulary.tokens:
            print(f"{cell}: left out, the corpus is encoded in another vocabulary", file=sys.stderr)
            continue
        free = score(loaded.stepper, corpus.vocabulary, evaluation_batches(corpus, poems))
        given = score(loaded.stepper, corpus.vocabulary, evaluation_batches(corpus, poems, features=True))
        figures[cell] = {"perplexity": round(free.perplexity, 1), "with_features": round(given.perplexity, 1)}
        if loaded.outlines:
            figures[cell] |= _told(loaded, corpus, poems)
        print(f"{cell}: {figures[cell]}", file=sys.stderr)
    report("quality", {"source": arguments.source, "part": arguments.part, "cells": figures})


def _told(loaded: model.Model, corpus: Encoded, poems: np.ndarray) -> dict[str, float]:
    """Perplexities of the titled poems of the four forms, told what stands before them."""
    titled = poems[(corpus.form[poems] < len(REGULATED)) & (np.diff(corpus.title_offsets)[poems] > 0)]
    told = {"titled": NOTHING, "with_title": TITLED, "with_plan": PLANNED, "with_both": TITLED_PLAN}
    batches = {name: evaluation_batches(corpus, titled, prefix=prefix) for name, prefix in told.items()}
    return {
        name: round(score(loaded.stepper, corpus.vocabulary, found).perplexity, 1) for name, found in batches.items()
    }


if __name__ == "__main__":
    sys.exit(main())
