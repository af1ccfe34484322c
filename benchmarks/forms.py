"""1,000 poems over the four forms, random first characters: has every one the right lines and lengths?"""

import argparse
import sys
import time

import numpy as np
from tqdm import tqdm

from benchmarks.report import report
from charrnn_core.command import Parser, run
from poetry.text.forms import REGULATED, recognise
from poetry.writing import model
from poetry.writing.request import request_for
from poetry.writing.writer import Writer

COMMON = 1000  # first characters are drawn from the commonest


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.forms", description="四种诗体的句数与字数 / line counts and lengths of many poems")
    parser.add_argument("--count", type=int, default=1000, help="写几首 / how many poems")
    parser.add_argument("--cell", choices=model.SHIPPED, default="lstm", help="哪种网络 / which network")
    parser.add_argument("--candidates", type=int, default=4, help="每首几个候选 / candidates a poem")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    loaded = model.shipped(arguments.cell)
    writer, rng = Writer(loaded), np.random.default_rng(1)
    right, start = 0, time.perf_counter()
    for index in tqdm(range(arguments.count), unit="poem"):
        form = REGULATED[index % len(REGULATED)]
        head = loaded.vocabulary.tokens[loaded.vocabulary.first_hanzi + int(rng.integers(COMMON))]
        poem = writer.write(request_for(form, head, candidates=arguments.candidates), seed=index)
        lines = poem.lines
        right += recognise(lines) == form and len(lines) == form.lines and poem.text.startswith(head)
    seconds = time.perf_counter() - start
    share = right / arguments.count
    figures = {"poems": arguments.count, "right_share": share, "poems_per_second": round(arguments.count / seconds, 2)}
    report("forms", {"cell": arguments.cell, **figures})


if __name__ == "__main__":
    sys.exit(main())
