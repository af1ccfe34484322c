"""Pictures, the gloss and repairs, as a person would ask for them; from the wish to the saved picture by keys alone."""

import io
import re
from base64 import b64decode

import pytest
from PIL import Image
from playwright.sync_api import expect

from apps.papers import PAPERS
from apps.picture import SIZES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize(("language", "width", "scheme"), [("zh", 1280, "light"), ("en", 390, "dark")]),
]

FOCUSED = "(query) => document.activeElement.matches(query)"
MOST_TABS = 120


def saved(v, key):
    """The bytes behind a link."""
    address = v.page.get_by_role("link", name=v.text(key)).get_attribute("href")
    return b64decode(address.split(",", 1)[1])


def tab_to(v, query):
    """Press Tab until an element has the focus."""
    for _ in range(MOST_TABS):
        if v.page.evaluate(FOCUSED, query):
            return
        v.page.keyboard.press("Tab")
    raise AssertionError(query)


def test_a_picture_is_made_as_it_is_wished(visit, language, width, scheme):
    v = visit(language, width, color_scheme=scheme)
    expect(v.page.locator("#details .kept")).to_be_visible()
    v.page.get_by_role("button", name=v.text("picture_more")).click()
    expect(v.page.locator("#fonts img").first).to_be_visible()
    v.label("seal").fill("李白之印")
    v.label("signature").fill("太白")
    v.page.get_by_label(v.text("dated")).check()
    made = {}
    for paper, size in zip(PAPERS, [*SIZES, "phone"], strict=True):
        v.page.get_by_role("radio", name=v.text(f"paper_{paper}"), exact=True).check()
        v.page.get_by_role("radio", name=v.text(f"size_{size}"), exact=True).check()
        before = v.page.locator("img.picture").get_attribute("src") if made else ""
        v.press("picture")
        expect(v.page.locator("img.picture")).not_to_have_attribute("src", before or "none")
        image = Image.open(io.BytesIO(saved(v, "save_picture")))
        made[paper] = image.getpixel((3, 3))
        assert image.height == (1920 if size == "phone" else 1080) and (image.width >= 2160) == (size == "scroll")
        assert saved(v, "save_svg").startswith(b"<svg ")
    assert made == {name: paper.ground[:3] for name, paper in PAPERS.items()}
    v.finish()


def test_from_wish_to_saved_picture_by_keys_alone(visit, language, width, scheme):
    v = visit(language, width, color_scheme=scheme)
    expect(v.page.locator("#details .kept")).to_be_visible()
    tab_to(v, "#wishes .field-said :is(input, textarea)")
    v.page.keyboard.type("春江花月夜")
    v.page.keyboard.press("Enter")
    expect(v.page.locator("#details .kept")).to_have_attribute("data-link", re.compile("seed="))
    expect(v.page.locator("#cards article.verse")).to_have_count(2)
    tab_to(v, "#make-picture")
    v.page.keyboard.press("Enter")
    expect(v.page.locator("img.picture")).to_be_visible()
    tab_to(v, "a.save[download$='.png']")
    with v.page.expect_download() as download:
        v.page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".png")
    assert v.wrong == []


def test_the_gloss_is_open_for_who_reads_english(visit, language, width, scheme):
    v = visit(language, width, color_scheme=scheme)
    gloss = v.page.locator("#details .gloss")
    expect(gloss).to_be_visible()
    if language == "zh":
        expect(gloss.locator(".glossed").first).not_to_be_visible()
        gloss.locator("summary").click()
    expect(gloss.locator(".glossed")).to_have_count(v.page.locator("#cards .column").count())
    expect(gloss.locator("> p:not(.glossed, .legend)")).to_have_count(3)
    expect(gloss).to_contain_text("CC BY-SA 4.0")
    for word in gloss.locator(".word").all():
        assert word.locator("em").inner_text() and word.locator("i").first.inner_text()
    v.finish()


def test_a_fault_is_mended_by_a_line_that_is_pressed(visit, language, width, scheme):
    v = visit(language, width, color_scheme=scheme)
    v.tab("tab_check")
    v.label("poem_text").fill("登鸛雀樓\n白日依山盡，黃河入海流！\n欲窮千里目，更上三層樓。")
    v.press("check")
    expect(v.page.locator("#report .needs").first).to_have_text("中仄平平仄")
    button = v.page.locator("#report [data-mend]")
    expect(button).to_have_count(1)
    button.click()
    proposals = v.page.locator("#mends [data-take]")
    expect(proposals.first).to_be_visible()
    v.finish()
    line = proposals.first.inner_text()
    proposals.first.click()
    expect(v.page.locator("#report .report.good")).to_be_visible()
    text = v.label("poem_text").input_value()
    assert text.startswith("登鸛雀樓\n白日依山盡，黃河入海流！\n欲窮千里目，更上") and text.endswith("層樓。")
    assert line[2] in text or line[2] != "三"
    assert not v.page.locator("#mends li").count()
    assert v.wrong == []
