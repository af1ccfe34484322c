"""What counts as verse: the cleaning rules, in one place.

1. Notes in round, square-lenticular and tortoise-shell brackets （） 〖〗 〔〕 are cut out.
2. Quotation marks are cut out, their content stays.
3. ，、；： become ，; 。？！ become 。; two marks in a row become one; a poem ends in 。.
4. A poem is left out when it still holds anything but Hanzi and ，。: lost characters (□ ○ ●),
   editors' square or curly brackets, digits, Latin letters, book titles 《》 (editors' notes).
5. A poem is left out when it speaks of its source (詩題 出處 ...), or has fewer than two lines, a line
   of no Hanzi, or fewer than eight Hanzi.
Rules 1 to 5 read the source's own script; `simplify` gives the script the model reads.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from poetry.corpus.read import RawPoem
from poetry.text.hanzi import COMMA, HANZI, STOP, simplify, to_simplified
from poetry.text.lines import split_lines
from poetry.text.variants import standard
from poetry.text.vocab import MAX_TITLE

_NOTES = re.compile(r"（[^（）]*）|\([^()]*\)|〖[^〖〗]*〗|〔[^〔〕]*〕")
_QUOTES = re.compile(r"[「」『』“”‘’\"'\s]")
_MARKS = str.maketrans({**dict.fromkeys("、；：,;:", COMMA), **dict.fromkeys("？！?!.．", STOP)})
_REPEATED = re.compile(f"[{COMMA}{STOP}]*([{COMMA}{STOP}])")
_VERSE = re.compile(f"(?:[{HANZI}]+[{COMMA}{STOP}])+")
_EDITORIAL = re.compile("詩題|诗题|出處|出处|原無題|原无题|首句|殘句|残句")
_NOT_HANZI = re.compile(f"[^{HANZI}]+")
_ORDINAL = re.compile("(?:其|第)?[一二三四五六七八九十百]+(?:首)?$|[一二三四五六七八九十百]+首")

MIN_HANZI = 8
FOREIGN = "有汉字、标点以外的字符 / hold other characters than Hanzi and marks"
EDITORIAL = "说到出处 / speak of their source"
SHORT = "不足两句或八字 / have fewer than two lines or eight Hanzi"


@dataclass(frozen=True)
class CleanPoem:
    """A clean poem: `text` is Hanzi, ， and 。 only and ends in 。; `printed` has the source's variants in it."""

    source: str
    title: str
    author: str
    text: str
    printed: str

    @property
    def lines(self) -> list[str]:
        """The lines without punctuation."""
        return split_lines(self.text)


def clean_text(text: str) -> str | None:
    """The verse in `text` by the rules above, or None when the poem is left out."""
    return _verse_or_reason(text)[0]


def _verse_or_reason(text: str) -> tuple[str | None, str]:
    """The verse, or why there is none: FOREIGN, EDITORIAL or SHORT."""
    if _EDITORIAL.search(text):
        return None, EDITORIAL
    previous = None
    while previous != text:  # notes within notes
        previous, text = text, _NOTES.sub("", text)
    text = _QUOTES.sub("", text).translate(_MARKS)
    text = _REPEATED.sub(r"\1", text).lstrip(COMMA + STOP)
    text = text.rstrip(COMMA + STOP) + STOP
    if re.search(f"[^{HANZI}{COMMA}{STOP}]", text):
        return None, FOREIGN
    if not _VERSE.fullmatch(text) or len(split_lines(text)) < 2 or len(_NOT_HANZI.sub("", text)) < MIN_HANZI:
        return None, SHORT
    return text, ""


def clean_title(title: str) -> str:
    """The Hanzi of a title without notes and serial numbers, at most 16."""
    title = _NOTES.sub("", title).split("·")[0]
    title = _NOT_HANZI.sub(" ", title).strip()
    title = _ORDINAL.sub("", title.split(" ")[0])
    return title[:MAX_TITLE]


def clean(poems: Iterator[RawPoem], left_out: Counter[str] | None = None) -> Iterator[CleanPoem]:
    """The poems that pass the rules, simplified; how many do not, by their reason, is added to `left_out`."""
    for poem in poems:
        text, why = _verse_or_reason(poem.text)
        if text is None:
            if left_out is not None:
                left_out[why] += 1
        else:
            printed = to_simplified(text)
            yield CleanPoem(poem.source, simplify(clean_title(poem.title)), poem.author, standard(printed), printed)
