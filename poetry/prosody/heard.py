"""Which tones a character may have: all its readings, or at its place in a line only those that poets use there.

不 is in 十一尤 too, but only as a rhyme; 中 is oblique only in words such as 中伤. Such characters are listed in
within.tsv, which poetry.prosody.usage draws from the corpus. Tone sets are bits; 0: the character is unknown.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from poetry.prosody.table import PINGSHUI, Book, book

LEVEL, OBLIQUE = 1, 2  # bits of a tone set


def tone_set(character: str, used: Book | None = None) -> int:
    """Bits LEVEL and OBLIQUE of a character's readings (in 平水韵 unless told); 0 when it is unknown."""
    used = used or book(PINGSHUI)
    tones = [used.level[g] for g in used.readings.get(character, ())]
    return (LEVEL if True in tones else 0) | (OBLIQUE if False in tones else 0)


def tone_sets(line: str, used: Book | None = None) -> list[int]:
    """The tone set of every character of a line at its place: at the end all readings count."""
    used = used or book(PINGSHUI)
    sets = [tone_set(character, used) for character in line]
    for position, character in enumerate(line[:-1] if used.old else ""):
        if character in restricted():
            tone, words = restricted()[character]
            if not words & {line[position - 1 : position + 1], line[position : position + 2]}:
                sets[position] = tone
    return sets


def within_line(character: str) -> int:
    """The tone set of a character within a line whose other characters are not known."""
    return restricted()[character][0] if character in restricted() else tone_set(character)


@cache
def restricted() -> Mapping[str, tuple[int, frozenset[str]]]:
    """Character -> its only tone within a line, and the words in which every reading counts. Read on first use."""
    text = files("poetry.prosody").joinpath("within.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return {row[0]: (LEVEL if row[1] == "平" else OBLIQUE, frozenset(row[4].split())) for row in rows}
