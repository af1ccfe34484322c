"""Build the filter of seen lines: `python -m poetry.corpus.build_seen --data data/cache/corpus.npz`."""

import argparse
import sys
from pathlib import Path

from charrnn_core import weights
from charrnn_core.command import Parser, run
from poetry.corpus import encoding
from poetry.corpus.lines import CorpusLines, hashes
from poetry.slots import seen as filter_of_lines
from poetry.slots.seen import KIND, SeenLines, build

DEFAULT = Path(filter_of_lines.__file__).parent / "lines.safetensors"


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.corpus.build_seen", description="语料的句子过滤器 / the filter of the corpus's lines")
    parser.add_argument("--data", default="data/cache/corpus.npz", help="编码好的语料 / the encoded corpus")
    parser.add_argument("-o", "--out", type=Path, default=DEFAULT, help="输出 / the output file")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    corpus = encoding.load(arguments.data)
    seen = build(hashes(CorpusLines.of(corpus)))
    header = {
        "kind": KIND,
        "lines": seen.lines,
        "false_positives": round(seen.false_positives, 5),
        "provenance": corpus.provenance,
    }
    weights.save(arguments.out, {"bits": seen.bits}, header)
    print(f"{arguments.out}: {describe(seen)}", file=sys.stderr)


def describe(seen: SeenLines) -> str:
    """Size and error of a filter in words."""
    return f"{seen.lines:,} lines, {len(seen.bits):,} bytes, false positives {seen.false_positives:.2%}"


if __name__ == "__main__":
    sys.exit(main())
