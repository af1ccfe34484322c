"""莎士比亚 (Shakespeare): sample, complete, explain, colour and train a vanilla RNN on characters."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from apps import jobs, limits, service, shakespeare, uploads
from apps.coloured import coloured
from apps.events import on
from apps.texts import say
from charrnn_core import chart
from charrnn_core.escape import escape
from charrnn_core.lab.alphabet import show
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.writing import parse_temperatures

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
KINDS = ("softmax", "gumbel")
WIDE = 280  # pixels: on a phone a text or a slider has the row to itself
UNITS_SHOWN = 3
ANSWERS = 4  # outputs that tell of a network: samples, a completion, an explanation, a coloured text

Network = Path | CharModel | None  # an upload, one trained here, or that which comes along
INVISIBLE = ("newline", "space", "tab")


def build(t: Any) -> None:
    """Lay out the tab within the current Blocks."""
    with gr.Accordion(t("snapshot"), open=False):
        gr.Markdown(t("snapshot_info"))
        with gr.Row():
            snapshot = gr.UploadButton(t("upload"), file_types=[".npz", ".safetensors"], type="filepath")
            shipped = gr.Button(t("snapshot_shipped"))
        about = gr.HTML(elem_id="network")
    network = gr.State(None, time_to_live=limits.KEPT * 6)
    answers = []  # about the chosen network: they go with it
    with gr.Tab(t("sample"), id="sample"):
        with gr.Row():
            temperatures = gr.Textbox(
                "0.2,0.5,1,2", label=t("temperatures"), info=t("temperatures_info"), max_length=40
            )
            length = gr.Slider(50, limits.LENGTH, value=300, step=10, label=t("length"))
            seed = gr.Textbox("0", label=t("seed"), max_length=10)
            kind = gr.Radio(list(KINDS), value=KINDS[0], label=t("kind"), info=t("kind_info"))
        button = gr.Button(t("sample"), variant="primary", elem_id="sample")
        shown = gr.HTML(elem_id="samples")
        answers.append(shown)
        on(button.click, _sample, [network, temperatures, length, seed, kind], shown, place=limits.NETWORKS)
    with gr.Tab(t("complete"), id="complete"):
        with gr.Row():
            starter = gr.Textbox(
                "ROMEO:\n", label=t("starter"), lines=3, max_length=limits.STARTER, scale=2, min_width=WIDE
            )
            length = gr.Slider(50, limits.LENGTH, value=300, step=10, label=t("length"))
            temperature = gr.Slider(0, 2, value=0.7, step=0.05, label=t("temperature"))
            seed = gr.Textbox("0", label=t("seed"), max_length=10)
            kind = gr.Radio(list(KINDS), value=KINDS[0], label=t("kind"))
        button = gr.Button(t("complete"), variant="primary", elem_id="complete")
        shown = gr.HTML(elem_id="completed")
        answers.append(shown)
        on(button.click, _complete, [network, starter, length, temperature, seed, kind], shown, place=limits.NETWORKS)
    with gr.Tab(t("explain"), id="explain"):
        with gr.Row():
            starter = gr.Textbox("MENENIUS:", label=t("explain_starter"), max_length=limits.STARTER)
            following = gr.Textbox("", label=t("following"), info=t("following_info"), max_length=2)
        button = gr.Button(t("explain"), variant="primary", elem_id="explain")
        shown = gr.HTML(elem_id="explained")
        answers.append(shown)
        on(button.click, _explain, [network, starter, following], shown, place=limits.NETWORKS)
    with gr.Tab(t("colour"), id="colour"):
        with gr.Row():
            text = gr.Textbox(
                SONNET, label=t("text"), lines=5, max_lines=8, max_length=limits.COLOURED, scale=2, min_width=WIDE
            )
            unit = gr.Number(0, label=t("unit"), info=t("unit_info"), precision=0, minimum=0)
        with gr.Row():
            button = gr.Button(t("colour"), variant="primary", elem_id="colour")
            find = gr.Button(t("find_units"), elem_id="find-units")
        shown = gr.HTML(elem_id="coloured")
        answers.append(shown)
        on(button.click, _colour, [network, text, unit], shown, place=limits.NETWORKS)
        on(find.click, _units, [network], shown, place=limits.NETWORKS)
    with gr.Tab(t("train"), id="train"):
        with gr.Row():
            text = gr.Textbox(
                SONNET,
                label=t("training_text"),
                lines=5,
                max_lines=8,
                max_length=limits.TRAINING_TEXT,
                scale=2,
                min_width=WIDE,
            )
            hidden = gr.Slider(10, limits.HIDDEN, value=64, step=2, min_width=WIDE, label=t("hidden"))
            rate = gr.Slider(0.01, 0.3, value=0.1, step=0.01, min_width=WIDE, label=t("rate"))
            seconds = gr.Slider(5, limits.TRAINING_SECONDS, value=20, step=5, min_width=WIDE, label=t("seconds"))
        with gr.Row():
            button = gr.Button(t("train"), variant="primary", elem_id="train")
            stop = gr.Button(t("stop"), variant="stop", elem_id="stop")
        shown = gr.HTML(elem_id="training")
        training = on(
            button.click,
            _train,
            [text, hidden, rate, seconds],
            [shown, network, about, *answers],
            place=limits.TRAINING,
            seconds=limits.TRAINING_SECONDS + limits.SECONDS,
            show_progress="hidden",
        )
        stop.click(None, None, None, cancels=[training], api_visibility="private")
    on(snapshot.upload, _upload, snapshot, [network, about, *answers], place=limits.NETWORKS)
    on(shipped.click, _shipped, None, [network, about, *answers])


def _ask(network: Network, question: Callable[..., Any], *arguments: Any) -> Any:
    """Let a worker ask the chosen network."""
    return jobs.result(shakespeare.of_network, network, question, *arguments)


def _upload(snapshot: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Choose an uploaded network and say what it is; with one that cannot be read, that which comes along is back."""
    yield _chosen(None, "")
    path = uploads.current().named(snapshot)
    hidden, characters = _ask(path, shakespeare.size)
    yield _chosen(path, say("snapshot_read", hidden=hidden, characters=characters))


def _shipped(request: gr.Request) -> tuple[Any, ...]:
    return _chosen(None, "")


def _chosen(network: Network, about: str) -> tuple[Any, ...]:
    """Another network, what it is, and no answers of the one before."""
    return network, f'<p role="status">{escape(about)}</p>' if about else "", *[""] * ANSWERS


def _sample(network: Network, temperatures: Any, length: Any, seed: Any, kind: Any, request: gr.Request) -> str:
    values = parse_temperatures(limits.text(temperatures, "temperatures", 40))
    if len(values) > limits.COLUMNS:
        how_many = say("temperatures_count")
        raise limits.FieldError("out_of_range", "temperatures", name=how_many, low=1, high=limits.COLUMNS)
    found = _ask(
        network,
        shakespeare.samples,
        values,
        limits.whole(length, "length", 1, limits.LENGTH),
        service.seed_or_any(seed),
        limits.choice(kind, "kind", KINDS) == "gumbel",
    )
    columns = "".join(
        f"<section><h2>T = {value:g}</h2><pre>{escape(text)}</pre></section>"
        for value, text in zip(values, found, strict=True)
    )
    return f'<div class="samples" lang="en">{columns}</div>'


def _complete(
    network: Network, starter: Any, length: Any, temperature: Any, seed: Any, kind: Any, request: gr.Request
) -> str:
    gumbel = limits.choice(kind, "kind", KINDS) == "gumbel"
    start = limits.text(starter, "starter", limits.STARTER, lines=True, strip=False)
    text = _ask(
        network,
        shakespeare.complete,
        start,
        limits.whole(length, "length", 1, limits.LENGTH),
        limits.number(temperature, "temperature", 0.01 if gumbel else 0, 2),
        service.seed_or_any(seed),
        gumbel,
    )
    return f'<pre class="completed" lang="en"><mark>{escape(start)}</mark>{escape(text)}</pre>'


def _explain(network: Network, starter: Any, following: Any, request: gr.Request) -> str:
    start = limits.text(starter, "starter", limits.STARTER, lines=True, strip=False)
    following = limits.text(following, "following", 2, lines=True, strip=False).replace("\\n", "\n")
    if len(following) > 1:
        raise limits.FieldError("too_long", "following", longest=1, length=len(following))
    found = _ask(network, shakespeare.why, start, following)
    a, b, cut = _named(found["last"]), _named(found["next"]), found["ablation"]
    contributions = [(f"h[{unit['unit']}]", unit["above_average"]) for unit in found["units"]]
    silenced = [(part, after - cut["before"]) for part, after in (cut["without"] | cut["without_weight"]).items()]
    random = cut["controls"]["units"]
    silenced.append((say("random_units"), random["mean_absolute_change"]))
    source = found["strongest_input"]
    raises = ", ".join(f"{_named(one['character'])} {one['Why']:+.2f}" for one in source["raises"])
    return (
        f'<section class="explained"><h2>{escape(say("why", a=a, b=b, p=found["probability"]))}</h2>'
        f"<p>{escape(say('why_units', b=b))}</p>"
        + chart.bars(contributions, name=say("why_units", b=b), form="{:+.3f}")
        + f"<p>{escape(say('why_weight', a=a, unit=source['unit'], value=source['Wxh'], raises=raises))}</p>"
        f"<p>{escape(say('why_ablation', n=cut['contexts'], a=a, b=b, p=cut['before']))}</p>"
        + chart.bars(silenced, name=say("why_ablation", n=cut["contexts"], a=a, b=b, p=cut["before"]), form="{:+.4f}")
        + f"<p>{escape(say('why_control', n=random['parts'], largest=random['largest_change']))}</p></section>"
    )


def _colour(network: Network, text: Any, unit: Any, request: gr.Request) -> str:
    known = limits.text(text, "text", limits.COLOURED, lines=True)
    values = _ask(network, shakespeare.activations, known, unit)
    return coloured(known, values, heading=f"h[{int(unit)}]", language="en")


def _units(network: Network, request: gr.Request) -> str:
    found, along = _ask(network, shakespeare.units, UNITS_SHOWN)
    rows = found["units"]
    table = "".join(
        f"<tr><th scope='row'>{escape(_feature(row))}</th><td>h[{row['unit']}]</td><td>{row['correlation']:+.2f}</td>"
        f"<td>{row['control']:.2f}</td><td>{row['inside']:+.3f}</td><td>{row['outside']:+.3f}</td></tr>"
        for row in rows
    )
    heads = "".join(f"<th scope='col'>{escape(name)}</th>" for name in say("units_table").split("|"))
    texts = "".join(
        coloured(
            found["text"],
            values,
            heading=f"h[{row['unit']}]: {_feature(row)}, r = {row['correlation']:+.2f}",
            language="en",
        )
        for row, values in zip(rows, along, strict=False)
    )
    return f'<div class="wide"><table><tr>{heads}</tr>{table}</table></div>{texts}'


def _named(character: str) -> str:
    """A character as it can be read within a sentence."""
    name = show(character)
    return say(name) if name in INVISIBLE else f"“{name}”"


def _feature(row: dict[str, Any]) -> str:
    """What a unit tracks, in the reader's language."""
    return say(f"feature_{row['feature']}")


def _train(text: Any, hidden: Any, rate: Any, seconds: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    given = limits.text(text, "training_text", limits.TRAINING_TEXT, lines=True)
    running = jobs.results(
        shakespeare.train,
        given,
        limits.whole(hidden, "hidden", 10, limits.HIDDEN),
        limits.number(rate, "rate", 0.001, 1),
        limits.number(seconds, "seconds", 1, limits.TRAINING_SECONDS),
    )
    first = True
    for moment in running:
        curve = chart.curves([("", moment.curve)], x=say("windows"), y=say("nats"))
        state = say("trained" if moment.done else "training", seconds=moment.seconds, loss=moment.curve[-1][1])
        shown = f'<p role="status">{escape(state)}</p>{curve}<pre lang="en">{escape(moment.sample)}</pre>'
        network, about, *answers = _chosen(moment.model, say("trained_here"))
        yield shown, network, about, *(answers if first else [gr.skip()] * ANSWERS)  # those that came since stay
        first = False
