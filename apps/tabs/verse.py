"""作诗 (write): wishes in, vertical cards out; choose one, rewrite a line, take a picture."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from apps import card, download, limits, networks, report, service
from apps.guard import guarded
from apps.texts import say
from charrnn_core.errors import UsageError
from poetry.forms import FORMS, QIJUE
from poetry.prosody.judge import check
from poetry.writer import Poem

SHOWN = (
    ("平仄 tones", card.TONES),
    ("韵脚 rhymes", card.RHYMES),
    ("拼音 pinyin", card.PINYIN),
    ("繁体 traditional", card.TRADITIONAL),
)


def build(t: Any) -> None:
    """Lay out the tab within the current Blocks."""
    poems = gr.State([], time_to_live=limits.KEPT * 6)
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            head = gr.Textbox(label=t("head"), info=t("head_info"), max_length=limits.HEAD, placeholder="春")
            form = gr.Dropdown([f.name for f in FORMS], value=QIJUE.name, label=t("form"), info=t("form_info"))
            count = gr.Slider(1, limits.POEMS, value=2, step=1, label=t("count"))
            with gr.Accordion(t("more"), open=False):
                title = gr.Textbox(label=t("poem_title"), info=t("poem_title_info"), max_length=limits.TITLE)
                acrostic = gr.Textbox(label=t("acrostic"), info=t("acrostic_info"), max_length=limits.ACROSTIC)
                at = gr.Number(1, label=t("at"), info=t("at_info"), precision=0, minimum=-7, maximum=7)
                pattern = gr.Dropdown(["", *service.PATTERNS], value="", label=t("pattern"), info=t("pattern_info"))
                rhyme = gr.Dropdown(["", *service.RHYMES], value="", label=t("rhyme"), info=t("rhyme_info"))
                lines = gr.Dropdown(list(limits.PAILU), value=limits.PAILU[0], label=t("lines"))
                temperature = gr.Slider(0, 2, value=0.8, step=0.05, label=t("temperature"), info=t("temperature_info"))
                seed = gr.Number(None, label=t("seed"), info=t("seed_info"), precision=0)
                cell = gr.Radio(list(networks.cells()), value=networks.cells()[0], label=t("cell"))
            write = gr.Button(t("write"), variant="primary", elem_id="write")
        with gr.Column(scale=5, min_width=300):
            show = gr.CheckboxGroup(
                SHOWN,
                value=[card.RHYMES],
                label=t("show"),
            )
            cards = gr.HTML(elem_id="cards")
            with gr.Row(visible=False) as chosen:
                which = gr.Radio([1], value=1, label=t("choose"), type="value")
                picture = gr.Button(t("picture"))
            details = gr.HTML(elem_id="details")
            picture_shown = gr.HTML(elem_id="picture")

    wishes = [head, form, lines, pattern, rhyme, acrostic, at, temperature, count, seed, cell]
    write.click(
        guarded(_write),
        [*wishes, title, show],
        [poems, cards, chosen, which, details, picture_shown],
        api_visibility="private",
        concurrency_id="networks",
    )
    redraw = [poems, title, show, which]
    for changed in (show.input, title.input, which.input):
        changed(guarded(_draw), redraw, [cards, details], api_visibility="private", queue=False)
    picture.click(guarded(_picture), redraw, picture_shown, api_visibility="private")


def _write(
    head: Any,
    form: Any,
    lines: Any,
    pattern: Any,
    rhyme: Any,
    acrostic: Any,
    at: Any,
    temperature: Any,
    count: Any,
    seed: Any,
    cell: Any,
    title: Any,
    show: Any,
    request: gr.Request,
    progress: gr.Progress = gr.Progress(),  # noqa: B008
) -> Iterator[tuple[Any, ...]]:
    """Each poem appears when it is written."""
    order = service.order(
        head=head,
        form=form,
        lines=lines,
        pattern=pattern,
        rhyme=rhyme,
        acrostic_text=acrostic,
        at=at,
        temperature=temperature,
        count=count,
        seed=seed,
        cell=cell,
    )
    title, show = _title(title), _show(show)
    written: list[Poem] = []
    progress(0, desc=say("writing", n=1))
    for poem in order.poems():
        written.append(poem)
        progress(len(written) / order.count, desc=say("writing", n=len(written) + 1))
        cards, details = _views(written, title, show, 1)
        choices = gr.update(choices=list(range(1, len(written) + 1)), value=1)
        yield list(written), cards, gr.update(visible=True), choices, details, ""


def _draw(poems: Any, title: Any, show: Any, which: Any, request: gr.Request) -> tuple[str, str]:
    """The same poems, shown otherwise."""
    return _views(poems, _title(title), _show(show), _number(which, poems)) if poems else ("", "")


def _picture(poems: Any, title: Any, show: Any, which: Any, request: gr.Request) -> str:
    """The chosen poem as a PNG with a link to keep it."""
    from apps import picture

    if not poems:
        raise UsageError(say("first_write"))
    poem = poems[_number(which, poems) - 1]
    heading = card.title_of(poem, _title(title))
    png = picture.draw(poem.lines, heading, traditional=card.TRADITIONAL in _show(show))
    return download.image(png, say("picture_of", title=heading)) + download.link(
        png, "image/png", f"{heading}.png", say("save_picture")
    )


def _views(poems: Sequence[Poem], title: str, show: Sequence[str], which: int) -> tuple[str, str]:
    """All cards, and what is known of the chosen one."""
    reports = [check(poem.lines) for poem in poems]
    cards = [
        card.card(poem, found, title=title, show=show, number=number, chosen=len(poems) > 1 and number == which)
        for number, (poem, found) in enumerate(zip(poems, reports, strict=True), 1)
    ]
    poem, found = poems[which - 1], reports[which - 1]
    record = {"title": card.title_of(poem, title), **poem.as_dict(), "report": found.as_dict()}
    text = f"{record['title']}\n{service.rows(poem.text)}\n"
    name = record["title"]
    links = download.link(text.encode(), "text/plain;charset=utf-8", f"{name}.txt", say("save_text")) + download.link(
        json.dumps(record, ensure_ascii=False, indent=1).encode(), "application/json", f"{name}.json", say("save_json")
    )
    return card.deck(cards), f'<p class="links">{links}</p>' + report.describe([found])


def _title(title: Any) -> str:
    return limits.text(title, "poem_title", limits.TITLE)


def _show(show: Any) -> list[str]:
    return [limits.choice(each, "show", card.SHOWN) for each in show or ()]


def _number(which: Any, poems: Sequence[Poem]) -> int:
    return limits.whole(which, "choose", 1, len(poems))
