"""作诗 (write): wishes in, vertical cards out; choose one, rewrite a line or a character, take a picture."""

from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from apps import card, gloss, jobs, kept, limits, nearest, networks, report, service
from apps.events import on
from apps.fonts import Fonts
from apps.tabs import kept as back
from apps.tabs import picture as pictures
from apps.texts import say
from charrnn_core.errors import UsageError
from charrnn_core.escape import escape
from poetry.prosody.judge import check
from poetry.text.forms import FORMS, QIJUE
from poetry.theme.moods import MOODS, measured
from poetry.writing.order import Order
from poetry.writing.poem import Poem

WHOLE = "whole_line"  # a key: gradio shows a choice that is one in the reader's language


def build(t: Any, fonts: Fonts) -> None:
    """Lay out the tab within the current Blocks; pictures are drawn with these fonts."""
    cells = list(networks.cells())
    poems = gr.State([], time_to_live=limits.KEPT * 6)
    with gr.Row():
        with gr.Column(scale=2, min_width=300, elem_id="wishes"):
            head = gr.Textbox(label=t("head"), info=t("head_info"), max_length=limits.HEAD, placeholder="春")
            theme = gr.Textbox(label=t("theme"), info=t("theme_info"), max_length=limits.THEME)
            form = gr.Dropdown([f.name for f in FORMS], value=QIJUE.name, label=t("form"), info=t("form_info"))
            count = gr.Slider(1, limits.POEMS, value=2, step=1, label=t("count"))
            with gr.Accordion(t("more"), open=False):
                mood = gr.Radio(
                    [("mood_any", ""), *((f"mood_{each}", each) for each in MOODS)],
                    value="",
                    label=t("mood"),
                )
                title = gr.Textbox(label=t("poem_title"), info=t("poem_title_info"), max_length=limits.TITLE)
                acrostic = gr.Textbox(label=t("acrostic"), info=t("acrostic_info"), max_length=limits.ACROSTIC)
                at = gr.Number(1, label=t("at"), info=t("at_info"), precision=0, minimum=-7, maximum=7)
                pattern = gr.Dropdown(["", *service.PATTERNS], value="", label=t("pattern"), info=t("pattern_info"))
                rhyme = gr.Dropdown(["", *service.RHYMES], value="", label=t("rhyme"), info=t("rhyme_info"))
                lines = gr.Dropdown(list(limits.PAILU), value=limits.PAILU[0], label=t("lines"))
                temperature = gr.Slider(
                    0, 2, value=Order.temperature, step=0.05, label=t("temperature"), info=t("temperature_info")
                )
                seed = gr.Textbox(label=t("seed"), info=t("seed_info"), max_length=19)
                cell = gr.Radio(cells, value=cells[0], label=t("cell"))
            write = gr.Button(t("write"), variant="primary", elem_id="write")
            gr.Markdown(t("copies"), elem_classes="small")
        with gr.Column(scale=5, min_width=300):
            show = gr.CheckboxGroup(
                [(f"show_{each}", each) for each in card.SHOWN], value=[card.RHYMES], label=t("show")
            )
            cards = gr.HTML(elem_id="cards")
            with gr.Column(visible=False) as chosen:
                with gr.Row():
                    which = gr.Radio([1], value=1, label=t("choose"))
                    line = gr.Dropdown([1, 2, 3, 4], value=1, label=t("line"))
                    place = gr.Dropdown([(WHOLE, 0), *range(1, 8)], value=0, label=t("character"))
                with gr.Row():
                    rewrite = gr.Button(t("rewrite"), elem_id="rewrite")
                    others = gr.Button(t("others"), elem_id="others")
                    picture = gr.Button(t("picture"), elem_id="make-picture")
                extra = gr.HTML(elem_id="extra", render=False)
                pictures.build(t, fonts, picture, [poems, show, which], extra)
            extra.render()
            details = gr.HTML(elem_id="details")

    wishes = [head, theme, title, form, lines, pattern, rhyme, acrostic, at, temperature, count, seed, cell, mood]
    written = [poems, cards, chosen, which, line, place, details, extra]
    writing = on(
        write.click,
        _write,
        [*wishes, show],
        written,
        place=limits.NETWORKS,
        show_progress_on=cards,
    )
    on(writing.then, _draw, [poems, show, which], [cards, details])  # boxes may be ticked meanwhile
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
        [poems, show, which],
        [cards, line, place, details, extra],
        show_progress_on=cards,
        trigger_mode="always_last",
    )
    on(
        rewrite.click,
        _rewrite,
        [poems, show, which, line, place, temperature, cell],
        [poems, cards, details, extra],
        place=limits.NETWORKS,
        show_progress_on=cards,
    )
    on(others.click, _others, [poems, which, line, place, cell], extra, place=limits.NETWORKS)
    named = {
        **{"head": head, "theme": theme, "title": title, "form": form, "lines": lines, "pattern": pattern},
        **{"rhyme": rhyme, "acrostic": acrostic, "at": at, "temperature": temperature, "count": count, "seed": seed},
        **{"cell": cell, "mood": mood},
    }
    back.build(named, show, written, _bring)


def _write(
    head: Any,
    theme: Any,
    title: Any,
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
    mood: Any,
    show: Any,
    request: gr.Request,
    progress: gr.Progress = gr.Progress(),  # noqa: B008
) -> Iterator[tuple[Any, ...]]:
    """Each poem appears when it is written; those from before go at once, whatever comes."""
    yield [], "", gr.update(visible=False), gr.update(), gr.update(), gr.update(), "", ""
    wishes = {
        "head": head,
        "theme": theme,
        "title": title,
        "form": form,
        "lines": lines,
        "pattern": pattern,
        "rhyme": rhyme,
        "acrostic": acrostic,
        "at": at,
        "temperature": temperature,
        "count": limits.whole(count, "count", 1, limits.POEMS),
        "seed": seed,
        "cell": cell,
        "mood": mood,
    }
    show = _show(show)
    note = jobs.result(service.understood, theme) if theme else ""
    note = f'<p class="legend">{escape(note)}</p>' if note else ""
    written: list[Poem] = []
    progress(0, desc=say("writing", n=1))
    for poem in jobs.results(service.poems, wishes):
        written.append(poem)
        progress(len(written) / count, desc=say("writing", n=len(written) + 1))
        cards, details = _views(written, show, 1)
        which = gr.update(choices=list(range(1, len(written) + 1)), value=1)
        yield list(written), cards, gr.update(visible=True), which, *_places(written[0]), details, note


def _bring(text: Any, title: Any, show: Any, request: gr.Request) -> tuple[Any, ...]:
    """A poem out of the book, in place of those that are there."""
    poem = back.poem(text, title)
    cards, details = _views([poem], _show(show), 1)
    return [poem], cards, gr.update(visible=True), gr.update(choices=[1], value=1), *_places(poem), details, ""


def _draw(poems: list[Poem], show: Any, which: Any, request: gr.Request) -> tuple[str, str]:
    """The same poems, shown otherwise."""
    return _views(poems, _show(show), _number(which, poems)) if poems else ("", "")


def _choose(poems: list[Poem], show: Any, which: Any, request: gr.Request) -> tuple[Any, ...]:
    """Another of the poems."""
    number = _number(which, poems)
    cards, details = _views(poems, _show(show), number)
    return cards, *_places(poems[number - 1]), details, ""


def _rewrite(
    poems: list[Poem],
    show: Any,
    which: Any,
    line: Any,
    place: Any,
    temperature: Any,
    cell: Any,
    request: gr.Request,
) -> tuple[Any, ...]:
    """The chosen poem with one line or character written anew."""
    number = _number(which, poems)
    poem = poems[number - 1]
    row, position = _place(poem, line, place)
    gap = f"{row}:{position}" if position else f"{row}"
    new = jobs.result(service.rewrite, poem.text, gap, temperature, None, cell, poem)
    written = [*poems[: number - 1], new, *poems[number:]]
    return written, *_views(written, _show(show), number), ""


def _others(poems: list[Poem], which: Any, line: Any, place: Any, cell: Any, request: gr.Request) -> str:
    """What else could stand at a place of the chosen poem."""
    poem = poems[_number(which, poems) - 1]
    row, position = _place(poem, line, place)
    if not position:
        raise UsageError(say("one_character"))
    found = jobs.result(service.other_characters, poem, row - 1, position - 1, cell)
    heading = say("others_here", line=row, place=position, character=poem.lines[row - 1][position - 1])
    items = "".join(f"<li><b>{escape(one.character)}</b> <small>{one.gain:+.1f}</small></li>" for one in found)
    return f'<section class="others"><p>{escape(heading)}</p><ul lang="zh-Hans">{items}</ul></section>'


def _views(poems: Sequence[Poem], show: Sequence[str], which: int) -> tuple[str, str]:
    """All cards, and what is known of the chosen one."""
    reports = [check(poem.lines) for poem in poems]
    cards = [
        card.card(poem, found, show=show, number=number, chosen=len(poems) > 1 and number == which)
        for number, (poem, found) in enumerate(zip(poems, reports, strict=True), 1)
    ]
    poem, found = poems[which - 1], reports[which - 1]
    feeling = escape(say("mood_measured", **measured(poem.text)))
    return (
        card.deck(cards, show),
        f'{kept.describe(poem, found)}{gloss.describe(found)}<p class="legend">{feeling}</p>'
        f"{report.describe([found])}{nearest.describe(poem.lines)}",
    )


def _places(poem: Poem) -> tuple[Any, Any]:
    """The lines and characters of a poem to choose among."""
    longest = max(len(line) for line in poem.lines)
    return (
        gr.update(choices=list(range(1, len(poem.lines) + 1)), value=1),
        gr.update(choices=[(WHOLE, 0), *((str(n), n) for n in range(1, longest + 1))], value=0),
    )


def _show(show: Any) -> list[str]:
    if not isinstance(show or [], list):
        raise UsageError(say("no_such_choice", name=say("show"), choices=" ".join(card.SHOWN)))
    return [limits.choice(each, "show", card.SHOWN) for each in show or ()]


def _number(which: Any, poems: Sequence[Poem]) -> int:
    if not poems:
        raise UsageError(say("first_write"))
    return limits.whole(which, "choose", 1, len(poems))


def _place(poem: Poem, line: Any, place: Any) -> tuple[int, int]:
    """A line and a character, both from 1; character 0 is the whole line."""
    row = limits.whole(line, "line", 1, len(poem.lines))
    return row, limits.whole(place, "character", 0, len(poem.lines[row - 1]))
