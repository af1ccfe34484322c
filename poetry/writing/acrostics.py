"""藏头 (acrostics) of any length: what of a wish can stand in a poem, in how many lines, and what stands for the rest.

Up to four characters are hidden in a 绝句, up to eight in a 律诗, more in a 排律; where there are fewer than lines they
take the first, or the last. A row of 绝句 (several poems) hides four each.
"""

import re
import unicodedata
from dataclasses import dataclass

from charrnn_core.errors import Phrase, UsageError
from poetry.text.forms import SHORTEST_PAILU, Form, pailu, quatrain, regulated
from poetry.text.hanzi import HANZI, simplify
from poetry.writing import asking

SPREADS = FIRST, LAST, ROW = "first", "last", "row"  # the first lines, the last, or four characters a 绝句
QUATRAIN, REGULATED = 4, 8  # lines
LONGEST = 40  # characters

_PARTS = rf"[{HANZI}]|[^\W{HANZI}]+|\S"
_DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
# Of each letter a character of verse whose sound begins with it, or is near to its name.
_LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", "安白春丹恩芳歌花怡江开兰梅南鸥蓬秋若诗桃羽微望雪月竹", strict=True))
_STAND_INS = _DIGITS | _LETTERS


@dataclass(frozen=True)
class Heard:
    """What can be hidden of what was written: its Hanzi, simplified. `left_out` are the words, numbers and signs that
    cannot be; marks and blanks count for nothing."""

    hanzi: str
    left_out: tuple[str, ...] = ()


def hear(text: str) -> Heard:
    """What can be hidden of a text, which may be nothing."""
    hanzi, left_out = [], []
    for part in re.findall(_PARTS, unicodedata.normalize("NFKC", text)):
        if re.match(f"[{HANZI}]", part):
            hanzi.append(part)
        elif unicodedata.category(part[0])[0] in "LNS":
            left_out.append(part)
    return Heard(simplify("".join(hanzi)), tuple(left_out))


def heard(text: str) -> Heard:
    """As `hear`, of what somebody wants hidden. Raises UsageError where there is nothing to hide, or too much."""
    what = Phrase("the acrostic")
    text = asking.text(text, what)
    if not text.strip():
        raise UsageError("{what} is empty; give Chinese characters or leave it out", what=what)
    found = hear(text[: LONGEST * 20])
    if len(found.hanzi) > LONGEST:
        raise UsageError("{what} has more than {longest} characters; give fewer", what=what, longest=LONGEST)
    if not found.hanzi:
        instead = in_hanzi(text[:LONGEST])
        advice = Phrase("hide {text} instead", text=instead) if instead else Phrase("write it in Chinese characters")
        raise UsageError("the acrostic holds no Chinese character; {advice}", advice=advice)
    return found


def in_hanzi(text: str) -> str:
    """A text with Hanzi for its digits and Latin letters, and without what has none.

    >>> in_hanzi("Tom 520 生日快乐!")
    '桃鸥梅五二零生日快乐'
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text)).lower()
    return hear("".join(_STAND_INS.get(character, character) for character in plain)).hanzi


def form_for(count: int, length: int) -> Form:
    """The shortest form of lines of `length` Hanzi that hides `count` characters, one a line."""
    if count <= REGULATED:
        return quatrain(length) if count <= QUATRAIN else regulated(length)
    return pailu(max(SHORTEST_PAILU, count + count % 2), length)


def quatrains(hanzi: str) -> list[str]:
    """What each 绝句 of a row hides."""
    return [hanzi[at : at + QUATRAIN] for at in range(0, len(hanzi), QUATRAIN)]
