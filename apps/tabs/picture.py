"""The picture of the chosen poem: paper, size, font, seal, signature, date; as PNG and SVG."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from apps import card, download, limits
from apps.drawing import Drawing, Glyph, png, svg
from apps.events import on
from apps.fonts import KINDS, Fonts
from apps.papers import PAPERS
from apps.picture import SEAL_TEXT, SIZES, Style, draw
from apps.texts import say
from charrnn_core.errors import UsageError
from charrnn_core.escape import escape
from poetry.writing.poem import Poem

SAMPLE = "春江花月夜"


def build(t: Any, fonts: Fonts, button: gr.Button, chosen: Sequence[Any], output: gr.HTML) -> None:
    """Lay out the choices, and let `button` draw into `output`; `chosen` are the poems, what is shown, which one."""
    with gr.Accordion(t("picture_more"), open=False, elem_id="picture-style") as more:
        with gr.Row():
            paper = gr.Radio([(f"paper_{each}", each) for each in PAPERS], value=Style.paper, label=t("paper"))
            size = gr.Radio([(f"size_{each}", each) for each in SIZES], value=Style.size, label=t("size"))
        kinds = [("font_any", ""), *((f"font_{each}", each) for each in fonts.kinds)]
        font = gr.Radio(kinds, value="", label=t("font"))
        preview = gr.HTML(elem_id="fonts")
        with gr.Row():
            seal = gr.Textbox(SEAL_TEXT, label=t("seal"), info=t("seal_info"), max_length=limits.SEAL)
            signature = gr.Textbox(label=t("signature"), info=t("signature_info"), max_length=limits.SIGNATURE)
            dated = gr.Checkbox(label=t("dated"), min_width=120)

    def _preview(request: gr.Request) -> str:
        return "".join(map(_sample, fonts.kinds))

    def _sample(kind: str) -> str:
        """How a font looks; nothing where it lacks even the characters of the sample."""
        try:
            face = fonts.choose(SAMPLE, kind)
        except UsageError:
            return ""
        drawing = Drawing(230, 54, (0, 0, 0, 0))
        drawing.glyphs = [Glyph(c, 27 + 44 * k, 27, 40, (128, 110, 90, 255)) for k, c in enumerate(SAMPLE)]
        name = say(f"font_{kind}")
        shown = download.drawing(svg(drawing, face, name, SAMPLE), name)
        return f"<figure>{shown}<figcaption>{escape(name)}</figcaption></figure>"

    def _draw(
        poems: list[Poem],
        show: Any,
        which: Any,
        paper: Any,
        size: Any,
        font: Any,
        seal: Any,
        signature: Any,
        dated: Any,
        request: gr.Request,
    ) -> str:
        """The chosen poem with links to keep it."""
        if not poems:
            raise UsageError(say("first_write"))
        poem = poems[limits.whole(which, "choose", 1, len(poems)) - 1]
        style = Style(
            paper=limits.choice(paper, "paper", PAPERS),
            size=limits.choice(size, "size", SIZES),
            font=limits.choice(font, "font", ("", *KINDS)),
            seal=limits.text(seal, "seal", limits.SEAL),
            signature=limits.text(signature, "signature", limits.SIGNATURE),
            dated=limits.flag(dated, "dated"),
            traditional=isinstance(show, list) and card.TRADITIONAL in show,
        )
        title = card.title_of(poem)
        drawing, face = draw(poem.lines, title, style, fonts)
        picture = png(drawing, face)
        vector = svg(drawing, face, title, poem.text).encode()
        return (
            download.image(picture, say("picture_of", title=title))
            + '<p class="links">'
            + download.link(picture, "image/png", f"{title}.png", say("save_picture"))
            + download.link(vector, "image/svg+xml", f"{title}.svg", say("save_svg"))
            + "</p>"
        )

    on(more.expand, _preview, [], preview)
    on(button.click, _draw, [*chosen, paper, size, font, seal, signature, dated], output)
