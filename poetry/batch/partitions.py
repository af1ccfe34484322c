"""The output of a run on many machines: a folder of files whose concatenation is what one machine writes.

part-00000.jsonl, part-00001.jsonl, … have the same number of blocks each, but the last. Each appears whole or not at
all. Meanwhile _journal holds the run's settings and a line for each file: its blocks, its bytes, their hash. Going on,
everything from the first missing or changed file on is written again. At the end _journal becomes _SUCCESS in one
step: the sign that nothing is missing, and the list to check the files by.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from charrnn_core import atomic
from charrnn_core.errors import UsageError, refused
from poetry.batch.journal import Journal, hash_of
from poetry.batch.output import GO_ON, Record, as_lines

_JOURNAL, _SUCCESS = "_journal", "_SUCCESS"


class Partitions:
    """The output of one run, locked while it is open; `size` blocks are a file. Raises UsageError where another run's
    work would be lost or mixed with this one's; CharRNNError where the disk refuses."""

    def __init__(self, folder: Path, settings: dict[str, Any], size: int, *, resume: bool = False) -> None:
        self.folder, self.size = folder, size
        self.blocks = 0  # that are safely written
        self._files = 0
        self._waiting: list[bytes] = []  # blocks of a file that is not full yet
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._journal = Journal(folder / _JOURNAL, folder, {"partition": size, **settings})
        except OSError as error:
            raise refused(error, folder) from error
        try:
            self._open(resume)
        except BaseException as error:
            self._journal.give_up()
            if isinstance(error, OSError):
                raise refused(error, folder) from error
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # on a full disk: what could not be written was said when it was tried
            self._journal.close()

    @staticmethod
    def finished(folder: Path) -> bool:
        """Whether a run has written all to a folder."""
        return (folder / _SUCCESS).exists()

    def records(self) -> Iterator[Record]:
        """The records of all files that are written."""
        for number in range(self._files):
            with open(self._part(number), "rb") as file:
                yield from map(json.loads, file)

    def write(self, records: Sequence[Record]) -> None:
        """Add a block; with the last one of a file, the file is written."""
        self._waiting.append(as_lines(records))
        if len(self._waiting) == self.size:
            self.finish()

    def finish(self) -> None:
        """Write the blocks that wait, few as they may be."""
        if not self._waiting:
            return
        content, path = b"".join(self._waiting), self._part(self._files)
        note = {"blocks": len(self._waiting), "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        atomic.write_bytes(path, content)
        try:
            self._journal.note(note)
        except OSError as error:
            raise refused(error, self.folder, GO_ON) from error
        self._files, self.blocks, self._waiting = self._files + 1, self.blocks + len(self._waiting), []

    def clear(self) -> None:
        """The run is over: say so."""
        os.replace(self._journal.path, self.folder / _SUCCESS)

    def _open(self, resume: bool) -> None:
        if not self._journal.begun:
            if any(path != self._journal.path for path in self.folder.iterdir()):
                raise UsageError(
                    "{folder} is not empty; delete what is in it, or choose another folder", folder=self.folder
                )
            self._journal.begin()
            return
        if not resume:
            raise UsageError("an unfinished run is in {folder}; go on with --resume, or delete it", folder=self.folder)
        self._journal.compare(self.folder)
        self._keep_whole_files()

    def _keep_whole_files(self) -> None:
        """Read what the journal vouches for, and remove the rest."""
        for note in self._journal.notes():
            if not _is(self._part(self._files), note):
                break
            self._files, self.blocks = self._files + 1, self.blocks + note["blocks"]
        self._journal.cut()
        kept = {self._part(number) for number in range(self._files)}
        for path in (*self.folder.glob("part-*.jsonl"), *self.folder.glob(".part-*")):
            if path not in kept:
                path.unlink()

    def _part(self, number: int) -> Path:
        return self.folder / f"part-{number:05}.jsonl"


def _is(path: Path, note: dict[str, Any]) -> bool:
    """Whether a file is what was noted of it."""
    try:
        with open(path, "rb") as file:
            return hash_of(file, note["bytes"]) == note["sha256"] and not file.read(1)
    except FileNotFoundError:
        return False
