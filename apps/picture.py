"""A poem as a picture (PNG): vertical columns on paper with a seal, in a CJK font of the system or a given one.

No font comes with the package. A font counts when it has every character that is to be drawn.
"""

import io
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from apps.texts import say
from charrnn_core.errors import UsageError
from poetry.text.hanzi import to_traditional

PAPER, INK, SEAL, EDGE = (248, 242, 228), (38, 32, 26), (157, 42, 32), (205, 190, 160)
SIZE = 72  # of a character, in pixels
COLUMN, ROW, MARGIN = 1.75 * SIZE, 1.18 * SIZE, 1.6 * SIZE
TITLE_COLUMN, TITLE_ROW = 0.8 * SIZE, 0.75 * SIZE
MOST_COLUMNS = 10  # of verse on one row of columns; a longer poem goes on below
SEAL_TEXT = "网中吟"

# Fonts that are known to hold Chinese, the best looking first; matched against file names.
KNOWN = (
    "NotoSerifCJK",
    "SourceHanSerif",
    "NotoSerifSC",
    "Songti",
    "STSong",
    "simsun",
    "uming",
    "NotoSansCJK",
    "SourceHanSans",
    "NotoSansSC",
    "PingFang",
    "Hiragino",
    "msyh",
    "DroidSansFallback",
    "wqy",
    "ukai",
)


@dataclass(frozen=True)
class Face:
    """One face of a font file."""

    path: Path
    index: int


_given: list[Path] = []


def use_font(path: Path) -> None:
    """Draw with this font file first. Raises UsageError when it is none."""
    if not faces(path):
        raise UsageError("{path} is no font that can be read; give a .ttf, .otf or .ttc file", path=path)
    _given[:] = [path]


def draw(lines: Sequence[str], title: str, *, traditional: bool = False) -> bytes:
    """The picture of a poem. Raises UsageError when no font has the characters."""
    from PIL import Image, ImageDraw, ImageFont

    if traditional:
        lines, title = [to_traditional(line) for line in lines], to_traditional(title)
    seal = to_traditional(SEAL_TEXT) if traditional else SEAL_TEXT
    face = choose("".join(lines) + title + seal, traditional=traditional)

    large, middle, small = (
        ImageFont.truetype(str(face.path), round(size * SIZE), index=face.index) for size in (1, 0.55, 0.4)
    )

    blocks = [lines[i : i + MOST_COLUMNS] for i in range(0, len(lines), MOST_COLUMNS)]
    block_height = max(len(line) for line in lines) * ROW + 0.7 * SIZE
    height = round(2 * MARGIN + len(blocks) * block_height)
    titles = _in_columns(title, int((height - 2 * MARGIN) / TITLE_ROW))
    beside = 0.7 * SIZE + len(titles) * TITLE_COLUMN  # what the title takes of the width
    width = round(2 * MARGIN + len(blocks[0]) * COLUMN + 0.7 * SIZE + beside)
    image = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((24, 24, width - 25, height - 25), outline=EDGE, width=3)
    pen.rectangle((34, 34, width - 35, height - 35), outline=EDGE, width=1)

    for column, characters in enumerate(titles):
        x = width - MARGIN - 0.4 * SIZE - column * TITLE_COLUMN
        for row, character in enumerate(characters):
            pen.text((x, MARGIN + (row + 0.5) * TITLE_ROW), character, INK, middle, anchor="mm")
    for block, part in enumerate(blocks):
        for column, line in enumerate(part):
            x = width - MARGIN - beside - (column + 0.5) * COLUMN
            for row, character in enumerate(line):
                y = MARGIN + block * block_height + (row + 0.5) * ROW
                pen.text((x, y), character, INK, large, anchor="mm")
    _seal(pen, small, seal, MARGIN, height - MARGIN - 0.7 * SIZE)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _in_columns(title: str, most: int) -> list[str]:
    """A title in columns of at most so many characters, about equally long."""
    count = max(1, -(-len(title) // most))
    length = max(1, -(-len(title) // count))
    return [title[i : i + length] for i in range(0, max(len(title), 1), length)]


def _seal(pen, font, text: str, left: float, bottom: float) -> None:
    """The seal in the lower left corner, its text from top to bottom."""
    edge = 0.5 * SIZE
    top = bottom - len(text) * edge - 12
    pen.rounded_rectangle((left, top, left + edge + 12, bottom), radius=6, fill=SEAL)
    for row, character in enumerate(text):
        pen.text((left + 6 + edge / 2, top + 6 + (row + 0.5) * edge), character, PAPER, font, anchor="mm")


def choose(characters: str, *, traditional: bool = False) -> Face:
    """The first face that has all characters. Raises UsageError that says what to do when there is none."""
    needed = {ord(c) for c in characters}
    missing: set[int] = needed
    for path in _font_files():
        for face in sorted(faces(path), key=lambda f: not _regional(f, traditional)):
            lacking = needed - coverage(face)
            if not lacking:
                return face
            missing = min(missing, lacking, key=len)
    if missing == needed:
        raise UsageError(say("no_font"))
    raise UsageError(say("no_glyph", characters="".join(map(chr, sorted(missing)))[:10]))


@cache
def faces(path: Path) -> tuple[Face, ...]:
    """The faces of a font file; none when it is no font."""
    from fontTools.ttLib import TTCollection, TTFont, TTLibError

    try:
        with path.open("rb") as file:  # fontTools leaves a file open that it cannot read
            if path.suffix.lower() in (".ttc", ".otc"):
                return tuple(Face(path, index) for index in range(len(TTCollection(file, lazy=True).fonts)))
            TTFont(file, lazy=True)
            return (Face(path, 0),)
    except (OSError, TTLibError):
        return ()


@lru_cache(maxsize=4)
def coverage(face: Face) -> frozenset[int]:
    """The code points a face has glyphs for."""
    from fontTools.ttLib import TTFont

    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


@cache
def _regional(face: Face, traditional: bool) -> bool:
    """Whether a face of a pan-CJK collection draws characters as the script is written."""
    from fontTools.ttLib import TTFont

    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        name = font["name"].getDebugName(1) or ""
    return name.endswith(" TC" if traditional else " SC")


@cache
def _system_fonts() -> tuple[Path, ...]:
    """Font files of the system whose names are known, the best first."""
    found = [path for folder in _folders() for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES]
    ranked = [(rank, path) for path in found for rank, name in enumerate(KNOWN) if name.lower() in path.name.lower()]
    regular = sorted(ranked, key=lambda item: (item[0], "regular" not in item[1].name.lower(), item[1]))
    return tuple(dict.fromkeys(path for _, path in regular))


_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")


def _folders() -> Iterator[Path]:
    home = Path.home()
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
        yield home / "AppData/Local/Microsoft/Windows/Fonts"
    elif sys.platform == "darwin":
        yield from (Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts")
    else:
        yield from (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
        yield from (home / ".local/share/fonts", home / ".fonts")


def _font_files() -> list[Path]:
    return [*_given, *_system_fonts()]
