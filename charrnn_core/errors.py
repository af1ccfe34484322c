"""The error tree. Every error a user can meet is one line: what, why, what to do.

An error is a sentence with gaps and what fills them, so that it can be put into words in any language: commands say
the sentence as it stands, in English; a catalogue has others by it (apps/chinese.py).
"""

import errno
import os
from collections.abc import Mapping
from typing import Any

LIST = " "  # between the parts of a list; a catalogue may have another for it


class Phrase:
    """A sentence, or a part of one, with named gaps as of str.format. What fills a gap is a text, a number, a phrase or
    a list of these; of anything else its text. Without values the sentence stands as it is, braces and all."""

    def __init__(self, key: str, /, **values: Any) -> None:
        self.key, self.values = key, {name: _plain(value) for name, value in values.items()}

    def said(self, catalogue: Mapping[str, str] | None = None) -> str:
        """The sentence in the language of a catalogue; what it lacks is said in English."""
        known = catalogue or {}
        sentence = known.get(self.key, self.key)
        return sentence.format(**{k: _said(v, known) for k, v in self.values.items()}) if self.values else sentence

    def __str__(self) -> str:
        return self.said()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phrase) and (self.key, self.values) == (other.key, other.values)

    def __repr__(self) -> str:
        return f"Phrase({self.key!r}, {self.values!r})"

    __hash__ = None  # type: ignore[assignment]  # values may be lists


def _plain(value: Any) -> Any:
    """What can be sent to another process whatever it came from."""
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value if isinstance(value, str | int | float | Phrase) else str(value)


def _said(value: Any, catalogue: Mapping[str, str]) -> Any:
    if isinstance(value, Phrase):
        return value.said(catalogue)
    if isinstance(value, list):
        return catalogue.get(LIST, LIST).join(str(_said(part, catalogue)) for part in value)
    return value


class CharRNNError(Exception):
    """A failure of the work itself (a full disk, a damaged download): exit code 1."""

    exit_code = 1

    def __init__(self, said: str | Phrase, /, **values: Any) -> None:
        self.phrase = said if isinstance(said, Phrase) else Phrase(said, **values)
        super().__init__(self.phrase)  # what is pickled on the way from another process

    @property
    def key(self) -> str:
        """The English sentence with its gaps, by which a catalogue knows it."""
        return self.phrase.key

    @property
    def values(self) -> dict[str, Any]:
        """What fills the gaps."""
        return self.phrase.values


class UsageError(CharRNNError, ValueError):
    """Wrong use (a bad argument, a file that is not what it should be): exit code 2."""

    exit_code = 2


class WeightsError(UsageError):
    """A weights file that is missing, truncated, foreign or of an unknown version."""


class DataError(UsageError):
    """A corpus or table file that is missing, damaged or malformed."""


_ADVICE = {
    errno.ENOSPC: Phrase("make room on the disk"),
    errno.EDQUOT: Phrase("make room: your share of the disk is used up"),
    errno.EFBIG: Phrase("raise the limit of a file's size (ulimit -f)"),
    errno.EISDIR: Phrase("that is a folder; choose another name"),
    errno.ENOTDIR: Phrase("a part of the path is a file; choose another name"),
    errno.EEXIST: Phrase("something else has that name; choose another name"),
    errno.EMFILE: Phrase("raise the limit of open files (ulimit -n)"),
}


def refused(error: OSError, path: str | os.PathLike[str] | None = None, then: Phrase | None = None) -> CharRNNError:
    """The system's refusal to write at `path`, or of whatever else it was asked for, with what to do about it."""
    what = Phrase("cannot use {path}", path=error.filename or Phrase("a file or a pipe"))
    if path:
        what = Phrase("cannot write {path}", path=path)
    advice = _ADVICE.get(error.errno or 0, Phrase("choose another place"))
    if then:
        advice = Phrase("{advice}, {then}", advice=advice, then=then)
    return CharRNNError("{what}: {why}; {advice}", what=what, why=error.strerror or error, advice=advice)
