"""Figures can be kept: the numbers as CSV, the picture as an SVG that is well-formed and says the same."""

import base64
import csv
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from apps import figures
from apps.coloured import FLOOR, Passage, Strip, coloured, passages
from charrnn_core.lab.interpret import drawing
from charrnn_core.lab.interpret.page import colour

BAD = '<img src=x onerror=alert(1)>"{{value}}&\x07'
SVG = "{http://www.w3.org/2000/svg}"


def _files(shown: str) -> dict[str, str]:
    """The files that a figure's links carry, by their endings."""
    found = re.findall(r'download="[^"]*\.(\w+)" href="data:[^"]*base64,([^"]*)"', shown)
    return {ending: base64.b64decode(content).decode("utf-8-sig") for ending, content in found}


def _svg(shown: str) -> ElementTree.Element:
    return ElementTree.fromstring(_files(shown)["svg"])


def _texts(svg: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]


def test_numbers_are_kept_as_csv_and_no_text_of_it_is_a_formula():
    rows = [("a", "b"), ("=1+1", 0.123456789), ("-x", np.float32(-2.5)), ("春，“", "+86%")]
    content = figures.as_csv(rows)
    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert read == [["a", "b"], ["'=1+1", "0.123457"], ["'-x", "-2.5"], ["春，“", "+86%"]]


def test_a_table_is_shown_and_kept():
    shown = figures.table(["unit", "r"], [(BAD, "+0.86"), ("h[2]", "-0.50")], name="units")
    assert "<img" not in shown and "{{" not in shown and "<td>+0.86</td>" in shown
    assert list(csv.reader(io.StringIO(_files(shown)["csv"])))[2] == ["h[2]", "-0.50"]
    assert "svg" not in _files(shown) and "PNG" not in shown  # no picture of a table


def test_bars_are_drawn_as_long_as_they_are():
    rows = [("a", 2.0), (BAD, -1.0), ("c", 0.5)]
    shown = figures.bars(rows, heading=BAD, name="bars", form="{:+.1f}", chosen=2)
    widths = [float(bar.get("width", "0")) for bar in _svg(shown).iter(f"{SVG}rect") if bar.get("width") != "100%"]
    assert widths == [drawing.BAR / 2, drawing.BAR / 4, drawing.BAR / 8]
    starts = [float(bar.get("x", "0")) for bar in _svg(shown).iter(f"{SVG}rect") if bar.get("width") != "100%"]
    assert starts == [drawing.LABEL + drawing.BAR / 2, drawing.LABEL + drawing.BAR / 4, drawing.LABEL + drawing.BAR / 2]
    assert "+2.0" in _texts(_svg(shown)) and any("<img" in text for text in _texts(_svg(shown)))
    assert _files(shown)["csv"].startswith("a,2\n")
    assert 'class="save as-png"' in shown


def test_curves_are_kept_with_their_points_and_plain_colours():
    shown = figures.curves([("RNN", [(0, 10.0), (5, 1.0)]), ("GRU", [(0, 9.0)])], x="back", y="length", name="reach")
    kept = _files(shown)
    assert [line.split(",") for line in kept["csv"].splitlines()] == [
        ["", "back", "length"], ["RNN", "0", "10"], ["RNN", "5", "1"], ["GRU", "0", "9"]
    ]  # fmt: skip
    assert "var(" not in kept["svg"] and len(list(_svg(shown).iter(f"{SVG}polyline"))) == 2
    assert _texts(_svg(shown))[0] == "lengthRNNGRU"
    assert figures.curves([], x="", y="", name="none") == ""


def test_coloured_text_is_kept_letter_by_letter():
    values = np.array([1.0, -1.0, 0.0, 0.5, -0.25])
    shown = coloured(
        "ab\n<春", [Strip.of_unit("h[1]", values), Strip.between(BAD, values, -1, 1)], name="x", language="en"
    )
    rows = list(csv.reader(io.StringIO(_files(shown)["csv"])))
    assert rows[1:3] == [["a", "1", "1"], ["b", "-1", "-1"]] and len(rows) == 6
    cells = [cell for cell in _svg(shown).iter(f"{SVG}rect") if cell.get("width") != "100%"]
    fills = ["rgb({},{},{})".format(*colour(value)) for value in values]
    assert [cell.get("fill") for cell in cells] == fills * 2
    assert _texts(_svg(shown))[1:3] == ["ab¶", "<春"]
    assert [style for style in re.findall(r'style="background:([^"]*)" title', shown)] == fills * 2
    assert coloured("", [Strip.of_unit("h[1]", np.empty(0))], name="x", language="en") == ""


def test_a_line_of_verse_ends_at_its_stop_and_a_long_one_where_there_is_no_room():
    svg = drawing.coloured("白日，黄河。欲穷，", np.zeros(9), heading="")
    assert re.findall(r">([^<]+)</text>", svg.body) == ["白日，黄河。", "欲穷，"]
    long = drawing.coloured("a" * 200, np.zeros(200), heading="")
    assert [len(line) for line in re.findall(r">(a+)</text>", long.body)] == [80, 80, 40]
    assert long.height > svg.height and long.width == 80 * drawing.LATIN


def test_shades_of_numbers_between_and_over_powers_of_ten():
    assert np.allclose(Strip.between("", np.array([0.2, 0.4, 0.3]), 0.2, 0.4).shades, [-1, 1, 0])
    assert not Strip.between("", np.array([0.2, 0.2]), 0.2, 0.2).shades.any()
    lengths = Strip.of_lengths("", np.array([2.0, 2e-3, 2e-6, 0.0]))
    assert np.allclose(lengths.shades, [1, 0.5, 0, 0])
    assert lengths.legend[0][1] == "2" and lengths.legend[1][1] == f"≤ {2 * FLOOR:.2g}"
    assert not Strip.of_lengths("", np.zeros(3)).shades.any()


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_passages_stand_one_under_the_other_with_their_distance(language):
    found = [Passage("x", "ab", "\n", [1.0, -1.0]), Passage(BAD, "cd", "", [0.5, 0.0], 0.25)]
    shown = passages(found, name="alike", language=language)
    assert "<img" not in shown and shown.count("<li>") == 2 and "¶" in shown
    assert re.findall(r'class="value">([^<]*)<', shown) == ["0.000", "0.250"]
    assert list(csv.reader(io.StringIO(_files(shown)["csv"])))[1] == ["0.000", "x", "ab", "\n"]
    assert "0.250" in _texts(_svg(shown))[2]
