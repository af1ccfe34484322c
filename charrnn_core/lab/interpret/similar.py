"""Passages in which a unit does what it does in a given one (after Strobelt et al. 2018, LSTMVis).

The pattern is the unit's activation along the given passage. Every stretch of the text as long as it is compared with
it; those nearest are shown, none overlapping another.
"""

from dataclasses import dataclass

import numpy as np

from charrnn_core.errors import UsageError
from charrnn_core.lab.char_model import CharModel


@dataclass(frozen=True)
class Place:
    """text[start : start + length] and how far its pattern is: root of the mean squared difference, 0 .. 2."""

    start: int
    length: int
    distance: float


def passages(model: CharModel, text: str, start: int, length: int, unit: int, count: int = 8) -> list[Place]:
    """The places nearest to the pattern of a unit over text[start : start + length], nearest first, it left out.

    The text is read once, from the zero state. Raises UsageError for a passage outside the text or an unknown unit.
    """
    if not 0 <= unit < model.parameters.H:
        raise UsageError("there is no unit {unit}; give 0 to {last}", unit=unit, last=model.parameters.H - 1)
    if not (start >= 0 and length >= 1 and start + length <= len(text)):
        raise UsageError("the passage is not within the text")
    activation = model.read(text)[1:, unit].astype(np.float64)
    return nearest(activation, activation[start : start + length], count, without=start)


def nearest(activation: np.ndarray, pattern: np.ndarray, count: int, without: int | None = None) -> list[Place]:
    """The stretches of `activation` (T,) nearest to `pattern` (L,), nearest first, none overlapping another or the one
    that begins at `without`; none where T < L."""
    length = len(pattern)
    if len(activation) < length:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(activation, length)
    distances = np.sqrt(((windows - pattern) ** 2).mean(axis=1))
    taken = np.zeros(len(activation), bool)
    if without is not None:
        taken[without : without + length] = True
    found: list[Place] = []
    for place in np.argsort(distances, kind="stable"):
        if len(found) == count:
            break
        if not taken[place : place + length].any():
            taken[place : place + length] = True
            found.append(Place(int(place), length, float(distances[place])))
    return found
