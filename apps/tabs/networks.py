"""三种网络 (three networks): the same wish through RNN, GRU and LSTM, and step by step what each expects."""

from typing import Any

import gradio as gr
import numpy as np

from apps import card, comparing, figures, learning, limits, networks, service
from apps.events import on
from apps.shared import shared
from apps.tabs import units
from apps.tabs.units import NAMES, Written
from apps.texts import say
from charrnn_core.errors import UsageError
from charrnn_core.escape import escape
from poetry.prosody.judge import check
from poetry.text.forms import QIJUE, REGULATED
from poetry.writing.trace import Trace

SECOND = 2  # the first character is often asked for; the network begins to speak with the second
OWN, PASTED = "own", "pasted"  # whose poem the networks read: each its own, or one that was pasted

Read = dict[str, Trace]  # by cell: what was expected of the poem that it reads


def build(t: Any) -> None:
    """Lay out the tab within the current Blocks."""
    written = gr.State({}, time_to_live=limits.KEPT * 6)
    reading = gr.State({}, time_to_live=limits.KEPT * 6)
    with gr.Row():
        head = gr.Textbox("春", label=t("head"), info=t("head_info"), max_length=limits.HEAD)
        form = gr.Dropdown([f.name for f in REGULATED], value=QIJUE.name, label=t("form"))
        temperature = gr.Slider(0, 2, value=0.8, step=0.05, label=t("temperature"))
        seed = gr.Textbox("1", label=t("seed"), info=t("seed_info"), max_length=10)
    compare = gr.Button(t("compare"), variant="primary", elem_id="compare")
    cards = gr.HTML(elem_id="three")
    with gr.Column(visible=False, elem_id="steps") as growing:
        with gr.Row():
            whose = gr.Radio(_whose(), value=OWN, label=t("whose"), info=t("whose_info"), elem_id="whose")
            gr.Checkbox(False, label=t("project"), info=t("project_info"), elem_id="project", min_width=160)
        with gr.Row():
            back = gr.Button(t("step_back"), elem_id="step-back", min_width=120)
            place = gr.Slider(1, 32, value=SECOND, step=1, label=t("place"), info=t("place_info"), elem_id="place")
            forth = gr.Button(t("step_forth"), elem_id="step-forth", min_width=120)
        expected = gr.HTML(elem_id="expected")
    poem = units.build(t, written)
    with gr.Accordion(t("learning"), open=False) as learning_shown:
        curves = gr.HTML(elem_id="learning")
    on(learning_shown.expand, _learning, None, curves)

    on(
        compare.click,
        _compare,
        [head, form, temperature, seed],
        [written, reading, cards, growing, whose, place, expected],
        place=limits.NETWORKS,
        show_progress_on=cards,
    )
    on(whose.input, _read_by, [written, whose, poem], [reading, place, expected], place=limits.NETWORKS)
    steps: dict[str, Any] = {"show_progress": "hidden", "trigger_mode": "always_last"}
    on(place.input, _expected, [reading, place], expected, **steps)
    on(back.click, _back, [reading, place], [place, expected], **steps)
    on(forth.click, _forth, [reading, place], [place, expected], **steps)


def _whose() -> list[tuple[str, str]]:
    return [("whose_own", OWN), *((NAMES[cell], cell) for cell in reversed(networks.cells())), ("whose_pasted", PASTED)]


def _learning(request: gr.Request) -> str:
    return learning.shown()


def _compare(head: Any, form: Any, temperature: Any, seed: Any, request: gr.Request) -> tuple[Any, ...]:
    """One poem by each network, from the same seed."""
    number = service.seed_or_any(seed)
    written: Written = {}
    reading: Read = {}
    wishes = {"head": head, "form": form, "temperature": temperature, "seed": number}
    parts = []
    for cell in reversed(networks.cells()):  # the simplest first
        poem, found = shared().jobs.result(comparing.written, cell, wishes)
        written[cell], reading[cell] = poem, found
        mean = -float(np.log(found.probability).mean())
        parts.append(
            f"<section><h2>{NAMES[cell]}</h2>{card.card(poem, check(poem.lines), show=[card.RHYMES])}"
            f"<p>{escape(say('surprise', nats=mean))}</p></section>"
        )
    return (
        written,
        reading,
        f'<div class="three">{"".join(parts)}</div>',
        gr.update(visible=True),
        OWN,
        *_from_the_start(reading),
    )


def _read_by(written: Written, whose: Any, pasted: Any, request: gr.Request) -> tuple[Any, ...]:
    """All networks read one poem, or each its own."""
    whose = limits.choice(whose, "whose", [value for _, value in _whose()])
    given = limits.text(pasted, "own_poem", units.LONGEST, lines=True) if whose == PASTED else ""
    if whose == PASTED and not given:
        raise limits.FieldError("empty", "own_poem")
    reading: Read = {}
    for cell in reversed(networks.cells()):
        poem = None if whose == PASTED else written.get(cell if whose == OWN else whose)
        reading[cell] = shared().jobs.result(comparing.expected, cell, poem, given)
    return reading, *_from_the_start(reading)


def _from_the_start(reading: Read) -> tuple[Any, str]:
    return gr.update(maximum=_slots(reading), value=SECOND), _expectations(reading, SECOND)


def _expected(reading: Read, place: Any, request: gr.Request) -> str:
    return _expectations(reading, _place(reading, place))


def _back(reading: Read, place: Any, request: gr.Request) -> tuple[int, str]:
    return _moved(reading, place, -1)


def _forth(reading: Read, place: Any, request: gr.Request) -> tuple[int, str]:
    return _moved(reading, place, 1)


def _moved(reading: Read, place: Any, by: int) -> tuple[int, str]:
    """One character on or back, the ends of the poem excepted."""
    there = min(max(_place(reading, place) + by, 1), _slots(reading))
    return there, _expectations(reading, there)


def _place(reading: Read, place: Any) -> int:
    if not reading:
        raise UsageError(say("first_write"))
    return limits.whole(place, "place", 1, _slots(reading))


def _slots(reading: Read) -> int:
    return len(next(iter(reading.values())).text)


def _expectations(reading: Read, place: int) -> str:
    """What each network expects at one slot, beside what it read so far."""
    sections = []
    for cell, found in reading.items():
        soon, chosen = found.likeliest[place - 1], found.text[place - 1]
        shown = [(character, 100 * probability) for character, probability in soon]
        if chosen not in [character for character, _ in soon]:
            shown.append((chosen, 100 * float(found.probability[place - 1])))
        at = [character for character, _ in shown].index(chosen)
        so_far = f'<p class="so-far" lang="zh-Hans">{escape(found.text[: place - 1])}<mark>{escape(chosen)}</mark></p>'
        heading = say("expected_of", cell=NAMES[cell])
        bars = figures.bars(shown, heading=heading, name=f"{cell}-{place}", form="{:.1f} %", chosen=at)
        sections.append(f"<section><h2>{NAMES[cell]}</h2>{so_far}{bars}</section>")
    return f'<div class="three">{"".join(sections)}</div>'
