"""Faults found in a browser, each with its kind: what was in the way of whoever used the page."""

import numpy as np
import pytest
from playwright.sync_api import expect

from charrnn_core.lab import char_files

pytestmark = pytest.mark.browser

PHONE, DESK = 390, 1280
READ = "navigator.clipboard.readText()"
ON_SCREEN = """() => {
  const box = document.querySelector("#cards article")?.getBoundingClientRect();
  return box && box.top >= 0 && box.top < innerHeight / 2;
}"""
# What of a chart is outside its picture.
CLIPPED = """svg => [...svg.querySelectorAll("text")].filter((text) => {
  const [inner, outer] = [text?.getBoundingClientRect(), svg?.getBoundingClientRect()];
  return inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.bottom > outer.bottom + 1;
}).map((text) => text.textContent)"""


def one(v, **wishes):
    """One poem with these wishes."""
    if not v.label("seed").is_visible():
        v.page.get_by_role("button", name=v.text("more")).click()
    v.page.locator("#wishes .field-count input[type=number]").fill("1")
    for key, value in wishes.items():
        v.page.locator(f"#wishes .field-{key}").locator("input, textarea").first.fill(value)
    v.press("write")
    v.rest()  # while poems are written a second wish is not taken, and what is there may be of the poem before


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_poem_comes_into_view_and_the_button_stays_in_reach(visit, width):
    v = visit("zh", width)
    one(v, seed="1")
    card = v.page.locator("#cards article.verse")
    expect(card).to_have_count(1)
    v.page.wait_for_function(ON_SCREEN)
    button = v.page.locator("#write").bounding_box()
    assert button["y"] >= 0 and button["y"] + button["height"] <= 900


def test_a_poem_is_copied_line_by_line_and_printed_alone(visit):
    v = visit("zh", DESK, permissions=["clipboard-read", "clipboard-write"])
    one(v, seed="1", acrostic="春夏秋冬")
    for key in ("show_tones", "show_pinyin"):
        v.page.get_by_label(v.text(key)).check()
    expect(v.page.locator("#cards small").first).to_be_visible()
    expect(v.page.locator("#cards .legend")).to_contain_text("平仄两读")
    v.page.locator("#cards article").evaluate("element => getSelection().selectAllChildren(element)")
    v.page.keyboard.press("Control+c")
    rows = v.page.evaluate(READ).split()
    assert rows[0] == "春夏秋冬" and [row[0] for row in rows[1:]] == list("春夏秋冬")
    assert [len(row) for row in rows[1:]] == [8] * 4 and [row[-1] for row in rows[1:]] == list("，。，。")
    v.page.emulate_media(media="print")
    assert v.page.locator("#cards article").is_visible()
    for name in ("#wishes", "#write", "#desk", "#masthead", "[role=tablist]", "#details a.save"):
        assert not v.page.locator(name).locator("visible=true").count(), name


def test_an_error_takes_old_poems_away_and_marks_its_field(visit):
    v = visit("zh", DESK)
    one(v, seed="1", acrostic="春夏秋冬")
    expect(v.page.locator("#cards article.verse")).to_have_count(1)
    one(v, head="x")
    field = v.page.locator("#wishes .field-head").locator("input, textarea")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(v.page.locator("#cards article.verse")).to_have_count(0)
    assert not v.page.locator("#details .report").count()
    one(v, head="", seed="9999999999999999999")
    expect(v.page.locator("[data-testid=toast-body]").last).to_contain_text("2^63 - 1")
    assert field.get_attribute("aria-invalid") is None


def test_a_rewriting_keeps_an_acrostic_and_changes_a_character(visit):
    v = visit("zh", DESK)
    one(v, seed="5", acrostic="生日快乐")
    rows = v.page.locator("#cards .column")
    expect(rows).to_have_count(4)
    expect(v.page.locator("#cards h2")).to_have_text("生日快乐")
    before = rows.all_inner_texts()
    v.page.get_by_role("button", name=v.text("rewrite_line").format(line=3)).click()
    v.page.locator("#extra .others button").first.click()
    expect(rows.nth(2)).not_to_have_text(before[2])
    assert rows.nth(2).inner_text().startswith("快")
    between = rows.all_inner_texts()
    v.page.locator("#desk [data-at='2:3']").click()
    v.page.locator("#extra .others button").first.click()
    expect(rows.nth(2)).not_to_have_text(between[2])
    after = rows.all_inner_texts()
    assert [a for a, b in zip(after[2], between[2], strict=True) if a != b] == [after[2][3]]
    v.page.locator("#desk [data-at='2:0']").click()
    expect(v.page.locator("[data-testid=toast-body]").last).to_contain_text("“快”是指定的")


def test_a_regulated_poem_on_a_phone_wraps_into_equal_rows(visit):
    v = visit("zh", PHONE)
    v.label("form").click()
    v.page.get_by_role("option", name="七律", exact=True).click()
    one(v, seed="1")
    expect(v.page.locator("#cards .column")).to_have_count(8)
    for key in ("show_tones", "show_pinyin"):
        v.page.get_by_label(v.text(key)).check()
    expect(v.page.locator("#cards small").first).to_be_visible()
    tops = v.page.locator("#cards .column").evaluate_all("all => all.map(e => e?.getBoundingClientRect().top)")
    assert len({round(top) for top in tops[:4]}) == 1 and len({round(top) for top in tops[4:]}) == 1
    v.finish()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_numbers_of_a_curve_are_whole(visit, width):
    v = visit("en", width)
    v.tab("tab_networks")
    v.page.get_by_role("button", name=v.text("learning")).click()
    chart = v.page.locator("#learning svg")
    expect(chart).to_be_visible()
    assert chart.evaluate(CLIPPED) == []


def test_the_chosen_network_is_the_one_that_answers(visit, tmp_path):
    """A bad upload, a good one, one trained here: what is said and shown is of that network alone."""
    v = visit("en", DESK)
    v.tab("tab_shakespeare")
    v.press("sample")
    expect(v.page.locator("#samples pre")).to_have_count(4)
    v.page.get_by_role("button", name=v.text("snapshot")).click()
    good, bad = tmp_path / "good.safetensors", tmp_path / "bad.safetensors"
    char_files.save(good, char_files.shipped(), {})
    bad.write_bytes(np.arange(9).tobytes())
    chooser = v.page.locator("input[type=file]").first
    chooser.set_input_files(good)
    expect(v.page.locator("#network")).to_contain_text("read: ")
    expect(v.page.locator("#samples pre")).to_have_count(0)
    chooser.set_input_files(bad)
    expect(v.page.locator("#network [role=status]")).to_have_count(0)
    v.tab("train")
    v.page.locator(".field-training_text textarea").fill("abcdefgh\n" * 60)
    v.page.locator(".field-seconds input[type=number]").fill("5")
    v.press("train")
    expect(v.page.locator("#training [role=status]")).to_contain_text("done")
    v.tab("sample")
    v.press("sample")
    expect(v.page.locator("#samples pre")).to_have_count(4)
    assert set("".join(v.page.locator("#samples pre").all_inner_texts())) <= set("abcdefgh\n")


@pytest.mark.parametrize(
    ("locale", "label", "message"),
    [
        ("zh-CN", "想写什么", "不是汉字"),
        ("zh-SG", "想写什么", "不是汉字"),
        ("zh-Hans-CN", "想写什么", "不是汉字"),
        ("zh", "想写什么", "不是汉字"),
        ("zh-TW", "想寫什麼", "不是漢字"),
        ("zh-Hant-HK", "想寫什麼", "不是漢字"),
        ("fr", "What about", "no Chinese character"),
        ("en-GB", "What about", "no Chinese character"),
    ],
)
def test_labels_and_errors_are_of_one_language_and_script(visit, locale, label, message):
    v = visit("en", DESK, locale=locale)
    expect(v.page.locator("#wishes")).to_contain_text(label)
    v.page.locator("#wishes button.label-wrap").click()
    v.page.locator("#wishes .field-head").locator("input, textarea").fill("x")
    v.page.locator("#write").click()
    expect(v.page.locator("[data-testid=toast-body]")).to_contain_text(message)
