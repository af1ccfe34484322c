"""门 (gates): `python -m poetry.gates POEM` shows how far a network's gates open while it reads a poem."""

import argparse
import sys
from pathlib import Path

from charrnn_core.atomic import write_text
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from charrnn_core.lab.interpret.gates import sections, shares
from charrnn_core.lab.interpret.page import document
from poetry.text import pasted
from poetry.text.hanzi import COMMA
from poetry.text.lines import join_lines
from poetry.writing import model
from poetry.writing.trace import gates, plan_of

WHEN = "每个字上是读进前一个字时的门 / at each character, the gates of the step that reads the one before it"
EXAMPLES = """\
例 / examples:
  python -m poetry.gates 白日依山尽，黄河入海流。欲穷千里目，更上一层楼。 --page gates.html
  python -m poetry.gates 白日依山尽，黄河入海流。欲穷千里目，更上一层楼。 --cell gru --untold
"""


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.gates", description="诗上的门 / gates over a poem", epilog=EXAMPLES)
    add = parser.add_argument
    add("poem", help="一首绝句、律诗或排律 / one regulated poem")
    add("--cell", choices=("lstm", "gru"), default="lstm", help="哪种网络 / which network")
    add("--untold", action="store_true", help="不告诉网络平仄与韵 / tones and rhymes are not told")
    add("--page", type=Path, help="写出着色的 HTML / write the coloured poem as HTML")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    found = pasted.poems(arguments.poem)
    if len(found) != 1:
        raise UsageError("{count} poems were given; give one", count=len(found))
    plan = plan_of(found[0])
    text = join_lines(found[0])
    layers = gates(model.shipped(arguments.cell), plan, text, told=not arguments.untold)
    for k, layer in enumerate(layers):
        for name, values in layer.items():
            print("layer {}  {:7} mean {:.2f}  shut {:4.0%}  open {:4.0%}".format(k, name, *shares(values)))
    if arguments.page:
        title = f"{arguments.cell.upper()}: {text[: text.find(COMMA)]}"
        body = "".join(sections(text, layer, f"layer {k}") for k, layer in enumerate(layers))
        write_text(arguments.page, document(title, f"<h1>{title}</h1><p>{WHEN}</p>{body}"))


if __name__ == "__main__":
    sys.exit(main())
