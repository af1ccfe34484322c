"""批量 (batch) on a Ray cluster: `python -m poetry.batch.on_ray PROMPTS -o FOLDER` writes what poetry.batch would."""

import argparse
import os
import sys
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as in poetry.batch

from charrnn_core.command import Parser, run
from poetry.batch.cluster import actors, load_ray
from poetry.batch.partitions import Partitions
from poetry.batch.run import Run, add_options, within

MOST_WORKERS = 100_000
LARGEST_PARTITION = 10_000

EXAMPLES = """\
例 / examples:
  python -m poetry.batch.on_ray prompts.csv -o poems                    # 只用本机 / on this machine alone
  python -m poetry.batch.on_ray --count 1000000 --seed 5 -o poems --address auto   # 本机所属的集群 / its cluster
  python -m poetry.batch.on_ray --count 1000000 --seed 5 -o poems --address auto --resume
"""


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(
        prog="poetry.batch.on_ray", description="用 Ray 集群批量写诗 / write poems on a Ray cluster", epilog=EXAMPLES
    )
    add_options(parser)
    add = parser.add_argument
    add("-o", "--out", type=Path, required=True, help="输出的文件夹 / the folder for the output")
    add("--address", help="Ray 集群的地址，不给则只用本机 / of the Ray cluster; this machine alone without it")
    add("--workers", type=int, help="几个进程，默认集群的每核一个 / processes; one a core of the cluster unless said")
    add("--partition", type=int, default=100, help="几块（--block）一个文件 / how many blocks are a file")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    if arguments.workers is not None:
        within("--workers", arguments.workers, MOST_WORKERS)
    within("--partition", arguments.partition, LARGEST_PARTITION)
    asked = Run.of(arguments)
    if arguments.resume and Partitions.finished(arguments.out):
        print(f"poetry.batch: {arguments.out} is finished; there is nothing to go on with", file=sys.stderr)
        return
    load_ray(arguments.address)
    with Partitions(arguments.out, asked.journal_settings, arguments.partition, resume=arguments.resume) as output:
        team = actors(arguments.address, arguments.workers, asked.desk.writer.model, asked.shared)
        asked.carry_out(output, team)


if __name__ == "__main__":
    sys.exit(main())
