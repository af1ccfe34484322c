"""Find units that track something readable: correlate every unit with features of the text.

The state after each character is correlated (Pearson) with each feature of that place. The control shifts the
feature along the text by random distances, which keeps its own rhythm and breaks its tie to the unit: a
correlation counts when it is beyond the largest of any unit under any shift. Then the unit is silenced and
the rise of the loss where the feature holds is compared with the rise elsewhere, and with random units.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from charrnn_core.errors import UsageError
from charrnn_core.lab.char_model import CharModel
from charrnn_core.numerics import log_softmax

SHIFTS = 20  # random shifts of the control
NAME = re.compile(r"(?m)^[A-Z][A-Za-z' ]*:$")

Feature = Callable[[str], np.ndarray]


def _after_newline(text: str) -> np.ndarray:
    return np.array([c == "\n" for c in text], dtype=float)


def _line_position(text: str) -> np.ndarray:
    """Characters of the line so far, at most 40."""
    counts, n = [], 0
    for c in text:
        n = 0 if c == "\n" else n + 1
        counts.append(min(n, 40))
    return np.array(counts, dtype=float)


def _speaker_name(text: str) -> np.ndarray:
    inside = np.zeros(len(text))
    for match in NAME.finditer(text):
        inside[match.start() : match.end()] = 1
    return inside


def _word_length(text: str) -> np.ndarray:
    counts, n = [], 0
    for c in text:
        n = n + 1 if c.isalpha() or c == "'" else 0
        counts.append(n)
    return np.array(counts, dtype=float)


FEATURES: dict[str, Feature] = {
    "after a newline": _after_newline,
    "position in the line": _line_position,
    "inside a speaker's name": _speaker_name,
    "capital letter": lambda text: np.array([c.isupper() for c in text], dtype=float),
    "vowel": lambda text: np.array([c in "aeiouAEIOU" for c in text], dtype=float),
    "length of the word so far": _word_length,
    "space": lambda text: np.array([c == " " for c in text], dtype=float),
}


@dataclass(frozen=True)
class Found:
    """The unit that follows a feature best. `control` is the largest |correlation| of any unit with it shifted."""

    feature: str
    unit: int
    correlation: float
    control: float


@dataclass(frozen=True)
class Confirmed:
    """Rise of the loss (nats a character) without the unit where the feature holds and elsewhere; and where it holds
    the mean and the deviation of the rise without a random unit."""

    inside: float
    outside: float
    random_inside: float
    random_spread: float


def find(model: CharModel, text: str, rng: np.random.Generator) -> list[Found]:
    """The best unit for every feature that varies in the text, strongest first.

    Raises UsageError for a text of fewer than 1,000 known characters.
    """
    text = known(model, text)
    h = _standard(model.read(text)[1:].astype(np.float64))
    found = []
    for name, feature in FEATURES.items():
        values = feature(text)
        if not values.std():
            continue
        r = h.T @ _standard(values[:, None])[:, 0] / len(text)
        shifts = rng.integers(100, len(text) - 100, SHIFTS)
        shifted = _standard(np.stack([np.roll(values, s) for s in shifts], axis=1))
        highest = float(np.abs(h.T @ shifted / len(text)).max())
        unit = int(np.abs(r).argmax())
        found.append(Found(name, unit, float(r[unit]), highest))
    return sorted(found, key=lambda f: -abs(f.correlation))


def saturated(hidden: np.ndarray, beyond: float = 0.9) -> float:
    """The share of activations (T, H) with |h| above `beyond`: there tanh is flat, and 1 - h^2 lets little through."""
    return float((np.abs(hidden) > beyond).mean())


def known(model: CharModel, text: str) -> str:
    """The text without characters the network does not know. Raises UsageError when fewer than 1,000 are left."""
    text = "".join(c for c in text if c in model.alphabet)
    if len(text) < 1000:
        raise UsageError(
            "{count} known characters are too few to find units; give a text of 1,000 or more", count=len(text)
        )
    return text


def confirm(model: CharModel, text: str, found: Found, rng: np.random.Generator, others: int = 10) -> Confirmed:
    """Silence the unit and measure, against `others` random units. Raises UsageError as `known` does."""
    text = known(model, text)
    values = FEATURES[found.feature](text)[:-1]
    holds = values > np.median(values) if values.max() > 1 else values > 0
    whole = losses(model, text)

    def rise(unit: int) -> np.ndarray:
        return losses(model, text, silent=unit) - whole

    own = rise(found.unit)
    drawn = rng.permutation(np.delete(np.arange(model.parameters.H), found.unit))[:others]
    random = np.array([rise(int(unit))[holds].mean() for unit in drawn])
    return Confirmed(float(own[holds].mean()), float(own[~holds].mean()), float(random.mean()), float(random.std()))


def losses(model: CharModel, text: str, silent: int | None = None) -> np.ndarray:
    """(T - 1,) nats of every character of a text after its first; one unit may be silenced throughout."""
    p, ids = model.parameters, model.alphabet.encode(text)
    Whh, columns, bh = p.Whh, p.columns, p.bh
    if silent is not None:  # a unit whose inputs are all zero has h = tanh(0) = 0
        Whh, columns, bh = Whh.copy(), columns.copy(), bh.copy()
        Whh[silent], columns[:, silent], bh[silent] = 0, 0, 0
    h, hidden = np.zeros(p.H, p.flat.dtype), np.empty((len(ids) - 1, p.H), p.flat.dtype)
    for t, i in enumerate(ids[:-1]):
        h = np.tanh(columns[i] + Whh @ h + bh)
        hidden[t] = h
    logprobs = log_softmax(model.scores(hidden))
    return -logprobs[np.arange(len(ids) - 1), ids[1:]]


def _standard(columns: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and deviation 1 (0 where constant)."""
    centred = columns - columns.mean(axis=0)
    deviation = centred.std(axis=0)
    return centred / np.where(deviation > 0, deviation, 1)
