"""The path from an input character through the hidden units to the next character's logit.

At a state h, with y = Why h + by, unit j contributes Why[b, j] h[j] to the logit of b, and
(Why[b, j] - mean_k Why[k, j]) h[j] to the difference of that logit from the average one: what raises b
above the others. The chain for the last character a read is Wxh[j, a] -> h[j] -> Why[b, j].
"""

from dataclasses import dataclass

import numpy as np

from charrnn_core.lab.char_model import CharModel
from charrnn_core.numerics import softmax


@dataclass(frozen=True)
class Link:
    """One hidden unit on the path from character a to character b."""

    unit: int
    Wxh: float  # Wxh[unit, a]
    carried: float  # Whh[unit] . h before, what the past brought
    bias: float
    h: float  # tanh of the sum
    Why: float  # Why[b, unit]
    contribution: float  # Why h, to the logit of b
    above_average: float  # to the logit of b less the average logit


@dataclass(frozen=True)
class Route:
    """Everything between reading `last` in some context and the logit of `following`."""

    last: str
    following: str
    probability: float
    logit: float
    by: float
    links: tuple[Link, ...]  # all units, the largest contribution above average first


def route(model: CharModel, hidden: np.ndarray, last: str, following: str) -> Route:
    """The path at the end of a text whose states are `hidden` (T + 1, H), T >= 1."""
    p = model.parameters
    a, b = model.alphabet.id(last), model.alphabet.id(following)
    before, h = hidden[-2], hidden[-1]
    y = model.logits(h)
    carried = p.Whh @ before
    contribution = p.Why[b] * h
    above = (p.Why[b] - p.Why.mean(axis=0)) * h
    links = tuple(
        Link(
            int(j),
            float(p.Wxh[j, a]),
            float(carried[j]),
            float(p.bh[j]),
            float(h[j]),
            float(p.Why[b, j]),
            float(contribution[j]),
            float(above[j]),
        )
        for j in np.argsort(-above)
    )
    return Route(last, following, float(softmax(y)[b]), float(y[b]), float(p.by[b]), links)


def strongest_input(model: CharModel, character: str, count: int = 5) -> list[tuple[int, float]]:
    """The units that a character drives up most: (unit, Wxh[unit, character]), largest first."""
    column = model.parameters.Wxh[:, model.alphabet.id(character)]
    return [(int(j), float(column[j])) for j in np.argsort(-column)[:count]]


def strongest_outputs(model: CharModel, unit: int, sign: float = 1.0, count: int = 5) -> list[tuple[str, float]]:
    """The characters that a unit of the given sign raises most: (character, Why[character, unit])."""
    column = model.parameters.Why[:, unit] * np.sign(sign)
    return [(model.alphabet.characters[k], float(model.parameters.Why[k, unit])) for k in np.argsort(-column)[:count]]


@dataclass(frozen=True)
class ResponseMask:
    """One report's mask: the units with |h| > 0.5 whose contribution to the logit, p = Why h, has |p| > 0.5."""

    units: tuple[int, ...]
    share: float  # of the whole contribution above average
    probability: float  # of the character when only these units speak


def response_mask(model: CharModel, h: np.ndarray, following: str, threshold: float = 0.5) -> ResponseMask:
    """The mask at a state h (H,), and what share of the effect it captures."""
    p, b = model.parameters, model.alphabet.id(following)
    mask = (np.abs(h) > threshold) & (np.abs(p.Why[b] * h) > threshold)
    above = (p.Why[b] - p.Why.mean(axis=0)) * h
    total = float(above.sum())
    probability = float(softmax(model.logits(np.where(mask, h, 0)))[b])
    units = tuple(int(j) for j in np.flatnonzero(mask))
    return ResponseMask(units, float(above[mask].sum()) / total if total else 0.0, probability)
