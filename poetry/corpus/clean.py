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


@dataclass(frozen=True)
class Poem:
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
    if _EDITORIAL.search(text):
        return None
    previous = None
    while previous != text:  # notes within notes
        previous, text = text, _NOTES.sub("", text)
    text = _QUOTES.sub("", text).translate(_MARKS)
    text = _REPEATED.sub(r"\1", text).lstrip(COMMA + STOP)
    text = text.rstrip(COMMA + STOP) + STOP
    if not _VERSE.fullmatch(text) or len(split_lines(text)) < 2:
        return None
    return text if len(_NOT_HANZI.sub("", text)) >= MIN_HANZI else None


def clean_title(title: str) -> str:
    """The Hanzi of a title without notes and serial numbers, at most 16."""
    title = _NOTES.sub("", title).split("·")[0]
    title = _NOT_HANZI.sub(" ", title).strip()
    title = _ORDINAL.sub("", title.split(" ")[0])
    return title[:MAX_TITLE]


def clean(poems: Iterator[RawPoem]) -> Iterator[Poem]:
    """The poems that pass the rules, simplified."""
    for poem in poems:
        text = clean_text(poem.text)
        if text is not None:
            printed = to_simplified(text)
            yield Poem(poem.source, simplify(clean_title(poem.title)), poem.author, standard(printed), printed)
