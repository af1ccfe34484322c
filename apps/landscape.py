"""青绿山水 (blue-green landscape): ranges of mineral blue and green with edges of gold, mist between, water, a boat.

Drawn by code from a seed, so that every poem has a country of its own. Input: where it goes; output: shapes.
"""

import math

import numpy as np

from apps.drawing import Area, Box, Colour, Stroke

BLUE, GREEN = (38, 98, 134), (74, 138, 112)  # 石青, 石绿: azurite and malachite
FAR = (150, 176, 176)
GOLD = (176, 138, 66)
SUN = (205, 92, 66)
RANGES = 5
STEP = 10  # pixels between two points of a ridge


def landscape(within: Box, ground: Colour, seed: int, *, fade: bool = False) -> list[Area | Stroke]:
    """The shapes of a landscape within a rectangle, on paper of a colour; it may `fade` away towards the right."""
    rng = np.random.default_rng(seed)
    left, top, right, bottom = within
    width, height = right - left, bottom - top
    sides = (0.08, 0.9) if rng.random() < 0.5 or fade else (0.92, 0.06)  # of the sun and of the birds
    shapes: list[Area | Stroke] = [_sun(left + sides[0] * width, top + 0.17 * height, 0.05 * min(width, height))]
    water = bottom - 0.13 * height
    shore = right - 0.3 * width if fade else right
    for depth in range(RANGES):
        near = depth / (RANGES - 1)
        foot = top + height * (0.52 + 0.35 * near)
        ridge, base = _ridge(within, foot, height * (0.40 - 0.12 * near), rng, fade)
        hue = BLUE if depth % 2 else GREEN
        colour = _mix(FAR, hue, 0.25 + 0.75 * near)
        body = [*ridge, *reversed(base)]
        shapes += [
            Area(body, (*ground[:3], 150), (*ground[:3], 0)),  # mist, behind which farther ranges pale
            Area(body, (*colour, 235), (*_mix(colour, ground, 0.8), 0)),
            Stroke(ridge, (*GOLD, round(70 + 110 * near)), 1.5),
        ]
    shapes += _water(left, shore, water, bottom, rng)
    shapes += _boat(left + width * rng.uniform(0.25, 0.7), bottom - 0.055 * height, max(width, height) / 42)
    return [*shapes, *_birds(left + (sides[1] - 0.3 * fade) * width, top + 0.2 * height, min(width, height) / 40, rng)]


def _ridge(
    within: Box, foot: float, height: float, rng: np.random.Generator, fade: bool
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """A range, its edge and its base: peaks beside and before each other, with the unevenness of rock."""
    left, top, right, bottom = within
    x = np.arange(left, right + STEP, STEP)
    near = np.clip((right - x) / (0.45 * (right - left)), 0, 1) ** 0.8 if fade else np.ones(len(x))
    width = max(height * 1.1, 1)
    peaks = rng.uniform(left - width / 2, right + width / 2, max(3, round(1.6 * (right - left) / width)))
    rise = np.zeros(len(x))
    for peak in peaks:
        reach, tall = width * rng.uniform(0.4, 0.9), rng.uniform(0.35, 1)
        slope = np.cos(np.clip((x - peak) / reach, -1, 1) * math.pi / 2)
        rise = np.maximum(rise, tall * slope ** rng.uniform(1.2, 2.2))
    rise = np.maximum(rise, 0.1)
    for waves, size in ((7, 0.05), (17, 0.028), (41, 0.012)):
        rise += size * np.sin(
            x / (right - left) * waves * 2 * math.pi * (right - left) / (6 * width) + rng.uniform(0, 6)
        )
    edge, base = foot - height * rise * near, foot + 0.1 * (bottom - top) * near
    return list(zip(x.tolist(), edge.tolist(), strict=True)), list(zip(x.tolist(), base.tolist(), strict=True))


def _mix(one: tuple[int, ...], other: tuple[int, ...], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one[:3], other[:3], strict=True))
    return red, green, blue


def _sun(x: float, y: float, radius: float) -> Area:
    turns = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    return Area([(x + radius * math.cos(a), y + radius * math.sin(a)) for a in turns], (*SUN, 170))


def _water(left: float, right: float, top: float, bottom: float, rng: np.random.Generator) -> list[Stroke]:
    """Quiet water: short level strokes, the nearer the longer."""
    strokes = []
    for _ in range(26):
        near = rng.uniform(0.1, 1)
        y, length = top + near * (bottom - top), (right - left) * rng.uniform(0.03, 0.1) * (0.4 + near)
        x = rng.uniform(left, right - length)
        strokes.append(Stroke([(x, y), (x + length, y)], (*BLUE, 60), 1.2))
    return strokes


def _boat(x: float, y: float, size: float) -> list[Area | Stroke]:
    """A boat with its awning, and who steers it."""
    ink = (52, 44, 36, 230)
    hull = [(x - size, y - 0.16 * size), (x - 0.7 * size, y + 0.14 * size), (x + 0.7 * size, y + 0.14 * size)]
    awning = [
        (x + size * (0.4 * math.cos(a) - 0.05), y - size * 0.42 * math.sin(a)) for a in np.linspace(0, math.pi, 12)
    ]
    steer = [(x + 0.72 * size, y - 0.1 * size), (x + 0.66 * size, y - 0.5 * size), (x + 0.8 * size, y - 0.48 * size)]
    pole = Stroke([(x + 0.62 * size, y - 0.75 * size), (x + 1.05 * size, y + 0.3 * size)], ink, 1.4)
    return [Area(awning, (120, 92, 58, 235)), Area([*hull, (x + size, y - 0.22 * size)], ink), Area(steer, ink), pole]


def _birds(x: float, y: float, size: float, rng: np.random.Generator) -> list[Stroke]:
    """A few birds, far away."""
    found = []
    for k in range(5):
        a, b = x + size * 0.9 * k, y + size * (rng.uniform(-0.4, 0.4) - 0.4 * k)
        wing = size * 0.4
        found.append(Stroke([(a - wing, b - wing / 2), (a, b), (a + wing, b - wing / 2)], (60, 56, 50, 170), 1.5))
    return found
