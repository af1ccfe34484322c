"""Many wishes at once: rows as poetry.batch reads them, records out, JSON lines or CSV. A row that fails says why."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from apps import limits, service
from apps.current import TimeUpError
from apps.messages import error_line
from apps.texts import say
from charrnn_core.errors import CharRNNError, UsageError
from poetry.batch.prompts import COLUMNS, ColumnError, Prompt, prompts
from poetry.text.decoding import encoding_of
from poetry.writing.order import FEW

WRITTEN = ("row", "form", "text", "seed", "score", "error")

Record = dict[str, Any]


def text_of(content: bytes) -> tuple[str, str]:
    """The text of a file with a list, and its encoding. Bytes that are no text, and control characters, become U+FFFD:
    their row says so, and the others are written. Raises UsageError for too long a text."""
    encoding = encoding_of(content.split(b"\n"))
    return limits.rows(content.decode(encoding, "replace"), "prompts_file", limits.BATCH_TEXT), encoding


def rows(text: str) -> list[Prompt]:
    """The wishes of a text, as poetry.batch.prompts reads them.

    Raises UsageError for no row, too many rows, or a column that there is not.
    """
    try:
        found = list(islice(prompts(text.split("\n")), limits.ROWS + 1))
    except ColumnError as error:
        raise limits.FieldError("no_such_choice", "prompts", name=say("column"), choices=" ".join(COLUMNS)) from error
    if not text.strip():
        raise limits.FieldError("empty", "prompts")
    if not 1 <= len(found) <= limits.ROWS:
        raise limits.FieldError("out_of_range", "prompts", name=say("rows"), low=1, high=limits.ROWS)
    return found


def write(wishes: Sequence[Prompt], form: Any, cell: Any) -> Iterator[Record]:
    """A record for each wish, in order. When the time is up the remaining rows say so."""
    for number, wish in enumerate(wishes, 1):
        settings = {"form": form, "cell": cell, "seed": number, "candidates": FEW} | wish.fields
        try:
            if wish.error:
                raise UsageError(wish.error)
            poem = next(service.order(**settings).poems())
            found = poem.as_dict()
            yield {"row": number, **{name: found[name] for name in WRITTEN if name in found}}
        except TimeUpError as error:
            yield from ({"row": n, "error": _line(wishes[n - 1], error)} for n in range(number, len(wishes) + 1))
            return
        except CharRNNError as error:
            yield {"row": number, "error": _line(wish, error)}


def _line(wish: Prompt, error: CharRNNError) -> str:
    """Why a row has no poem, with where it stands in the list."""
    return say("line_of_list", line=wish.line, why=error_line(error))


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
