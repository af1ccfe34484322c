"""Small charts as SVG inside the page: no library, no picture file, text that scales with the page."""

import math
from collections.abc import Sequence

from charrnn_core.escape import escape

WIDTH, HEIGHT, LEFT, BOTTOM = 560, 260, 66, 34
INKS = ("#9d2a20", "#2f5d73", "#5c6b2f", "#6d4a86")
# The page that shows a chart may have colours of its own, for a dark look.
COLOURS = tuple(f"var(--curve-{number}, {colour})" for number, colour in enumerate(INKS, 1))
STROKE = "display:inline-block;width:1em;height:.25em;margin:0 .3em 0 .5em;vertical-align:middle"  # in a legend

Series = Sequence[tuple[str, Sequence[tuple[float, float]]]]  # the name of each line, and its points


def bars(rows: Sequence[tuple[str, float]], *, name: str, form: str = "{:.2f}", chosen: int | None = None) -> str:
    """Horizontal bars, one a row; negative ones to the left of the middle. `chosen` is drawn in red."""
    largest = max((abs(value) for _, value in rows), default=0) or 1
    signed = any(value < 0 for _, value in rows)
    items = []
    for number, (label, value) in enumerate(rows):
        share = abs(value) / largest * (50 if signed else 100)
        start = (50 - share if value < 0 else 50) if signed else 0
        kind = "bar chosen" if number == chosen else "bar negative" if value < 0 else "bar"
        items.append(
            f'<li><span class="label">{escape(label)}</span><span class="track">'
            f'<span class="{kind}" style="margin-left:{start:.1f}%;width:{max(share, 0.5):.1f}%"></span></span>'
            f'<span class="value">{escape(form.format(value))}</span></li>'
        )
    return f'<ul class="bars" aria-label="{escape(name)}">{"".join(items)}</ul>'


def curves(series: Series, *, x: str, y: str, logarithmic: bool = False) -> str:
    """Lines through points, one colour a series, with a legend."""
    inside = lines(series, x=x, logarithmic=logarithmic)
    if not inside:
        return ""
    legend = "".join(
        f'<span><i style="{STROKE};background:{COLOURS[number % len(COLOURS)]}"></i>{escape(name)}</span>'
        for number, (name, _) in enumerate(series)
        if name
    )
    last = ", ".join(f"{name}: {line[-1][1]:.3g}" for name, line in series if line)
    return (
        f'<figure class="curves"><figcaption>{escape(y)} {legend}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" '
        f'role="img" aria-label="{escape(f"{y}; {last}")}">{inside}</svg>'
        "</figure>"
    )


def lines(series: Series, *, x: str, logarithmic: bool = False, colours: Sequence[str] = COLOURS) -> str:
    """What stands within the SVG of `curves`: axes and lines; empty without points."""
    points = [point for _, line in series for point in line]
    if not points:
        return ""
    scale, unscale = (math.log, math.exp) if logarithmic else (float, float)
    (x0, x1), (y0, y1) = _range([p[0] for p in points]), _range([scale(p[1]) for p in points])

    def place(point: tuple[float, float]) -> str:
        across = LEFT + (point[0] - x0) / (x1 - x0) * (WIDTH - LEFT - 12)
        down = 10 + (y1 - scale(point[1])) / (y1 - y0) * (HEIGHT - BOTTOM - 10)
        return f"{across:.1f},{down:.1f}"

    parts = []
    for k in range(5):
        level = unscale(y0 + (y1 - y0) * k / 4)
        down = place((x0, level)).split(",")[1]
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 12}" y1="{down}" y2="{down}" class="grid"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{down}" dy="4" text-anchor="end">{_short(level)}</text>')
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 12}">{_short(x0)}</text>')
    parts.append(f'<text x="{WIDTH - 12}" y="{HEIGHT - 12}" text-anchor="end">{_short(x1)} {escape(x)}</text>')
    for number, (_, line) in enumerate(series):
        path = " ".join(place(point) for point in line)
        colour = colours[number % len(colours)]
        parts.append(f'<polyline points="{path}" fill="none" style="stroke:{colour}" stroke-width="2"/>')
    return "".join(parts)


def _short(number: float) -> str:
    """Three digits, which fit the margin with an exponent, too."""
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.3g}"


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 0.5, high + 0.5)
