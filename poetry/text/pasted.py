"""From any text to poems: with or without marks, titles, authors, notes, numbers, one poem or many.

Poems are divided by empty lines or by rows such as 其二. A block whose every row is a whole poem (four lines or more)
is many poems, one a row, with or without `title:` before it. Rows before the verse are its title and author: those of
another length than its lines, and one as long as they are where the poem has a line too many. A block of such rows
alone belongs to the next block. What stands in brackets, and rows from 注： or 译文： on, are left out and named. A run
without marks of 20, 28, 40, 56 ... Hanzi is cut into fives or sevens, couplets of 10 or 14 are cut in two; blanks
between single Hanzi do not count.
□ stands for a character that is lost or still to be found, as do _ ■ 〓 � and characters for private use.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from charrnn_core.errors import UsageError
from charrnn_core.progress import progress
from poetry.text.forms import OTHER, recognise
from poetry.text.hanzi import HANZI, simplify

GAP = "□"
# What is looked for; compiled, and kept, by `re` when a text is read.
_MISSING = "[_■〓\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd]"
_BREAKS = "\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]"
_OPEN, _CLOSE = "([{【〔〖<", ")]}】〕〗>"  # as NFKC leaves them
_NOTES = "|".join(f"\\{a}[^\\{a}\\{b}\n]*\\{b}" for a, b in zip(_OPEN, _CLOSE, strict=True))
_QUOTES = r"[「」『』“”‘’\"'《》〈〉]"
_HANZI_RUNS = f"[{HANZI}{GAP}]+"
_SPACED = rf"(?<![{HANZI}{GAP}])[{HANZI}{GAP}](?: +[{HANZI}{GAP}](?![{HANZI}{GAP}]))+"
_TITLE = r"^([^:,。;!?]{1,40}):"
_LABEL = r"^(?:题目|标题|诗题|作者|朝代|题)$"
_NUMBER = r"^\s*(?:第?[0-9]+[.,、)首:]?|[一二三四五六七八九十]+[、.)])\s*"
_ORDINAL = r"^\s*(?:其|第)?[一二三四五六七八九十]+首?\s*$|^\s*[0-9]+\s*$"
_AFTER = r"^\s*(?:注释?|译文?|赏析|鉴赏|简析|评析|题解|背景|按语?|附|拼音|韵译|出处|来源)\s*:"
_LONGEST_HEADING = 30


@dataclass
class Pasted:
    """A poem as it was found: its lines, title and author (empty where there is none), and what was left out."""

    lines: list[str]
    title: str = ""
    author: str = ""
    left_out: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Row:
    """A row of text and the runs of Hanzi in it, simplified."""

    text: str
    runs: tuple[str, ...]
    title: str = ""

    @property
    def heading(self) -> bool:
        """Whether it could be a title or an author: one run, or a few, without the marks of verse."""
        return len(self.text) <= _LONGEST_HEADING and not re.search("[,。;!?]", self.text)


def read(text: str) -> list[Pasted]:
    """The poems of a text. Raises UsageError when it holds no Hanzi."""
    found: list[Pasted] = []
    heading: list[_Row] = []  # of the next block
    left_out: list[str] = []
    for block in progress(_blocks(_visible(text)), "读 / reading", "block"):
        rows, notes = _rows(block)
        left_out += notes
        rows = _halved(rows)
        poems = _poems(_halved([*heading, *rows]))
        if not poems or _only_heading(rows):
            heading += rows
            continue
        poems[0].left_out[:0] = left_out
        if found and re.match(_ORDINAL, poems[0].title):  # 其二 of the title before
            poems[0].title = f"{found[-1].title.split(' ')[0]} {poems[0].title}".strip()
            poems[0].author = found[-1].author
        found += poems
        heading, left_out = [], []
    found += _poems(_halved(heading))
    if not found:
        raise UsageError("there is no Chinese verse in the text; give a poem")
    found[-1].left_out += left_out
    return found


def _only_heading(rows: Sequence[_Row]) -> bool:
    """Whether a block is no verse but what stands above it, such as a title and `唐·王之涣`."""
    runs = [run for row in rows for run in row.runs]
    return len(rows) <= 3 and len(runs) <= 4 and all(row.heading for row in rows) and recognise(runs) == OTHER


def poems(text: str) -> list[list[str]]:
    """The lines of every poem of a text. Raises UsageError when it holds no Hanzi."""
    return [poem.lines for poem in read(text)]


def _visible(text: str) -> str:
    """One kind of mark, of blank and of line break, and no character that cannot be seen."""
    text = re.sub(_MISSING, GAP, unicodedata.normalize("NFKC", re.sub(_BREAKS, "\n", text)))
    return "".join(c if c == "\n" or c.isprintable() else " " if c == "\t" else "" for c in text if not _selects(c))


def _selects(character: str) -> bool:
    """Whether it is a variation selector, which is printable and has no shape of its own."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _blocks(text: str) -> list[list[str]]:
    """Rows between empty rows or rows such as 其二, which stay as a first row."""
    blocks: list[list[str]] = [[]]
    for row in text.split("\n"):
        if not row.strip() or re.match(_ORDINAL, row):
            blocks.append([])
        if row.strip():
            blocks[-1].append(row)
    return [block for block in blocks if block]


def _rows(block: Sequence[str]) -> tuple[list[_Row], list[str]]:
    """The rows of a block that hold Hanzi, and what is left out of it."""
    rows, left_out = [], []
    for index, text in enumerate(block):
        if re.match(_AFTER, text):
            left_out += [rest.strip() for rest in block[index:]]
            break
        bare = re.sub(_NOTES, " ", text)
        if not re.search(_HANZI_RUNS, bare):  # a row of nothing but 【title】
            bare = text.strip(_OPEN + _CLOSE + " ")
        else:
            left_out += re.findall(_NOTES, text)
        rows += [row] if (row := _row(bare)).runs else []
    return rows, left_out


def _row(text: str) -> _Row:
    text = re.sub(_NUMBER, "", re.sub(_QUOTES, "", text)).strip()
    title = re.match(_TITLE, text)
    body = text[title.end() :] if title else text
    if title and re.match(_LABEL, title[1]):
        return _Row(body.strip(), tuple(re.findall(_HANZI_RUNS, simplify(body))))
    body = re.sub(_SPACED, lambda found: found[0].replace(" ", ""), body)
    runs = tuple(_cut(re.findall(_HANZI_RUNS, simplify(body))))
    if title and not runs:
        return _Row(title[1], tuple(re.findall(_HANZI_RUNS, simplify(title[1]))))
    return _Row(text, runs, title[1].strip() if title else "")


def _halved(rows: Sequence[_Row]) -> list[_Row]:
    """Rows of whole couplets without a mark between their lines, where there are two or more, as rows of lines."""
    for length in (5, 7):
        couplets = [row for row in rows if all(len(run) == 2 * length for run in row.runs)]
        if sum(len(row.runs) for row in couplets) >= 2:
            halves = (slice(length), slice(length, None))
            return [
                replace(row, runs=tuple(run[half] for run in row.runs for half in halves)) if row in couplets else row
                for row in rows
            ]
    return list(rows)


def _poems(rows: Sequence[_Row]) -> list[Pasted]:
    """The poems of a block."""
    first = next((i for i, row in enumerate(rows) if len(row.runs) >= 4), len(rows))
    heading, whole = rows[:first], rows[first:]
    each = bool(whole) and all(len(row.runs) >= 4 for row in whole) and all(row.heading for row in heading)
    if each and (len(whole) == 1 or not heading):
        found = [Pasted(list(row.runs), row.title) for row in whole]
        return [_named(found[0], heading), *found[1:]] if heading else found
    start, stop = _verse(rows)
    lines = _cut([run for row in rows[start:stop] for run in row.runs])
    if not lines:
        return []
    poem = _named(Pasted(lines, rows[start].title), rows[:start])
    poem.left_out += [row.title for row in rows[start + 1 : stop] if row.title] + [row.text for row in rows[stop:]]
    return [poem]


def _named(poem: Pasted, heading: Sequence[_Row]) -> Pasted:
    texts = [row.text for row in heading if not re.match(_ORDINAL, row.text)]
    numbers = [row.text for row in heading if re.match(_ORDINAL, row.text)]
    if texts and poem.title:
        poem.left_out.append(poem.title)
    poem.title, poem.author = " ".join([*(texts[:1] or [poem.title]), *numbers]).strip(), " ".join(texts[1:])
    return poem


def _verse(rows: Sequence[_Row]) -> tuple[int, int]:
    """The rows from which to which the verse goes: as many as make a regulated form, else all from the first whose
    lines have the length of most, or all where there is none."""
    lengths = Counter(len(run) for row in rows for run in row.runs)
    common = max((n for n in (5, 7) if lengths[n]), key=lambda n: lengths[n], default=0)
    if lengths[common] < 4:
        return 0, len(rows)
    headings = next((i for i, row in enumerate(rows) if not row.heading or len(row.runs) > 2), len(rows))
    stray = next((i for i, row in enumerate(reversed(rows)) if all(len(run) == common for run in row.runs)), 0)
    for start in range(min(headings, 3) + 1):
        for stop in range(len(rows), max(start, len(rows) - stray - 1), -1):
            if recognise([run for row in rows[start:stop] for run in row.runs]) != OTHER:
                return start, stop
    start = 0
    while start < len(rows) and any(len(run) != common for run in rows[start].runs):
        start += 1
    return start if start < len(rows) else 0, len(rows)


def _cut(runs: list[str]) -> list[str]:
    """A single run of a regulated poem's length is cut into its lines."""
    if len(runs) != 1:
        return runs
    n = len(runs[0])
    for length in (7, 5) if n in (28, 56) else (5, 7):
        if n >= 4 * length and n % (2 * length) == 0:
            return [runs[0][i : i + length] for i in range(0, n, length)]
    return runs
