"""三种网络 (three networks): the same wish through RNN, GRU and LSTM; what each expects; what its units track."""

from typing import Any

import gradio as gr
import numpy as np

from apps import card, comparing, jobs, learning, limits, networks, service
from apps.coloured import coloured
from apps.events import on
from apps.texts import say
from charrnn_core import chart
from charrnn_core.errors import UsageError
from charrnn_core.escape import escape
from poetry.prosody.judge import check
from poetry.text.forms import QIJUE, REGULATED
from poetry.writing.poem import Poem
from poetry.writing.trace import LAYERS, Trace

MEASURED = 16  # poems over which units are looked for
SECOND = 2  # the first character is often asked for; the network begins to speak with the second
LAYER_NAMES = ("1", "2")
NAMES = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}

Written = dict[str, tuple[Poem, Trace]]  # by cell


def build(t: Any) -> None:
    """Lay out the tab within the current Blocks."""
    written = gr.State({}, time_to_live=limits.KEPT * 6)
    cells = list(networks.cells())
    with gr.Row():
        head = gr.Textbox("春", label=t("head"), info=t("head_info"), max_length=limits.HEAD)
        form = gr.Dropdown([f.name for f in REGULATED], value=QIJUE.name, label=t("form"))
        temperature = gr.Slider(0, 2, value=0.8, step=0.05, label=t("temperature"))
        seed = gr.Textbox("1", label=t("seed"), info=t("seed_info"), max_length=10)
    compare = gr.Button(t("compare"), variant="primary", elem_id="compare")
    cards = gr.HTML(elem_id="three")
    with gr.Column(visible=False) as growing:
        place = gr.Slider(1, 32, value=SECOND, step=1, label=t("place"), info=t("place_info"), elem_id="place")
        expected = gr.HTML(elem_id="expected")
    gr.Markdown(t("units_heading"))
    with gr.Row():
        cell = gr.Radio(cells, value=cells[0], label=t("cell"))
        layer = gr.Radio(list(LAYER_NAMES), value="2", label=t("layer"))
        unit = gr.Number(0, label=t("unit"), info=t("unit_info"), precision=0, minimum=0)
        poem = gr.Textbox(label=t("own_poem"), info=t("own_poem_info"), lines=2, max_length=200)
    with gr.Row():
        colour = gr.Button(t("colour"), elem_id="colour-poem")
        find = gr.Button(t("find_units"), elem_id="find-poem-units")
    units = gr.HTML(elem_id="units")
    with gr.Accordion(t("learning"), open=False) as learning_shown:
        curves = gr.HTML(elem_id="learning")
    on(learning_shown.expand, _learning, None, curves)

    on(
        compare.click,
        _compare,
        [head, form, temperature, seed],
        [written, cards, growing, place, expected],
        place=limits.NETWORKS,
        show_progress_on=cards,
    )
    on(place.input, _expected, [written, place], expected, show_progress="hidden", trigger_mode="always_last")
    on(colour.click, _colour, [written, cell, layer, unit, poem], units, place=limits.NETWORKS)
    on(find.click, _find, [written, cell, layer, poem], units, place=limits.NETWORKS, seconds=2 * limits.SECONDS)


def _learning(request: gr.Request) -> str:
    return learning.shown()


def _compare(head: Any, form: Any, temperature: Any, seed: Any, request: gr.Request) -> tuple[Any, ...]:
    """One poem by each network, from the same seed."""
    number = service.seed_or_any(seed)
    written: Written = {}
    wishes = {"head": head, "form": form, "temperature": temperature, "seed": number}
    parts = []
    for cell in reversed(networks.cells()):  # the simplest first
        poem, found = written[cell] = jobs.result(comparing.written, cell, wishes)
        mean = -float(np.log(found.probability).mean())
        parts.append(
            f"<section><h2>{NAMES[cell]}</h2>{card.card(poem, check(poem.lines), show=[card.RHYMES])}"
            f"<p>{escape(say('surprise', nats=mean))}</p></section>"
        )
    slots = len(next(iter(written.values()))[1].text)
    return (
        written,
        f'<div class="three">{"".join(parts)}</div>',
        gr.update(visible=True),
        gr.update(maximum=slots, value=SECOND),
        _expectations(written, SECOND),
    )


def _expected(written: Written, place: Any, request: gr.Request) -> str:
    if not written:
        raise UsageError(say("first_write"))
    slots = len(next(iter(written.values()))[1].text)
    return _expectations(written, limits.whole(place, "place", 1, slots))


def _expectations(written: Written, place: int) -> str:
    """What each network expects at one slot, beside what it wrote so far."""
    sections = []
    for cell, (_, found) in written.items():
        soon, chosen = found.likeliest[place - 1], found.text[place - 1]
        shown = [(character, 100 * probability) for character, probability in soon]
        if chosen not in [character for character, _ in soon]:
            shown.append((chosen, 100 * float(found.probability[place - 1])))
        at = [character for character, _ in shown].index(chosen)
        so_far = f'<p class="so-far" lang="zh-Hans">{escape(found.text[: place - 1])}<mark>{escape(chosen)}</mark></p>'
        bars = chart.bars(shown, name=say("expected_of", cell=NAMES[cell]), form="{:.1f} %", chosen=at)
        sections.append(f"<section><h2>{NAMES[cell]}</h2>{so_far}{bars}</section>")
    return f'<div class="three">{"".join(sections)}</div>'


def _colour(written: Written, cell: Any, layer: Any, unit: Any, poem: Any, request: gr.Request) -> str:
    chosen = _chosen(written, cell, poem)
    text, values = jobs.result(comparing.activations, *chosen, _layer(layer), unit)
    return coloured(text, values, heading=f"{NAMES[cell]} h[{int(unit)}]", language="zh-Hans")


def _find(written: Written, cell: Any, layer: Any, poem: Any, request: gr.Request) -> str:
    """The units that follow a need of the slots over poems of the network's own, and the poem coloured by them."""
    chosen = _chosen(written, cell, poem)
    rows, text, along = jobs.result(comparing.units, *chosen, _layer(layer))
    heads = "".join(f"<th scope='col'>{escape(name)}</th>" for name in say("tracked_table").split("|"))
    table = "".join(
        f"<tr><th scope='row'>{escape(say(row.feature))}</th><td>h[{row.unit}]</td><td>{row.correlation:+.2f}</td>"
        f"<td>{row.control:.2f}</td></tr>"
        for row in rows
    )
    texts = "".join(
        coloured(
            text,
            values,
            heading=f"h[{row.unit}]: {say(row.feature)}, r = {row.correlation:+.2f}",
            language="zh-Hans",
        )
        for row, values in zip(rows, along.T, strict=True)
        if abs(row.correlation) > row.control
    )
    note = escape(say("tracked_note", n=comparing.MEASURED))
    return f'<div class="wide"><table><tr>{heads}</tr>{table}</table></div><p>{note}</p>{texts}'


def _chosen(written: Written, cell: Any, poem: Any) -> tuple[str, Poem | None, str]:
    """The network, what it wrote last in this tab, and the poem that was pasted, if any."""
    cell = limits.choice(cell, "cell", networks.cells())
    return cell, written[cell][0] if cell in written else None, limits.text(poem, "own_poem", 200, lines=True)


def _layer(value: Any) -> int:
    return LAYERS[LAYER_NAMES.index(limits.choice(value, "layer", LAYER_NAMES))]
