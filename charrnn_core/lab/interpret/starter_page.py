"""A starter as an HTML page: how far back the next character's gradient reaches, and the units that raise it."""

from typing import Any

import numpy as np

from charrnn_core import chart
from charrnn_core.escape import escape
from charrnn_core.lab.alphabet import show
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.interpret.page import LEGEND, coloured, document

FLOORS = 1e-6, 0.1  # of the longest gradient: what is shorter is white; between them the shortest is


def page(model: CharModel, record: dict[str, Any], starter: str, before: np.ndarray | None) -> str:
    """The page of a record of charrnn_core.lab.explanation.explain; `before` (H,) the state before the starter."""
    hidden = model.read(starter, before)[1:]
    a, b = show(record["last"]), " + ".join(map(show, record["next"]))
    claim = f"p({b} | … {a}) = {record['probability']:.4f}"
    units = [
        coloured(starter, hidden[:, unit["unit"]], f"h[{unit['unit']}]: {unit['above_average']:+.2f}")
        for unit in record["units"]
    ]
    reach = reach_section(starter, np.array(record["reach"]), show(record["next"][0]))
    return document(f"{a} → {b}", f"<h1>{escape(claim)}</h1>{reach}{LEGEND}{''.join(units)}")


def reach_section(text: str, norms: np.ndarray, following: str) -> str:
    """Each character of a text by the length of the gradient (T,) that reaches it, and the same as a curve."""
    parts = norms / norms.max()
    floor = float(np.clip(parts.min(), *FLOORS))
    depth = 1 - np.log10(np.maximum(parts, floor)) / np.log10(floor)  # 1 for the longest, 0 for the floor
    tips = [f"‖dL/dx‖ = {norm:.2g}" for norm in norms]
    heading = f"gradient of -log p({following}) by each character: red the longest, white {floor:.1g} of it or less"
    curve = [(k, float(norm)) for k, norm in enumerate(norms[::-1]) if norm > 0]
    drawn = chart.curves([("", curve)], x="characters back", y="‖dL/dx‖", logarithmic=True)
    return coloured(text, depth, heading, tips) + drawn
