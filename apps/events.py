"""Events of the page and of the named endpoints: each passes the guard, and waits in the queue of its place.

Values come as they were sent: apps.limits checks them, once, and gradio's own conversions are left out.
"""

from collections.abc import Callable
from typing import Any

import gradio as gr

from apps import limits
from apps.guard import guarded, stopping
from apps.limits import Place

# The parameters of endpoints that are called otherwise than what the page calls them.
PARAMETERS = {"poem_title": "title", "poem_text": "text", "show_traditional": "traditional", "kind": "gumbel"}


def on(
    trigger: Callable[..., Any],
    work: Callable[..., Any],
    inputs: Any,
    outputs: Any,
    *,
    place: Place = limits.CHEAP,
    seconds: float = limits.SECONDS,
    **settings: Any,
) -> Any:
    """Let `trigger`, such as button.click, do `work`; returns gradio's dependency. When it fails, a single output that
    it would have filled is emptied: what is shown then would answer another question."""
    event = trigger(
        guarded(work, seconds=seconds),
        inputs,
        outputs,
        api_visibility="private",
        preprocess=False,
        concurrency_id=place.name,
        concurrency_limit=place.at_once,
        **settings,
    )
    if isinstance(outputs, gr.HTML):
        event.failure(None, None, outputs, js="() => ''", api_visibility="private")
    return event


def stops(trigger: Callable[..., Any], work: Callable[..., Any]) -> None:
    """Let `trigger` stop what `work`, a generator, does for the session that pulls it."""
    on(trigger, stopping(work), None, None, show_progress="hidden")


def offer(work: Callable[..., Any], place: Place) -> None:
    """Make `work` a named endpoint of the current Blocks."""
    gr.api(
        guarded(work, names=PARAMETERS),
        api_name=work.__name__,
        concurrency_id=place.name,
        concurrency_limit=place.at_once,
    )
