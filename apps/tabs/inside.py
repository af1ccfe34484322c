"""Within 莎士比亚: why a character follows another, what units do along a text, and how far back a gradient reaches."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from apps import figures, limits, shakespeare
from apps.coloured import Passage, Strip, coloured, passages
from apps.events import on
from apps.shared import shared
from apps.texts import say
from charrnn_core.escape import escape
from charrnn_core.lab.alphabet import show
from charrnn_core.lab.char_model import CharModel

# William Shakespeare, Sonnet 18 (1609)
SONNET = """\
Shall I compare thee to a summer's day?
Thou art more lovely and more temperate:
Rough winds do shake the darling buds of May,
And summer's lease hath all too short a date:
Sometime too hot the eye of heaven shines,
And often is his gold complexion dimm'd;
And every fair from fair sometime declines,
By chance or nature's changing course untrimm'd;
But thy eternal summer shall not fade
Nor lose possession of that fair thou owest;
Nor shall Death brag thou wander'st in his shade,
When in eternal lines to time thou growest:
So long as men can breathe or eyes can see,
So long lives this, and this gives life to thee.
"""
WIDE = 280  # pixels: on a phone a text or a slider has the row to itself
UNITS_SHOWN = 3
PLACE = 78  # of the sonnet: the end of its second line, near a rhyme's beginning
INVISIBLE = ("newline", "space", "tab")
LATIN = "en"

Network = Path | CharModel | None  # an upload, one trained here, or that which comes along


def ask(network: Network, question: Callable[..., Any], *arguments: Any) -> Any:
    """Let a worker ask the chosen network."""
    return shared().jobs.result(shakespeare.of_network, network, question, *arguments)


def build(t: Any, network: gr.State) -> list[gr.HTML]:
    """Lay out these tabs within the current Blocks; returns the answers they fill."""
    return [_explaining(t, network), _colouring(t, network), _reaching(t, network), _alikes(t, network)]


def _explaining(t: Any, network: gr.State) -> gr.HTML:
    with gr.Tab(t("explain"), id="explain"):
        with gr.Row():
            starter = gr.Textbox("MENENIUS:", label=t("explain_starter"), max_length=limits.STARTER)
            following = gr.Textbox("", label=t("following"), info=t("following_info"), max_length=2)
        button = gr.Button(t("explain"), variant="primary", elem_id="explain")
        shown = gr.HTML(elem_id="explained")
    on(button.click, _explain, [network, starter, following], shown, place=limits.NETWORKS)
    return shown


def _colouring(t: Any, network: gr.State) -> gr.HTML:
    with gr.Tab(t("colour"), id="colour"):
        with gr.Row():
            text = _text(t)
            unit = gr.Number(0, label=t("unit"), info=t("unit_info"), precision=0, minimum=0)
        with gr.Row():
            button = gr.Button(t("colour"), variant="primary", elem_id="colour")
            find = gr.Button(t("find_units"), elem_id="find-units")
        shown = gr.HTML(elem_id="coloured")
    on(button.click, _colour, [network, text, unit], shown, place=limits.NETWORKS)
    on(find.click, _units, [network], shown, place=limits.NETWORKS)
    return shown


def _reaching(t: Any, network: gr.State) -> gr.HTML:
    with gr.Tab(t("reach"), id="reach"):
        gr.Markdown(t("reach_heading"), elem_classes="small")
        with gr.Row():
            text = _text(t)
            at = gr.Number(PLACE, label=t("reach_place"), info=t("reach_place_info"), precision=0, minimum=1)
        button = gr.Button(t("reach"), variant="primary", elem_id="reach")
        shown = gr.HTML(elem_id="reached")
    on(button.click, _reach, [network, text, at], shown, place=limits.NETWORKS)
    return shown


def _alikes(t: Any, network: gr.State) -> gr.HTML:
    with gr.Tab(t("alike"), id="alike"):
        gr.Markdown(t("alike_heading"), elem_classes="small")
        with gr.Row():
            starter = gr.Textbox("MENENIUS:\n", label=t("passage"), lines=2, max_length=limits.STARTER)
            unit = gr.Number(0, label=t("unit"), info=t("unit_info"), precision=0, minimum=0)
        button = gr.Button(t("alike"), variant="primary", elem_id="alike")
        shown = gr.HTML(elem_id="alikes")
    on(button.click, _alike, [network, starter, unit], shown, place=limits.NETWORKS)
    return shown


def _text(t: Any) -> gr.Textbox:
    return gr.Textbox(
        SONNET, label=t("text"), lines=5, max_lines=8, max_length=limits.COLOURED, scale=2, min_width=WIDE
    )


def _explain(network: Network, starter: Any, following: Any, request: gr.Request) -> str:
    start = limits.text(starter, "starter", limits.STARTER, lines=True, strip=False)
    following = limits.text(following, "following", 2, lines=True, strip=False).replace("\\n", "\n")
    if len(following) > 1:
        raise limits.FieldError("too_long", "following", longest=1, length=len(following))
    found = ask(network, shakespeare.why, start, following)
    a, b, cut = _named(found["last"]), _named(found["next"]), found["ablation"]
    contributions = [(f"h[{unit['unit']}]", unit["above_average"]) for unit in found["units"]]
    silenced = [(part, after - cut["before"]) for part, after in (cut["without"] | cut["without_weight"]).items()]
    random = cut["controls"]["units"]
    silenced.append((say("random_units"), random["mean_absolute_change"]))
    source = found["strongest_input"]
    raises = ", ".join(f"{_named(one['character'])} {one['Why']:+.2f}" for one in source["raises"])
    ablation = say("why_ablation", n=cut["contexts"], a=a, b=b, p=cut["before"])
    return (
        f'<section class="explained"><h2>{escape(say("why", a=a, b=b, p=found["probability"]))}</h2>'
        f"<p>{escape(say('why_units', b=b))}</p>"
        + figures.bars(contributions, heading=say("why_units", b=b), name="contributions", form="{:+.3f}")
        + f"<p>{escape(say('why_weight', a=a, unit=source['unit'], value=source['Wxh'], raises=raises))}</p>"
        f"<p>{escape(ablation)}</p>"
        + figures.bars(silenced, heading=ablation, name="ablation", form="{:+.4f}")
        + f"<p>{escape(say('why_control', n=random['parts'], largest=random['largest_change']))}</p></section>"
    )


def _colour(network: Network, text: Any, unit: Any, request: gr.Request) -> str:
    known = limits.text(text, "text", limits.COLOURED, lines=True)
    values = ask(network, shakespeare.activations, known, unit)
    name = f"unit-{int(unit)}"
    return coloured(known, [Strip.of_unit(f"h[{int(unit)}]", values)], name=name, language=LATIN)


def _units(network: Network, request: gr.Request) -> str:
    found, along = ask(network, shakespeare.units, UNITS_SHOWN)
    rows = found["units"]
    table = figures.table(
        say("units_table").split("|"),
        [
            (
                _feature(row),
                f"h[{row['unit']}]",
                f"{row['correlation']:+.2f}",
                f"{row['control']:.2f}",
                f"{row['inside']:+.3f}",
                f"{row['outside']:+.3f}",
            )
            for row in rows
        ],
        name="units",
    )
    strips = [
        Strip.of_unit(f"h[{row['unit']}]: {_feature(row)}, r = {row['correlation']:+.2f}", values)
        for row, values in zip(rows, along, strict=False)
    ]
    saturation = f"<p>{escape(say('saturated_tanh', share=found['saturated']))}</p>"
    return table + saturation + coloured(found["text"], strips, name="units-text", language=LATIN)


def _reach(network: Network, text: Any, at: Any, request: gr.Request) -> str:
    """The text up to a place, each character coloured by how long the gradient is that reaches it; and as a curve."""
    known = limits.text(text, "text", limits.COLOURED, lines=True)
    if len(known) < 2:
        raise limits.FieldError("empty", "text")
    place = limits.whole(at, "reach_place", 1, len(known) - 1) - 1
    norms = ask(network, shakespeare.reach, known, place)
    following = _named(known[place + 1])
    strip = Strip.of_lengths(say("reach_of", next=following), norms)
    curve = [(back, float(norm)) for back, norm in enumerate(norms[::-1]) if norm > 0]
    return coloured(known[: place + 1], [strip], name="reach", language=LATIN) + figures.curves(
        [("", curve)], x=say("characters_back"), y=say("gradient_length"), name="reach-curve", logarithmic=True
    )


def _alike(network: Network, starter: Any, unit: Any, request: gr.Request) -> str:
    given = limits.text(starter, "passage", limits.STARTER, lines=True, strip=False)
    found = ask(network, shakespeare.alike, given, unit)
    pattern = Passage("", given, "", found["activation"])
    rows = [
        Passage(row["before"], row["passage"], row["after"], row["activation"], row["distance"])
        for row in found["passages"]
    ]
    note = say("alike_note", unit=int(unit), passage=given.replace("\n", "¶"))
    return f"<p>{escape(note)}</p>" + passages([pattern, *rows], name=f"alike-{int(unit)}", language=LATIN)


def _named(character: str) -> str:
    """A character as it can be read within a sentence."""
    name = show(character)
    return say(name) if name in INVISIBLE else f"“{name}”"


def _feature(row: dict[str, Any]) -> str:
    """What a unit tracks, in the reader's language."""
    return say(f"feature_{row['feature']}")
