"""What a teacher shows to a class: gates, units told and untold, similar states, reach, step by step, files to keep."""

import base64
import re
import urllib.parse
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize(("language", "width"), [("zh", 1280), ("en", 390)]),  # English takes the most room
]

TOWER = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"  # 王之涣 (688-742)


def test_gates(visit, language, width):
    v = visit(language, width)
    v.tab("tab_networks")
    v.label("own_poem").fill(TOWER)
    v.press("gates")
    expect(v.page.locator("#units table tr")).to_have_count(1 + 2 * 3)  # LSTM: three gates in each of two layers
    expect(v.page.locator("#units section.coloured")).to_have_count(2 * 3 * 4)
    assert v.page.locator("#units section.coloured p[lang]").first.inner_text().replace("\n", "") == TOWER
    lines = _content(v.page.locator("#units a[download$='.csv']").first).splitlines()
    assert len(lines) == 1 + 6
    v.page.get_by_label("rnn", exact=True).check()
    v.press("gates")
    expect(v.page.locator("[data-testid=toast-body]").first).to_contain_text("RNN")
    v.finish()


def test_units_told_and_untold(visit, language, width):
    v = visit(language, width)
    v.tab("tab_networks")
    v.page.get_by_label("rnn", exact=True).check()
    v.page.get_by_label(v.text("told_no"), exact=True).check()
    v.label("own_poem").fill(TOWER)
    v.press("find_units")
    expect(v.page.locator("#units")).to_contain_text(v.text("now_untold"))
    best = max(abs(float(r)) for r in v.page.locator("#units tr td:nth-child(3)").all_inner_texts())
    assert best > 0.75  # it has read out of the characters what it was not told
    v.label("passage").fill("黄河入海流")
    v.press("alike")
    expect(v.page.locator("#units ol.alike li")).to_have_count(1 + 8)
    v.finish()


def test_step_by_step(visit, language, width):
    v = visit(language, width)
    v.tab("tab_networks")
    v.label("own_poem").fill(TOWER)
    v.press("compare")
    expect(v.page.locator("#three article.verse")).to_have_count(3)
    v.page.get_by_label(v.text("whose_pasted"), exact=True).check()
    so_far = v.page.locator("#expected .so-far")
    expect(so_far).to_have_text([TOWER[:2]] * 3)
    v.press("step_forth")
    expect(so_far).to_have_text([TOWER[:3]] * 3)
    expect(v.page.locator("#expected .bar.chosen")).to_have_count(3)
    v.press("step_back")
    expect(so_far).to_have_text([TOWER[:2]] * 3)
    small = float(so_far.first.evaluate("element => getComputedStyle(element).fontSize").removesuffix("px"))
    v.page.locator("#project input").check()
    steps = v.page.locator("#steps").bounding_box()
    assert (steps["x"], steps["y"], steps["width"]) == (0, 0, width)
    large = float(so_far.first.evaluate("element => getComputedStyle(element).fontSize").removesuffix("px"))
    assert large > 1.3 * small
    v.press("step_forth")
    expect(so_far).to_have_text([TOWER[:3]] * 3)
    v.finish()


def test_reach_and_similar_passages(visit, language, width):
    v = visit(language, width)
    v.tab("tab_shakespeare")
    v.tab("reach")
    v.press("reach")
    expect(v.page.locator("#reached polyline")).to_have_count(1)
    expect(v.page.locator("#reached section.coloured span[title]")).to_have_count(78)
    v.tab("alike")
    v.press("alike")
    expect(v.page.locator("#alikes ol.alike li")).to_have_count(1 + 8)
    v.tab("colour")
    v.press("find_units")
    expect(v.page.locator("#coloured")).to_contain_text("97.5 %")
    v.finish()


def test_figures_are_kept(visit, language, width):
    v = visit(language, width)
    v.tab("tab_shakespeare")
    v.tab("reach")
    v.press("reach")
    kept = v.page.locator("#reached .kept").first
    expect(kept).to_be_visible()
    svg = ElementTree.fromstring(_content(kept.locator("a[download$='.svg']")))
    with v.page.expect_download() as saved:
        kept.get_by_role("button", name="PNG").click()
    assert saved.value.suggested_filename == "reach.png"
    png = saved.value.path().read_bytes()
    assert png.startswith(b"\x89PNG")
    size = [int.from_bytes(png[at : at + 4], "big") for at in (16, 20)]
    assert size == [int(2 * float(svg.get(side))) for side in ("width", "height")]
    with v.page.expect_download() as saved:
        kept.locator("a[download$='.csv']").click()
    assert len(saved.value.path().read_text(encoding="utf-8-sig").splitlines()) >= 1 + 78
    v.finish()


def _content(link):
    """The text that a link carries."""
    address = urllib.parse.unquote(link.get_attribute("href"))
    return base64.b64decode(re.split("base64,", address)[1]).decode("utf-8-sig")
