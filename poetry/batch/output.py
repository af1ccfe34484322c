"""The output of a run that may be killed at any moment: nothing lost, nothing doubled, nothing silently wrong.

While a run goes on there are two files beside OUT. OUT.part holds the records, a line each, block after block.
OUT.journal holds the run's settings in its first line, then a line for each block: how many bytes it has and their
hash. A block is written and brought to the disk before its line in the journal, so what the journal vouches for is
there, or was damaged later, and its hash tells. Going on, everything after the last whole block is cut off and
written again. At the end OUT.part becomes OUT in one step, and the journal goes.

The journal is locked by the process that writes: a second one on the same output is refused. The lock is the
system's and goes with the process, however that ends. A worker process does not inherit it.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Self

from charrnn_core.errors import CharRNNError, UsageError

FORMAT = 1
_LONGEST_NOTE = 1 << 16  # bytes of a line of the journal
_PIECE = 1 << 20

Record = dict[str, Any]


class Output:
    """The output of one run, locked while it is open. Raises UsageError where another run's work would be lost or
    mixed with this one's; CharRNNError where the disk refuses."""

    def __init__(self, path: Path, settings: dict[str, Any], *, resume: bool = False) -> None:
        self.path, self.settings = path, {"format": FORMAT, **settings}
        self.part, self._journal_path = _beside(path, "part"), _beside(path, "journal")
        self.blocks = 0  # that are safely written
        self.finished = False
        self._bytes = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._journal = _locked(self._journal_path)
        except OSError as error:
            raise CharRNNError(f"cannot write {path}: {error.strerror}; choose another place") from error
        try:
            self._open(resume)
        except BaseException:
            self._give_up_new_journal()
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
        block = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()
        try:
            with open(self.part, "r+b") as file:
                file.seek(self._bytes)
                file.write(block)
                file.flush()
                os.fsync(file.fileno())
            self._note({"bytes": len(block), "sha256": hashlib.sha256(block).hexdigest()})
        except OSError as error:
            raise CharRNNError(
                f"cannot write {self.part}: {error.strerror}; what was written before is kept: make room, then go on "
                "with --resume"
            ) from error
        self._bytes += len(block)
        self.blocks += 1

    def finish(self) -> None:
        """Give the output its name. The journal stays until `clear`."""
        if not self.finished:
            try:
                os.replace(self.part, self.path)
            except OSError as error:
                raise CharRNNError(
                    f"cannot name {self.part} {self.path}: {error.strerror}; rename it by hand"
                ) from error
            self.finished = True

    def clear(self) -> None:
        """Remove the journal: the run is over."""
        self._journal_path.unlink(missing_ok=True)

    def _open(self, resume: bool) -> None:
        first = self._journal.readline(_LONGEST_NOTE)
        if not first.endswith(b"\n"):  # new, or killed before it began
            self._refuse_existing()
            self._journal.seek(0)
            self._journal.truncate()
            self._note(self.settings)
            self.part.touch()
            return
        if not resume:
            raise UsageError(
                f"an unfinished run is in {self.part}; go on with --resume, or delete it and {self._journal_path}"
            )
        self._compare(first)
        self.finished = self.path.exists() and not self.part.exists()
        self._keep_whole_blocks()

    def _refuse_existing(self) -> None:
        for path in (self.path, self.part):
            if path.exists():
                raise UsageError(f"{path} exists; delete it or choose another name")

    def _compare(self, first: bytes) -> None:
        try:
            found = json.loads(first)
            different = [name for name in self.settings | found if self.settings.get(name) != found.get(name)]
        except (ValueError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{self._journal_path} is damaged, so it cannot be known what {self.part} is a part of; "
                "keep that file elsewhere and begin anew"
            ) from error
        if different:
            name = different[0]
            raise UsageError(
                f"the unfinished run was begun with another {name} ({_short(found.get(name))}, now "
                f"{_short(self.settings.get(name))}); give the same, or choose another output"
            )

    def _keep_whole_blocks(self) -> None:
        """Read what the journal vouches for, and cut the rest off both files."""
        end = self._journal.tell()
        try:
            with open(self.path if self.finished else self.part, "r+b") as file:
                for size, digest in self._notes():
                    if _hash(file, size) != digest:
                        break
                    self.blocks, self._bytes, end = self.blocks + 1, self._bytes + size, self._journal.tell()
                if self.finished and file.seek(0, os.SEEK_END) != self._bytes:
                    raise UsageError(f"{self.path} has changed since it was finished; delete it or choose another name")
                file.truncate(self._bytes)
        except FileNotFoundError:
            self.part.touch()
        self._journal.seek(end)
        self._journal.truncate()

    def _notes(self) -> Iterator[tuple[int, str]]:
        """(bytes, hash) of each block, as far as the journal can be read."""
        while (line := self._journal.readline(_LONGEST_NOTE)).endswith(b"\n"):
            try:
                note = json.loads(line)
                yield int(note["bytes"]), str(note["sha256"])
            except (ValueError, KeyError, TypeError):
                return

    def _note(self, note: dict[str, Any]) -> None:
        self._journal.write(json.dumps(note, ensure_ascii=False).encode() + b"\n")
        self._journal.flush()
        os.fsync(self._journal.fileno())

    def _give_up_new_journal(self) -> None:
        """A run that was refused leaves no journal that it made itself."""
        if os.fstat(self._journal.fileno()).st_size == 0:
            self._journal_path.unlink(missing_ok=True)
        self._journal.close()


def _beside(path: Path, kind: str) -> Path:
    return path.with_name(f"{path.name}.{kind}")


def _locked(path: Path) -> BinaryIO:
    """The file, open for reading and appending, locked. Raises UsageError when another process has it."""
    while True:
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b")
        if not _lock(file):
            file.close()
            raise UsageError(
                f"another process is writing to {path.with_suffix('')}; wait for it, or choose another name"
            )
        if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
            return file
        file.close()  # its run ended between the opening and the locking, and removed it


def _lock(file: BinaryIO) -> bool:
    """Whether the lock was to be had. Windows has no such lock: there the user must see to it."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _hash(file: BinaryIO, size: int) -> str:
    """The hash of the next `size` bytes; of fewer where the file is shorter."""
    found = hashlib.sha256()
    while size > 0 and (piece := file.read(min(size, _PIECE))):
        found.update(piece)
        size -= len(piece)
    return found.hexdigest()


def _short(value: Any) -> str:
    return "nothing" if value is None else str(value)[:20]
