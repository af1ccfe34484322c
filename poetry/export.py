"""导出 (export): `python -m poetry.export RUN -o FILE` makes the small weights file that generation reads.

Input: a run folder of poetry.train. Output: int8 matrices with one scale a row; configuration,
vocabulary, provenance and validation figures in the header. Needs no torch.
"""

import argparse
import sys
from pathlib import Path

from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from poetry.training.exporting import export, finished


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(
        prog="poetry.export", description="把训练结果导出为权重文件 / export a training run to a weights file"
    )
    parser.add_argument("run", type=Path, help="训练目录 / the run's folder")
    parser.add_argument("-o", "--out", type=Path, required=True, help="权重文件 / the weights file")
    parser.add_argument(
        "--checkpoint",
        help="用哪个检查点，不写则用最后做成的 / which checkpoint of the run; the last step's if none is named",
    )
    parser.add_argument("--trained-as", default="", help="出处说明 / a note on how it was trained, for the header")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    if not arguments.run.is_dir():
        raise UsageError("{run} is no folder; give the folder of a training run", run=arguments.run)
    checkpoint = arguments.run / (arguments.checkpoint or finished(arguments.run))
    export(checkpoint, arguments.out, note=arguments.trained_as)
    print(f"{checkpoint} -> {arguments.out}: {arguments.out.stat().st_size / 1e6:.1f} MB", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
