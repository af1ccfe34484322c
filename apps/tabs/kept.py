"""The ways back to a poem: by the address of the page, or out of the book. What the browser holds is set in here.

Nothing of it is seen: keep.js presses the hidden buttons and says what they bring.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import gradio as gr
from gradio.context import Context

from apps import limits
from apps.events import on
from poetry.text import pasted
from poetry.text.forms import recognise
from poetry.writing.poem import Poem


def build(fields: Mapping[str, Any], show: Any, outputs: Any, work: Callable[..., Any]) -> None:
    """Let an address fill in `fields`, by the names of an Order, and the book bring back a poem: `work` gets a text, a
    title and what is to be shown, and fills `outputs`."""
    usual = [[name, field.value] for name, field in fields.items()]
    fill = gr.Button(visible="hidden", elem_id="fill-wishes")
    filling = fill.click(
        None, None, list(fields.values()), js=f"() => charrnn.wishes({json.dumps(usual)})", api_visibility="private"
    )
    filling.then(None, None, None, js="() => charrnn.write()", api_visibility="private")
    text, title = (gr.Textbox(visible="hidden") for _ in range(2))
    bring = gr.Button(visible="hidden", elem_id="bring-back")
    on(
        bring.click,
        work,
        [text, title, show],
        outputs,
        js="(text, title, show) => [...charrnn.brought(), show]",
        trigger_mode="always_last",
    )
    if Context.root_block:
        Context.root_block.load(None, None, None, js="() => charrnn.arrive()", api_visibility="private")


def poem(text: Any, title: Any) -> Poem:
    """A poem of which there is nothing but its text and title. Raises UsageError."""
    given = limits.text(text, "poem_text", limits.REWRITTEN, lines=True)
    found = pasted.poems(given) if given else []
    if len(found) != 1:
        raise limits.FieldError("one_poem", "poem_text")
    form, name = recognise(found[0]).name, limits.text(title, "poem_title", limits.TITLE)
    brought = Poem(form, given, 0, math.nan, name=name)
    if brought.lines == found[0]:
        return brought
    return replace(brought, text="".join(line + "，。"[i % 2] for i, line in enumerate(found[0])))
