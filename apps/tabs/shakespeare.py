"""莎士比亚 (Shakespeare): sample, complete and train a vanilla RNN on characters, and look inside it."""

from collections.abc import Iterable, Iterator
from typing import Any

import gradio as gr

from apps import figures, limits, service, shakespeare
from apps.events import on, stops
from apps.shared import shared
from apps.tabs import inside
from apps.tabs.inside import SONNET, WIDE, Network, ask
from apps.texts import say
from charrnn_core.escape import escape
from charrnn_core.lab.interpret import training_page
from charrnn_core.lab.writing import parse_temperatures

KINDS = ("softmax", "gumbel")
ANSWERS = 6  # outputs that tell of a network: samples, a completion, and those of apps.tabs.inside


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
    answers += inside.build(t, network)
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
        on(
            button.click,
            _train,
            [text, hidden, rate, seconds],
            [shown, network, about, *answers],
            place=limits.TRAINING,
            seconds=limits.TRAINING_SECONDS + limits.SECONDS,
            show_progress="hidden",
        )
        stops(stop.click, _train)
    on(snapshot.upload, _upload, snapshot, [network, about, *answers], place=limits.NETWORKS)
    on(shipped.click, _shipped, None, [network, about, *answers])


def _upload(snapshot: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Choose an uploaded network and say what it is; with one that cannot be read, that which comes along is back."""
    yield _chosen(None, "")
    path = shared().uploads.named(snapshot)
    hidden, characters = ask(path, shakespeare.size)
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
    found = ask(
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
    text = ask(
        network,
        shakespeare.complete,
        start,
        limits.whole(length, "length", 1, limits.LENGTH),
        limits.number(temperature, "temperature", 0.01 if gumbel else 0, 2),
        service.seed_or_any(seed),
        gumbel,
    )
    return f'<pre class="completed" lang="en"><mark>{escape(start)}</mark>{escape(text)}</pre>'


def _train(text: Any, hidden: Any, rate: Any, seconds: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    given = limits.text(text, "training_text", limits.TRAINING_TEXT, lines=True)
    running = shared().jobs.results(
        shakespeare.train,
        given,
        limits.whole(hidden, "hidden", 10, limits.HIDDEN),
        limits.number(rate, "rate", 0.001, 1),
        limits.number(seconds, "seconds", 1, limits.TRAINING_SECONDS),
    )
    first = True
    for moment in running:
        network, about, *answers = _chosen(moment.model, say("trained_here"))
        yield _trained(moment), network, about, *(answers if first else [gr.skip()] * ANSWERS)  # what came since stays
        first = False


def _trained(moment: shakespeare.Progress) -> str:
    """How far a training is: its loss, the gradient's norm, the steps beside the weights, and samples on the way."""

    def line(values: Iterable[float]) -> list[tuple[float, float]]:
        return [(record["iteration"], value) for record, value in zip(moment.records, values, strict=True)]

    losses = line(record["smooth"] / moment.window for record in moment.records)
    state = say("trained" if moment.done else "training", seconds=moment.seconds, loss=losses[-1][1])
    norms = line(record["gradient_norm"] for record in moment.records)
    taken = [record["update_to_weight"] for record in moment.records]
    ratios = [(name, line(ratio[name] for ratio in taken)) for name in ("Wxh", "Whh", "Why")]
    windows = say("windows")
    samples = [(f"{record['iteration']} {windows}", record["sample"]) for record in moment.records]
    columns = "".join(
        f'<section><h2>{escape(heading)}</h2><pre lang="en">{escape(text)}</pre></section>'
        for heading, text in training_page.spread(samples)
    )
    return (
        f'<p role="status">{escape(state)}</p>'
        + figures.curves([("", losses)], x=windows, y=say("nats"), name="loss")
        + figures.curves([("", norms)], x=windows, y=say("gradient_norm"), name="gradient-norm", logarithmic=True)
        + figures.curves(ratios, x=windows, y=say("update_to_weight"), name="update-to-weight", logarithmic=True)
        + f'<div class="samples">{columns}</div>'
    )
