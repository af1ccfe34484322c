"""Uploaded files: where they lie, and the only way a file that a client names is ever opened.

Each lies in a folder of its own whose name cannot be guessed, so that to know the path is to have uploaded it. The
folder of them all is its app's, private, bounded in bytes, swept by age, and removed at the end.
"""

import secrets
import shutil
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from apps import limits
from apps.texts import say
from charrnn_core.errors import UsageError

LONGEST_NAME = 100  # characters
LEAST = 1 << 18  # bytes that a file counts for at least, so that their number is bounded, too


class Uploads:
    """The uploads in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._sweeping = threading.Lock()

    def keep(self, name: str, content: bytes) -> Path:
        """Write an upload to the disk and say where. Raises UsageError for a name that is none, or too large a file;
        OSError where the disk refuses."""
        name = name.replace("\\", "/").rsplit("/", 1)[-1]
        if not name.strip(". ") or not name.isprintable() or len(name) > LONGEST_NAME:
            raise UsageError(say("bad_file_name"))
        if len(content) > limits.UPLOAD:
            raise UsageError(say("file_too_large", most=limits.UPLOAD >> 20))
        self.sweep(len(content))
        place = self.folder / secrets.token_hex(16)
        place.mkdir(mode=0o700, parents=True)
        path = place / name
        try:
            path.write_bytes(content)
        except OSError:
            shutil.rmtree(place, ignore_errors=True)
            raise
        return path

    def holds(self, path: str) -> bool:
        """Whether a path, its links followed, is a regular file here, of bounded size. Nothing is opened."""
        try:
            found = Path(path).resolve(strict=True)
            status = found.stat()
        except (OSError, ValueError, RuntimeError):  # such as NUL, a loop of links
            return False
        inside = Path(path).is_absolute() and str(found) == path and found.is_relative_to(self.folder)
        return inside and stat.S_ISREG(status.st_mode) and status.st_size <= limits.UPLOAD

    def named(self, value: Any) -> Path:
        """The upload that a component's value names. Raises UsageError when it names none."""
        path = value.get("path") if isinstance(value, dict) else None
        if not isinstance(path, str) or not self.holds(path):
            raise UsageError(say("not_a_file"))
        return Path(path)

    def sweep(self, room: int = 0) -> None:
        """Remove what is too old, and of the rest the oldest until there is room for so many bytes."""
        with self._sweeping:
            kept = sorted(self._places(), key=lambda each: each[1])
            total = sum(size for _, _, size in kept) + max(room, LEAST)
            for place, made, size in kept:
                if time.time() - made > limits.KEPT or total > limits.UPLOADS:
                    shutil.rmtree(place, ignore_errors=True)
                    total -= size

    def _places(self) -> Iterator[tuple[Path, float, int]]:
        """(folder, when it was made, bytes it counts for) of each upload."""
        for place in self.folder.iterdir() if self.folder.is_dir() else ():
            size = sum(file.stat().st_size for file in place.iterdir())
            yield place, place.stat().st_mtime, max(size, LEAST)
