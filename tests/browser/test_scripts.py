"""keep.js and book.js alone, on a page without a server: the address, the book, what a file brings."""

import json
from collections.abc import Iterator
from importlib.resources import files
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.texts import dictionaries

pytestmark = pytest.mark.browser

HOME = "http://verse.test/"
TEXT = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body><div id="wishes"></div>
<button id="write">write</button><button id="fill-wishes" hidden></button><button id="bring-back" hidden></button>
<div id="details"></div><div id="book"><div class="place"></div></div><script>const WORDS = %s;%s
window.pressed = [];
for (const id of ["fill-wishes", "bring-back"]) document.getElementById(id).onclick = () => window.pressed.push(id);
</script></body></html>"""
SHOW = """([text, title, link]) => {
  const kept = Object.assign(document.createElement("section"), { className: "kept" });
  Object.assign(kept.dataset, { text, title, link, form: "五绝" });
  kept.innerHTML = '<button class="act" data-act="favour">like</button><p class="told"></p>';
  document.getElementById("details").replaceChildren(kept);
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with the two scripts; errors of theirs fail the test."""
    context = browser.new_context()
    opened, wrong = context.new_page(), []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    scripts = "".join(files("apps").joinpath(name).read_text(encoding="utf-8") for name in ("keep.js", "book.js"))
    content = PAGE % (json.dumps(dictionaries()), scripts)
    context.route("**/*", lambda route: route.fulfill(body=content, content_type="text/html"))
    opened.goto(HOME)
    yield opened
    context.close()
    assert wrong == []


def show(page: Page, text: str, title: str, link: str) -> None:
    page.evaluate(SHOW, [text, title, link])
    page.evaluate("() => new Promise(requestAnimationFrame)")


def begin(page: Page) -> None:
    page.evaluate("charrnn.arrive()")


def test_the_poem_of_the_day_has_no_address_and_each_other_one_its_own(page):
    begin(page)
    show(page, "日" * 5, "day", "title=day&seed=1")
    assert page.url == HOME
    page.click("#write")
    show(page, TEXT, "one", f"head={quote('白')}&seed=7")
    assert page.url == f"{HOME}?head={quote('白')}&seed=7"
    page.click("#write")
    show(page, TEXT[::-1], "two", "head=x&seed=8")
    for k in range(3):  # changes at the desk: one entry of the history
        show(page, TEXT + str(k), "three", f"text={quote(TEXT + str(k))}")
    assert page.url.startswith(f"{HOME}?text=") and page.url.endswith("2")
    page.go_back()
    assert page.url == f"{HOME}?head=x&seed=8"
    assert page.evaluate("pressed") == ["fill-wishes"]
    assert page.evaluate('charrnn.wishes([["head", ""], ["seed", ""], ["count", 2], ["at", 1]])') == ["x", "8", 1, 1]
    show(page, TEXT[::-1], "two", "seed=8&head=x")
    assert page.url == f"{HOME}?head=x&seed=8"  # the same order
    page.go_forward()
    assert page.evaluate("pressed").pop() == "bring-back"
    assert page.evaluate("charrnn.brought()") == [TEXT + "2", ""]


def test_an_address_is_what_the_fields_get(page):
    page.goto(f"{HOME}?__theme=dark&at=-1&temperature=0.9&lines=x&begun={quote('白日依山尽，')}")
    begin(page)
    entries = page.evaluate("history.length")
    usual = '[["said", ""], ["read_as", ""], ["at", 1], ["temperature", 0.7], ["lines", 10], ["mood", ""]]'
    assert page.evaluate(f"charrnn.wishes({usual})") == ["白日依山尽，", "begun", -1, 0.9, "x", ""]
    address = page.url
    show(page, TEXT[::-1], "t", "head=b&seed=2")  # of what was asked for before
    assert page.url == address
    assert page.evaluate('charrnn.taking([["rhymes"], ""])') == [["rhymes"], ""]
    show(page, TEXT, "t", "head=a&seed=1")
    assert page.url == f"{HOME}?__theme=dark&head=a&seed=1"
    assert page.evaluate("history.length") == entries  # arriving is no new entry


def test_the_book_keeps_favourites_and_the_last_state_of_a_change(page):
    begin(page)
    page.click("#write")
    show(page, TEXT, "<b>title</b>", "head=a&seed=1")
    show(page, "改一，改一。", "x", "text=1")
    show(page, "改二，改二。", "x", "text=2")
    rows = page.locator("#book li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("改二")
    expect(rows.nth(1)).to_contain_text("<b>title</b>")
    assert not page.locator("#book b").count()
    page.click(".kept [data-act=favour]")
    expect(page.locator(".kept [data-act=favour]")).to_have_attribute("aria-pressed", "true")
    show(page, "改三，改三。", "x", "text=3")
    expect(rows).to_have_count(3)  # a favourite stays
    page.get_by_label("favourites only").check()
    expect(rows).to_have_count(1)
    page.get_by_label("favourites only").uncheck()
    page.get_by_role("searchbox").fill("黄河")
    expect(rows).to_have_count(1)
    page.get_by_role("searchbox").fill("")
    rows.nth(2).get_by_role("button", name="Open").click()
    assert page.evaluate("charrnn.brought()") == [TEXT, "<b>title</b>"]
    rows.nth(2).get_by_role("button", name="Delete").click()
    expect(rows).to_have_count(2)


def test_the_book_is_given_out_and_read_in_as_text(page, tmp_path):
    begin(page)
    page.click("#write")
    show(page, TEXT, "title", "head=a&seed=1")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    path = tmp_path / "book.json"
    download.value.save_as(path)
    book = json.loads(path.read_text(encoding="utf-8"))
    assert [poem["text"] for poem in book["poems"]] == [TEXT]
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Delete everything").click()
    expect(page.locator("#book li")).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete everything").click()
    expect(page.locator("#book li")).to_have_count(0)
    assert page.evaluate("localStorage.length") == 0
    other = {**book["poems"][0], "text": "<img src=x onerror=alert(1)>", "extra": {"a": 1}, "liked": "yes"}
    book["poems"] += [other, None, 7, {"text": 1}, {**other, "text": "长" * 401}, {**other, "when": None}]
    path.write_text(json.dumps(book), encoding="utf-8")
    page.locator("#book input[type=file]").set_input_files(path)
    expect(page.locator("#book li")).to_have_count(2)
    assert not page.locator("#book img").count()
    kept = json.loads(page.evaluate("localStorage.getItem('charrnn-verse.book')"))["poems"]
    assert all(set(poem) == {"text", "title", "form", "link", "when", "liked"} for poem in kept)
    assert [poem["liked"] for poem in kept] == [False, False]
    for bad in ("{", "[]", '{"poems": 1}', ""):
        path.write_text(bad, encoding="utf-8")
        page.locator("#book input[type=file]").set_input_files(path)
        expect(page.locator("#book .told")).to_have_text("this file is no book that was exported here")
    page.evaluate("localStorage.setItem('charrnn-verse.book', '{broken')")
    page.reload()
    expect(page.locator("#book li")).to_have_count(0)


def test_a_browser_without_room_says_so(page):
    begin(page)
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('QuotaExceededError'); }; }")
    page.click("#write")
    show(page, TEXT, "title", "head=a&seed=1")
    told = page.locator("#details .told")
    expect(told).to_have_text("the browser has no room left; export the book and delete some")
