"""Lists of wishes: plain text, CSV or JSON lines, one wish a row.

Input: the lines of a list, one after the other, so that a list of any length takes no more memory than its longest
line; a cell of CSV is a part of one line. Output: Prompts with named fields. What a field may hold is checked where
the wish is fulfilled; a row that cannot even be read carries its error, and the rows after it are not touched by it.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from charrnn_core.errors import Phrase, UsageError

NUMBERS = {"lines": int, "at": int, "seed": int, "temperature": float}
COLUMNS = (
    *("head", "theme", "title", "plan", "style", "form", "lines", "pattern", "rhyme", "acrostic", "at"),
    *("spread", "temperature", "seed"),
)


class ColumnError(UsageError):
    """A CSV list whose first row names a column that is none of COLUMNS, or one twice."""


@dataclass(frozen=True)
class Prompt:
    """A row: where it stands (lines from 1), its fields, or why it could not be read."""

    line: int
    fields: dict[str, Any] = field(default_factory=dict)
    error: Phrase | None = None


def prompts(lines: Iterable[str]) -> Iterator[Prompt]:
    """The wishes of a list. Its first row says what it is: an object, JSON lines; names of columns, CSV; else every
    row is the beginning of a poem. Empty rows do not count. Raises ColumnError."""
    rows = iter(lines)
    number, first = next(((n, row) for n, row in enumerate(rows, 1) if row.strip()), (0, ""))
    if not number:
        return
    names = [name.strip() for name in first.split(",")]
    if first.lstrip().startswith("{"):
        yield from _objects(chain([first], rows), number)
    elif set(names) & set(COLUMNS):
        yield from _cells(names, rows, number)
    else:
        for n, row in enumerate(chain([first], rows), number):
            if row.strip():
                yield Prompt(n, {"head": row.strip()})


def _objects(rows: Iterable[str], number: int) -> Iterator[Prompt]:
    for n, row in enumerate(rows, number):
        if row.strip():
            try:
                yield Prompt(n, _known(json.loads(row)))
            except RecursionError:
                yield Prompt(n, error=Phrase("the row is nested too deeply; give one flat JSON object"))
            except ValueError as error:
                no_json = Phrase("no JSON ({why}); give one object a line", why=error)
                yield Prompt(n, error=error.phrase if isinstance(error, UsageError) else no_json)


def _known(record: Any) -> dict[str, Any]:
    """The fields of a JSON object that hold something. Raises UsageError."""
    if not isinstance(record, dict):
        raise UsageError('the row is no JSON object; give such as {"head": "春"}')
    for name, value in record.items():
        if name not in COLUMNS:
            raise UsageError("there is no field {name!r}; choose among {choices}", name=name[:20], choices=[*COLUMNS])
        wanted = int | float if name in NUMBERS else str
        if value is not None and (not isinstance(value, wanted) or isinstance(value, bool)):
            raise UsageError(
                "{name} must be {wanted}; mend it or leave it out",
                name=name,
                wanted=Phrase("a number" if name in NUMBERS else "text"),
            )
    return {name: value for name, value in record.items() if value not in (None, "")}


def _cells(names: Sequence[str], rows: Iterator[str], header: int) -> Iterator[Prompt]:
    wrong = [name for name in names if name not in COLUMNS or names.count(name) > 1]
    if wrong:
        raise ColumnError(
            "column {name!r} is unknown or comes twice; choose among {choices}", name=wrong[0][:20], choices=[*COLUMNS]
        )
    for line, row in enumerate(rows, header + 1):
        try:
            # One by one: a quotation mark that is not closed would take all rows to come into its cell.
            cells = next(csv.reader([row], strict=True))
        except csv.Error as error:
            yield Prompt(line, error=Phrase("no CSV ({why}); mend the row", why=error))
            continue
        if len(cells) > len(names):
            too_many = Phrase(
                "the row has {cells} cells, but there are {columns} columns; mend it",
                cells=len(cells),
                columns=len(names),
            )
            yield Prompt(line, error=too_many)
        elif any(cell.strip() for cell in cells):
            yield Prompt(
                line, {name: _number(name, c.strip()) for name, c in zip(names, cells, strict=False) if c.strip()}
            )


def _number(name: str, cell: str) -> Any:
    """The cell as its column's number; a cell that is none stays text, and the check of the wish names it."""
    try:
        return NUMBERS[name](cell) if name in NUMBERS else cell
    except ValueError:
        return cell
