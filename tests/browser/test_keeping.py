"""Poems that are kept: by a link, by the book, on the clipboard, on paper, to the ear."""

import json
import re
import urllib.parse

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE, DESK = 390, 1280
BOTH = [("zh", DESK, "light"), ("en", PHONE, "dark")]
READ = "navigator.clipboard.readText()"
CLIPBOARD = ["clipboard-read", "clipboard-write"]
TEXTS = "[...document.querySelectorAll('#cards .column')].map((each) => each.innerText).join('')"
# A browser with one voice of this machine and one of another; what is said is kept.
VOICES = """
window.heard = [];
Object.defineProperty(window, "speechSynthesis", { value: {
  speaking: false,
  getVoices: () => ["far", "near"].map((name) => ({ lang: "zh-CN", localService: name === "near", name })),
  addEventListener() {}, cancel() { window.heard.length = 0; },
  speak(said) { window.heard.push([said.text, said.voice.name]); },
} });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


def write(v, **wishes):
    if not v.label("seed").is_visible():
        v.page.get_by_role("button", name=v.text("more")).click()
    v.page.locator("#wishes .field-count input[type=number]").fill("1")
    for key, value in wishes.items():
        v.page.locator(f"#wishes .field-{key}").locator("input, textarea").first.fill(value)
    v.press("write")
    v.rest()  # while poems are written a second wish is not taken, and what is there may be of the poem before


def rewrite(v):
    """Another second line."""
    text = shown(v)
    v.page.get_by_role("button", name=v.text("rewrite_line").format(line=2)).click()
    v.page.locator("#extra .others button").first.click()
    expect(v.page.locator("#details .kept")).not_to_have_attribute("data-text", text)


def shown(v):
    """The text of the poem whose buttons are there."""
    return v.page.locator("#details .kept").get_attribute("data-text")


def act(v, name):
    v.page.locator(f"#details .kept [data-act={name}]").click()


def asked(v):
    return dict(urllib.parse.parse_qsl(v.page.evaluate("location.search.slice(1)")))


@pytest.mark.parametrize(("language", "width", "scheme"), BOTH)
def test_a_link_brings_the_poem_back_and_the_back_button_too(visit, language, width, scheme):
    v = visit(language, width, color_scheme=scheme, permissions=CLIPBOARD)
    expect(v.page.locator("#details .kept")).to_be_visible()
    assert asked(v) == {}  # the poem of the day
    write(v, head="春")
    expect(v.page.locator("#details .kept")).to_have_attribute("data-text", re.compile("^春"))
    first, order = shown(v), asked(v)
    assert order["head"] == "春" and order["seed"].isdigit() and len(order) == 2
    act(v, "share")
    expect(v.page.locator("#details .told")).to_have_text(v.text("done_share"))
    link = v.page.evaluate(READ)
    write(v, head="月", theme="江边送别")
    expect(v.page.locator("#details .kept")).to_have_attribute("data-text", re.compile("^月"))
    second = shown(v)
    assert asked(v)["theme"] == "江边送别"
    rewrite(v)
    rewrite(v)
    third = shown(v)
    assert asked(v)["text"] == third
    for text in (second, first):
        v.page.go_back()
        expect(v.page.locator("#details .kept")).to_have_attribute("data-text", text)
    expect(v.page.locator("#wishes .field-head").locator("input, textarea")).to_have_value("春")
    for text in (second, third):
        v.page.go_forward()
        expect(v.page.locator("#details .kept")).to_have_attribute("data-text", text)
    # another day, in another language
    v.page.goto(link)
    expect(v.page.locator("#details .kept")).to_have_attribute("data-text", first)
    assert asked(v) == order
    v.finish()


def test_the_back_button_is_obeyed_however_fast_it_is_pressed(visit):
    v = visit("zh", DESK)
    for head in "春月花":
        write(v, head=head)
    # twice at once; and while another poem is being written
    v.page.evaluate("history.back(); setTimeout(() => history.back(), 50)")
    expect(v.page.locator("#details .kept")).to_have_attribute("data-text", re.compile("^春"))
    v.rest()
    assert asked(v)["head"] == "春" and shown(v).startswith("春")
    v.page.locator("#wishes .field-count input[type=number]").fill("6")
    v.page.locator("#wishes .field-head").locator("input, textarea").first.fill("江")
    v.press("write")
    expect(v.page.locator("#details .kept")).to_have_attribute("data-text", re.compile("^江"))
    v.page.go_back()
    expect(v.page.locator("#details .kept")).to_have_attribute("data-text", re.compile("^春"))
    v.rest()
    assert asked(v)["head"] == "春" and shown(v).startswith("春")
    # and so is a poem out of the book
    spring = shown(v)
    v.page.locator("#wishes .field-count input[type=number]").fill("6")
    v.page.locator("#wishes .field-head").locator("input, textarea").first.fill("江")
    v.press("write")
    expect(v.page.locator("#details .kept")).to_have_attribute("data-text", re.compile("^江"))
    v.page.evaluate("([text, title]) => charrnn.bring(text, title)", [spring, "春"])
    expect(v.page.locator("#details .kept")).to_have_attribute("data-text", spring)
    v.rest()
    assert shown(v) == spring and asked(v)["text"] == spring
    expect(v.page.locator("#stop-writing")).not_to_be_visible()
    v.finish()


def test_a_link_typed_by_hand_is_an_order_and_a_bad_one_is_answered(visit, server):
    v = visit("zh", DESK)
    v.page.goto(f"{server.address}/?head=春&form=七律&seed=7")
    expect(v.page.locator("#cards .column")).to_have_count(8)
    assert shown(v).startswith("春") and asked(v) == {"head": "春", "form": "七律", "seed": "7"}
    v.page.goto(f"{server.address}/?form=<img src=x onerror=alert(1)>&seed=7")
    expect(v.page.locator("[data-testid=toast-body]").last).to_contain_text("img")
    v.page.goto(f"{server.address}/?text=<b>no verse&title=x")
    expect(v.page.locator("[data-testid=toast-body]").last).to_be_visible()
    assert not v.page.locator("#cards b").count()


@pytest.mark.parametrize(("language", "width", "scheme"), BOTH)
def test_the_book_keeps_finds_gives_and_takes_poems(visit, language, width, scheme, tmp_path):
    v = visit(language, width, color_scheme=scheme)
    for head in "春月":
        write(v, head=head)
        expect(v.page.locator("#details .kept")).to_have_attribute("data-text", re.compile(f"^{head}"))
    favourite = v.page.locator("#details [data-act=favour]")
    favourite.click()
    expect(favourite).to_have_attribute("aria-pressed", "true")
    moon = shown(v)
    # in the book, after the page was loaded anew
    v.page.goto(v.page.url.split("?")[0])
    v.page.wait_for_selector("#write")
    v.tab("tab_book")
    poems = v.page.locator("#book li")
    expect(poems).to_have_count(2)
    expect(poems.first).to_contain_text(moon[:6])
    v.finish()
    v.page.get_by_label(v.text("book_liked")).check()
    expect(poems).to_have_count(1)
    v.page.get_by_label(v.text("book_liked")).uncheck()
    v.page.locator("#book input[type=search]").fill("春")
    expect(poems.filter(has_text="春")).to_have_count(poems.count())
    v.page.locator("#book input[type=search]").fill("")
    with v.page.expect_download() as download:
        v.press("book_export")
    path = tmp_path / "book.json"
    download.value.save_as(path)
    book = json.loads(path.read_text(encoding="utf-8"))
    assert [poem["liked"] for poem in book["poems"]] == [True, False] and book["poems"][0]["text"] == moon
    v.page.once("dialog", lambda dialog: dialog.accept())
    v.press("book_clear")
    expect(v.page.locator("#book .told")).to_have_text(v.text("book_empty"))
    assert v.page.evaluate("localStorage.getItem('charrnn-verse.book')") is None
    # what a file holds is text, and what is no poem is left out
    book["poems"][1]["title"] = "<img src=x onerror=alert(1)>"
    book["poems"] += [{"text": 1}, None, {**book["poems"][0], "text": "长" * 9999}]
    path.write_text(json.dumps(book), encoding="utf-8")
    v.page.locator("#book input[type=file]").set_input_files(path)
    expect(poems).to_have_count(2)
    expect(poems.nth(1)).to_contain_text("<img src=x")
    assert not v.page.locator("#book img").count()
    path.write_text("{no json", encoding="utf-8")
    v.page.locator("#book input[type=file]").set_input_files(path)
    expect(v.page.locator("#book .told")).to_have_text(v.text("book_bad"))
    poems.first.get_by_role("button", name=v.text("book_open")).click()
    expect(v.page.locator("#details .kept")).to_have_attribute("data-text", moon)
    expect(v.page.locator("#cards article.verse")).to_be_visible()
    rewrite(v)
    assert v.wrong == []


def test_a_poem_is_copied_printed_and_read_aloud(visit, tmp_path):
    v = visit("zh", DESK, permissions=CLIPBOARD)
    assert not v.page.locator("[data-act=speak]").locator("visible=true").count()
    v.page.add_init_script(VOICES)
    v.page.reload()
    v.page.wait_for_selector("#write")
    write(v, head="春")
    expect(v.page.locator("#details .kept")).to_have_attribute("data-text", re.compile("^春"))
    text = shown(v)
    act(v, "copy")
    expect(v.page.locator("#details .told")).to_have_text(v.text("done_copy"))
    rows = v.page.evaluate(READ).split("\n")
    assert rows == [text[:2], text[:16], text[16:], ""]
    act(v, "speak")
    heard = v.page.evaluate("window.heard")
    assert [said for said, _ in heard] == [text[:2], text[:8], text[8:16], text[16:24], text[24:]]
    assert {voice for _, voice in heard} == {"near"}
    v.page.locator("#wishes .field-count input[type=number]").fill("3")
    v.press("write")
    expect(v.page.locator("#cards article.verse")).to_have_count(3)
    v.page.emulate_media(media="print")
    cards = v.page.locator("#cards article.verse")
    assert [card.is_visible() for card in cards.all()] == [True, False, False]
    for name in ("#details", "#wishes", "#masthead", "#extra", "#cards .legend"):
        assert not v.page.locator(name).locator("visible=true").count(), name
    v.page.pdf(path=tmp_path / "card.pdf", format="A5")
    assert (tmp_path / "card.pdf").read_bytes().count(b"/Type /Page\n") == 1
