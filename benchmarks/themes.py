"""Do poems fit their titles? The titles of human poems of a part are given to the program.

The fit of a set is the share of poems whose own title, among ten, makes them most likely
(poetry.measuring.evaluation): for the human poems and for the program's, on the same titles and with the same nine
others.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from benchmarks.report import report
from charrnn_core.command import Parser, run
from poetry.corpus import encoding
from poetry.corpus.split import PARTS, TEST
from poetry.measuring.evaluation import (
    Scores,
    Training,
    Verse,
    copied,
    distinct,
    human,
    perplexities,
    repeats,
    theme_fit,
)
from poetry.text.forms import REGULATED, recognise
from poetry.writing import model
from poetry.writing.request import request_for
from poetry.writing.writer import Writer


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.themes", description="切题 / do poems fit their titles")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("--part", choices=PARTS, default=TEST, help="题目取自哪一份 / whose titles")
    parser.add_argument("--count", type=int, default=200, help="几个题目 / how many titles")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    corpus = encoding.load(arguments.data)
    loaded, training = model.shipped(), Training.of(corpus)
    theirs = [
        v for v in human(corpus, arguments.part, ["tang"]) if recognise(v.lines) in REGULATED and len(v.title) > 1
    ][: arguments.count]
    rows = {"human": verse_figures(theirs, loaded, training)}
    print(f"human: {rows['human']}", file=sys.stderr)
    rows["program"] = verse_figures(written(theirs, Writer(loaded), "program"), loaded, training)
    print(f"program: {rows['program']}", file=sys.stderr)
    for row in rows.values():
        row["fit_over_human"] = round(row["theme_fit"] / rows["human"]["theme_fit"], 3)
    report("themes", {"part": arguments.part, "titles": len(theirs), "rows": rows})


def written(verses: Sequence[Verse], author: Writer, name: str, **settings: Any) -> list[Verse]:
    """A poem of the same form for every title, with these settings of a Request; progress is told under a name."""
    requests = [request_for(recognise(verse.lines), title=verse.title, **settings) for verse in verses]
    poems = [author.write(request, seed) for seed, request in enumerate(tqdm(requests, name, unit="poem"))]
    return [Verse(tuple(p.lines), v.title) for p, v in zip(poems, verses, strict=True)]


def verse_figures(verses: list[Verse], loaded: model.Model, training: Training) -> dict[str, float]:
    """Automatic figures of titled poems: fit, nats a Hanzi, variety, repeats and copies."""
    scores = Scores(verses, loaded)
    likely = perplexities(scores)
    return {
        "theme_fit": theme_fit(scores),
        "nats_per_hanzi": round(float(np.log(likely["perplexity"])), 3),
        "distinct_2": distinct(verses, 2),
        **repeats(verses),
        **copied(verses, training),
    }


if __name__ == "__main__":
    sys.exit(main())
