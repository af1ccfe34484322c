"""A run of poetry.batch: what its commands are asked for, and how they carry it out; who writes is their own affair."""

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from charrnn_core.errors import UsageError
from poetry.batch.output import Output
from poetry.batch.partitions import Partitions
from poetry.batch.running import ENGINES, Desk, NetworkChoice, Source, Team, desk, failures, journal_settings, write_all
from poetry.batch.summary import summary
from poetry.measuring.table import table
from poetry.text.forms import FORMS, QIJUE
from poetry.writing.options import add_writing
from poetry.writing.order import FEW, Order, request_of, seed_of

MOST_ROWS = 10_000_000
LARGEST_BLOCK = 4096
SHOWN = 20  # bad rows named on the screen; the output names all


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that say which poems, and so are the same for every command."""
    add = parser.add_argument
    add(
        "prompts",
        nargs="?",
        type=Path,
        help="每行一个要求：文本、CSV 或 JSON 行 / a wish a line: text, CSV, JSON lines; UTF-8, GB18030",
    )
    add("--count", type=int, help="不给要求，写几首 / without a list: how many poems")
    add("--form", default=QIJUE.name, help=f"诗体 / the form, unless the row says: {' '.join(f.name for f in FORMS)}")
    add("--seed", type=int, default=0, help="随机种子：同一种子同样的诗 / same seed, same poems")
    add("--candidates", type=int, default=FEW, help="每首写几个取最好的 / each poem is the best of so many")
    add_writing(parser)
    add(
        "--engine",
        choices=ENGINES,
        default=ENGINES[0],
        help="numpy，或 torch 的 bfloat16 / numpy, or torch in bfloat16",
    )
    add("--block", type=int, default=64, help="几首一起写、一起存盘 / how many poems are written and saved together")
    add("--resume", action="store_true", help="接着写中断的 / go on where an earlier run was stopped")
    add("--strict", action="store_true", help="遇到写不成的行就停 / stop at the first bad row")


def within(name: str, value: Any, most: int) -> None:
    """Raises UsageError unless the value of an option is between 1 and `most`."""
    if not 1 <= value <= most:
        raise UsageError("{name} must be between 1 and {most}, not {value}", name=name, most=most, value=value)


@dataclass(frozen=True)
class Run:
    """The poems that are wanted, by which network, and how many are a block."""

    source: Source
    network: NetworkChoice
    shared: Order
    block: int
    strict: bool

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "Run":
        """What the options say. Raises UsageError."""
        source = _source(arguments)
        shared = Order.of(vars(arguments))
        request_of(shared), seed_of(shared)  # what is wrong for every row is refused here
        within("--block", arguments.block, LARGEST_BLOCK)
        network = NetworkChoice(arguments.cell, arguments.weights, arguments.engine)
        desk(network, shared)  # a wrong weights file is refused here, before anything is written
        return cls(source, network, shared, arguments.block, arguments.strict)

    @property
    def desk(self) -> Desk:
        """The desk of this process."""
        return desk(self.network, self.shared)

    @property
    def journal_settings(self) -> dict[str, Any]:
        """What must be the same for a run to go on where it stopped."""
        return journal_settings(self.source, self.network, self.shared, self.block)

    def carry_out(self, output: Output | Partitions, team: AbstractContextManager[Team]) -> None:
        """Write what is not yet written, then print the summary."""
        with team as answers, _stopped_by_signals():
            self._write(output, answers)
        output.finish()
        found = summary(output.records(), self.source.rows, self.desk.writer.model)
        output.clear()
        print(table({"全部 / all": found["all"], f"其中 / of them {found['sample'].get('poems', 0)}": found["sample"]}))

    def _write(self, output: Output | Partitions, team: Team) -> None:
        """Write the rest, showing how far it is."""
        rows, bad = self.source.rows, 0
        begun = output.blocks * self.block
        try:
            with tqdm(total=rows, initial=begun, unit="poem", disable=None, smoothing=0.05) as bar:
                for records in write_all(self.source, output, self.desk, team, block=self.block, strict=self.strict):
                    for error in failures(records) if not self.strict else ():
                        bad += 1
                        _report(error, bad)
                    bar.update(len(records))
        except KeyboardInterrupt:
            safe = min(output.blocks * self.block, rows)
            print(f"poetry.batch: stopped; {safe} of {rows} rows are safe, go on with --resume", file=sys.stderr)
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
        within("--count", arguments.count, MOST_ROWS)
        return Source(None, arguments.count)
    source = Source.of(arguments.prompts)
    if source.rows > MOST_ROWS:
        raise UsageError("{path} has more than {most} rows; divide it", path=arguments.prompts, most=MOST_ROWS)
    return source
