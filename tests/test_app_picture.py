"""Pictures of poems: papers, sizes, seal and signature; in a font that has every character, or a clear message."""

import datetime
import io
import itertools
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

from apps import fonts, picture
from apps.drawing import Area, Drawing, Glyph, Stroke, box, png, svg
from apps.fonts import Fonts
from apps.papers import PAPERS
from apps.picture import MARGIN, SEAL, SIZES, Style
from charrnn_core.errors import UsageError

LINES = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]  # 王之涣 (688-742)
TITLE = "登鹳雀楼"
ALL = "".join(LINES) + TITLE + picture.SEAL_TEXT + "张三书〇一二三四五六七八九十年月日"
SEVEN = ["白日依山尽白日"] * 8
POEMS = {"绝句": LINES, "律诗": SEVEN, "排律": LINES * 5}


@pytest.fixture
def font(tmp_path, monkeypatch):
    """Make a font of black squares for the given characters, alone on this system."""
    monkeypatch.setattr(fonts, "system_fonts", lambda: ())

    def make(characters: str, name: str = "squares") -> Path:
        path = tmp_path / f"{name}.ttf"
        pen = TTGlyphPen(None)
        for point, move in zip(
            [(100, -20), (100, 780), (900, 780), (900, -20)], ["moveTo", *["lineTo"] * 3], strict=True
        ):
            getattr(pen, move)(point)
        pen.closePath()
        names = [".notdef", *(f"u{ord(c):X}" for c in dict.fromkeys(characters))]
        builder = FontBuilder(1000, isTTF=True)
        builder.setupGlyphOrder(names)
        builder.setupCharacterMap({int(name[1:], 16): name for name in names[1:]})
        builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
        builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 100)))
        builder.setupHorizontalHeader(ascent=880, descent=-120)
        builder.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
        builder.setupPost()
        builder.save(path)
        return path

    return make


def ends(glyph: Glyph) -> tuple[float, float, float, float]:
    half = glyph.size / 2
    return glyph.x - half, glyph.y - half, glyph.x + half, glyph.y + half


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("poem", POEMS)
def test_every_character_is_there_once_in_order_and_none_touches_another_or_the_edge(font, poem, paper, size):
    lines = POEMS[poem]
    style = Style(paper=paper, size=size, seal="网中吟吟", signature="张三书", dated=True)
    drawing, _ = picture.draw(lines, TITLE * 4, style, Fonts(font(ALL)))
    verse = [glyph for glyph in drawing.glyphs if glyph.size == max(each.size for each in drawing.glyphs)]
    assert "".join(glyph.character for glyph in verse) == "".join(lines)
    written = "".join(glyph.character for glyph in drawing.glyphs)
    for text in (TITLE * 4, picture.today(), "张三书", "网中吟吟"):
        assert text in written
    assert verse[0].x > verse[-1].x  # from right to left
    for glyph in drawing.glyphs:
        left, top, right, bottom = ends(glyph)
        assert left >= MARGIN * 0.8 and top >= MARGIN * 0.8
        assert right <= drawing.width - MARGIN * 0.8 and bottom <= drawing.height - MARGIN * 0.8
    for k, one in enumerate(drawing.glyphs):
        for other in drawing.glyphs[k + 1 :]:
            a, b = ends(one), ends(other)
            assert a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1, (one, other)


def test_couplets_of_a_long_poem_stand_together(font):
    drawing, _ = picture.draw(SEVEN, "", Style(size="scroll"), Fonts(font(ALL)))
    size = max(glyph.size for glyph in drawing.glyphs)
    columns = sorted({round(glyph.x) for glyph in drawing.glyphs if glyph.size == size}, reverse=True)
    steps = [round((a - b) / size, 2) for a, b in itertools.pairwise(columns)]
    assert steps == pytest.approx([1.5, 2.05, 1.5, 2.05, 1.5, 2.05, 1.5], abs=0.03)
    drawing, _ = picture.draw(SEVEN, "", Style(size="phone"), Fonts(font(ALL)))
    assert len({round(glyph.x) for glyph in drawing.glyphs if glyph.size > 60}) == 4  # two rows of two couplets


@pytest.mark.parametrize("paper", PAPERS)
def test_png_and_svg_show_the_same(font, paper):
    drawing, face = picture.draw(LINES, TITLE, Style(paper=paper), Fonts(font(ALL)))
    image = Image.open(io.BytesIO(png(drawing, face)))
    assert (image.format, image.size) == ("PNG", (1080, 1080)) and image.getpixel((3, 3)) == drawing.ground[:3]
    ink = PAPERS[paper].ink[:3]
    for glyph in drawing.glyphs[len(TITLE) : len(TITLE) + 20]:
        assert image.getpixel((round(glyph.x), round(glyph.y))) == ink
        corner = round(glyph.x + 0.36 * glyph.size), round(glyph.y - 0.36 * glyph.size)
        assert image.getpixel(corner) == ink
        assert image.getpixel((round(glyph.x + 0.46 * glyph.size), round(glyph.y))) != ink
    assert SEAL[:3] in {color for _, color in image.getcolors(1 << 21)}
    tree = ElementTree.fromstring(svg(drawing, face, "<a>", "b&c"))
    space = "{http://www.w3.org/2000/svg}"
    assert (tree.find(f"{space}title").text, tree.find(f"{space}desc").text) == ("<a>", "b&c")
    uses = tree.findall(f"{space}use")
    assert len(uses) == len(drawing.glyphs)
    moved = re.match(r"translate\(([\d.]+) ([\d.]+)\)", uses[len(TITLE)].get("transform"))
    assert float(moved[1]) == pytest.approx(drawing.glyphs[len(TITLE)].x, abs=0.1)
    path = tree.find(f"{space}defs/{space}path").get("d")
    numbers = [int(n) for n in re.findall(r"-?\d+", path)]
    assert (min(numbers), max(numbers)) == (-400, 400)  # the square of the font, its middle at 0


def test_shapes_are_filled_shaded_and_half_seen():
    drawing = Drawing(20, 20, (255, 255, 255, 255))
    drawing.shapes = [
        Area(box(0, 0, 10, 20), (0, 0, 0, 255), (200, 0, 0, 255)),
        Area(box(10, 0, 20, 10), (0, 0, 0, 51)),
        Stroke([(10, 15), (20, 15)], (0, 0, 255, 255), 2),
    ]
    image = Image.open(io.BytesIO(png(drawing, None)))
    assert image.getpixel((5, 1))[0] < 20 and image.getpixel((5, 18))[0] > 180
    assert image.getpixel((15, 5)) == (204, 204, 204) and image.getpixel((15, 15)) == (0, 0, 255)


def test_a_poem_has_always_the_same_country_and_another_poem_another(font):
    style, has = Style(paper="landscape"), Fonts(font(ALL))
    one, again, other = (picture.draw(lines, "", style, has)[0].shapes for lines in (LINES, LINES, LINES[::-1]))
    assert one == again != other


def test_the_date_is_in_chinese(monkeypatch):
    class Day(datetime.date):
        @classmethod
        def today(cls):
            return cls(2030, 10, 21)

    monkeypatch.setattr(picture.datetime, "date", Day)
    assert picture.today() == "二〇三〇年十月二十一日"


def test_a_missing_character_is_named(font):
    with pytest.raises(UsageError, match="龘"):
        picture.draw(["龘日依山尽", *LINES[1:]], TITLE, Style(), Fonts(font(ALL)))


def test_without_any_font_the_message_says_what_to_do(font):
    with pytest.raises(UsageError, match="--font"):
        picture.draw(LINES, TITLE, Style(), Fonts())


def test_fonts_are_known_by_kind_and_one_that_lacks_a_character_gives_way(font, monkeypatch):
    kai, song = font("春江" + ALL, "simkai"), font("春江花" + ALL, "NotoSerifCJK-Regular")
    monkeypatch.setattr(fonts, "system_fonts", lambda: (kai, song))
    found = Fonts()
    assert found.kinds == ("song", "kai")
    assert found.choose("春江").path == song and found.choose("春江", "kai").path == kai
    assert found.choose("春江花", "kai").path == song
    assert Fonts(kai).choose("春江").path == kai


def test_a_file_that_is_no_font_is_refused(tmp_path):
    for name in ("bad.ttf", "bad.ttc", "none.otf"):
        path = tmp_path / name
        if name != "none.otf":
            path.write_bytes(b"no font at all")
        with pytest.raises(UsageError, match="no font"):
            Fonts(path)
