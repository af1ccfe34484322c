"""学习曲线 (learning curves) of the networks that come with the package: `python -m apps.learning` collects them.

learning.json maps a network's name to [[updates so far, validation perplexity per Hanzi], ...]; a training in
several stages is one curve. It is written from the metrics of the runs, so the app needs none of them.
"""

import argparse
import json
import sys
from importlib.resources import files
from pathlib import Path

from apps import figures
from apps.texts import say
from charrnn_core.atomic import write_text
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from poetry.training import curves

FILE = "learning.json"

Curve = list[tuple[float, float]]


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="apps.learning", description="汇集训练曲线 / collect the curves of training runs")
    parser.add_argument(
        "networks", nargs="+", metavar="名=目录,目录", help="一种网络的各阶段 / a network's stages in order"
    )
    parser.add_argument("-o", "--out", type=Path, required=True, help="写到哪里 / the file to write")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    collected = {}
    for given in arguments.networks:
        name, equals, folders = given.partition("=")
        if not equals or not name or not folders:
            raise UsageError("{given!r} is not understood; write such as LSTM=runs/a,runs/b", given=given[:40])
        collected[name] = collect([Path(folder) for folder in folders.split(",")])
    write_text(arguments.out, json.dumps(collected) + "\n")


def collect(stages: list[Path]) -> Curve:
    """The validation perplexities of a training, its stages one after the other. Raises DataError."""
    curve, before = [], 0
    for folder in stages:
        records = curves.read(folder)
        curve += [
            (before + record["step"], round(record["validation_perplexity"], 1))
            for record in records
            if "validation_perplexity" in record
        ]
        before += max((record["step"] for record in records), default=0)
    return curve


def shown() -> str:
    """The chart as HTML, perplexity on a logarithmic scale; empty when the package has no curves."""
    file = files("apps").joinpath(FILE)
    if not file.is_file():
        return ""
    series = [(name, [(x, y) for x, y in curve]) for name, curve in json.loads(file.read_text("utf-8")).items()]
    return figures.curves(series, x=say("updates"), y=say("perplexity"), name="learning", logarithmic=True)


if __name__ == "__main__":
    sys.exit(main())
