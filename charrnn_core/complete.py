"""续写 (complete): `python -m charrnn_core.complete "STARTER"` reads a starter and goes on from its state."""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from charrnn_core.command import Parser, run
from charrnn_core.errors import Phrase, UsageError
from charrnn_core.lab.alphabet import UnknownCharacterError
from charrnn_core.lab.char_files import asked_for
from charrnn_core.lab.char_trainer import read_text
from charrnn_core.lab.writing import by_gumbel, by_softmax, check_length, continue_text

LONGEST_STARTER = 1_000_000
MARK = "⟫"  # stands between what was given and what the network wrote

EXAMPLES = """\
例 / examples:
  python -m charrnn_core.complete "ROMEO:"
  python -m charrnn_core.complete --file samples.txt -n 400
  python -m charrnn_core.complete --random-from shakespeare.txt --context 100
"""


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="charrnn_core.complete", description="续写一段开头 / complete a starter", epilog=EXAMPLES)
    add = parser.add_argument
    add("starter", nargs="?", help="开头 / the starter")
    add("--file", type=Path, help="开头取自文件 / the starter is this file")
    add("--random-from", type=Path, metavar="FILE", help="从文件里随机取一段作开头 / a random passage of this file")
    add("--context", type=int, default=100, help="随机开头多少字符 / characters of a random passage")
    add("--weights", type=Path, help="权重或课程快照；省略则用随包权重 / weights or snapshot; else the shipped ones")
    add("-n", "--length", type=int, default=400, help="续写多少字符 / how many characters to write")
    add("--temperature", type=float, default=0.7, help="温度，0 为贪心 / temperature; 0 is greedy")
    add("--gumbel", action="store_true", help="用 Gumbel-max 抽 / draw by Gumbel-max")
    add("--skip-unknown", action="store_true", help="略过不认识的字符 / skip characters the network does not know")
    add("--seed", type=int, default=0, help="随机种子 / seed")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    check_length(arguments.length)
    rng = np.random.default_rng(arguments.seed)
    choice = (by_gumbel if arguments.gumbel else by_softmax)(arguments.temperature, rng)
    model = asked_for(arguments.weights)
    starter = _starter(arguments, rng, is_bytes=model.alphabet.is_bytes)
    try:
        hidden = model.read(starter, skip_unknown=arguments.skip_unknown)
    except UnknownCharacterError as error:
        advice = Phrase("or skip such characters with --skip-unknown")
        raise UsageError("{reason}, {advice}", reason=error.phrase, advice=advice) from error
    if len(hidden) == 1:
        raise UsageError("none of the starter's characters is known to the network; give another")
    print(starter + MARK + continue_text(model, hidden[-1], arguments.length, choice))


def _starter(arguments: argparse.Namespace, rng: np.random.Generator, *, is_bytes: bool) -> str:
    given = [x for x in (arguments.starter, arguments.file, arguments.random_from) if x is not None]
    if len(given) != 1:
        raise UsageError("give one starter: the text itself, --file, or --random-from")
    if arguments.starter is not None:
        text = arguments.starter
    elif arguments.file:
        text = read_text(arguments.file, is_bytes=is_bytes)
    else:
        if arguments.context < 1:
            raise UsageError("--context must be at least 1, not {context}", context=arguments.context)
        text = read_text(arguments.random_from, is_bytes=is_bytes)
        start = int(rng.integers(max(1, len(text) - arguments.context)))
        text = text[start : start + arguments.context]
    if not text:
        raise UsageError("the starter is empty; give some text")
    if len(text) > LONGEST_STARTER:
        raise UsageError("the starter is longer than {longest} characters; give less", longest=LONGEST_STARTER)
    return text


if __name__ == "__main__":
    sys.exit(main())
