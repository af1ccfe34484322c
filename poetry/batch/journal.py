"""A journal: what a run was asked for, then a line for everything it has finished; one process writes it at a time.

Its first line holds the run's settings, so that nobody goes on with a run that was asked for something else. Every
further line is a note, brought to the disk before anything is built on it. It may be cut short or damaged anywhere:
it is read as far as it can be, and cut off behind what its reader found to be true.

The file is locked by the process that has it open: a second one on the same output is refused. The lock is the
system's and goes with the process, however that ends. A worker process does not inherit it.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from charrnn_core.errors import UsageError

FORMAT = 1
_LONGEST_NOTE = 1 << 16  # bytes of a line
_PIECE = 1 << 20


class Journal:
    """The journal at `path` of what is written to `out`. Raises UsageError when another process has it, OSError where
    the disk refuses."""

    def __init__(self, path: Path, out: Path, settings: dict[str, Any]) -> None:
        self.path, self.settings = path, {"format": FORMAT, **settings}
        self._file = _locked(path, out)
        self._first = self._file.readline(_LONGEST_NOTE)
        self._kept = self._file.tell()

    @property
    def begun(self) -> bool:
        """Whether a run has left its settings. None has when it is new, or its run was killed before it began."""
        return self._first.endswith(b"\n")

    def begin(self) -> None:
        """Write the settings of a new run."""
        self._file.truncate(0)
        try:
            self.note(self.settings)
        except OSError:
            self._file.truncate(0)  # so that give_up knows it for one that says nothing
            raise

    def compare(self, what: Path) -> None:
        """Raises UsageError unless the run that wrote `what` was begun with these settings."""
        try:
            found = json.loads(self._first)
            different = [name for name in self.settings | found if self.settings.get(name) != found.get(name)]
        except (ValueError, TypeError, AttributeError) as error:
            raise UsageError(
                "{path} is damaged, so it cannot be known what {what} is a part of; keep that elsewhere and begin anew",
                path=self.path,
                what=what,
            ) from error
        if different:
            name = different[0]
            raise UsageError(
                "the unfinished run was begun with another {name} ({then}, now {now}); "
                "give the same, or choose another output",
                name=name,
                then=_short(found.get(name)),
                now=_short(self.settings.get(name)),
            )

    def notes(self) -> Iterator[dict[str, Any]]:
        """{"blocks": …, "bytes": …, "sha256": …} of each note, as far as they can be read. Asking for the next one
        vouches for the last one."""
        while (line := self._file.readline(_LONGEST_NOTE)).endswith(b"\n"):
            try:
                found = json.loads(line)
                note = {"blocks": int(found.get("blocks", 1)), "bytes": int(found["bytes"]), "sha256": found["sha256"]}
            except (ValueError, KeyError, TypeError, AttributeError):
                return
            yield note
            self._kept = self._file.tell()

    def cut(self) -> None:
        """Remove what follows the last note that was vouched for."""
        self._file.seek(self._kept)
        self._file.truncate()

    def note(self, note: dict[str, Any]) -> None:
        """Append a line and bring it to the disk. Nothing stays in a buffer that could not be written."""
        line, handle = memoryview(json.dumps(note, ensure_ascii=False).encode() + b"\n"), self._file.fileno()
        os.lseek(handle, 0, os.SEEK_END)
        while line:
            line = line[os.write(handle, line) :]
        os.fsync(handle)

    def close(self) -> None:
        """Let another process have it."""
        self._file.close()

    def give_up(self) -> None:
        """Close it; a journal that says nothing goes, as its run was refused."""
        if os.fstat(self._file.fileno()).st_size == 0:
            self.path.unlink(missing_ok=True)
        self.close()


def hash_of(file: BinaryIO, size: int) -> str:
    """The hash of the next `size` bytes; of fewer where the file is shorter."""
    found = hashlib.sha256()
    while size > 0 and (piece := file.read(min(size, _PIECE))):
        found.update(piece)
        size -= len(piece)
    return found.hexdigest()


def _locked(path: Path, out: Path) -> BinaryIO:
    """The file, open for reading and appending, locked. Raises UsageError when another process has it."""
    while True:
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b")
        if not _lock(file):
            file.close()
            raise UsageError("another process is writing to {out}; wait for it, or choose another name", out=out)
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


def _short(value: Any) -> str:
    return "nothing" if value is None else str(value)[:20]
