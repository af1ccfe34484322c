"""The checker's report as HTML: every character over its mark, rhymes, faults and licences."""

from collections.abc import Sequence

from apps.card import rhymes_at
from apps.messages import phrase_line
from apps.texts import TEXTS, say
from charrnn_core.escape import escape
from poetry.prosody.judge import FAULT, FITS, SEVERAL, Line, Remark, Report
from poetry.prosody.patterns import templates
from poetry.prosody.tones import Tone

NEEDS = {Tone.ANY: "中", Tone.LEVEL: "平", Tone.OBLIQUE: "仄"}
CLASSES = {FITS: "fits", SEVERAL: "several", FAULT: "fault"}


def describe(reports: Sequence[Report], *, mending: bool = False) -> str:
    """All reports, one under the other; `mending`: with a button at each fault that proposes what would mend it."""
    legend = "".join(f'<p class="legend">{escape(say(key))}</p>' for key in ("marks", "needs"))
    return legend + "".join(_one(report, number if mending else None) for number, report in enumerate(reports))


def _one(report: Report, number: int | None) -> str:
    title = f"《{report.title}》{report.author}" if report.title else ""
    head = " · ".join(filter(None, [title, report.form, report.pattern, _gloss(report.verdict)]))
    rows = "".join(_row(index, report) for index in range(len(report.lines)))
    remarks = _remarks(report.faults, "fault", number if report.pattern else None) + _remarks(report.notes, "note")
    left_out = f"<p>{escape(say('left_out', what='；'.join(report.left_out)))}</p>" if report.left_out else ""
    return (
        f'<section class="report {"good" if report.obeys else "bad"}"><h2>{escape(head)}</h2>'
        f'<div class="rows" lang="zh-Hans">{rows}</div><p>{_rhymes(report)}</p>'
        f"{remarks or '<p>' + escape(say('no_fault')) + '</p>'}{left_out}</section>"
    )


def _row(index: int, report: Report) -> str:
    line = report.lines[index]
    cells = "".join(
        f'<span class="{CLASSES.get(mark, "unknown")}"><b>{escape(character)}</b><i>{mark}</i></span>'
        for character, mark in zip(line.text, line.marks, strict=True)
    )
    licence = f'<em lang="zh-Hans">{escape(line.licence)}</em>' if line.licence else ""
    return f'<p>{cells}<em class="needs">{_needs(line, rhyming=rhymes_at(index, report))}</em>{licence}</p>'


def _needs(line: Line, *, rhyming: bool) -> str:
    """The pattern of a line in full: 中仄中平仄仄韵; empty where it has none."""
    template = next((each for each in templates(line.type) if each.name == line.licence), None)
    if not template:
        return ""
    needs = "".join(NEEDS[need] for need in template.tones(len(line.text)))
    return needs[:-1] + "韵" if rhyming else needs


def _rhymes(report: Report) -> str:
    """The group, then every rhyme word with all its groups, none of them broken at the end of a row."""
    words = [f"{word}（{'、'.join(groups) or say('unknown_rhyme')}）" for word, groups in report.rhymes]
    group = say("rhymes_in", group=report.group) if report.group else say("no_rhyme")
    return escape(group) + "".join(f' <span class="word" lang="zh-Hans">{escape(word)}</span>' for word in words)


def _remarks(remarks: Sequence[Remark], kind: str, number: int | None = None) -> str:
    items = "".join(
        f'<li class="{kind}"><strong>{escape(_gloss(r.name))}</strong> <span>{escape(phrase_line(r.why))}</span>'
        f"{'' if number is None else _mend(number, r)}</li>"
        for r in remarks
    )
    return f"<ul>{items}</ul>" if items else ""


def _mend(number: int, fault: Remark) -> str:
    """The button that asks what would mend a fault (checker.js)."""
    place = f"{number}:{fault.line}:{fault.position}"
    return f' <button type="button" class="act" data-mend="{place}">{escape(say("mend"))}</button>'


def _gloss(name: str) -> str:
    return say(name) if name in TEXTS else name
