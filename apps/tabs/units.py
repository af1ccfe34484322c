"""Within 三种网络: what units and gates do along a poem, the network told the tones and rhymes of the slots or not."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from apps import comparing, figures, limits, networks
from apps.coloured import Strip, coloured, passages
from apps.events import on
from apps.shared import shared
from apps.texts import say
from charrnn_core.escape import escape
from poetry.writing.poem import Poem
from poetry.writing.trace import LAYERS

LAYER_NAMES = ("1", "2")
NAMES = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}
TOLD, UNTOLD = "told", "untold"
LONGEST = 200  # characters of a pasted poem
HAN = "zh-Hans"

Written = dict[str, Poem]  # by cell: what each network wrote last


def build(t: Any, written: gr.State) -> gr.Textbox:
    """Lay out this part of the tab; returns the field of the pasted poem."""
    gr.Markdown(t("units_heading"))
    gr.Markdown(t("told_heading"), elem_classes="small")
    cells = list(networks.cells())
    with gr.Row():
        cell = gr.Radio(cells, value=cells[0], label=t("cell"))
        told = gr.Radio([("told_yes", TOLD), ("told_no", UNTOLD)], value=TOLD, label=t("told"), elem_id="told")
        layer = gr.Radio(list(LAYER_NAMES), value="2", label=t("layer"))
        unit = gr.Number(0, label=t("unit"), info=t("unit_info"), precision=0, minimum=0)
    with gr.Row():
        poem = gr.Textbox(label=t("own_poem"), info=t("own_poem_info"), lines=2, max_length=LONGEST)
        passage = gr.Textbox(label=t("passage"), info=t("passage_info"), max_length=LONGEST)
    with gr.Row():
        find = gr.Button(t("find_units"), elem_id="find-poem-units")
        gates = gr.Button(t("gates"), elem_id="gates")
        colour = gr.Button(t("colour"), elem_id="colour-poem")
        alike = gr.Button(t("alike"), elem_id="alike-poem")
    shown = gr.HTML(elem_id="units")
    chosen, long = [written, cell, told, poem], 2 * limits.SECONDS  # the poems that are measured are written first
    on(find.click, _find, [*chosen, layer], shown, place=limits.NETWORKS, seconds=long)
    on(gates.click, _gates, chosen, shown, place=limits.NETWORKS)
    on(colour.click, _colour, [*chosen, layer, unit], shown, place=limits.NETWORKS)
    on(alike.click, _alike, [*chosen, layer, unit, passage], shown, place=limits.NETWORKS, seconds=long)
    return poem


def _colour(written: Written, cell: Any, told: Any, poem: Any, layer: Any, unit: Any, request: gr.Request) -> str:
    text, values = _ask(comparing.activations, written, cell, poem, _layer(layer), unit, _told(told))
    heading = f"{NAMES[cell]} h[{int(unit)}] · {say(f'now_{told}')}"
    return coloured(text, [Strip.of_unit(heading, values)], name=f"{cell}-unit-{int(unit)}", language=HAN)


def _find(written: Written, cell: Any, told: Any, poem: Any, layer: Any, request: gr.Request) -> str:
    """The units that follow a need of the slots over poems of the network's own, and the poem coloured by them."""
    rows, text, along, share = _ask(comparing.units, written, cell, poem, _layer(layer), _told(told))
    table = figures.table(
        say("tracked_table").split("|"),
        [(say(row.feature), f"h[{row.unit}]", f"{row.correlation:+.2f}", f"{row.control:.2f}") for row in rows],
        name=f"{cell}-{told}-units",
    )
    strips = [
        Strip.of_unit(f"h[{row.unit}]: {say(row.feature)}, r = {row.correlation:+.2f}", values)
        for row, values in zip(rows, along.T, strict=True)
        if abs(row.correlation) > row.control
    ]
    notes = [say(f"now_{told}"), say("tracked_note", n=comparing.MEASURED), say("saturated", share=share)]
    texts = coloured(text, strips, name=f"{cell}-{told}-poem", language=HAN)
    return f"{table}{''.join(f'<p>{escape(note)}</p>' for note in notes)}{texts}"


def _gates(written: Written, cell: Any, told: Any, poem: Any, request: gr.Request) -> str:
    """Each gate of both layers: its mean over the units along the poem, and the units that swing most."""
    text, found = _ask(comparing.opening, written, cell, poem, _told(told))
    rows, parts = [], []
    for gate in found:
        name = say("gate_of", layer=LAYER_NAMES[gate.layer], gate=say(f"gate_{gate.name}"))
        mean, shut, opened = gate.shares
        rows.append((name, f"{mean:.2f}", f"{shut:.0%}", f"{opened:.0%}"))
        strips = [Strip.between(say("gate_mean", gate=name), gate.mean, gate.mean.min(), gate.mean.max())]
        strips += [Strip.between(f"{name} [{unit}]", values, 0, 1) for unit, values in gate.units]
        parts.append(coloured(text, strips, name=f"{cell}-{gate.name}-{gate.layer + 1}", language=HAN))
    table = figures.table(say("gates_table").split("|"), rows, name=f"{cell}-gates")
    note = f"{say(f'now_{told}')} {say('gates_note')}"
    return f"{table}<p>{escape(note)}</p>{''.join(parts)}"


def _alike(
    written: Written, cell: Any, told: Any, poem: Any, layer: Any, unit: Any, passage: Any, request: gr.Request
) -> str:
    """The passages of the network's own poems in which a unit does what it does along one of the poem."""
    given = limits.text(passage, "passage", LONGEST)
    pattern, rows = _ask(comparing.alike, written, cell, poem, _layer(layer), unit, given, _told(told))
    shown = passages([pattern, *rows], name=f"{cell}-{told}-alike-{int(unit)}", language=HAN)
    notes = say(f"now_{told}"), say("alike_note", unit=int(unit), passage=pattern.text)
    return "".join(f"<p>{escape(note)}</p>" for note in notes) + shown


def _ask(question: Callable[..., Any], written: Written, cell: Any, poem: Any, *arguments: Any) -> Any:
    """Let a worker ask the chosen network about the poem that was pasted, or else about what it wrote last."""
    cell = limits.choice(cell, "cell", networks.cells())
    given = limits.text(poem, "own_poem", LONGEST, lines=True)
    return shared().jobs.result(question, cell, written.get(cell), given, *arguments)


def _told(value: Any) -> bool:
    return limits.choice(value, "told", (TOLD, UNTOLD)) == TOLD


def _layer(value: Any) -> int:
    return LAYERS[LAYER_NAMES.index(limits.choice(value, "layer", LAYER_NAMES))]
