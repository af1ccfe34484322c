"""Text coloured by a number at each character, a unit's activation or a gate: an HTML page and a picture.

Red is +1, blue is -1, white is 0. In the page, pointing at a character shows the number, and for a unit the five
likeliest next characters. A page is one file that fetches nothing; only the picture needs matplotlib.
"""

from collections.abc import Sequence

import numpy as np

from charrnn_core.escape import escape
from charrnn_core.lab.alphabet import show
from charrnn_core.lab.char_model import CharModel
from charrnn_core.numerics import softmax

LEGEND = "<p>red +1, white 0, blue -1</p>\n"
WIDTH = 80  # characters a row of the picture

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>
body{{font:16px/1.7 monospace;max-width:64em;margin:2em auto;padding:0 1em}}
section{{margin-bottom:2em}} h1,h2,figcaption{{font:bold 1em sans-serif}} h1{{font-size:1.4em}}
figure{{margin:1em 0;max-width:44em}} svg{{width:100%;font:12px sans-serif}} .grid{{stroke:#ddd}}
.beside{{display:flex;flex-wrap:wrap;gap:1.5em}} .beside section{{flex:1 1 14em}}
pre{{white-space:pre-wrap;font-size:.85em;line-height:1.4}} td,th{{padding:0 1em 0 0;text-align:left}}
</style></head><body>
"""


def document(title: str, body: str) -> str:
    """A whole HTML page around a body of HTML."""
    return f"{_HEAD.format(title=escape(title))}{body}\n</body></html>\n"


def colour(activation: float) -> tuple[int, int, int]:
    """(red, green, blue), 0-255, of a number in -1 .. 1; light enough for black letters."""
    fade = round(255 - 130 * min(1.0, abs(activation)))
    return (255, fade, fade) if activation >= 0 else (fade, fade, 255)


def coloured(text: str, values: Sequence[float] | np.ndarray, heading: str, tips: Sequence[str] | None = None) -> str:
    """A section: each character on the colour of its value in -1 .. 1, with its tip, or the value itself."""
    cells = []
    for t, character in enumerate(text):
        style = "background:rgb({},{},{})".format(*colour(float(values[t])))
        tip = tips[t] if tips else f"{values[t]:+.2f}"
        shown = "¶<br>" if character == "\n" else escape(character)
        cells.append(f'<span style="{style}" title="{escape(tip)}">{shown}</span>')
    return f"<section><h2>{escape(heading)}</h2>\n<p>{''.join(cells)}</p></section>\n"


def page(model: CharModel, text: str, units: list[tuple[int, str]], title: str) -> str:
    """The HTML page: one section for each (unit, heading). `text` holds known characters only."""
    hidden = model.read(text)[1:]
    probs = softmax(model.scores(hidden))
    best = np.argsort(-probs, axis=1)[:, :5]
    nexts = [
        ", ".join(f"{show(model.alphabet.characters[k])} {probs[t, k]:.2f}" for k in best[t]) for t in range(len(text))
    ]
    parts = [f"<h1>{escape(title)}</h1>\n{LEGEND}"]
    for unit, heading in units:
        values = hidden[:, unit]
        tips = [f"h[{unit}] = {value:+.2f}; next: {after}" for value, after in zip(values, nexts, strict=True)]
        parts.append(coloured(text, values, f"h[{unit}]: {heading}", tips))
    return document(title, "".join(parts))


def picture(model: CharModel, text: str, unit: int, heading: str):
    """A matplotlib Figure of the text in rows, each character on its colour. Needs matplotlib."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    activation = model.read(text)[1:, unit]
    rows, row = [], []
    for character, value in zip(text, activation, strict=True):
        row.append(("¶" if character == "\n" else character, float(value)))
        if character == "\n" or len(row) == WIDTH:
            rows.append(row)
            row = []
    rows.append(row)
    figure = Figure(figsize=(12, 0.28 * len(rows) + 0.6))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.01, 0.01, 0.98, 0.98 - 0.4 / figure.get_figheight()))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(len(rows), 0)
    axes.axis("off")
    axes.set_title(f"h[{unit}]: {heading}   (red +1, blue -1)", fontsize=10, loc="left")
    for y, cells in enumerate(rows):
        for x, (character, value) in enumerate(cells):
            axes.add_patch(Rectangle((x, y), 1, 1, color=[c / 255 for c in colour(value)], linewidth=0))
            axes.text(x + 0.5, y + 0.72, character, family="monospace", fontsize=9, ha="center")
    return figure
