"""A drawing: areas and strokes, then characters over them; as PNG by Pillow, as SVG by hand. Both look alike.

Units are pixels of the PNG, y goes down. A colour is (red, green, blue, opacity), each 0 to 255.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.fonts import MIDDLE, Face, outlines
from charrnn_core.escape import escape

Colour = tuple[int, int, int, int]
Points = Sequence[tuple[float, float]]
Box = tuple[float, float, float, float]  # left, top, right, bottom
SMOOTH = 2  # areas are drawn so many times as large, then made small: their edges are smooth


@dataclass(frozen=True)
class Area:
    """A polygon in one colour, or in one that passes from its top to another at its foot."""

    points: Points
    colour: Colour
    foot: Colour | None = None


@dataclass(frozen=True)
class Stroke:
    """A line through points."""

    points: Points
    colour: Colour
    width: float


@dataclass(frozen=True)
class Glyph:
    """A character with its middle at (x, y)."""

    character: str
    x: float
    y: float
    size: float
    colour: Colour


@dataclass
class Drawing:
    """What is drawn on a sheet of `width` by `height` of one colour, in order: all shapes, then all characters."""

    width: int
    height: int
    ground: Colour
    shapes: list[Area | Stroke] = field(default_factory=list)
    glyphs: list[Glyph] = field(default_factory=list)


def box(left: float, top: float, right: float, bottom: float) -> Points:
    """The corners of a rectangle."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def png(drawing: Drawing, face: Face) -> bytes:
    """The drawing as a PNG."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (drawing.width * SMOOTH, drawing.height * SMOOTH), drawing.ground[:3])
    for shape in drawing.shapes:
        points = [(x * SMOOTH, y * SMOOTH) for x, y in shape.points]
        if isinstance(shape, Stroke):
            pen = ImageDraw.Draw(image, "RGBA")
            pen.line(points, shape.colour, max(1, round(shape.width * SMOOTH)), "curve")
        elif shape.foot:
            _shade(image, points, shape.colour, shape.foot)
        else:
            ImageDraw.Draw(image, "RGBA").polygon(points, shape.colour)
    image = image.resize((drawing.width, drawing.height), Image.Resampling.BOX)
    pen = ImageDraw.Draw(image, "RGBA")
    fonts: dict[int, Any] = {}
    for glyph in drawing.glyphs:
        size = max(1, round(glyph.size))
        if size not in fonts:
            fonts[size] = ImageFont.truetype(str(face.path), size, index=face.index)
        pen.text((glyph.x, glyph.y + MIDDLE * size), glyph.character, glyph.colour, fonts[size], anchor="ms")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _shade(image: Any, points: Points, top: Colour, foot: Colour) -> None:
    """Fill a polygon with a colour that changes from its top to its foot."""
    import numpy as np
    from PIL import Image, ImageChops, ImageDraw

    left, upper = (max(0, int(min(values))) for values in zip(*points, strict=True))
    right, lower = (int(max(values)) + 1 for values in zip(*points, strict=True))
    right, lower = min(right, image.width), min(lower, image.height)
    if right <= left or lower <= upper:
        return
    down = np.linspace(np.array(top), np.array(foot), lower - upper)[:, None]  # (H, 1, 4)
    shade = Image.fromarray(down.round().astype(np.uint8), "RGBA").resize((right - left, lower - upper))
    mask = Image.new("L", shade.size)
    ImageDraw.Draw(mask).polygon([(x - left, y - upper) for x, y in points], 255)
    image.paste(shade.convert("RGB"), (left, upper), ImageChops.multiply(mask, shade.getchannel("A")))


def svg(drawing: Drawing, face: Face, title: str, text: str) -> str:
    """The drawing as an SVG that needs no font: characters are shapes. What it says stands in `title` and `text`."""
    size = f'width="{drawing.width}" height="{drawing.height}"'
    paths = outlines(face, "".join(glyph.character for glyph in drawing.glyphs))
    numbers = {character: index for index, character in enumerate(paths)}
    defined = [f'<path id="g{numbers[c]}" d="{path}"/>' for c, path in paths.items()]
    drawn = [f"<rect {size} {_paint(drawing.ground)}/>"]
    for index, shape in enumerate(drawing.shapes):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
        if isinstance(shape, Stroke):
            stroke = _paint(shape.colour, "stroke", "stroke-opacity")
            drawn.append(f'<polyline points="{points}" fill="none" {stroke} stroke-width="{shape.width:.1f}"/>')
        elif shape.foot:
            stops = "".join(
                f'<stop offset="{k}" {_paint(colour, "stop-color", "stop-opacity")}/>'
                for k, colour in enumerate((shape.colour, shape.foot))
            )
            defined.append(f'<linearGradient id="s{index}" x1="0" y1="0" x2="0" y2="1">{stops}</linearGradient>')
            drawn.append(f'<polygon points="{points}" fill="url(#s{index})"/>')
        else:
            drawn.append(f'<polygon points="{points}" {_paint(shape.colour)}/>')
    drawn += [
        f'<use href="#g{numbers[glyph.character]}" {_paint(glyph.colour)} '
        f'transform="translate({glyph.x:.1f} {glyph.y:.1f}) scale({glyph.size / 1000:.4f})"/>'
        for glyph in drawing.glyphs
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width} {drawing.height}" {size} role="img">'
        f"<title>{escape(title)}</title><desc>{escape(text)}</desc>"
        f"<defs>{''.join(defined)}</defs>{''.join(drawn)}</svg>"
    )


def _paint(colour: Colour, name: str = "fill", opacity: str = "fill-opacity") -> str:
    red, green, blue, part = colour
    return f'{name}="#{red:02x}{green:02x}{blue:02x}"' + (f' {opacity}="{part / 255:.2f}"' if part < 255 else "")
