"""Text coloured by a unit's activation: an HTML page and a picture.

Red is +1, blue is -1, white is 0. In the page, pointing at a character shows the activation and the five
likeliest next characters.
"""

import html

import numpy as np

from charrnn_core.lab.alphabet import show
from charrnn_core.lab.char_model import CharModel
from charrnn_core.numerics import softmax

WIDTH = 80  # characters a row of the picture

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.7 monospace;max-width:60em;margin:2em auto;padding:0 1em}}
section{{margin-bottom:2em}}h2{{font:bold 1em sans-serif}}</style></head><body>
"""


def colour(activation: float) -> tuple[int, int, int]:
    """(red, green, blue), 0-255, of an activation in -1 .. 1; light enough for black letters."""
    fade = round(255 - 130 * min(1.0, abs(activation)))
    return (255, fade, fade) if activation >= 0 else (fade, fade, 255)


def page(model: CharModel, text: str, units: list[tuple[int, str]], title: str) -> str:
    """The HTML page: one section for each (unit, heading). `text` holds known characters only."""
    hidden = model.read(text)[1:]
    probs = softmax(model.logits(hidden))
    best = np.argsort(-probs, axis=1)[:, :5]
    tips = [
        ", ".join(f"{show(model.alphabet.characters[k])} {probs[t, k]:.2f}" for k in best[t]) for t in range(len(text))
    ]
    parts = [_HEAD.format(title=html.escape(title)), f"<h1>{html.escape(title)}</h1>\n"]
    for unit, heading in units:
        parts.append(f"<section><h2>h[{unit}]: {html.escape(heading)}</h2>\n<p>")
        for t, character in enumerate(text):
            value = float(hidden[t, unit])
            style = "background:rgb({},{},{})".format(*colour(value))
            tip = html.escape(f"h[{unit}] = {value:+.2f}; next: {tips[t]}", quote=True)
            shown = "¶<br>" if character == "\n" else html.escape(character)
            parts.append(f'<span style="{style}" title="{tip}">{shown}</span>')
        parts.append("</p></section>\n")
    return "".join([*parts, "</body></html>\n"])


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
