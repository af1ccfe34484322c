"""What a network is taught by, in JSON lines: examples, poems to titles; marks, what readers say of its own poems.

and of lines that it offered. Needs no torch. The stages that learn from them: poetry.training.examples,
poetry.training.preference, poetry.training.offers.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from charrnn_core.errors import UsageError
from poetry.text.forms import Form, recognise

T = TypeVar("T")


@dataclass(frozen=True)
class Example:
    """A poem and the title that it was written to."""

    title: str
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        if not all(self.lines) or not self.lines:
            raise ValueError("it lacks a line")
        "".join((self.title, *self.lines)).encode()  # JSON can hold half of a character, which nothing else takes


@dataclass(frozen=True)
class Marked(Example):
    """A poem as it was written and marked: its title, lines, the words of its plan, the mark, the sheet on which a
    reader compared it with others, and where he says so the number of its weakest line, from 1, and that line mended.
    """

    words: tuple[str, ...]
    mark: float
    sheet: str
    weakest: int = 0
    mended: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not math.isfinite(self.mark):
            raise ValueError("its mark is no number")
        if not 0 <= self.weakest <= len(self.lines):
            raise ValueError("its weakest line is none of its lines")
        if self.mended and (not self.weakest or len(self.mended) != len(self.lines[self.weakest - 1])):
            raise ValueError("the mended line is not as long as the weakest one")
        "".join((*self.words, self.mended)).encode()

    @property
    def better(self) -> "Marked":
        """The poem with its weakest line mended. Its plan, and `plain`'s, lacks the word that the mended line lacks."""
        at = self.weakest - 1
        return replace(self.plain, lines=(*self.lines[:at], self.mended, *self.lines[at + 1 :]), mended="")

    @property
    def plain(self) -> "Marked":
        """The poem as it was, with the plan of the mended one."""
        at = self.weakest - 1
        words = tuple("" if i == at and word not in self.mended else word for i, word in enumerate(self.words))
        return replace(self, words=words)


@dataclass(frozen=True)
class Offers:
    """A place in a poem: its title, the lines before, the words of its plan, the lines that were offered for it, all of
    one length, and a reader's mark of each."""

    title: str
    before: tuple[str, ...]
    words: tuple[str, ...]
    lines: tuple[str, ...]
    marks: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.lines) < 2 or len(self.lines) != len(self.marks):
            raise ValueError("it lacks two lines, or a mark for each")
        if not self.lines[0] or len({len(line) for line in (*self.before, *self.lines)}) > 1:
            raise ValueError("its lines are not of one length")
        if not all(map(math.isfinite, self.marks)):
            raise ValueError("a mark is no number")
        "".join((self.title, *self.before, *self.words, *self.lines)).encode()

    @property
    def form(self) -> Form:
        """The form of the poem, which has as many lines as its plan has words."""
        return recognise([self.lines[0]] * len(self.words))


def examples(path: Path) -> list[Example]:
    """JSON lines of title and lines. Raises UsageError naming the file and the line of a bad one."""
    return _read(path, _example, "example", "title and lines")


def marks(path: Path) -> list[Marked]:
    """JSON lines of the fields of Marked. Raises UsageError naming the file and the line of a bad one."""
    return _read(path, _marked, "marked poem", "title, lines, words, mark and sheet")


def offers(path: Path) -> list[Offers]:
    """JSON lines of the fields of Offers. Raises UsageError naming the file and the line of a bad one."""
    return _read(path, _offers, "offered lines", "title, before, words, lines and marks")


def _example(row: dict[str, Any]) -> Example:
    return Example(str(row["title"]), tuple(map(str, row["lines"])))


def _marked(row: dict[str, Any]) -> Marked:
    lines, words = (tuple(map(str, row[name])) for name in ("lines", "words"))
    weakest, mended = int(row.get("weakest", 0)), str(row.get("mended", ""))
    return Marked(str(row["title"]), lines, words, float(row["mark"]), str(row["sheet"]), weakest, mended)


def _offers(row: dict[str, Any]) -> Offers:
    before, words, lines = (tuple(map(str, row[name])) for name in ("before", "words", "lines"))
    return Offers(str(row["title"]), before, words, lines, tuple(map(float, row["marks"])))


def _read(path: Path, of: Callable[[dict[str, Any]], T], what: str, fields: str) -> list[T]:
    try:
        rows = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("cannot read {path}: {why}; give JSON lines", path=path, why=error) from error
    found = []
    for number, row in enumerate(rows, 1):
        try:
            note = json.loads(row)
            if not isinstance(note, dict):
                raise ValueError("it is no object")
            found.append(of(note))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise UsageError(
                "{path}, line {number}: no {what} ({error}); give {fields}",
                path=path,
                number=number,
                what=what,
                error=error,
                fields=fields,
            ) from error
    return found
