"""批量 (batch): `python -m poetry.batch PROMPTS -o OUT.jsonl` writes a poem for every row of a list."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

# Every worker is one process on one core: threads of the matrix library would only wait for each other. And what a
# block's poems are must not depend on how many there are.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from charrnn_core.command import Parser, run
from charrnn_core.halves import cores
from poetry.batch.output import Output
from poetry.batch.run import Run, add_options, within
from poetry.batch.running import Team, desk
from poetry.batch.workers import Workers

MOST_WORKERS = 256

EXAMPLES = """\
例 / examples:
  python -m poetry.batch prompts.txt -o poems.jsonl                     # 每行一个开头 / a beginning a line
  python -m poetry.batch prompts.csv -o poems.jsonl --workers 8         # 第一行是列名 / the first row names the columns
  python -m poetry.batch --count 100000 --form 七绝 --seed 5 -o poems.jsonl
  python -m poetry.batch --count 100000 --form 七绝 --seed 5 -o poems.jsonl --resume
"""


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.batch", description="批量写诗 / write poems in batches", epilog=EXAMPLES)
    add_options(parser)
    add = parser.add_argument
    add("-o", "--out", type=Path, required=True, help="输出，JSON 行 / the output, JSON lines")
    add("--workers", type=int, help="几个进程，默认每核一个 / processes; one a core unless said")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    workers = cores() if arguments.workers is None else arguments.workers
    within("--workers", workers, MOST_WORKERS)
    asked = Run.of(arguments)
    if arguments.resume and arguments.out.exists() and not Output.unfinished(arguments.out):
        print(f"poetry.batch: {arguments.out} is finished; there is nothing to go on with", file=sys.stderr)
        return
    with Output(arguments.out, asked.journal_settings, resume=arguments.resume) as output:
        asked.carry_out(output, _processes(asked, workers))


@contextmanager
def _processes(asked: Run, count: int) -> Iterator[Team]:
    """Processes of this machine."""
    with Workers(count, partial(desk, asked.network, asked.shared)) as workers:
        yield workers.run


if __name__ == "__main__":
    sys.exit(main())
