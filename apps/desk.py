"""The desk (案头) as HTML: the chosen poem to be worked on, each character a field, each line with a button and a lock.

What is pressed or typed is told to the server by desk.js, in the words of the attribute data-do.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any

from apps.report import CLASSES
from apps.texts import TEXTS, say
from apps.versions import Versions
from charrnn_core.escape import escape
from poetry.prosody.judge import Line, Report, check
from poetry.slots.plan import Place
from poetry.writing.poem import Poem
from poetry.writing.rewriting import Alternative


def desk(poem: Poem, versions: Versions, locked: Collection[int] = ()) -> str:
    """The poem with what can be done to it; its locked lines stay as they are."""
    report = check(poem.lines)
    rows = "".join(_row(number, line, locked=number in locked) for number, line in enumerate(report.lines))
    tools = (
        _button("undo", say("undo"), off=not versions.before)
        + _button("redo", say("redo"), off=not versions.after)
        + _button("rest", say("rewrite_rest"))
    )
    return (
        f'<section class="desk" aria-label="{escape(say("desk"))}"><p class="legend">{escape(say("desk_info"))}</p>'
        f'<div class="tools">{tools}<span class="verdict" role="status">{escape(_verdict(report))}</span></div>'
        f'<ol lang="zh-Hans">{rows}</ol></section>'
    )


def chips(words: Sequence[str], fixed: Sequence[bool] = ()) -> str:
    """The plan of key words, one a line, to be changed, fixed, drawn anew and written by; nothing without one."""
    if not any(words):
        return ""
    held = [*fixed, *[False] * (len(words) - len(fixed))]
    items = "".join(_chip(number, word, held[number]) for number, word in enumerate(words))
    return (
        f'<section class="chips" aria-label="{escape(say("plan"))}"><p class="legend">{escape(say("chips_info"))}</p>'
        f'<ol lang="zh-Hans">{items}</ol>'
        f'<div class="tools">{_button("words", say("words_anew"))}'
        f'<button type="button" class="do" data-plan>{escape(say("write_by_words"))}</button></div></section>'
    )


def characters(poem: Poem, place: Place, found: Sequence[Alternative], poems: Sequence[Poem]) -> str:
    """Characters for a place, each with what it does to the likelihood and to the rules; to take one is to choose the
    poem of the same number."""
    heading = say("others_here", line=place[0] + 1, place=place[1] + 1, character=poem.lines[place[0]][place[1]])
    before = check(poem.lines)
    items = "".join(
        f"<li>{_offer(n, f'<b>{escape(one.character)}</b>', one.gain, _effect(before, check(poems[n].lines)))}</li>"
        for n, one in enumerate(found)
    )
    return f'<section class="others"><p>{escape(heading)}</p><ul lang="zh-Hans">{items}</ul></section>'


def candidates(poem: Poem, found: Sequence[Poem]) -> str:
    """Poems side by side, their lines that differ; to take one is to choose it."""
    before, tokens = check(poem.lines), len(poem.text)
    items = []
    for n, one in enumerate(found):
        lines = "".join(f"<b>{escape(new)}</b>" for new, old in zip(one.lines, poem.lines, strict=True) if new != old)
        items.append(
            f"<li>{_offer(n, lines, (one.score - poem.score) * tokens, _effect(before, check(one.lines)))}</li>"
        )
    return (
        f'<section class="others lines"><p>{escape(say("candidates_here"))}</p>'
        f'<ul lang="zh-Hans">{"".join(items)}</ul></section>'
    )


def _offer(number: int, shown: str, gain: float, effect: str) -> str:
    """A button that takes what is offered; the gain is unknown (NaN) where the poem was changed by hand."""
    change = f"<small>{gain:+.1f}</small>" if gain == gain else ""
    rule = f'<small class="effect">{escape(effect)}</small>' if effect else ""
    return f'<button type="button" class="do" {_do("take", n=number)}>{shown}{change}{rule}</button>'


def _effect(before: Report, after: Report) -> str:
    """What a change does to the rules: the faults that it makes, that it mends what was wrong, or the licence that it
    takes; nothing where all stays as it was."""
    old, new = ({(fault.name, str(fault.why)) for fault in report.faults} for report in (before, after))
    made = dict.fromkeys(_named(name) for name, _ in sorted(new - old))
    if made or old - new:
        return " ".join(made) or say("mended")
    return _named(after.verdict) if after.verdict != before.verdict else ""


def _row(number: int, line: Line, *, locked: bool) -> str:
    marked = enumerate(zip(line.text, line.marks, strict=True))
    cells = "".join(_cell((number, place), c, mark, locked=locked) for place, (c, mark) in marked)
    name = escape(say("rewrite_line", line=number + 1))
    lock = escape(say("lock_line", line=number + 1))
    return (
        f'<li data-line="{number}"><button type="button" class="do" {_do("rewrite", line=number)} aria-label="{name}"'
        f' title="{name}"{" disabled" if locked else ""}>↻</button>{cells}<label class="lock" title="{lock}"><input'
        f' type="checkbox" class="lock" aria-label="{lock}"{" checked" if locked else ""}>'
        f'<span aria-hidden="true"></span></label></li>'
    )


def _cell(place: Place, character: str, mark: str, *, locked: bool) -> str:
    name = escape(say("cell_of", line=place[0] + 1, place=place[1] + 1))
    return (
        f'<span class="cell {CLASSES.get(mark, "unknown")}"><input value="{escape(character)}" aria-label="{name}"'
        f' autocomplete="off" spellcheck="false" data-at="{place[0]}:{place[1]}" {_do("look", at=list(place))}'
        f"{' readonly' if locked else ''}>"
        f'<i aria-hidden="true">{mark}</i></span>'
    )


def _chip(number: int, word: str, fixed: bool) -> str:
    name, hold = (escape(say(key, line=number + 1)) for key in ("word_of", "fix_word"))
    return (
        f'<li><input class="word" value="{escape(word)}" aria-label="{name}" maxlength="2" autocomplete="off">'
        f'<label class="lock" title="{hold}"><input type="checkbox" class="lock" aria-label="{hold}"'
        f'{" checked" if fixed else ""}><span aria-hidden="true"></span></label></li>'
    )


def _verdict(report: Report) -> str:
    return " · ".join(dict.fromkeys(_named(name) for name in (report.verdict, *(f.name for f in report.faults))))


def _named(name: str) -> str:
    """A verdict or a fault in the reader's language."""
    return say(name) if name in TEXTS else name


def _button(what: str, name: str, *, off: bool = False) -> str:
    return f'<button type="button" class="do" {_do(what)}{" disabled" if off else ""}>{escape(name)}</button>'


def _do(what: str, **about: Any) -> str:
    return f'data-do="{escape(json.dumps({"do": what, **about}))}"'
