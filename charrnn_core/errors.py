"""The error tree. Every error a user can meet is one line: what, why, what to do."""

import errno
import os


class CharRNNError(Exception):
    """A failure of the work itself (a full disk, a damaged download): exit code 1."""

    exit_code = 1


class UsageError(CharRNNError, ValueError):
    """Wrong use (a bad argument, a file that is not what it should be): exit code 2."""

    exit_code = 2


class WeightsError(UsageError):
    """A weights file that is missing, truncated, foreign or of an unknown version."""


class DataError(UsageError):
    """A corpus or table file that is missing, damaged or malformed."""


_ADVICE = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room: your share of the disk is used up",
    errno.EFBIG: "raise the limit of a file's size (ulimit -f)",
    errno.EISDIR: "that is a folder; choose another name",
    errno.ENOTDIR: "a part of the path is a file; choose another name",
    errno.EEXIST: "something else has that name; choose another name",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
}


def refused(error: OSError, path: str | os.PathLike[str] | None = None, then: str = "") -> CharRNNError:
    """The system's refusal to write at `path`, or of whatever else it was asked for, with what to do about it."""
    what = f"cannot write {os.fspath(path)}" if path else f"cannot use {error.filename or 'a file or a pipe'}"
    advice = _ADVICE.get(error.errno or 0, "choose another place")
    return CharRNNError(f"{what}: {error.strerror or error}; {advice}{then and f', {then}'}")
