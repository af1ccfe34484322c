"""By day and by night, focused or pointed at: what is read stands out from what it stands on."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("width", [1280, 390])]

READABLE, VISIBLE = 4.5, 3.0  # contrast of text and of what shows a state: WCAG 2.2, 1.4.3 and 1.4.11
# The contrast of a colour of an element with what it stands on.
CONTRAST = """(element, name) => {
  const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => channels(colour).slice(0, 3)
    .map((value) => value / 255)
    .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, k) => sum + value * [0.2126, 0.7152, 0.0722][k], 0);
  const opaque = (colour) => (channels(colour)[3] ?? 1) === 1;
  let ground = name === "color" ? element : element.parentElement;
  while (!opaque(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
  return ratio(light(getComputedStyle(element)[name]), light(getComputedStyle(ground).backgroundColor));
}"""
MOVED = 400  # milliseconds until a change of colour is over


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_focused_or_pointed_at_can_be_read(visit, width, scheme):
    v = visit("zh", width, color_scheme=scheme)
    v.press("write")
    expect(v.page.locator("#cards article.verse")).to_have_count(2)
    found = {}
    for name in (
        "#write",
        "#desk button.do:enabled",
        "#picture, #make-picture",
        "a.save",
        "#wishes input, #wishes textarea",
    ):
        element = v.page.locator(name).locator("visible=true").first
        for state in (element.focus, element.hover):
            state()
            v.page.wait_for_timeout(MOVED)
            found[f"{name} {state.__name__} text"] = element.evaluate(CONTRAST, "color"), READABLE
        element.focus()
        v.page.keyboard.press("Shift+Tab")
        v.page.keyboard.press("Tab")  # as a keyboard does it: the outline shows
        v.page.wait_for_timeout(MOVED)
        found[f"{name} outline"] = element.evaluate(CONTRAST, "outlineColor"), VISIBLE
    assert {name: ratio for name, (ratio, least) in found.items() if ratio < least} == {}


def test_a_link_keeps_its_size_when_it_is_pointed_at(visit, width):
    v = visit("zh", width)
    v.press("write")
    link = v.page.locator("a.save").first
    expect(link).to_be_visible()
    expect(v.page.locator("#cards article.verse")).to_have_count(2)
    before = link.bounding_box()
    link.hover()
    v.page.wait_for_timeout(MOVED)
    after = link.bounding_box()
    assert (after["width"], after["height"]) == (before["width"], before["height"])


def test_inputs_have_a_border_that_shows(visit, width):
    v = visit("zh", width)
    field = v.label("said")
    assert field.evaluate("element => getComputedStyle(element).borderTopWidth") == "1px"
    assert field.evaluate(CONTRAST, "borderTopColor") >= VISIBLE


@pytest.mark.parametrize("asked", ["the system", "the address"])
def test_a_dark_page_is_dark_and_answers(visit, width, asked):
    v = visit("zh", width, color_scheme="dark" if asked == "the system" else "light")
    if asked == "the address":
        expect(v.page.locator("#cards article.verse")).to_have_count(1)  # the poem of the day has come
        v.rest()  # who leaves while anything is written is told so
        v.page.goto(v.page.url.rstrip("/") + "/?__theme=dark")
        v.page.wait_for_selector("#write")
    v.press("write")
    expect(v.page.locator("#cards article.verse")).to_have_count(2)
    ground = v.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(26, 23, 20)"  # --paper by night
    v.page.get_by_label(v.text("show_tones")).check()
    expect(v.page.locator("#cards i").first).to_be_visible()
    v.finish()


def test_every_tab_is_readable_in_the_dark(visit, width):
    v = visit("en", width, color_scheme="dark")
    for tab, key, result in (
        ("tab_check", "check", "#report .report"),
        ("tab_networks", "compare", "#three article.verse"),
        ("tab_shakespeare", "sample", "#samples pre"),
        ("tab_batch", "write_all", "#batch-result a.save"),
    ):
        v.tab(tab)
        if tab == "tab_check":
            v.page.get_by_role("button", name="静夜思").click()
            expect(v.label("poem_text")).not_to_have_value("")
        v.press(key)
        expect(v.page.locator(result).first).to_be_visible()
        v.finish()
