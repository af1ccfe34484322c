"""格律检查 (check): paste any poem, every character is marked and every fault explained."""

import json
from typing import Any

import gradio as gr

from apps import limits, report, service
from apps.events import on
from poetry.prosody.judge import POLICIES
from poetry.prosody.table import BOOKS

BOOK_NAMES = ("平水韵", "词林正韵", "中华新韵")
# 李白 (701-762)
EXAMPLE = "静夜思\n床前明月光，疑是地上霜。\n举头望明月，低头思故乡。"
# 王之涣 (688-742)
REGULAR = "登鹳雀楼\n白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。"


def build(t: Any) -> None:
    """Lay out the tab within the current Blocks."""
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            poem = gr.Textbox(
                label=t("poem_text"), info=t("poem_text_info"), lines=8, max_lines=20, max_length=limits.CHECKED
            )
            with gr.Row():
                for example in (REGULAR, EXAMPLE):
                    button = gr.Button(example.split("\n")[0], size="sm")
                    button.click(None, None, poem, js=f"() => {json.dumps(example)}", api_visibility="private")
            policy = gr.Radio([(f"policy_{each}", each) for each in POLICIES], value=POLICIES[0], label=t("policy"))
            book = gr.Dropdown(list(zip(BOOK_NAMES, BOOKS, strict=True)), value=BOOKS[0], label=t("book"))
            button = gr.Button(t("check"), variant="primary", elem_id="check")
        with gr.Column(scale=3, min_width=300):
            result = gr.HTML(elem_id="report")
    on(button.click, _check, [poem, policy, book], result)


def _check(poem: Any, policy: Any, book: Any, request: gr.Request) -> str:
    return report.describe(service.check_text(poem, policy, book))
