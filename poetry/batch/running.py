"""A run: rows by blocks to those who write, poems in order to the output, none of them twice.

A block of consecutive rows is the unit of everything. What a block's poems are depends on its own rows and the
settings alone, not on who writes it or when: the rounding of matrix products is the same, as the same rows are
multiplied together. The one thing that needs to know the poems before it, that no two are alike, is seen to here,
in order: a poem that was there before is written again by itself with the row's next seed.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

from charrnn_core.command import printable
from charrnn_core.errors import UsageError
from charrnn_core.stepper import NumpyStepper
from poetry.batch.duplicates import Texts
from poetry.batch.output import Output, Record
from poetry.batch.partitions import Partitions
from poetry.batch.prompts import Prompt, prompts
from poetry.batch.wishes import SHARED, request_of, seed_of
from poetry.slots import seen
from poetry.text.decoding import UTF8, encoding_of, tell
from poetry.writing import model
from poetry.writing.order import STRICT, Order
from poetry.writing.poem import Poem
from poetry.writing.request import Request
from poetry.writing.writer import Writer

ENGINES = ("numpy", "torch")
TRIES = 20  # seeds for a row before it is said that there is no poem but those that are there

Block = tuple[int, list[Prompt]]  # the number of its first row, from 0
Team = Callable[[Iterable[Block]], Iterable[tuple[Block, list[Record]]]]  # answers blocks, in their order


@dataclass(frozen=True)
class Source:
    """Where the rows come from: a file, or `count` rows without a wish of their own."""

    path: Path | None
    rows: int
    sha256: str = ""
    encoding: str = UTF8

    @classmethod
    def of(cls, path: Path) -> "Source":
        """Count a file's rows. Raises UsageError when it cannot be read or has none."""
        try:
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                file.seek(0)
                encoding = encoding_of(file)
        except OSError as error:
            raise UsageError(
                "cannot read {path}: {why}; give a text, CSV or JSON-lines file", path=path, why=error.strerror
            ) from error
        tell(encoding, str(path))
        rows = sum(1 for _ in cls(path, 0, encoding=encoding).prompts())
        if not rows:
            raise UsageError("{path} has no row; give a beginning, or fields of a wish, on each line", path=path)
        return cls(path, rows, digest, encoding)

    def prompts(self) -> Iterator[Prompt]:
        """The rows, read as they are needed. A byte that is no text spoils its own row only."""
        if self.path is None:
            yield from (Prompt(0) for _ in range(self.rows))
            return
        with open(self.path, encoding=self.encoding, errors="surrogateescape", newline="") as file:
            yield from prompts(file)

    def blocks(self, size: int, first: int) -> Iterator[Block]:
        """The blocks from number `first` on."""
        rows = islice(self.prompts(), first * size, None)
        start = first * size
        while block := list(islice(rows, size)):
            yield start, block
            start += len(block)


@dataclass(frozen=True)
class NetworkChoice:
    """Which weights: a file, or the package's own of a cell; and what multiplies: numpy, or torch in bfloat16."""

    cell: str
    path: Path | None = None
    engine: str = ENGINES[0]

    def load(self) -> model.Model:
        """Raises WeightsError; UsageError where torch is wanted and not there."""
        loaded = model.load(self.path) if self.path else model.shipped(self.cell)
        if self.engine == "numpy":
            return loaded
        from poetry.writing.torch_stepper import TorchStepper

        assert isinstance(loaded.stepper, NumpyStepper)
        return replace(loaded, stepper=TorchStepper.of(loaded.stepper))

    @property
    def sha256(self) -> str:
        """The hash of the weights file."""
        file = self.path or files("poetry").joinpath("weights", f"{self.cell}.safetensors")
        return hashlib.sha256(file.read_bytes()).hexdigest()


class Desk:
    """Writes the blocks it is given."""

    def __init__(self, writer: Writer, shared: Order) -> None:
        self.writer, self.shared = writer, shared
        writer.model.sets(shared.policy == STRICT).admitted(1)  # read the tables once, before workers share them
        seen.shipped()

    def __call__(self, block: Block) -> list[Record]:
        """A record for each row."""
        first, rows = block
        return [_record(first + i, rows[i], poem) for i, poem in enumerate(self._poems(first, rows, attempt=0))]

    def again(self, number: int, prompt: Prompt, attempt: int) -> Record:
        """The record of one row with its next seed."""
        return _record(number, prompt, self._poems(number, [prompt], attempt)[0])

    def _poems(self, first: int, rows: Sequence[Prompt], attempt: int) -> list[Poem | UsageError]:
        found: list[Poem | UsageError | None] = []
        requests, seeds = [], []
        known: dict[tuple[Any, ...], Request] = {}  # rows that ask for the same share one request, and its plans
        for number, prompt in enumerate(rows, first):
            try:
                if prompt.error:
                    raise UsageError(prompt.error)
                seed = seed_of(prompt.fields, self.shared, number, attempt)
                asked = {**prompt.fields, "seed": seed}
                if "mood" not in asked:  # whose key words the seed draws
                    del asked["seed"]
                key = tuple(sorted(asked.items()))
                request = known.setdefault(key, known.get(key) or request_of(asked, self.shared))
                seeds.append(seed)
                requests.append(request)
                found.append(None)
            except UsageError as error:
                found.append(error)
        written = iter(self.writer.write_together(requests, seeds))
        return [next(written) if one is None else one for one in found]


@cache
def desk(network: NetworkChoice, shared: Order) -> Desk:
    """The desk of this process. A forked worker finds the one that was made before, a spawned one makes its own."""
    return Desk(Writer(network.load()), shared)


def write_all(
    source: Source, output: Output | Partitions, own: Desk, team: Team, *, block: int, strict: bool
) -> Iterator[list[Record]]:
    """Have the team write what is not yet written; yield each block when the output has it.

    Raises UsageError at the first block with a row that has no poem when `strict`.
    """
    texts = Texts(source.rows)
    for record in output.records():
        _stop_at([record] if strict else [])
        texts.add(record.get("text", ""))
    for (first, rows), records in team(source.blocks(block, output.blocks)):
        different = [_different(own, texts, first + i, rows[i], record) for i, record in enumerate(records)]
        output.write(different)
        yield different
        _stop_at(different if strict else [])


def _different(own: Desk, texts: Texts, number: int, prompt: Prompt, record: Record) -> Record:
    """The record, or its row written again until its poem is a new one."""
    for attempt in range(1, TRIES + 1):
        if "error" in record or texts.add(record["text"]):
            return record
        record = own.again(number, prompt, attempt)
    return _record(number, prompt, UsageError("only poems that are there already come of it; ask for less"))


def _stop_at(records: Iterable[Record]) -> None:
    for why in failures(records):
        raise UsageError("{why} (--strict stops here; --resume without it goes on)", why=why)


def _record(number: int, prompt: Prompt, poem: Poem | UsageError) -> Record:
    if isinstance(poem, UsageError):
        where = f"line {prompt.line}" if prompt.line else f"row {number + 1}"
        return {"row": number + 1, "error": printable(f"{where}: {poem}")}
    return {"row": number + 1, **poem.as_dict()}


def failures(records: Iterable[Record]) -> list[str]:
    """Why rows have no poem."""
    return [record["error"] for record in records if "error" in record]


def journal_settings(source: Source, network: NetworkChoice, shared: Order, block: int) -> dict[str, Any]:
    """What must be the same for a run to go on where it stopped."""
    given = {"prompts": source.sha256, "count": source.rows, "weights": network.sha256, "block": block}
    given["engine"] = network.engine
    return given | {name: getattr(shared, name) for name in SHARED}
