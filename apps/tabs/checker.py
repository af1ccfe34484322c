"""格律检查 (check): paste any poem, every character is marked and every fault explained."""

import json
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from apps import limits, networks, repair, report, service
from apps.events import on
from apps.shared import shared
from apps.texts import say
from charrnn_core.escape import escape
from poetry.prosody.judge import POLICIES, Report
from poetry.prosody.table import BOOKS
from poetry.text.pasted import GAP

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
            mends = gr.HTML(elem_id="mends")
            result = gr.HTML(elem_id="report")
    checked = gr.State(None, time_to_live=limits.KEPT * 6)
    pointed = gr.Textbox(visible="hidden")  # what a button of the report, or of the proposals, is about: page.js
    mend, take = (gr.Button(visible="hidden", elem_id=f"{each}-line") for each in ("mend", "take"))
    checking = on(button.click, _check, [poem, policy, book], [result, checked, mends])
    checking.failure(None, None, [result, mends], js="() => ['', '']", api_visibility="private")
    on(
        mend.click,
        _mend,
        [checked, pointed],
        mends,
        place=limits.NETWORKS,
        js="(checked) => [checked, charrnn.pointed()]",
        show_progress_on=mends,
    )
    on(
        take.click,
        _take,
        [checked, pointed],
        [poem, result, checked, mends],
        js="(checked) => [checked, charrnn.pointed()]",
    )


@dataclass(frozen=True)
class Checked:
    """What was checked, and how."""

    text: str
    policy: str
    book: str

    def reports(self) -> list[Report]:
        """What the checker says of it."""
        return service.check_text(self.text, self.policy, self.book)


def _check(poem: Any, policy: Any, book: Any, request: gr.Request) -> tuple[str, Checked, str]:
    found = report.describe(service.check_text(poem, policy, book), mending=True)
    return found, Checked(poem, policy, book), ""


def _mend(checked: Checked | None, pointed: Any, request: gr.Request) -> str:
    """What would mend the fault that was pointed at: lines to take instead."""
    found, poem, line, position = _pointed(checked, pointed)
    old = found.lines[line].text
    place = limits.whole(int(position) if position.isdecimal() else None, "character", 0, len(old) - 1)
    about = (found, line, place, checked.policy, checked.book, networks.cells()[0]) if checked else ()
    proposals = shared().jobs.result(repair.repairs, *about)
    if not proposals:
        return f'<section class="mends"><p role="status">{escape(say("mend_none", line=line + 1))}</p></section>'
    heading = say("mends", line=line + 1, text=old)
    items = "".join(_proposal(each, old, f"{poem}:{line}") for each in proposals)
    return f'<section class="mends"><p role="status">{escape(heading)}</p><ul>{items}</ul></section>'


def _proposal(found: repair.Repair, old: str, place: str) -> str:
    """A button with the line, what is new in it marked."""
    line = "".join(
        f"<mark>{escape(new)}</mark>" if new != character else escape(new)
        for new, character in zip(found.line, old, strict=True)
    )
    left = say("mend_left", n=found.faults) if found.faults else say("no_fault")
    gain = "" if found.gain is None else f" · {found.gain:+.1f}"
    return (
        f'<li><button type="button" class="act" data-take="{place}:{escape(found.line)}" lang="zh-Hans">{line}</button>'
        f" <small>{escape(left.rstrip('。.'))}{gain}</small></li>"
    )


def _take(checked: Checked | None, pointed: Any, request: gr.Request) -> tuple[str, str, Checked, str]:
    """The text with a line that was proposed, checked again."""
    _, poem, line, new = _pointed(checked, pointed)
    if checked is None or len(new) != len(checked.reports()[poem].lines[line].text) or GAP in new:
        raise limits.FieldError("empty", "line")
    after = replace(checked, text=repair.mended(checked.text, checked.reports(), poem, line, new))
    return after.text, report.describe(after.reports(), mending=True), after, ""


def _pointed(checked: Checked | None, pointed: Any) -> tuple[Report, int, int, str]:
    """The report, its number, the line from 0, and the rest of what was pointed at: 0:3:4, or 0:3:更上一层楼."""
    parts = limits.text(pointed, "line", limits.SEAL * 10).split(":")
    if checked is None or len(parts) != 3 or not all(part.isdecimal() for part in parts[:2]):
        raise limits.FieldError("empty", "poem_text")
    reports = checked.reports()
    poem = limits.whole(int(parts[0]), "poem_text", 0, len(reports) - 1)
    line = limits.whole(int(parts[1]), "line", 0, len(reports[poem].lines) - 1)
    return reports[poem], poem, line, parts[2]
