"""Cards, reports, charts and links: what is shown is what was meant, and nothing in it is markup of a stranger."""

import base64
import re
from dataclasses import replace

import numpy as np
import pytest

from apps import card, download, report
from apps.coloured import Strip, coloured
from charrnn_core import chart
from poetry.prosody.judge import check
from poetry.writing.poem import Poem

# 王之涣 (688-742)
TOWER = Poem("五绝", "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。", 1, -3.0)
BAD = '<img src=x onerror=alert(1)>"{{value}}'


def test_a_card_holds_the_poem_and_its_verdict():
    found = card.card(TOWER, check(TOWER.lines))
    assert re.sub(r"<[^>]*>", "", found).startswith("白日白日依山尽，黄河入海流。欲穷千里目，更上一层楼。")
    assert "合律" in found and "十一尤" in found


def test_tones_rhymes_pinyin_and_traditional_on_demand():
    plain = card.card(TOWER, check(TOWER.lines))
    assert "rhyme" not in plain and "<i>" not in plain and "<small>" not in plain
    full = card.card(TOWER, check(TOWER.lines), show=card.SHOWN)
    assert re.findall(r'class="zi rhyme">.*?<b>(.)</b>', full) == ["流", "樓"]
    assert "<small>huáng</small><b>黃</b><i>平</i>" in full
    assert 'lang="zh-Hant"' in full and "盡" in full


def test_a_title_is_no_markup():
    found = card.card(replace(TOWER, title=BAD), check(TOWER.lines))
    assert "<img" not in found and "{{" not in found and "&lt;img" in found


def test_a_report_marks_faults_and_explains_them():
    night = "床前明月光，疑是地上霜。举头望明月，低头思故乡。"
    found = report.describe([check(night.rstrip("。").replace("。", "，").split("，"))])
    assert found.count('class="fault"><b>') >= 1 and "失" in found and "七阳" in found
    assert "没有毛病" in report.describe([check(TOWER.lines)])


def test_bars_and_curves_escape_their_labels_and_stay_inside():
    bars = chart.bars([(BAD, 1.0), ("b", -2.0), ("c", 0.0)], name=BAD)
    assert "<img" not in bars and all(0 <= float(w) <= 100 for w in re.findall(r"width:([\d.]+)%", bars))
    curves = chart.curves([(BAD, [(0, 1.0), (5, 0.5)])], x=BAD, y=BAD)
    assert "<img" not in curves and "<polyline" in curves
    assert chart.curves([], x="", y="") == ""
    assert "nan" not in chart.curves([("one", [(3.0, 2.0)])], x="x", y="y")


def test_coloured_text_is_escaped():
    strip = Strip.of_unit(BAD, np.array([1, 0.5, -1, 0, 0.2, 0]))
    found = coloured("<b>\n {", [strip], name="text", language="en")
    assert "<img" not in found and "&lt;" in found and "¶<br>" in found and "{" not in found


@pytest.mark.parametrize("name", ["../../x.txt", '"><script>', ".hidden", "", "诗.txt", "a/b\\c"])
def test_a_link_carries_its_content_under_a_plain_name(name):
    found = download.link("春".encode(), "text/plain", name, "<save>")
    given = re.search(r'download="([^"]*)"', found)[1]
    assert given and not set('/\\<>"') & set(given) and not given.startswith(".")
    assert base64.b64decode(re.search(r"base64,([^\"]*)", found)[1]).decode() == "春"
    assert "<save>" not in found


@pytest.mark.parametrize(("lines", "rows"), [(4, [4]), (8, [4, 4]), (10, [4, 6]), (12, [4, 4, 4]), (20, [4] * 5)])
def test_columns_wrap_by_two_couplets_and_leave_none_alone(lines, rows):
    text = "".join("白日依山尽，黄河入海流。" for _ in range(lines // 2))
    found = card.card(Poem("五排", text, 1, 0.0), check(["白日依山尽", "黄河入海流"] * (lines // 2)))
    groups = found.split('class="group"')[1:]
    assert [group.count('class="column"') for group in groups] == rows
