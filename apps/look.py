"""The look of the page: a gradio theme of paper and ink with system fonts, and the style sheet."""

import json
import re
from importlib.resources import files

import gradio as gr

from apps.texts import dictionaries

FONTS = ("system-ui", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif")

# The page has these before it has the style sheet: its --paper and --ink.
BEFORE = {
    "body_background_fill": "#f6f0e2",
    "body_background_fill_dark": "#1a1714",
    "body_text_color": "#2a241e",
    "body_text_color_dark": "#ece3d3",
}


def theme() -> gr.themes.Base:
    """Colours by name; style.css says what they are by day and by night."""
    colours = {
        "body_text_color_subdued": "faint",
        "background_fill_primary": "sheet",
        "background_fill_secondary": "paper",
        "block_background_fill": "sheet",
        "block_border_color": "rule",
        "block_label_background_fill": "sheet",
        "block_label_text_color": "ink",
        "block_title_text_color": "ink",
        "block_info_text_color": "faint",
        "border_color_primary": "rule",
        "border_color_accent": "red",
        "color_accent": "red",
        "color_accent_soft": "blush",
        "input_background_fill": "field",
        "input_border_color": "edge",
        "input_border_color_focus": "red",
        "input_placeholder_color": "faint",
        "button_primary_background_fill": "seal",
        "button_primary_background_fill_hover": "seal-hover",
        "button_primary_text_color": "on-seal",
        "button_primary_text_color_hover": "on-seal",
        "button_secondary_background_fill": "button",
        "button_secondary_background_fill_hover": "button-hover",
        "button_secondary_text_color": "ink",
        "button_secondary_text_color_hover": "ink",
        "button_cancel_background_fill": "button",
        "button_cancel_background_fill_hover": "button-hover",
        "button_cancel_text_color": "red",
        "button_cancel_text_color_hover": "red",
        "checkbox_background_color": "field",
        "checkbox_background_color_selected": "seal",
        "checkbox_border_color": "edge",
        "checkbox_border_color_focus": "red",
        "checkbox_border_color_hover": "edge",
        "checkbox_border_color_selected": "seal",
        "checkbox_label_background_fill": "sheet",
        "checkbox_label_background_fill_hover": "button",
        "checkbox_label_background_fill_selected": "blush",
        "checkbox_label_text_color": "ink",
        "checkbox_label_text_color_selected": "ink",
        "slider_color": "red",
        "link_text_color": "red",
        "link_text_color_hover": "red",
        "panel_background_fill": "sheet",
        "accordion_text_color": "ink",
        "table_text_color": "ink",
        "error_background_fill": "blush",
        "error_border_color": "red",
        "error_text_color": "red",
        "error_icon_color": "red",
    }
    known = vars(gr.themes.Base())
    named = {name: f"var(--{colour})" for name, colour in colours.items()}
    dark = {f"{name}_dark": value for name, value in named.items() if f"{name}_dark" in known}
    return gr.themes.Base(
        primary_hue="red", neutral_hue="stone", font=FONTS, font_mono=("ui-monospace", "monospace")
    ).set(**named | dark | BEFORE, input_border_width="1px")


STYLES = ("style.css", "desk.css", "keep.css")
SCRIPTS = ("page.js", "figures.js", "desk.js", "keep.js", "book.js")
SAID = re.compile("book_|act_|done_copy")  # texts that the scripts say


def style() -> str:
    """The style sheet."""
    return "\n".join(map(_read, STYLES))


def head() -> str:
    """What stands in the head of the page: its scripts, and what they say in each language."""
    words = {
        locale: {key: text for key, text in texts.items() if SAID.match(key)}
        for locale, texts in dictionaries().items()
    }
    said = json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
    return f"<script>const WORDS = {said};\n{''.join(map(_read, SCRIPTS))}</script>"


def _read(name: str) -> str:
    return files("apps").joinpath(name).read_text(encoding="utf-8")
