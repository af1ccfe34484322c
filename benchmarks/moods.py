"""Whether a mood that is asked for can be found in the poems: words of both moods a poem, for each wish."""

import argparse
import sys
from statistics import mean

from apps import service
from benchmarks.report import report
from charrnn_core.command import Parser, run
from poetry.theme.moods import CHEERFUL, MOODS, SAD, measured


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.moods", description="心情可曾写出来 / whether a mood shows in the poems")
    parser.add_argument("--poems", type=int, default=20, help="每种心情几首 / poems for each mood")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    found = {}
    for mood in ("", *MOODS):
        counts = [
            measured(next(service.order(mood=mood, seed=1000 + number).poems()).text)
            for number in range(arguments.poems)
        ]
        found[mood or "any"] = {kind: round(mean(count[kind] for count in counts), 2) for kind in (CHEERFUL, SAD)}
    report("moods", {"words_a_poem": found, "poems": arguments.poems})


if __name__ == "__main__":
    sys.exit(main())
