"""From any text to poems as lists of lines: with or without punctuation, one poem or many.

Poems are divided by empty lines. A block whose every row is a whole poem (four lines or more) is many
poems, one a row, with or without `title:` before it. Rows before the verse whose length differs from it
(title, author) are left out. A run without marks of 20, 28, 40, 56 ... Hanzi is cut into fives or sevens.
□ (or _) stands for a character that is lost or still to be found.
"""

import re
from collections import Counter

from charrnn_core.errors import UsageError
from poetry.text.hanzi import COMMA, HANZI, STOP, simplify

_SILENT = re.compile(r"[「」『』“”‘’\"'《》〈〉]|（[^（）]*）|\([^()]*\)|\[[^\[\]]*\]")
GAP = "□"
_HANZI_RUNS = re.compile(f"[{HANZI}{GAP}]+")
_TITLE = re.compile(r"^[^:：，。]{1,40}[:：]")


def split_lines(text: str) -> list[str]:
    """Lines of a clean text, without punctuation."""
    return [line for line in re.split(f"[{COMMA}{STOP}]", text) if line]


def poems(text: str) -> list[list[str]]:
    """The poems of a text as lists of simplified lines. Raises UsageError when it holds no Hanzi."""
    text = text.replace("\r", "").replace("_", GAP).replace("＿", GAP)
    blocks = [block.splitlines() for block in re.split(r"\n\s*\n", text)]
    found = [poem for block in blocks for poem in _block([row for row in block if row.strip()])]
    if not found:
        raise UsageError("there is no Chinese verse in the text; give a poem")
    return found


def _block(rows: list[str]) -> list[list[str]]:
    each = [_pieces(_TITLE.sub("", row)) for row in rows]
    each = [pieces for pieces in each if pieces]
    if each and all(len(pieces) >= 4 for pieces in each):
        return each
    verse = _without_heading(each)
    lines = _cut([line for pieces in verse for line in pieces])
    return [lines] if lines else []


def _pieces(row: str) -> list[str]:
    """The runs of Hanzi of a row, a single long run cut into lines."""
    return _cut(_HANZI_RUNS.findall(simplify(_SILENT.sub("", row))))


def _without_heading(rows: list[list[str]]) -> list[list[str]]:
    """Leave out first rows whose length is not that of the verse."""
    lengths = Counter(len(line) for pieces in rows for line in pieces)
    common = max((n for n in (5, 7) if lengths[n]), key=lambda n: lengths[n], default=0)
    start = 0
    while common and lengths[common] >= 4 and start < len(rows) and any(len(line) != common for line in rows[start]):
        start += 1
    return rows[start:]


def _cut(runs: list[str]) -> list[str]:
    """A single run of a regulated poem's length is cut into its lines."""
    if len(runs) != 1:
        return runs
    n = len(runs[0])
    for length in (7, 5) if n in (28, 56) else (5, 7):
        if n >= 4 * length and n % (2 * length) == 0:
            return [runs[0][i : i + length] for i in range(0, n, length)]
    return runs
