"""Write files so that a reader sees the old content or the new, never a part of either."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from charrnn_core.errors import refused


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success flush it to disk and rename it over `path`.

    On an exception the temporary file is removed and `path` is left as it was.
    Raises CharRNNError when the folder or the file cannot be written.
    """
    target = Path(path)
    temporary = _temporary(target)
    try:
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
        _sync_folder(target.parent)
    except OSError as error:
        raise refused(error, target) from error
    finally:
        temporary.unlink(missing_ok=True)


def ensure_writable(path: str | os.PathLike[str]) -> None:
    """Raise before long work what `replacing` would raise after it."""
    target = Path(path)
    _temporary(target).unlink()
    if target.is_dir():
        raise refused(IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)), target)


def remove_leftovers(path: str | os.PathLike[str]) -> None:
    """Remove the temporary files of writers of `path` that were killed. Nobody may be writing it now."""
    target = Path(path)
    for leftover in target.parent.glob(f".{target.name}.*"):
        leftover.unlink(missing_ok=True)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Atomically write `text` as UTF-8."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Atomically write `content`."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def _temporary(target: Path) -> Path:
    """An empty file beside the target. Raises CharRNNError."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(handle)
    except OSError as error:
        raise refused(error, target) from error
    return Path(name)


def _umask() -> int:
    """mkstemp makes private files; a finished file gets the permissions any new file would."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable; not every system lets a folder be opened."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
