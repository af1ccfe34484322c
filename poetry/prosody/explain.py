"""A checker's report as text for people: every character with its mark below it."""

from poetry.prosody.judge import Report
from poetry.prosody.reasons import CHINESE


def describe(report: Report) -> str:
    """The report as text: each line with its marks below, then rhymes, faults and notes."""
    head = " ".join(part for part in (report.form, report.pattern, report.verdict) if part)
    heading = " ".join(part for part in (f"《{report.title}》" if report.title else "", report.author) if part)
    rows = [heading, head] if heading else [head]
    for line in report.lines:
        rows += [line.text, line.marks + (f" {line.licence}" if line.licence else "")]
    if report.rhymes:
        words = " ".join(f"{word}（{'、'.join(groups) or '不明'}）" for word, groups in report.rhymes)
        rows.append(f"韵：{report.group or '无'}  {words}")
    rows += [f"误 {fault.name}：{fault.why.said(CHINESE)}" for fault in report.faults]
    rows += [f"注 {note.name}：{note.why.said(CHINESE)}" for note in report.notes]
    rows += [f"略去：{'；'.join(report.left_out)}"] if report.left_out else []
    return "\n".join(rows)
