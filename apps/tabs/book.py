"""诗集 (the book): the poems one has seen and liked. It is the browser's: book.js fills the place that is made here."""

from typing import Any

import gradio as gr


def build(t: Any) -> None:
    """Lay out the tab within the current Blocks."""
    gr.HTML('<div class="place"></div>', elem_id="book")
