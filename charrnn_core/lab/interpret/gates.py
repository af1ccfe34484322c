"""Gates over a text: where a network forgets, reads in and gives out.

A gate is a number in 0 .. 1 for each unit and character. Shown are its mean over the units at every character, the
share of all its numbers that are shut or open, and the units that swing most along this text.
"""

import numpy as np

from charrnn_core.escape import escape
from charrnn_core.lab.interpret.page import coloured

SHUT, OPEN = 0.1, 0.9
UNITS = 3  # that are shown for each gate


def sections(text: str, gates: dict[str, np.ndarray], heading: str) -> str:
    """HTML of a text under its gates {name: (T, H)}; row t of a gate belongs to text[t]."""
    parts = [f"<h2>{escape(heading)}</h2>\n{_table(gates)}"]
    for name, values in gates.items():
        mean = values.mean(axis=1)
        tips = [f"{name}: mean {m:.2f}" for m in mean]
        parts.append(
            coloured(text, _stretched(mean), f"{name}: {mean.min():.2f} (blue) - {mean.max():.2f} (red)", tips)
        )
        for unit in swinging(values):
            parts.append(coloured(text, 2 * values[:, unit] - 1, f"{name}[{unit}]: 0 (blue) - 1 (red)"))
    return "".join(parts)


def swinging(values: np.ndarray, count: int = UNITS) -> list[int]:
    """The units of a gate (T, H) whose value varies most along the text, most first."""
    return [int(j) for j in np.argsort(-values.std(axis=0))[:count]]


def shares(values: np.ndarray) -> tuple[float, float, float]:
    """Of a gate (T, H): its mean, the share of its values below SHUT, and above OPEN."""
    return float(values.mean()), float((values < SHUT).mean()), float((values > OPEN).mean())


def _table(gates: dict[str, np.ndarray]) -> str:
    head = f"<tr><th>gate</th><th>mean</th><th>shut, below {SHUT}</th><th>open, above {OPEN}</th></tr>"
    rows = ""
    for name, values in gates.items():
        mean, shut, opened = shares(values)
        rows += f"<tr><td>{escape(name)}</td><td>{mean:.2f}</td><td>{shut:.0%}</td><td>{opened:.0%}</td></tr>"
    return f"<table>{head}{rows}</table>\n"


def _stretched(values: np.ndarray) -> np.ndarray:
    """To -1 .. 1 from the least to the greatest, 0 where all are equal."""
    low, high = values.min(), values.max()
    return (2 * values - low - high) / (high - low) if high > low else np.zeros_like(values)
