"""The output of a run that may be killed at any moment: nothing lost, nothing doubled, nothing silently wrong.

While a run goes on there are two files beside OUT. OUT.part holds the records, a line each, block after block.
OUT.journal holds the run's settings, then a line for each block: how many bytes it has and their hash. A block is
written and brought to the disk before its line in the journal, so what the journal vouches for is there, or was
damaged later, and its hash tells. Going on, everything after the last whole block is cut off and written again. At
the end OUT.part becomes OUT in one step, and the journal goes.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from charrnn_core.errors import CharRNNError, Phrase, UsageError, refused
from poetry.batch.journal import Journal, hash_of

Record = dict[str, Any]

GO_ON = Phrase("then go on with --resume: what was written before is kept")


def as_lines(records: Sequence[Record]) -> bytes:
    """JSON lines."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


class Output:
    """The output of one run, locked while it is open. Raises UsageError where another run's work would be lost or
    mixed with this one's; CharRNNError where the disk refuses."""

    def __init__(self, path: Path, settings: dict[str, Any], *, resume: bool = False) -> None:
        self.path, self.part = path, _beside(path, "part")
        self.blocks = 0  # that are safely written
        self.finished = False
        self._bytes = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._journal = Journal(_beside(path, "journal"), path, settings)
        except OSError as error:
            raise refused(error, path) from error
        try:
            self._open(resume)
        except BaseException as error:
            self._journal.give_up()
            if isinstance(error, OSError):
                raise refused(error, path) from error
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # on a full disk: what could not be written was said when it was tried
            self._journal.close()

    @staticmethod
    def unfinished(path: Path) -> bool:
        """Whether a run has begun to write to a path and is not over."""
        return _beside(path, "journal").exists()

    def records(self) -> Iterator[Record]:
        """The records of all blocks that are written."""
        path = self.path if self.finished else self.part
        with open(path, "rb") as file:
            while file.tell() < self._bytes:
                yield json.loads(file.readline())

    def write(self, records: Sequence[Record]) -> None:
        """Append a block and bring it to the disk."""
        block = as_lines(records)
        try:
            with open(self.part, "r+b") as file:
                file.seek(self._bytes)
                file.write(block)
                file.flush()
                os.fsync(file.fileno())
            self._journal.note({"bytes": len(block), "sha256": hashlib.sha256(block).hexdigest()})
        except OSError as error:
            raise refused(error, self.part, GO_ON) from error
        self._bytes += len(block)
        self.blocks += 1

    def finish(self) -> None:
        """Give the output its name. The journal stays until `clear`."""
        if not self.finished:
            try:
                os.replace(self.part, self.path)
            except OSError as error:
                raise CharRNNError(
                    "cannot name {part} {path}: {why}; rename it by hand",
                    part=self.part,
                    path=self.path,
                    why=error.strerror,
                ) from error
            self.finished = True

    def clear(self) -> None:
        """Remove the journal: the run is over."""
        self._journal.path.unlink(missing_ok=True)

    def _open(self, resume: bool) -> None:
        if not self._journal.begun:
            self._refuse_existing()
            self.part.touch()
            try:
                self._journal.begin()
            except OSError:
                self.part.unlink()
                raise
            return
        if not resume:
            raise UsageError(
                "an unfinished run is in {part}; go on with --resume, or delete it and {path}",
                part=self.part,
                path=self._journal.path,
            )
        self._journal.compare(self.part)
        self.finished = self.path.exists() and not self.part.exists()
        self._keep_whole_blocks()

    def _refuse_existing(self) -> None:
        for path in (self.path, self.part):
            if path.exists():
                raise UsageError("{path} exists; delete it or choose another name", path=path)

    def _keep_whole_blocks(self) -> None:
        """Read what the journal vouches for, and cut the rest off both files."""
        try:
            with open(self.path if self.finished else self.part, "r+b") as file:
                for note in self._journal.notes():
                    if hash_of(file, note["bytes"]) != note["sha256"]:
                        break
                    self.blocks, self._bytes = self.blocks + 1, self._bytes + note["bytes"]
                if self.finished and file.seek(0, os.SEEK_END) != self._bytes:
                    raise UsageError(
                        "{path} has changed since it was finished; delete it or choose another name", path=self.path
                    )
                file.truncate(self._bytes)
        except FileNotFoundError:
            self.part.touch()
        self._journal.cut()


def _beside(path: Path, kind: str) -> Path:
    return path.with_name(f"{path.name}.{kind}")
