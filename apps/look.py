"""The look of the page: a gradio theme of paper and ink with system fonts, and the style sheet."""

from importlib.resources import files
from typing import Any

import gradio as gr

FONTS = ("system-ui", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif")
PAPER, SHEET, INK, FAINT, RULE, SEAL = "#f6f0e2", "#fcf8ee", "#2a241e", "#6a5d4e", "#d8cbb2", "#9d2a20"


def theme() -> gr.themes.Base:
    """Light in every setting of the browser: paper is paper at night too."""
    colours: dict[str, Any] = {
        "body_background_fill": PAPER,
        "body_text_color": INK,
        "body_text_color_subdued": FAINT,
        "background_fill_primary": SHEET,
        "background_fill_secondary": PAPER,
        "block_background_fill": SHEET,
        "block_border_color": RULE,
        "block_label_background_fill": SHEET,
        "block_label_text_color": INK,
        "block_title_text_color": INK,
        "block_info_text_color": FAINT,
        "border_color_primary": RULE,
        "border_color_accent": SEAL,
        "color_accent": SEAL,
        "color_accent_soft": "#f3e2d8",
        "input_background_fill": "#ffffff",
        "input_border_color": "#8d7f6c",
        "input_border_color_focus": SEAL,
        "input_placeholder_color": "#746856",
        "button_primary_background_fill": SEAL,
        "button_primary_background_fill_hover": "#842018",
        "button_primary_text_color": "#ffffff",
        "button_secondary_background_fill": "#efe5d0",
        "button_secondary_background_fill_hover": "#e6d8bb",
        "button_secondary_text_color": INK,
        "checkbox_background_color": "#ffffff",
        "checkbox_background_color_selected": SEAL,
        "checkbox_border_color": "#8d7f6c",
        "checkbox_label_background_fill": SHEET,
        "checkbox_label_background_fill_selected": "#f3e2d8",
        "checkbox_label_text_color": INK,
        "checkbox_label_text_color_selected": INK,
        "slider_color": SEAL,
        "link_text_color": SEAL,
        "panel_background_fill": SHEET,
        "accordion_text_color": INK,
        "table_text_color": INK,
        "error_background_fill": "#fbeae6",
        "error_text_color": "#842018",
    }
    known = vars(gr.themes.Base())
    dark = {f"{name}_dark": value for name, value in colours.items() if f"{name}_dark" in known}
    return gr.themes.Base(
        primary_hue="red", neutral_hue="stone", font=FONTS, font_mono=("ui-monospace", "monospace")
    ).set(**colours, **dark)


def style() -> str:
    """The style sheet."""
    return files("apps").joinpath("style.css").read_text(encoding="utf-8")


# The page is paper in dark mode too; its language is the reader's, which screen readers need to know; and the head of
# gradio's error message, which holds a button, is none itself.
HEAD = """<script>
document.documentElement.lang = navigator.language.startsWith("zh") ? "zh-CN" : "en";
new MutationObserver(() => {
  if (document.body) document.body.classList.remove("dark");
  for (const head of document.querySelectorAll(".toast-header[role=button]")) {
    head.removeAttribute("role");
    head.removeAttribute("tabindex");
  }
}).observe(document.documentElement, { attributes: true, childList: true, subtree: true, attributeFilter: ["class"] });
</script>"""
