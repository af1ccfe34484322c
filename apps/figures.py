"""Figures of the laboratory: each is shown, and can be kept as a picture (SVG, PNG) and as its numbers (CSV).

The files are links that carry their content (apps.download); the PNG is drawn from the SVG by the browser (figures.js).
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from apps.download import link
from charrnn_core import chart
from charrnn_core.escape import escape
from charrnn_core.lab.interpret import drawing
from charrnn_core.lab.interpret.drawing import Drawing

Rows = Iterable[Sequence[Any]]

FORMULA = ("=", "+", "-", "@")  # with which a spreadsheet's formula begins
NUMBER = re.compile(r"[+-]?[\d.]+ ?%?")


def kept(name: str, rows: Rows, drawings: Sequence[Drawing] = ()) -> str:
    """The links to a figure's files, called `name`: its numbers, the first row their heads, and its picture."""
    links = [link(as_csv(rows), "text/csv;charset=utf-8", f"{name}.csv", "CSV")]
    if drawings:
        svg = drawing.document(drawings).encode()
        button = '<button type="button" class="save as-png">PNG</button>'
        links = [link(svg, "image/svg+xml", f"{name}.svg", "SVG"), button, *links]
    return f'<p class="links kept">{"".join(links)}</p>'


def as_csv(rows: Rows) -> bytes:
    """CSV, with the mark by which spreadsheets know UTF-8; no text in it is taken for a formula."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    suspect = isinstance(value, str) and value.startswith(FORMULA) and not NUMBER.fullmatch(value)
    return f"'{value}" if suspect else value


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]], *, name: str) -> str:
    """A table; the first cell of a row names it. Numbers come as they are to be read."""
    head = "".join(f"<th scope='col'>{escape(text)}</th>" for text in heads)
    body = "".join(
        f"<tr><th scope='row'>{escape(str(first))}</th>{''.join(f'<td>{escape(str(cell))}</td>' for cell in rest)}</tr>"
        for first, *rest in rows
    )
    return f'<div class="wide" tabindex="0"><table><tr>{head}</tr>{body}</table></div>{kept(name, [heads, *rows])}'


def bars(
    rows: Sequence[tuple[str, float]], *, heading: str, name: str, form: str = "{:.2f}", chosen: int | None = None
) -> str:
    """Bars, one a row, `chosen` in red."""
    shown = chart.bars(rows, name=heading, form=form, chosen=chosen)
    return shown + kept(name, rows, [drawing.bars(rows, heading=heading, form=form, chosen=chosen)])


def curves(series: chart.Series, *, x: str, y: str, name: str, logarithmic: bool = False) -> str:
    """Lines through points; empty without any."""
    shown = chart.curves(series, x=x, y=y, logarithmic=logarithmic)
    if not shown:
        return ""
    rows = [(label, *point) for label, line in series for point in line]
    drawn = drawing.curves(series, x=x, y=y, logarithmic=logarithmic)
    return shown + kept(name, [("", x, y), *rows], [drawn])
