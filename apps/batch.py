"""Many wishes at once: rows of text or CSV in, records out, JSON lines or CSV. A row that fails says why."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from apps import limits, service
from apps.current import TimeUpError
from apps.messages import error_line
from apps.texts import say
from charrnn_core.errors import CharRNNError, UsageError

COLUMNS = ("head", "form", "lines", "pattern", "rhyme", "acrostic", "at", "temperature", "seed")
WRITTEN = ("row", "form", "text", "seed", "score", "error")
_NUMBERS = {"lines": int, "at": int, "seed": int, "temperature": float}

Record = dict[str, Any]


def rows(text: str) -> list[Record]:
    """The wishes of a text: CSV when its first row names columns, otherwise one beginning a row.

    Raises UsageError for no row, too many rows, or a column that is none of COLUMNS.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise UsageError(say("empty", name=say("prompts")))
    names = [name.strip() for name in lines[0].split(",")]
    if not set(names) & set(COLUMNS):
        found: list[Record] = [{"head": line.strip()} for line in lines]
    else:
        unknown = [name for name in names if name not in COLUMNS]
        if unknown or len(set(names)) != len(names):
            raise UsageError(say("no_such_choice", name=say("column"), choices=" ".join(COLUMNS)))
        found = [_row(names, cells) for cells in csv.reader(lines[1:])]
    if not 1 <= len(found) <= limits.ROWS:
        raise UsageError(say("out_of_range", name=say("rows"), low=1, high=limits.ROWS))
    return found


def _row(names: Sequence[str], cells: Sequence[str]) -> Record:
    row: Record = {}
    for name, cell in zip(names, cells, strict=False):
        cell = cell.strip()
        if cell:
            try:
                row[name] = _NUMBERS[name](cell) if name in _NUMBERS else cell
            except ValueError:
                row[name] = cell  # the check of the wish names it
    return row


def write(wishes: Sequence[Record], form: Any, cell: Any) -> Iterator[Record]:
    """A record for each wish, in order. When the time is up the remaining rows say so."""
    for number, wish in enumerate(wishes, 1):
        settings = {"form": form, "cell": cell, "seed": number} | wish
        settings["acrostic_text"] = settings.pop("acrostic", "")
        try:
            poem = next(service.order(**settings).poems())
            found = poem.as_dict()
            yield {"row": number, **{name: found[name] for name in WRITTEN if name in found}}
        except TimeUpError as error:
            yield from ({"row": n, "error": error_line(error)} for n in range(number, len(wishes) + 1))
            return
        except CharRNNError as error:
            yield {"row": number, "error": error_line(error)}


def as_json_lines(records: Sequence[Record]) -> bytes:
    """One JSON object a line."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def as_csv(records: Sequence[Record]) -> bytes:
    """CSV with a header, with the mark by which spreadsheets know UTF-8."""
    file = io.StringIO()
    writer = csv.DictWriter(file, WRITTEN, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**record, "error": _plain(record.get("error", ""))} for record in records)
    return file.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
