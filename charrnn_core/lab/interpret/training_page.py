"""What happened in a training, as an HTML page: the loss, the gradient's norm, the size of the steps, the samples."""

from typing import Any

from charrnn_core import chart
from charrnn_core.escape import escape
from charrnn_core.lab.interpret.page import document

SAMPLES = 4  # side by side


def page(records: list[dict[str, Any]], title: str) -> str:
    """The page of a run's metrics, as charrnn_core.lab.char_trainer.metrics gives them."""
    return document(title, f"<h1>{escape(title)}</h1>\n{body(records)}")


def body(records: list[dict[str, Any]]) -> str:
    """The same as a piece of HTML; empty without records."""
    if not records:
        return ""
    ratios = {name: [(r["iteration"], r["update_to_weight"][name]) for r in records] for name in ("Wxh", "Whh", "Why")}
    norm = "norm of the gradient before clipping"
    parts = [
        chart.curves([("", _line(records, "smooth"))], x="windows", y="smoothed loss, nats a window"),
        chart.curves([("", _line(records, "gradient_norm"))], x="windows", y=norm, logarithmic=True),
        chart.curves(list(ratios.items()), x="windows", y="‖step‖ / ‖weights‖", logarithmic=True),
    ]
    told = [(f"{r['iteration']} windows, loss {r['smooth']:.1f}", r["sample"]) for r in records if "sample" in r]
    return "\n".join([*parts, samples(told)])


def samples(texts: list[tuple[str, str]]) -> str:
    """(heading, text) of samples side by side: the first, the last, and some between."""
    shown = spread(texts)
    columns = [f"<section><h2>{escape(heading)}</h2><pre>{escape(text)}</pre></section>" for heading, text in shown]
    return f'<div class="beside">{"".join(columns)}</div>'


def spread(texts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """At most SAMPLES of them: the first, the last, and some between."""
    last = len(texts) - 1
    return [texts[i] for i in sorted({round(i * last / (SAMPLES - 1)) for i in range(SAMPLES)})] if texts else []


def _line(records: list[dict[str, Any]], name: str) -> list[tuple[float, float]]:
    return [(r["iteration"], r[name]) for r in records]
