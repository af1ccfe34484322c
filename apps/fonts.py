"""Fonts of the system that hold Chinese, by their kind: 宋 (Song), 楷 (Kai), 仿宋 (Fangsong), 黑 (Hei).

No font comes with the package. A font counts when it has every character that is to be drawn.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

from apps.texts import say
from charrnn_core.errors import UsageError

# Names of files by kind, the best looking first.
KINDS = {
    "song": ("NotoSerifCJK", "SourceHanSerif", "NotoSerifSC", "Songti", "STSong", "simsun", "uming"),
    "kai": ("LXGWWenKai", "Kaiti", "STKai", "simkai", "ukai"),
    "fangsong": ("STFang", "simfang", "FangSong"),
    "hei": (
        *("NotoSansCJK", "SourceHanSans", "NotoSansSC", "PingFang", "Hiragino", "msyh"),
        *("DroidSansFallback", "wqy"),
    ),
}
_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")


@dataclass(frozen=True)
class Face:
    """One face of a font file."""

    path: Path
    index: int


class Fonts:
    """The fonts of this system; `given` is one that goes before all that are not of a kind that is asked for. Raises
    UsageError when that is none."""

    def __init__(self, given: Path | None = None) -> None:
        if given and not faces(given):
            raise UsageError("{path} is no font that can be read; give a .ttf, .otf or .ttc file", path=given)
        self.given = given

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds there are files of."""
        return tuple(kind for kind in KINDS if self._found[kind])

    def choose(self, characters: str, kind: str = "", *, traditional: bool = False) -> Face:
        """The first face that has all characters, of a kind if there is one. Raises UsageError that says what to do
        when there is none."""
        needed = {ord(c) for c in characters}
        missing: set[int] = needed
        for path in self._files(kind):
            for face in sorted(faces(path), key=lambda f: not _regional(f, traditional)):
                lacking = needed - coverage(face)
                if not lacking:
                    return face
                missing = min(missing, lacking, key=len)
        if missing == needed:
            raise UsageError(say("no_font"))
        raise UsageError(say("no_glyph", characters="".join(map(chr, sorted(missing)))[:10]))

    def _files(self, kind: str) -> Iterator[Path]:
        """The files of a kind, then the given one, then all others."""
        yield from self._found.get(kind, ())
        if self.given:
            yield self.given
        for each, files in self._found.items():
            if each != kind:
                yield from files

    @cached_property
    def _found(self) -> dict[str, tuple[Path, ...]]:
        files = system_fonts()
        return {kind: tuple(_named(names, files)) for kind, names in KINDS.items()}


def _named(names: tuple[str, ...], files: tuple[Path, ...]) -> Iterator[Path]:
    """The files that are called by one of the names, in the order of those; of one name the regular weight first."""
    for name in names:
        found = [path for path in files if name.lower() in path.name.lower()]
        yield from sorted(found, key=lambda path: ("regular" not in path.name.lower(), path))


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


@lru_cache(maxsize=8)
def coverage(face: Face) -> frozenset[int]:
    """The code points a face has glyphs for."""
    from fontTools.ttLib import TTFont

    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


def outlines(face: Face, characters: str) -> dict[str, str]:
    """The shape of each character as an SVG path within a square of 1,000 units, its middle at (0, 0)."""
    from fontTools.pens.svgPathPen import SVGPathPen
    from fontTools.pens.transformPen import TransformPen
    from fontTools.ttLib import TTFont

    found = {}
    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        shapes, names, scale = font.getGlyphSet(), font.getBestCmap() or {}, 1000 / font["head"].unitsPerEm
        for character in dict.fromkeys(characters):
            glyph = shapes[names[ord(character)]]
            pen = SVGPathPen(shapes, ntos=lambda number: f"{number:.0f}")
            glyph.draw(TransformPen(pen, (scale, 0, 0, -scale, -scale * glyph.width / 2, 1000 * MIDDLE)))
            found[character] = pen.getCommands()
    return found


MIDDLE = 0.38  # of the size: how far the middle of a Hanzi lies above its baseline


@cache
def _regional(face: Face, traditional: bool) -> bool:
    """Whether a face of a pan-CJK collection draws characters as the script is written."""
    from fontTools.ttLib import TTFont

    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        name = font["name"].getDebugName(1) or ""
    return name.endswith((" TC", " TW") if traditional else (" SC", " CN"))


@cache
def system_fonts() -> tuple[Path, ...]:
    """Every font file of the system."""
    return tuple(sorted(p for folder in _folders() for p in folder.rglob("*") if p.suffix.lower() in _SUFFIXES))


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
