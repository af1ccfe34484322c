"""A checker's report as text for people: every character with its mark below it."""

from poetry.prosody.judge import FAULT, SEVERAL, UNKNOWN, Report
from poetry.prosody.reasons import CHINESE

_COLOURS = {FAULT: "1;31", SEVERAL: "33", UNKNOWN: "35"}  # ANSI: red, yellow, magenta; what fits stays as it is


def describe(report: Report, *, coloured: bool = False) -> str:
    """The report as text: each line with its marks below, then rhymes, faults and notes; `coloured` for a terminal."""
    paint = _painted if coloured else str
    head = " ".join(part for part in (report.form, report.pattern, report.verdict) if part)
    heading = " ".join(part for part in (f"《{report.title}》" if report.title else "", report.author) if part)
    rows = [heading, head] if heading else [head]
    for line in report.lines:
        rows += [line.text, paint(line.marks) + (f" {line.licence}" if line.licence else "")]
    if report.rhymes:
        words = " ".join(f"{word}（{'、'.join(groups) or '不明'}）" for word, groups in report.rhymes)
        rows.append(f"韵：{report.group or '无'}  {words}")
    rows += [f"误 {fault.name}：{fault.why.said(CHINESE)}" for fault in report.faults]
    rows += [f"注 {note.name}：{note.why.said(CHINESE)}" for note in report.notes]
    rows += [f"略去：{'；'.join(report.left_out)}"] if report.left_out else []
    return "\n".join(rows)


def _painted(marks: str) -> str:
    return "".join(f"\x1b[{_COLOURS[mark]}m{mark}\x1b[0m" if mark in _COLOURS else mark for mark in marks)
