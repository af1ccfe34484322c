"""Every tab used as a person would, in both languages, at a desk and on a phone; screenshots in build/screens."""

import json
import urllib.parse
from base64 import b64decode

import pytest
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize(("language", "width"), [("zh", 1280), ("en", 390)]),  # English takes the most room
]


def test_verse(visit, language, width):
    v = visit(language, width)
    v.label("said").fill("春")
    v.press("write")
    cards = v.page.locator("#cards article.verse")
    expect(cards).to_have_count(2)
    expect(cards.first).to_contain_text("春")
    for key in ("show_tones", "show_pinyin", "show_traditional"):
        v.page.get_by_label(v.text(key)).check()
    expect(cards.first).to_have_attribute("lang", "zh-Hant")
    expect(v.page.locator("#cards small").first).not_to_be_empty()
    v.page.get_by_role("radio", name="2", exact=True).locator("visible=true").first.check()
    expect(cards.nth(1)).to_have_class("verse chosen")
    address, before = _link(v, "save_json"), _saved(v, "save_json")["lines"]
    v.page.locator("#desk li").first.locator("button").click()
    v.page.locator("#extra .others button").first.click()
    expect(v.page.get_by_role("link", name=v.text("save_json"))).not_to_have_attribute("href", address)
    after = _saved(v, "save_json")
    assert after["lines"][1:] == before[1:] and after["report"]["verdict"] == "合律"
    v.press("picture")
    expect(v.page.locator("img.picture")).to_be_visible()
    assert _link(v, "save_picture").startswith("data:image/png;base64,iVBOR")
    v.finish()


def test_wishes(visit, language, width):
    v = visit(language, width)
    v.label("acrostic").fill("春夏秋冬")
    v.page.get_by_role("button", name=v.text("more")).click()
    v.label("seed").fill("5")
    v.press("write")
    expect(v.page.locator("#cards .column .zi:first-child b").first).to_have_text("春")
    expect(v.page.locator("#cards article.verse")).to_have_count(2)
    v.label("acrostic").fill("Tom")
    v.press("write")
    expect(v.page.locator(".toast-wrap, [data-testid=toast-body]").first).to_contain_text("桃鸥梅")
    v.finish()


def test_checker(visit, language, width):
    v = visit(language, width)
    v.tab("tab_check")
    v.page.get_by_role("button", name="静夜思").click()
    expect(v.label("poem_text")).to_have_value("静夜思\n床前明月光，疑是地上霜。\n举头望明月，低头思故乡。")
    v.press("check")
    expect(v.page.locator("#report .report.bad")).to_contain_text("失粘")
    v.label("poem_text").fill("<img src=x onerror=alert(1)>白日依山尽，黄河入海流。欲穷千里目，更上一层楼。")
    v.press("check")
    expect(v.page.locator("#report .report.good")).to_contain_text("合律")
    assert v.page.locator("#report img").count() == 0
    v.finish()


def test_networks(visit, language, width):
    v = visit(language, width)
    v.tab("tab_networks")
    v.press("compare")
    expect(v.page.locator("#three article.verse").first).to_be_visible()
    before = v.page.locator("#expected").inner_text()
    v.page.locator("#place input[type=number]").fill("9")
    v.page.locator("#place input[type=number]").press("Tab")
    expect(v.page.locator("#expected")).not_to_have_text(before)
    v.press("find_units")
    expect(v.page.locator("#units table")).to_be_visible()
    v.finish()


def test_shakespeare(visit, language, width):
    v = visit(language, width)
    v.tab("tab_shakespeare")
    v.press("sample")
    expect(v.page.locator("#samples pre")).to_have_count(4)
    v.tab("complete")
    v.press("complete")
    expect(v.page.locator("#completed pre")).to_contain_text("ROMEO:")
    v.tab("explain")
    v.press("explain")
    expect(v.page.locator("#explained ul.bars")).to_have_count(2)
    v.finish()


def test_colour(visit, language, width):
    v = visit(language, width)
    v.tab("tab_shakespeare")
    v.tab("colour")
    v.press("find_units")
    expect(v.page.locator("#coloured table")).to_be_visible()
    v.press("colour")
    expect(v.page.locator("#coloured section")).to_have_count(1)
    v.finish()


def test_training(visit, language, width):
    v = visit(language, width)
    v.tab("tab_shakespeare")
    v.tab("train")
    v.press("train")
    curve = v.page.locator("#training polyline").first
    expect(curve).to_be_visible()
    first = curve.get_attribute("points")
    expect(curve).not_to_have_attribute("points", first)
    v.press("stop")
    v.page.wait_for_timeout(2_000)
    stopped = curve.get_attribute("points")
    v.page.wait_for_timeout(3_000)
    assert curve.get_attribute("points") == stopped
    v.finish()


def test_batch(visit, language, width):
    v = visit(language, width)
    v.tab("tab_batch")
    v.label("prompts").fill("head,form\n春,五绝\n<b>,七绝\n月,五律")
    v.press("write_all")
    expect(v.page.locator("#batch-result a.save")).to_be_visible()
    rows = [json.loads(line) for line in _content(_link(v, "save_file")).splitlines()]
    assert [row["row"] for row in rows] == [1, 2, 3] and "error" in rows[1] and rows[2]["text"].startswith("月")
    v.finish()


def test_keyboard_alone_writes_a_poem(visit, language, width):
    v = visit(language, width)
    v.label("said").focus()
    v.page.keyboard.type("山")
    v.page.keyboard.press("Enter")
    expect(v.page.locator("#cards article.verse").first).to_contain_text("山")
    v.finish()


def test_the_page_says_its_language(visit, language, width):
    v = visit(language, width)
    assert v.page.evaluate("document.documentElement.lang").startswith(language)
    expect(v.page.get_by_role("heading", level=1)).to_have_text(v.text("masthead").split("\n")[0].removeprefix("# "))
    expect(v.page.locator("#cards article.verse")).to_have_count(1)  # the poem of the day has come
    v.page.evaluate("scrollTo(0, document.body.scrollHeight)")  # else the button that stays in reach covers a label
    v.finish()


def _link(v, key):
    return v.page.get_by_role("link", name=v.text(key)).get_attribute("href")


def _content(address):
    return b64decode(urllib.parse.unquote(address).split("base64,")[1]).decode()


def _saved(v, key):
    return json.loads(_content(_link(v, key)))
