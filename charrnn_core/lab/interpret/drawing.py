"""Figures as SVG files of their own, to be kept: bars, curves and coloured text, in ink on white paper.

The page shows the same with charrnn_core.chart and in its own colours. A file holds one drawing or several, one under
the other, and needs nothing else; no colour or size comes from outside.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from charrnn_core import chart
from charrnn_core.escape import escape
from charrnn_core.lab.interpret.page import colour

MARGIN, HEAD = 16, 30  # around the drawings, and for the heading of one
ROW, LABEL, BAR, VALUE = 26, 150, 340, 90  # of bars: a row's height, and its parts from left to right
HAN, LATIN, LINE = 26, 10, 34  # of coloured text: how wide a character is, and how high a line
MOST = 80  # characters in a line
ENDS = "\n。"  # what a line ends with
_STYLE = (
    "text{font-family:'Noto Serif CJK SC','Songti SC',SimSun,serif;font-size:15px;fill:#2a241e;white-space:pre}"
    "text.small,.curves text{font-size:12px} text.latin{font-family:monospace;font-size:15px} .grid{stroke:#d8cbb2}"
)


@dataclass(frozen=True)
class Drawing:
    """SVG elements within a box from (0, 0)."""

    width: float
    height: float
    body: str


def document(drawings: Sequence[Drawing]) -> str:
    """One SVG file, the drawings under each other."""
    parts, down = [], float(MARGIN)
    for drawing in drawings:
        parts.append(f'<g transform="translate({MARGIN},{down:g})">{drawing.body}</g>')
        down += drawing.height + MARGIN
    width = max((drawing.width for drawing in drawings), default=0) + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{down:g}" viewBox="0 0 {width:g} {down:g}">'
        f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>'
    )


def bars(
    rows: Sequence[tuple[str, float]], *, heading: str, form: str = "{:.2f}", chosen: int | None = None
) -> Drawing:
    """As chart.bars: horizontal bars, one a row; negative ones to the left of the middle."""
    largest = max((abs(value) for _, value in rows), default=0) or 1
    signed = any(value < 0 for _, value in rows)
    zero, longest = (LABEL + BAR / 2, BAR / 2) if signed else (LABEL, BAR)
    parts = [_heading(heading)]
    for number, (label, value) in enumerate(rows):
        top, length = HEAD + number * ROW, max(abs(value) / largest * longest, 1)
        fill = chart.INKS[0] if number == chosen else chart.INKS[1] if value < 0 else "#7c6c57"
        start = zero - length if value < 0 else zero
        parts.append(
            f'<text x="{LABEL - 8}" y="{top + 17}" text-anchor="end">{_said(label)}</text>'
            f'<rect x="{start:.1f}" y="{top + 4}" width="{length:.1f}" height="{ROW - 8}" fill="{fill}"/>'
            f'<text x="{LABEL + BAR + 8}" y="{top + 17}" class="small">{_said(form.format(value))}</text>'
        )
    return Drawing(_wide(heading, LABEL + BAR + VALUE), HEAD + len(rows) * ROW, "".join(parts))


def curves(series: chart.Series, *, x: str, y: str, logarithmic: bool = False) -> Drawing:
    """As chart.curves, the names of the lines beside the heading."""
    inside = chart.lines(series, x=x, logarithmic=logarithmic, colours=chart.INKS)
    names = "".join(
        f'<tspan dx="16" fill="{chart.INKS[number % len(chart.INKS)]}">{_said(name)}</tspan>'
        for number, (name, _) in enumerate(series)
        if name
    )
    heading = " ".join([y, *(name for name, _ in series)])
    body = f'<text x="0" y="18">{_said(y)}{names}</text><g class="curves" transform="translate(0,{HEAD})">{inside}</g>'
    return Drawing(_wide(heading, chart.WIDTH), HEAD + chart.HEIGHT, body)


def coloured(text: str, shades: Iterable[float], *, heading: str) -> Drawing:
    """Each character on the colour of its shade in -1 .. 1, blue to red; a line ends at a line break, a full stop, or
    after MOST characters."""
    han = not text.isascii()
    step = HAN if han else LATIN
    parts, columns = [_heading(heading)], 0
    lines = list(_lines(text))
    shade = iter(shades)
    for number, line in enumerate(lines):
        top = HEAD + number * LINE
        for column in range(len(line)):
            fill = "rgb({},{},{})".format(*colour(next(shade)))
            parts.append(f'<rect x="{column * step}" y="{top}" width="{step}" height="{LINE - 4}" fill="{fill}"/>')
        places = " ".join(f"{(column + 0.5) * step:g}" for column in range(len(line)))
        kind = "" if han else ' class="latin"'
        shown = _said(line.replace("\n", "¶"))
        parts.append(
            f'<text x="{places}" y="{top + 21}" text-anchor="middle" xml:space="preserve"{kind}>{shown}</text>'
        )
        columns = max(columns, len(line))
    return Drawing(_wide(heading, columns * step), HEAD + len(lines) * LINE, "".join(parts))


def _lines(text: str) -> Iterable[str]:
    """A text in lines, what ends a line at its end."""
    line = ""
    for character in text:
        line += character
        if character in ENDS or len(line) == MOST:
            yield line
            line = ""
    if line:
        yield line


def _heading(text: str) -> str:
    return f'<text x="0" y="18">{_said(text)}</text>'


def _said(text: str) -> str:
    """A text as XML may hold it."""
    return escape("".join(c if c.isprintable() else "·" for c in text))


def _wide(heading: str, least: float) -> float:
    """At least so wide, and as wide as the heading, a Chinese character counted for two letters."""
    return max(least, sum(8 if character.isascii() else 15 for character in heading))
