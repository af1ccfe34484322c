"""The shipped Shakespeare network on held-out text, beside character n-grams, in nats per character.

The text is divided as charrnn_core.train --holdout 0.1 divides it: the first 90 % trains, the last 10 % is
scored in one pass. The n-grams are interpolated modified Kneser-Ney (benchmarks/ngram.py).
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from benchmarks.ngram import KneserNey
from benchmarks.report import report
from charrnn_core.command import Parser, run
from charrnn_core.lab import char_files
from charrnn_core.lab.char_trainer import read_text

HOLDOUT = 0.1
ORDERS = (3, 4, 5, 6, 7)


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.shakespeare", description="莎士比亚网络与 n 元模型 / the network and n-grams")
    parser.add_argument("text", type=Path, help="shakespeare_train.txt")
    parser.add_argument("--weights", type=Path, help="别的权重 / other weights than the shipped ones")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    text = read_text(arguments.text, is_bytes=False)
    kept = round(len(text) * (1 - HOLDOUT))
    model = char_files.load(arguments.weights) if arguments.weights else char_files.shipped()
    training, held_out = model.alphabet.encode(text[:kept]), model.alphabet.encode(text[kept:])
    figures = {f"{order}-gram": round(_nats(training, held_out, len(model.alphabet), order), 4) for order in ORDERS}
    network = round(model.nats(text[kept:]), 4)
    report("shakespeare", {"held_out_characters": len(held_out), "network": network, "kneser_ney": figures})


def _nats(training: np.ndarray, held_out: np.ndarray, V: int, order: int) -> float:
    pad = np.zeros(order - 1, dtype=np.int64)
    stream = np.concatenate([pad, training])
    counted = np.concatenate([np.zeros(order - 1, bool), np.ones(len(training), bool)])
    model = KneserNey(stream, V, counted, order)
    whole = np.concatenate([training[-(order - 1) :], held_out])
    at = np.arange(order - 1, len(whole))
    history = np.stack([whole[at - k] for k in range(order - 1, 0, -1)], axis=1)
    return float(-np.log(model.probability(history, whole[at])).mean())


if __name__ == "__main__":
    sys.exit(main())
