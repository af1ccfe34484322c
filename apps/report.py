"""The checker's report as HTML: every character over its mark, rhymes, faults and licences."""

from collections.abc import Sequence

from apps.messages import phrase_line
from apps.texts import TEXTS, say
from charrnn_core.escape import escape
from poetry.prosody.judge import FAULT, FITS, SEVERAL, Line, Remark, Report

CLASSES = {FITS: "fits", SEVERAL: "several", FAULT: "fault"}


def describe(reports: Sequence[Report]) -> str:
    """All reports, one under the other."""
    return f'<p class="legend">{escape(say("marks"))}</p>' + "".join(_one(report) for report in reports)


def _one(report: Report) -> str:
    title = f"《{report.title}》{report.author}" if report.title else ""
    head = " · ".join(filter(None, [title, report.form, report.pattern, _gloss(report.verdict)]))
    rows = "".join(_row(line) for line in report.lines)
    remarks = _remarks(report.faults, "fault") + _remarks(report.notes, "note")
    left_out = f"<p>{escape(say('left_out', what='；'.join(report.left_out)))}</p>" if report.left_out else ""
    return (
        f'<section class="report {"good" if report.obeys else "bad"}"><h2>{escape(head)}</h2>'
        f'<div class="rows" lang="zh-Hans">{rows}</div><p>{_rhymes(report)}</p>'
        f"{remarks or '<p>' + escape(say('no_fault')) + '</p>'}{left_out}</section>"
    )


def _row(line: Line) -> str:
    cells = "".join(
        f'<span class="{CLASSES.get(mark, "unknown")}"><b>{escape(character)}</b><i>{mark}</i></span>'
        for character, mark in zip(line.text, line.marks, strict=True)
    )
    licence = f'<em lang="zh-Hans">{escape(line.licence)}</em>' if line.licence else ""
    return f"<p>{cells}{licence}</p>"


def _rhymes(report: Report) -> str:
    """The group, then every rhyme word with all its groups, none of them broken at the end of a row."""
    words = [f"{word}（{'、'.join(groups) or say('unknown_rhyme')}）" for word, groups in report.rhymes]
    group = say("rhymes_in", group=report.group) if report.group else say("no_rhyme")
    return escape(group) + "".join(f' <span class="word" lang="zh-Hans">{escape(word)}</span>' for word in words)


def _remarks(remarks: Sequence[Remark], kind: str) -> str:
    items = "".join(
        f'<li class="{kind}"><strong>{escape(_gloss(r.name))}</strong> <span>{escape(phrase_line(r.why))}</span></li>'
        for r in remarks
    )
    return f"<ul>{items}</ul>" if items else ""


def _gloss(name: str) -> str:
    return say(name) if name in TEXTS else name
