"""批量 (batch): `python -m poetry.batch PROMPTS -o OUT.jsonl` writes a poem for every row of a list."""

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Every worker is one process on one core: threads of the matrix library would only wait for each other. And what a
# block's poems are must not depend on how many there are.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from tqdm import tqdm

from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from poetry import model
from poetry.batch.output import Output
from poetry.batch.running import ENGINES, Network, Source, desk, failures, journal_settings, write_all
from poetry.batch.summary import summary
from poetry.batch.wishes import Settings
from poetry.evaluate import table
from poetry.forms import FORMS

MOST_ROWS = 10_000_000
MOST_WORKERS = 256
LARGEST_BLOCK = 4096
SHOWN = 20  # bad rows named on the screen; the output names all

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
    add = parser.add_argument
    add(
        "prompts",
        nargs="?",
        type=Path,
        help="每行一个要求：文本、CSV 或 JSON 行 / a wish a line: text, CSV, JSON lines",
    )
    add("-o", "--out", type=Path, required=True, help="输出，JSON 行 / the output, JSON lines")
    add("--count", type=int, help="不给要求，写几首 / without a list: how many poems")
    add(
        "--form", default=FORMS[1].name, help=f"诗体 / the form, unless the row says: {' '.join(f.name for f in FORMS)}"
    )
    add("--seed", type=int, default=0, help="随机种子：同一种子同样的诗 / same seed, same poems")
    add("--candidates", type=int, default=16, help="每首写几个取最好的 / each poem is the best of so many")
    add("--temperature", type=float, default=0.8, help="温度，0 为贪心 / temperature; 0 is greedy")
    add("--top-p", type=float, default=0.9, help="只从概率最大的这一份里抽 / sample from this share of the probability")
    add(
        "--policy",
        choices=("usual", "strict", "none"),
        default="usual",
        help="平仄与韵：某一读合、每一读都合、不管 / rules: some reading fits, every one, or no rules",
    )
    add("--cell", choices=model.SHIPPED, default="lstm", help="用哪种网络 / which shipped network")
    add("--weights", type=Path, help="别的权重文件 / another weights file")
    add(
        "--engine",
        choices=ENGINES,
        default=ENGINES[0],
        help="numpy，或 torch 的 bfloat16 / numpy, or torch in bfloat16",
    )
    add("--resume", action="store_true", help="接着写中断的 / go on where an earlier run was stopped")
    add("--strict", action="store_true", help="遇到写不成的行就停 / stop at the first bad row")
    add("--workers", type=int, default=_cores(), help="几个进程，默认每核一个 / processes; one a core unless said")
    add("--block", type=int, default=64, help="几首存一次盘 / how many poems are written and saved together")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    source = _source(arguments)
    settings = Settings(
        arguments.seed,
        arguments.form,
        arguments.policy,
        arguments.candidates,
        arguments.temperature,
        arguments.top_p,
    )
    _within("--workers", arguments.workers, MOST_WORKERS)
    _within("--block", arguments.block, LARGEST_BLOCK)
    network = Network(arguments.cell, arguments.weights, arguments.engine)
    loaded = desk(network, settings).writer.model  # a wrong file is refused before anything is written
    if arguments.resume and arguments.out.exists() and not Output.unfinished(arguments.out):
        print(f"poetry.batch: {arguments.out} is finished; there is nothing to go on with", file=sys.stderr)
        return
    given = journal_settings(source, network, settings, arguments.block)
    with Output(arguments.out, given, resume=arguments.resume) as output:
        if not output.finished:
            with _stopped_by_signals():
                _write(source, output, network, settings, arguments)
        found = summary(output.records(), source.rows, loaded)
        output.clear()
    print(table({"全部 / all": found["all"], f"其中 / of them {found['sample'].get('poems', 0)}": found["sample"]}))


def _write(source: Source, output: Output, network: Network, settings: Settings, arguments: argparse.Namespace) -> None:
    """Write the rest, showing how far it is."""
    bad = 0

    def done() -> int:
        return min(output.blocks * arguments.block, source.rows)

    try:
        with tqdm(total=source.rows, initial=done(), unit="poem", disable=None, smoothing=0.05) as bar:
            how = {"block": arguments.block, "workers": arguments.workers, "strict": arguments.strict}
            for records in write_all(source, output, network, settings, **how):
                for error in failures(records) if not arguments.strict else ():
                    bad += 1
                    _report(error, bad)
                bar.update(len(records))
    except KeyboardInterrupt:
        print(f"poetry.batch: stopped; {done()} of {source.rows} rows are safe, go on with --resume", file=sys.stderr)
        raise


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """SIGTERM is as good as Ctrl-C, and Ctrl-C works where a shell has started the run in the background, too."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _report(error: str, bad: int) -> None:
    if bad <= SHOWN:
        tqdm.write(f"poetry.batch: {error}", file=sys.stderr)
    if bad == SHOWN:
        tqdm.write("poetry.batch: further bad rows are named in the output only", file=sys.stderr)


def _source(arguments: argparse.Namespace) -> Source:
    if (arguments.prompts is None) == (arguments.count is None):
        raise UsageError("give a file of prompts or --count, one of the two")
    if arguments.prompts is None:
        _within("--count", arguments.count, MOST_ROWS)
        return Source(None, arguments.count)
    source = Source.of(arguments.prompts)
    if source.rows > MOST_ROWS:
        raise UsageError(f"{arguments.prompts} has more than {MOST_ROWS} rows; divide it")
    return source


def _within(name: str, value: Any, most: int) -> None:
    if not 1 <= value <= most:
        raise UsageError(f"{name} must be between 1 and {most}, not {value}")


def _cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    sys.exit(main())
