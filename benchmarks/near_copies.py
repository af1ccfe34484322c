"""What near-copies make of a perplexity: the Tang test part of this project's split, and of the usual one.

The usual split leaves a poem out only where another has the very same text, so many a test poem has its twin (a word
changed, a quatrain cut from a longer poem) in training. No poem of either test part was trained on, for a poem's part
follows from its text alone. The 5-grams learn from the Tang and Song poems of their split.
"""

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import ngram
from benchmarks.report import report
from charrnn_core.command import Parser, run
from poetry.corpus import encoding
from poetry.corpus.clean import CleanPoem, clean
from poetry.corpus.dedupe import distinct
from poetry.corpus.prepare import CORPUS
from poetry.corpus.read import SONG, TANG, read_corpus
from poetry.corpus.registry import dataset, verify
from poetry.corpus.split import TEST, TRAIN
from poetry.measuring.scoring import poem_scores
from poetry.text.files import data_folder
from poetry.writing import model


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.near_copies", description="近似重复的诗与困惑度 / near-copies and perplexity")
    parser.add_argument("--data-dir", type=Path, help="数据目录 / the data folder, as in poetry.corpus")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    chosen = dataset(CORPUS)
    folder = verify(chosen, data_folder(arguments.data_dir))
    poems = list(clean(read_corpus(folder, list(chosen.files))))
    network = model.shipped("lstm")
    splits = {"near_copies_left_out": distinct(poems), "same_texts_left_out": of_different_texts(poems)}
    report("near_copies", {name: perplexities(kept, network) for name, kept in splits.items()})


def of_different_texts(poems: Sequence[CleanPoem]) -> list[CleanPoem]:
    """The first poem of each text, in order."""
    first: dict[str, CleanPoem] = {}
    for poem in poems:
        first.setdefault(poem.text, poem)
    return list(first.values())


def perplexities(poems: Sequence[CleanPoem], network: model.Model) -> dict[str, float]:
    """Per Hanzi of the Tang test part: the network, told nothing but the form, and a 5-gram over its vocabulary."""
    corpus = encoding.encode(poems, vocabulary=network.vocabulary, words={}, provenance={})
    training, test = corpus.select(TRAIN, [TANG, SONG]), corpus.select(TEST, [TANG])
    nats, hanzi = poem_scores(network.stepper, corpus, test)
    stream, counted = ngram.stream_of(corpus, training)
    yardstick, _ = ngram.perplexity(ngram.KneserNey(stream, len(corpus.vocabulary), counted), corpus, test)
    figures = {"poems": len(test), "lstm": math.exp(nats.sum() / hanzi.sum()), "5_gram": yardstick}
    return {name: round(value, 1) for name, value in figures.items()}


if __name__ == "__main__":
    sys.exit(main())
