"""The path from an input character through the hidden units to the next character's logit.

At a state h, with y = Why h + by, unit j contributes Why[b, j] h[j] to the logit of b, and
(Why[b, j] - mean_k Why[k, j]) h[j] to the difference of that logit from the average one: what raises b
above the others. The chain for the last character a read is Wxh[j, a] -> h[j] -> Why[b, j]. Of several characters
b, such as newline and space, the mean of their rows of Why is taken, and the sum of their probabilities.
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
    following: str  # one character or more
    probability: float  # of all of them together
    logit: float  # their mean
    by: float  # their mean
    links: tuple[Link, ...]  # all units, the largest contribution above average first


def route(model: CharModel, hidden: np.ndarray, last: str, following: str) -> Route:
    """The path at the end of a text whose states are `hidden` (T + 1, H), T >= 1, to the characters `following`."""
    p = model.parameters
    a, b = model.alphabet.id(last), model.alphabet.encode(following)
    before, h = hidden[-2], hidden[-1]
    carried = p.Whh @ before
    row = p.Why[b].mean(axis=0)
    contribution = row * h
    above = (row - p.Why.mean(axis=0)) * h
    links = tuple(
        Link(
            int(j),
            float(p.Wxh[j, a]),
            float(carried[j]),
            float(p.bh[j]),
            float(h[j]),
            float(row[j]),
            float(contribution[j]),
            float(above[j]),
        )
        for j in np.argsort(-above)
    )
    probability = float(softmax(model.scores(h))[b].sum())
    return Route(last, following, probability, float(model.logits(h)[b].mean()), float(p.by[b].mean()), links)


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
    """One course report's mask: what responds is on when |x|, |h| and the probability p are above 0.5, and the
    weights between what is on are said to be the reason. x is one-hot, so that the character read is its only input.
    """

    units: tuple[int, ...]  # |h| > 0.5
    outputs: str  # p > 0.5: one character or none
    share: float  # of the effect above average that these units carry
    probability: float  # of the characters asked about when only these units speak


def response_mask(model: CharModel, h: np.ndarray, following: str, threshold: float = 0.5) -> ResponseMask:
    """The mask at a state h (H,), and how little it leaves out."""
    p, b = model.parameters, model.alphabet.encode(following)
    on = np.abs(h) > threshold
    outputs = np.flatnonzero(softmax(model.scores(h)) > threshold)
    above = (p.Why[b].mean(axis=0) - p.Why.mean(axis=0)) * h
    total = float(above.sum())
    probability = float(softmax(model.scores(np.where(on, h, 0)))[b].sum())
    units = tuple(int(j) for j in np.flatnonzero(on))
    return ResponseMask(
        units, model.alphabet.decode(outputs), float(above[on].sum()) / total if total else 0.0, probability
    )
