"""抽样 (sample): `python -m charrnn_core.sample` writes text at several temperatures side by side."""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from charrnn_core.command import Parser, printable, run
from charrnn_core.errors import UsageError
from charrnn_core.lab.alphabet import show
from charrnn_core.lab.char_files import asked_for
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.gumbel import gumbel_softmax
from charrnn_core.lab.writing import (
    by_gumbel,
    by_softmax,
    check_length,
    continue_text,
    paragraph_end,
    parse_temperatures,
)
from charrnn_core.numerics import softmax

SHOWN = 8  # characters of a relaxed sample


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="charrnn_core.sample", description="在几个温度下抽样 / sample at several temperatures")
    add = parser.add_argument
    add("--weights", type=Path, help="权重或课程快照；省略则用随包权重 / weights or snapshot; else the shipped ones")
    add("--temperatures", default="0.2,0.5,1,2", help="温度 T，逗号分隔 / temperatures T, by commas")
    add("--alpha", action="store_true", help="给的是 alpha = 1/T / the numbers are alpha = 1/T")
    add(
        "--gumbel", action="store_true", help="用 Gumbel-max 抽（分布相同） / draw by Gumbel-max: the same distribution"
    )
    add("--gumbel-softmax", metavar="TAUS", help="看松弛的样本，tau 以逗号分隔 / show relaxed samples at each tau")
    add("--start", help="先读什么，省略则为一段话的结尾 / what is read first; left out: the end of a paragraph")
    add("-n", "--length", type=int, default=200, help="每段多少字符 / characters a sample")
    add("--width", type=int, default=38, help="并排时每列多宽 / width of a column")
    add("--seed", type=int, default=0, help="随机种子 / seed")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    check_length(arguments.length)
    if not 10 <= arguments.width <= 500:
        raise UsageError("--width must be between 10 and 500, not {width}", width=arguments.width)
    temperatures = parse_temperatures(arguments.temperatures, alpha=arguments.alpha)
    taus = parse_temperatures(arguments.gumbel_softmax) if arguments.gumbel_softmax else []
    model = asked_for(arguments.weights)
    h = model.read(paragraph_end(model) if arguments.start is None else arguments.start)[-1]
    if taus:
        print(relaxed_samples(model, h, taus, arguments.seed))
        return
    make = by_gumbel if arguments.gumbel else by_softmax
    columns = []
    for temperature in temperatures:
        rng = np.random.default_rng(arguments.seed)
        columns.append(continue_text(model, h, arguments.length, make(temperature, rng)))
    name = "alpha" if arguments.alpha else "T"
    shown = [1 / t if arguments.alpha else t for t in temperatures]
    print(side_by_side([f"{name} = {value:g}" for value in shown], columns, arguments.width))


def relaxed_samples(model: CharModel, h: np.ndarray, taus: list[float], seed: int) -> str:
    """A table: the softmax after the state h, and one Gumbel-softmax sample of it at each tau, the noise the same."""
    scores = model.scores(h)
    rows = {"softmax": softmax(scores)}
    for tau in taus:
        rows[f"tau = {tau:g}"] = gumbel_softmax(scores, np.random.default_rng(seed), tau)[1]
    best = np.argsort(-np.max(list(rows.values()), axis=0))[:SHOWN]
    table = [" " * 12 + "".join(f"{show(model.alphabet.characters[k]):>9}" for k in best) + "      rest"]
    for name, p in rows.items():
        shown = "".join(f"{p[k]:9.4f}" for k in best)
        table.append(f"{name:12}{shown} {max(0.0, 1 - p[best].sum()):9.4f}")
    return "\n".join(table)


def side_by_side(heads: list[str], texts: list[str], width: int) -> str:
    """Texts in columns of `width` characters, longer lines folded."""
    columns = [[head, "-" * width, *_fold(text, width)] for head, text in zip(heads, texts, strict=True)]
    height = max(map(len, columns))
    rows = [[column[i] if i < len(column) else "" for column in columns] for i in range(height)]
    return "\n".join("  ".join(cell.ljust(width) for cell in row).rstrip() for row in rows)


def _fold(text: str, width: int) -> list[str]:
    lines = [printable(line) for line in text.split("\n")]
    return [line[i : i + width] for line in lines for i in range(0, max(len(line), 1), width)]


if __name__ == "__main__":
    sys.exit(main())
