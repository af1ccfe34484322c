"""Pictures of poems: vertical, in a font that has every character, or a clear message."""

import io
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

from apps import picture
from charrnn_core.errors import UsageError

LINES = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]  # 王之涣 (688-742)
ALL = "".join(LINES) + "登鹳雀楼" + picture.SEAL_TEXT


@pytest.fixture
def font(tmp_path, monkeypatch):
    """Make a font of black squares for the given characters, alone on this system."""
    monkeypatch.setattr(picture, "_system_fonts", lambda: ())
    monkeypatch.setattr(picture, "_given", [])

    def make(characters: str) -> Path:
        path = tmp_path / f"{len(characters)}.ttf"
        pen = TTGlyphPen(None)
        for point, move in zip([(0, 0), (0, 800), (800, 800), (800, 0)], ["moveTo", *["lineTo"] * 3], strict=True):
            getattr(pen, move)(point)
        pen.closePath()
        names = [".notdef", *(f"u{ord(c):X}" for c in dict.fromkeys(characters))]
        builder = FontBuilder(1000, isTTF=True)
        builder.setupGlyphOrder(names)
        builder.setupCharacterMap({int(name[1:], 16): name for name in names[1:]})
        builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
        builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
        builder.setupHorizontalHeader(ascent=880, descent=-120)
        builder.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
        builder.setupPost()
        builder.save(path)
        return path

    return make


def test_a_picture_is_a_png_higher_than_nothing_with_ink_where_the_characters_are(font):
    picture.use_font(font(ALL))
    image = Image.open(io.BytesIO(picture.draw(LINES, "登鹳雀楼")))
    assert image.format == "PNG" and image.getpixel((2, 2)) == picture.PAPER
    right = image.width - picture.MARGIN - 1.5 * picture.SIZE - 0.5 * picture.COLUMN
    assert image.getpixel((round(right), round(picture.MARGIN + 0.5 * picture.ROW))) == picture.INK
    assert picture.SEAL in {color for _, color in image.getcolors(1 << 20)}


def test_a_long_poem_runs_over_several_rows_of_columns(font):
    picture.use_font(font(ALL))
    short, long = (Image.open(io.BytesIO(picture.draw(LINES * n, "登"))) for n in (2, 5))
    assert long.height > short.height and long.width < 1.5 * short.width


def test_a_missing_character_is_named(font):
    picture.use_font(font(ALL))
    with pytest.raises(UsageError, match="龘"):
        picture.draw(["龘日依山尽", *LINES[1:]], "登鹳雀楼")


def test_without_any_font_the_message_says_what_to_do(font):
    with pytest.raises(UsageError, match="--font"):
        picture.draw(LINES, "登鹳雀楼")


def test_a_file_that_is_no_font_is_refused(tmp_path):
    for name in ("bad.ttf", "bad.ttc", "none.otf"):
        path = tmp_path / name
        if name != "none.otf":
            path.write_bytes(b"no font at all")
        with pytest.raises(UsageError, match="no font"):
            picture.use_font(path)


@pytest.mark.parametrize("lines", [LINES, ["白日依山尽白日"] * 4, LINES * 5])
def test_a_long_title_stays_whole_within_the_frame(font, lines):
    title = "登鹳雀楼登鹳雀楼登鹳雀楼登鹳雀楼"  # as long as the field allows
    picture.use_font(font(ALL))
    image = Image.open(io.BytesIO(picture.draw(lines, title)))
    ink = [(x, y) for x in range(image.width) for y in range(image.height) if image.getpixel((x, y)) == picture.INK]
    inner = 36  # where the frame ends
    assert min(x for x, _ in ink) > inner and max(x for x, _ in ink) < image.width - inner
    assert min(y for _, y in ink) > inner and max(y for _, y in ink) < image.height - inner
    large = (0.8 * picture.SIZE) ** 2 * sum(map(len, lines))  # ink of the font's squares
    assert len(ink) == pytest.approx(large + (0.8 * 0.55 * picture.SIZE) ** 2 * len(title), rel=0.03)
