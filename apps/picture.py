"""A poem as a picture: vertical columns from right to left, title before them, signature and seal after them.

Input: lines, title and a Style. Output: a Drawing (apps.drawing) and the face it is to be drawn in. The verse is as
large as the sheet allows: couplets stand side by side, in as many rows as make the characters largest.
"""

import datetime
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from apps.drawing import Area, Box, Colour, Drawing, Glyph, Stroke, box
from apps.fonts import Face, Fonts
from apps.papers import PAPERS, Paper
from poetry.text.hanzi import to_traditional

SIZES = {"square": (1080, 1080), "phone": (1080, 1920), "scroll": (0, 1080)}  # a scroll is as wide as it must be
SEAL_TEXT = "网中吟"
SEAL: Colour = (164, 40, 32, 255)
ON_SEAL: Colour = (250, 242, 230, 255)
MARGIN = 84  # pixels between the edge of the sheet and what is written
LARGEST, LARGEST_ON_SCROLL = 118, 150  # pixels of a character

# In sizes of a character of the verse:
COLUMN, ROW = 1.5, 1.16
BETWEEN = 0.55  # couplets, where there are more than two
ROWS_APART = 0.9
TITLE, TITLE_COLUMN = 0.55, 0.75  # size, and width of a column
BESIDE = 0.55  # between the verse and its title or signature
SIGNED, SIGNED_COLUMN = 0.42, 0.6
SEAL_EDGE = 0.5  # of a character in the seal


@dataclass(frozen=True)
class Style:
    """How a picture looks: names of PAPERS and SIZES, a kind of font (empty: the best), and who made it."""

    paper: str = "plain"
    size: str = "square"
    font: str = ""
    seal: str = SEAL_TEXT  # at most four characters
    signature: str = ""
    dated: bool = False
    traditional: bool = False


def draw(lines: Sequence[str], title: str, style: Style, fonts: Fonts) -> tuple[Drawing, Face]:
    """The picture of a poem. Raises UsageError when no font has the characters."""
    signature = " ".join(filter(None, [today() if style.dated else "", style.signature]))
    seal = style.seal
    if style.traditional:
        lines, title, seal, signature = [*map(to_traditional, lines)], *map(to_traditional, (title, seal, signature))
    written = "".join([*lines, title, seal, signature]).replace(" ", "")
    face = fonts.choose(written, style.font, traditional=style.traditional)
    plan = _planned(lines, title, signature, style.size, PAPERS[style.paper])
    return plan.drawn(lines, title, signature, seal), face


def today() -> str:
    """The date in Chinese: 二〇二六年十一月二十六日."""
    day = datetime.date.today()
    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(day.year))
    return f"{year}年{_number(day.month)}月{_number(day.day)}日"


def _number(number: int) -> str:
    """A number up to 99 in Chinese.

    >>> [_number(n) for n in (7, 10, 12, 20, 31)]
    ['七', '十', '十二', '二十', '三十一']
    """
    tens, ones = divmod(number, 10)
    digits = ["", *"一二三四五六七八九"]
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + digits[ones]


@dataclass(frozen=True)
class Plan:
    """Where things go: the sheet, the rectangle for writing, the size of a character, couplets in a row."""

    width: int
    height: int
    within: Box
    size: float
    abreast: int
    apart: float  # between couplets, in sizes
    paper: Paper
    titles: list[str]
    signed: list[str]

    def drawn(self, lines: Sequence[str], title: str, signature: str, seal: str) -> Drawing:
        """The poem on its paper."""
        drawing = Drawing(self.width, self.height, self.paper.ground)
        self.paper.draw(drawing, self.paper, zlib.crc32("".join(lines).encode()))
        left, top, right, bottom = self._block(lines)
        size, start = self.size, right - _title_width(self.titles) * self.size
        self._columns(drawing, self.titles, right, top, TITLE, TITLE_COLUMN)
        rows = _rows(lines, self.abreast)
        tall = _length(lines) * ROW * size
        for row, columns in enumerate(rows):
            y = top + row * (tall + ROWS_APART * size)
            for index, line in enumerate(columns):
                x = start - (index + 0.5) * COLUMN * size - index // 2 * self.apart * size
                self._written(drawing, line, x, y + ROW * size / 2, ROW * size, size, self.paper.ink)
                if self.paper.ruled:
                    self._rules(drawing, x, y, tall, last=index == len(columns) - 1 or index % 2 == 1)
        foot = self._sealed(drawing, seal, left, bottom)
        beside = left + _width(self.signed, SIGNED_COLUMN) * size
        self._columns(drawing, self.signed, beside, 0, SIGNED, SIGNED_COLUMN, foot)
        return drawing

    def _block(self, lines: Sequence[str]) -> Box:
        """The rectangle that is written on, in the middle of the one that may be."""
        wide, tall = (self.size * each for each in _extent(lines, self.abreast, self.apart, self.titles, self.signed))
        left, top, right, bottom = self.within
        x, y = (left + right - wide) / 2, (top + bottom - tall) / 2
        return x, y, x + wide, y + tall

    def _columns(
        self,
        drawing: Drawing,
        texts: Sequence[str],
        right: float,
        top: float,
        size: float,
        width: float,
        foot: float = 0,
    ) -> None:
        """Columns of small characters from the right, from `top` or, where that is given, down to `foot`."""
        step = size * self.size * 1.15
        for index, text in enumerate(texts):
            x, y = right - (index + 0.5) * width * self.size, foot - len(text) * step if foot else top
            self._written(drawing, text, x, y + step / 2, step, size * self.size, self.paper.faint)

    @staticmethod
    def _written(drawing: Drawing, text: str, x: float, y: float, step: float, size: float, colour: Colour) -> None:
        drawing.glyphs += [Glyph(c, x, y + k * step, size, colour) for k, c in enumerate(text) if c != " "]

    def _rules(self, drawing: Drawing, x: float, y: float, tall: float, *, last: bool) -> None:
        """界栏: lines on both sides of a column, and where they end."""
        half, above = COLUMN * self.size / 2, 0.12 * self.size
        for side in (half, -half) if last else (half,):
            drawing.shapes.append(Stroke([(x + side, y - above), (x + side, y + tall + above)], self.paper.edge, 1.6))
        for end in (y - above, y + tall + above):
            drawing.shapes.append(Stroke([(x - half, end), (x + half, end)], self.paper.edge, 1.6))

    def _sealed(self, drawing: Drawing, seal: str, left: float, bottom: float) -> float:
        """The seal in the lower left corner, four characters in two columns; returns where its top is."""
        if not seal:
            return bottom
        columns = [seal[:2], seal[2:]] if len(seal) == 4 else [seal]
        edge = SEAL_EDGE * self.size * (0.92 if len(columns) == 2 else 1)
        border = 0.16 * edge
        width, height = len(columns) * edge + 2 * border, len(columns[0]) * edge + 2 * border
        middle = left + max(_width(self.signed, SIGNED_COLUMN), SEAL_EDGE * 1.3) * self.size / 2
        x, y = middle - width / 2, bottom - height
        worn = 0.035 * edge  # the edges of a seal that was used
        corners = box(x, y, x + width, y + height)
        rim = [
            (a + worn * (((k * 7919) % 11) / 11 - 0.5), b + worn * (((k * 104729) % 13) / 13 - 0.5))
            for k, (a, b) in enumerate(_along(corners, 9))
        ]
        drawing.shapes.append(Area(rim, SEAL))
        for index, text in enumerate(columns):
            right = x + width - border - (index + 0.5) * edge
            self._written(drawing, text, right, y + border + edge / 2, edge, 0.9 * edge, ON_SEAL)
        return y - 0.35 * self.size


def _planned(lines: Sequence[str], title: str, signature: str, size: str, paper: Paper) -> Plan:
    """The plan that makes the characters largest."""
    width, height = SIZES[size]
    couplets, length = -(-len(lines) // 2), _length(lines)
    apart = BETWEEN if couplets > 2 else 0.0
    tried = range(1, couplets + 1) if width else [couplets]
    best: Plan | None = None
    for abreast in tried:
        rows = -(-couplets // abreast)
        tall = rows * length * ROW + (rows - 1) * ROWS_APART
        titles = _in_columns(title, int(length * ROW / (TITLE * 1.15)))
        room = length * ROW - (3 * SEAL_EDGE + 0.6)
        signed = [part for text in signature.split() for part in _in_columns(text, max(3, int(room / (SIGNED * 1.15))))]
        wide, _ = _extent(lines, abreast, apart, titles, signed)
        within: tuple[float, float, float, float]
        if width:
            within = (MARGIN, MARGIN, width - MARGIN, height * (1 - paper.view) - MARGIN * (0.2 if paper.view else 1))
            fits = min((within[2] - within[0]) / wide, (within[3] - within[1]) / tall, LARGEST)
            sheet = width
        else:
            fits = min((height - 2.2 * MARGIN) / tall, LARGEST_ON_SCROLL)
            sheet = round(max((wide * fits + 2.6 * MARGIN) / (1 - paper.view), 2 * height))
            within = (paper.view * sheet + MARGIN, MARGIN, sheet - 1.6 * MARGIN, height - MARGIN)
        if best is None or fits > best.size:
            best = Plan(sheet, height, within, fits, abreast, apart, paper, titles, signed)
    assert best is not None  # a poem has a couplet
    return best


def _extent(
    lines: Sequence[str], abreast: int, apart: float, titles: Sequence[str], signed: Sequence[str]
) -> tuple[float, float]:
    """Width and height of what is written, in sizes of a character."""
    rows = _rows(lines, abreast)
    columns = max(map(len, rows))
    verse = columns * COLUMN + (-(-columns // 2) - 1) * apart
    ending = BESIDE + max(_width(signed, SIGNED_COLUMN), SEAL_EDGE * 1.3)
    return _title_width(titles) + verse + ending, len(rows) * _length(lines) * ROW + (len(rows) - 1) * ROWS_APART


def _length(lines: Sequence[str]) -> int:
    """Characters of the longest line."""
    return max(map(len, lines))


def _rows(lines: Sequence[str], abreast: int) -> list[Sequence[str]]:
    return [lines[i : i + 2 * abreast] for i in range(0, len(lines), 2 * abreast)]


def _title_width(titles: Sequence[str]) -> float:
    return _width(titles, TITLE_COLUMN) + BESIDE


def _width(texts: Sequence[str], column: float) -> float:
    return len(texts) * column


def _in_columns(text: str, most: int) -> list[str]:
    """A text in columns of at most so many characters, about equally long."""
    count = max(1, -(-len(text) // max(1, most)))
    length = max(1, -(-len(text) // count))
    return [text[i : i + length] for i in range(0, len(text), length)]


def _along(corners: Sequence[tuple[float, float]], steps: int) -> list[tuple[float, float]]:
    """Points along the sides of a polygon."""
    return [
        (a + (c - a) * k / steps, b + (d - b) * k / steps)
        for (a, b), (c, d) in zip(corners, [*corners[1:], corners[0]], strict=True)
        for k in range(steps)
    ]
