"""汇集学习曲线: `python -m apps.build_learning LSTM=runs/a,runs/b -o apps/learning.json` collects learning curves.

Input: folders of training runs, the stages of a network in order. Output: the file that apps.learning draws.
"""

import argparse
import json
import sys
from pathlib import Path

from charrnn_core.atomic import write_text
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from poetry.training import curves

Curve = list[tuple[float, float]]  # (updates so far, validation perplexity per Hanzi)


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="apps.build_learning", description="汇集训练曲线 / collect the curves of training runs")
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


if __name__ == "__main__":
    sys.exit(main())
