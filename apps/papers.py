"""笺 (papers) for a picture of a poem: plain, rice paper flecked with gold, a blue-green landscape, gold on indigo."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from apps.drawing import Area, Colour, Drawing, Stroke, box
from apps.landscape import landscape

Draw = Callable[[Drawing, "Paper", int], None]
FRAME = 30  # pixels from the edge of the sheet to the outer line of its frame


@dataclass(frozen=True)
class Paper:
    """Colours of a paper, what is drawn on it, and which share of it that takes: below, on a scroll at the left."""

    ground: Colour
    ink: Colour
    faint: Colour  # of title and signature
    edge: Colour
    ruled: bool  # 界栏: lines between the columns
    view: float
    draw: Draw


def _frame(drawing: Drawing, edge: Colour) -> None:
    """A frame of two lines, the inner one thin."""
    for inset, width in ((FRAME, 3.0), (FRAME + 10, 1.0)):
        corners = box(inset, inset, drawing.width - inset, drawing.height - inset)
        drawing.shapes.append(Stroke([*corners, corners[0], corners[1]], edge, width))


def _plain(drawing: Drawing, paper: Paper, seed: int) -> None:
    _frame(drawing, paper.edge)


def _rice(drawing: Drawing, paper: Paper, seed: int) -> None:
    """宣纸洒金: long fibres, and gold scattered over them."""
    rng = np.random.default_rng(seed)
    for _ in range(round(drawing.width * drawing.height / 9000)):
        x, y, turn = rng.uniform(0, drawing.width), rng.uniform(0, drawing.height), rng.uniform(0, 2 * np.pi)
        length, bend = rng.uniform(20, 90), rng.uniform(-0.7, 0.7)
        steps = np.linspace(0, 1, 6)
        angles = turn + bend * steps
        points = [(x + length * s * np.cos(a), y + length * s * np.sin(a)) for s, a in zip(steps, angles, strict=True)]
        drawing.shapes.append(Stroke(points, (176, 150, 110, int(rng.integers(28, 70))), 1.0))
    _gold(drawing, rng, 70, 150)


def _gold(drawing: Drawing, rng: np.random.Generator, count: int, opacity: int) -> None:
    """Flecks of gold leaf: small uneven quadrangles."""
    for _ in range(round(count * drawing.width / 1080)):
        x, y, size = rng.uniform(0, drawing.width), rng.uniform(0, drawing.height), rng.gamma(2, 2.2)
        turns = np.sort(rng.uniform(0, 2 * np.pi, 4))
        corners = [(x + size * np.cos(a), y + size * np.sin(a)) for a in turns]
        drawing.shapes.append(Area(corners, (196, 158, 78, opacity)))


def _landscape(drawing: Drawing, paper: Paper, seed: int) -> None:
    """Below the poem; on a scroll, which is read from the right, at the left end."""
    width, height = drawing.width, drawing.height
    if width > height:
        drawing.shapes += landscape((0, 0.12 * height, paper.view * width, height), paper.ground, seed, fade=True)
    else:
        drawing.shapes += landscape((0, (0.96 - paper.view) * height, width, height), paper.ground, seed)


def _night(drawing: Drawing, paper: Paper, seed: int) -> None:
    """磁青: indigo, written on with gold."""
    _gold(drawing, np.random.default_rng(seed), 60, 90)
    _frame(drawing, paper.edge)


PAPERS = {
    "plain": Paper((250, 246, 235, 255), (38, 32, 26, 255), (92, 80, 66, 255), (205, 190, 160, 255), False, 0, _plain),
    "rice": Paper((243, 234, 214, 255), (40, 33, 27, 255), (96, 78, 60, 255), (176, 74, 58, 120), True, 0, _rice),
    "landscape": Paper(
        (240, 231, 208, 255), (40, 34, 28, 255), (92, 78, 60, 255), (176, 138, 66, 160), False, 0.4, _landscape
    ),
    "night": Paper(
        (22, 33, 56, 255), (226, 195, 130, 255), (196, 168, 112, 255), (176, 142, 80, 230), False, 0, _night
    ),
}
