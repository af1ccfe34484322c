"""作诗 (write): wishes in, vertical cards out; choose one, work on it at the desk, take a picture."""

import functools
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any
from urllib.parse import parse_qs

import gradio as gr
from gradio.context import Context

from apps import card, limits, networks, service, shown
from apps.events import on, stops
from apps.fonts import Fonts
from apps.messages import phrase_line
from apps.shared import shared
from apps.tabs import desk, kept
from apps.tabs import picture as pictures
from apps.texts import say
from charrnn_core.errors import UsageError
from charrnn_core.escape import escape
from poetry.text.forms import FORMS
from poetry.theme.moods import MOODS
from poetry.writing.acrostics import FIRST, SPREADS
from poetry.writing.order import Order
from poetry.writing.poem import Poem
from poetry.writing.wishing import READINGS

# What may stand in a field of text; a click on one fills it.
SUGGESTIONS = {
    "said": ("江边送别", "王小明", "春江花月夜"),
    "acrostic": ("生日快乐", "但愿人长久"),
    "head": ("春",),
    "theme": ("想念远方的朋友",),
    "title": ("山居",),
    "plan": ("江 帆 - 月",),
}
# What a person can fill in: the one line to begin with and what it is to be read as, fields of an Order, and how many
# poems of which network.
FIELDS = (
    *("said", "read_as", "acrostic", "spread", "form", "count", "mood", "head", "theme", "title", "plan", "at"),
    *("pattern", "rhyme", "lines", "temperature", "seed", "cell"),
)
OTHER_NAMES = {"title": "poem_title"}  # fields whose label has another key
WRITTEN = 10  # parts of the page that new poems fill


def build(t: Any, fonts: Fonts) -> None:
    """Lay out the tab within the current Blocks; pictures are drawn with these fonts."""
    poems = gr.State([], time_to_live=limits.KEPT * 6)
    with gr.Row():
        with gr.Column(scale=2, min_width=300, elem_id="wishes"):
            fields, understood = _fields(t)
            write = gr.Button(t("write"), variant="primary", elem_id="write")
            stop = gr.Button(t("stop"), variant="stop", elem_id="stop-writing", visible=False)
            gr.Markdown(t("copies"), elem_classes="small")
        with gr.Column(scale=5, min_width=300):
            show = gr.CheckboxGroup(
                [(f"show_{each}", each) for each in card.SHOWN], value=[card.RHYMES], label=t("show")
            )
            cards = gr.HTML(elem_id="cards")
            with gr.Column(visible=False) as chosen:
                with gr.Row():
                    which = gr.Radio([1], value=1, label=t("choose"))
                    picture = gr.Button(t("picture"), elem_id="make-picture")
                extra = gr.HTML(elem_id="extra", render=False)
                pictures.build(t, fonts, picture, [poems, show, which], extra)
            bench = desk.Desk.laid_out()
            extra.render()
            details = gr.HTML(elem_id="details")

    assert Context.root_block is not None
    wishes = [fields[name] for name in FIELDS]
    enters = [field.submit for field in wishes if isinstance(field, gr.Textbox)]
    written = [poems, cards, chosen, which, details, extra, *bench]
    address = gr.Textbox(visible="hidden")
    on(
        Context.root_block.load,
        _open,
        [address, show],
        written,
        js="(address, show) => [location.search, show]",
        show_progress="hidden",
    )
    bench.listen(poems, show, which, fields["temperature"], fields["cell"], [cards, details, extra])
    writing = on(
        functools.partial(gr.on, [write.click, *enters]),
        _write,
        [show, *wishes],
        [*written, understood, stop],
        place=limits.NETWORKS,
        js="(...values) => { desk.leave(); return charrnn.taking(values); }",
        show_progress_on=cards,
    )
    writing.success(None, show, None, js="(show) => charrnn.written(show)", api_visibility="private")
    for over in (writing.then, writing.failure):
        over(None, None, stop, js=OVER, api_visibility="private")
    on(writing.failure, _instead, wishes, understood, place=limits.NETWORKS, show_progress="hidden")
    stops(stop.click, _write)
    again = gr.Button(visible="hidden", elem_id="draw-again")
    on(again.click, _draw, [poems, show, which], [cards, details], show_progress="hidden")
    _let_change(wishes)
    on(
        show.input,
        _draw,
        [poems, show, which],
        [cards, details],
        show_progress_on=cards,
        trigger_mode="always_last",  # boxes may be ticked faster than cards are drawn
    )
    on(
        which.input,
        _choose,
        [poems, bench.versions, show, which],
        [cards, details, extra, bench.offered, bench.desk, bench.plan],
        show_progress_on=cards,
        trigger_mode="always_last",
    )
    kept.build(fields, show, written, _bring)


# What was asked for meanwhile comes next; there is nothing to stop.
OVER = "() => { charrnn.over(); return { __type__: 'update', visible: false }; }"


def _fields(t: Any) -> tuple[dict[str, Any], Any]:
    """The fields by their names, and what is said below the first one."""
    cells = list(networks.cells())
    fields: dict[str, Any] = {}

    def text(name: str, longest: int) -> None:
        key = OTHER_NAMES.get(name, name)
        fields[name] = gr.Textbox(label=t(key), info=t(f"{key}_info"), max_length=longest)
        with gr.Row(elem_classes="examples"):
            for each in SUGGESTIONS[name]:
                button = gr.Button(each, size="sm", min_width=0)
                button.click(None, None, fields[name], js=f"() => {json.dumps(each)}", api_visibility="private")

    text("said", limits.THEME)
    understood = gr.HTML(elem_id="understood")
    fields["read_as"] = gr.Radio(
        [("read_as_any", ""), *((f"read_as_{each}", each) for each in READINGS)], value="", label=t("read_as")
    )
    text("acrostic", limits.ACROSTIC)
    fields["spread"] = gr.Radio([(f"spread_{each}", each) for each in SPREADS], value=FIRST, label=t("spread"))
    forms = [("form_any", ""), *((form.name, form.name) for form in FORMS)]
    fields["form"] = gr.Dropdown(forms, value="", label=t("form"), info=t("form_info"))
    fields["count"] = gr.Slider(1, limits.POEMS, value=2, step=1, label=t("count"))
    with gr.Accordion(t("more"), open=False):
        moods = [("mood_any", ""), *((f"mood_{each}", each) for each in MOODS)]
        fields["mood"] = gr.Radio(moods, value="", label=t("mood"))
        text("head", limits.HEAD)
        text("theme", limits.THEME)
        text("title", limits.TITLE)
        text("plan", limits.PLAN)
        fields["at"] = gr.Number(1, label=t("at"), info=t("at_info"), precision=0, minimum=-7, maximum=7)
        fields["pattern"] = gr.Dropdown(["", *service.PATTERNS], value="", label=t("pattern"), info=t("pattern_info"))
        fields["rhyme"] = gr.Dropdown(["", *service.RHYMES], value="", label=t("rhyme"), info=t("rhyme_info"))
        fields["lines"] = gr.Dropdown(list(limits.PAILU), value=limits.PAILU[0], label=t("lines"))
        fields["temperature"] = gr.Slider(
            0, 2, value=Order.temperature, step=0.05, label=t("temperature"), info=t("temperature_info")
        )
        fields["seed"] = gr.Textbox(label=t("seed"), info=t("seed_info"), max_length=19)
        fields["cell"] = gr.Radio(cells, value=cells[0], label=t("cell"))
    return fields, understood


def _let_change(wishes: list[Any]) -> None:
    """Let desk.js change fields by their names, and write."""
    change = gr.Button(visible="hidden", elem_id="change-wishes")
    js = f"(...values) => desk.wished({json.dumps(FIELDS)}, values)"
    changing = change.click(None, wishes, wishes, js=js, api_visibility="private")
    changing.then(None, None, None, js="() => charrnn.write()", api_visibility="private")


def _write(
    request: gr.Request,
    progress: gr.Progress = gr.Progress(),  # noqa: B008
    show: Any = None,
    *values: Any,
) -> Iterator[tuple[Any, ...]]:
    """Each poem appears when it is written; those from before go at once, whatever comes."""
    shared().presence.wishes(request.session_hash or "")
    yield [], "", gr.update(visible=False), gr.skip(), "", "", *desk.empty(), "", gr.update(visible=True)
    wishes = _wishes(values)
    count, show = limits.whole(wishes["count"], "count", 1, limits.POEMS), shown.boxes(show)
    taken = service.Taken()
    if wishes["said"] or wishes["theme"] or wishes["acrostic"]:
        taken = shared().jobs.result(service.understood, wishes)
    written: list[Poem] = []
    progress(0, desc=say("writing", n=1))
    for poem in shared().jobs.results(service.poems, wishes):
        written.append(poem)
        progress(min(1, len(written) / count), desc=say("writing", n=len(written) + 1))
        yield *_shown(written, show), _taken(taken), gr.skip()


def _wishes(values: Any) -> dict[str, Any]:
    return dict(zip(FIELDS, values, strict=True))


def _shown(poems: list[Poem], show: list[str]) -> tuple[Any, ...]:
    """New poems, the first of them chosen and on the desk."""
    cards, details = shown.views(poems, show, 1)
    which = gr.update(choices=list(range(1, len(poems) + 1)), value=1)
    return list(poems), cards, gr.update(visible=True), which, details, "", *desk.fresh(poems[0])


def _taken(taken: service.Taken) -> str:
    """What a person's words were taken for, as HTML, with a button for what could be hidden instead."""
    if not taken.line:
        return ""
    way = (
        _way(say("hide_instead", text=taken.instead), {"acrostic": taken.instead, "said": ""}) if taken.instead else ""
    )
    return f'<div class="ways" role="status"><p class="legend">{escape(taken.line)}</p>{way}</div>'


def _way(name: str, changes: dict[str, Any]) -> str:
    """A button that changes fields, and writes."""
    usual = {"spread": FIRST, "at": Order.at, "lines": limits.PAILU[0]}
    filled = {field: usual.get(field, "") if value is None else value for field, value in changes.items()}
    data = escape(json.dumps({field: value for field, value in filled.items() if field in FIELDS}))
    return f'<button type="button" class="do" data-change="{data}">{escape(name)}</button>'


def _instead(request: gr.Request, *values: Any) -> str:
    """What can be done instead of what was asked for, a button each."""
    found = shared().jobs.result(service.ways, _wishes(values))
    if not found:
        return ""
    buttons = "".join(_way(phrase_line(way.said), dict(way.changes)) for way in found)
    return f'<div class="ways" role="status"><p class="legend">{escape(say("instead"))}</p>{buttons}</div>'


def _open(address: Any, show: Any, request: gr.Request) -> tuple[Any, ...]:
    """The page opens with the poem of the day, unless its address asks for something. Nobody asked for it: where it
    cannot be written, there is none."""
    asked = parse_qs(limits.text(address, "address", limits.ADDRESS).removeprefix("?"), keep_blank_values=True)
    if all(name.startswith("__") for name in asked):  # __theme is gradio's
        with suppress(UsageError):
            poem = shared().today.poem(date.today())
            # It may be late, where the server is slow.
            if not shared().presence.has_wished(request.session_hash or ""):
                return _shown([poem], shown.boxes(show))
    return (gr.skip(),) * WRITTEN


def _bring(text: Any, title: Any, show: Any, request: gr.Request) -> tuple[Any, ...]:
    """A poem out of the book, in place of those that are there."""
    return _shown([kept.poem(text, title)], shown.boxes(show))


def _draw(poems: list[Poem], show: Any, which: Any, request: gr.Request) -> tuple[str, str]:
    """The same poems, shown otherwise."""
    return shown.views(poems, shown.boxes(show), shown.number(which, poems)) if poems else ("", "")


def _choose(poems: list[Poem], versions: Any, show: Any, which: Any, request: gr.Request) -> tuple[Any, ...]:
    """Another of the poems."""
    number = shown.number(which, poems)
    return *shown.views(poems, shown.boxes(show), number), "", *desk.of(poems[number - 1], versions)
