"""The character table: which tones and rhyme groups of 平水韵 (Pingshui rhymes) a character has.

A character has a SET of readings; it may stand for 平 (level) when any of its groups is level and
for 仄 (oblique) when any is oblique. Groups are numbered 1 to 106 in the book's order: 1-30 level
(上平 15, 下平 15), 31-59 上声, 60-89 去声, 90-106 入声; 0 means "none or unknown".
The books are text files of one group a line, written by poetry/prosody/build_table.py, which names its
sources.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import chain

import numpy as np

from charrnn_core.errors import DataError, UsageError

LEVEL_GROUPS = 30
GROUPS = 106
PINGSHUI, MODERN = "pingshui", "xinyun"

_NUMERALS = "一二三四五六七八九十"


def _numeral(n: int) -> str:
    """1 -> 一, 12 -> 十二, 25 -> 二十五."""
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _NUMERALS[tens - 1] + "十"
    return head + (_NUMERALS[ones - 1] if ones else "")


_RHYMES = (
    ("上平", "东冬江支微鱼虞齐佳灰真文元寒删"),
    ("下平", "先萧肴豪歌麻阳庚青蒸尤侵覃盐咸"),
    ("上声", "董肿讲纸尾语麌荠蟹贿轸吻阮旱潸铣筱巧皓哿马养梗迥有寝感琰豏"),
    ("去声", "送宋绛寘未御遇霁泰卦队震问愿翰谏霰啸效号个祃漾敬径宥沁勘艳陷"),
    ("入声", "屋沃觉质物月曷黠屑药陌锡职缉合叶洽"),
)

# GROUP_NAMES[g] is the name of group g, such as 十一尤; GROUP_SECTIONS[g] its tone section, such as 下平.
GROUP_NAMES: tuple[str, ...] = (
    "",
    *(f"{_numeral(i)}{name}" for _, names in _RHYMES for i, name in enumerate(names, 1)),
)
GROUP_SECTIONS: tuple[str, ...] = ("", *(section for section, names in _RHYMES for _ in names))


@dataclass(frozen=True)
class Book:
    """A rhyme book. Groups are numbered from 1; names[0] is empty and stands for "none or unknown"."""

    names: tuple[str, ...]
    level: tuple[bool, ...]  # whether a group is 平
    members: tuple[str, ...]
    old: bool  # whether its tones are those of Tang verse, the entering tone among them

    @cached_property
    def readings(self) -> Mapping[str, tuple[int, ...]]:
        """Character (simplified) -> its group numbers, ascending."""
        table: dict[str, tuple[int, ...]] = {}
        for number, members in enumerate(self.members):
            for character in members:
                table[character] = (*table.get(character, ()), number)
        return table


BOOKS = (PINGSHUI, "cilin", MODERN)  # 平水韵, 词林正韵, 中华新韵


@cache
def book(name: str) -> Book:
    """A rhyme book of the package by its name in BOOKS. Read once, on first use.

    Raises UsageError for another name, DataError when the file is damaged.
    """
    if name not in BOOKS:
        raise UsageError("unknown rhyme book {name!r}; choose one of {choices}", name=name, choices=[*BOOKS])
    text = files("poetry.prosody").joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    groups = [line.split("\t") for line in text.splitlines()]
    if any(len(group) != 2 for group in groups) or (name == PINGSHUI and len(groups) != GROUPS):
        raise DataError("the rhyme book {name}.tsv is damaged; install the package again", name=name)
    names = ("", *(group for group, _ in groups))
    level = tuple(0 < i <= LEVEL_GROUPS if name == PINGSHUI else group.endswith("平") for i, group in enumerate(names))
    return Book(names, level, ("", *(members for _, members in groups)), old=name != MODERN)


def pingshui() -> Mapping[str, tuple[int, ...]]:
    """The readings of 平水韵: character (simplified) -> its group numbers, ascending."""
    return book(PINGSHUI).readings


def membership(characters: Sequence[str]) -> np.ndarray:
    """(V, 107) bool: row v, column g says whether characters[v] has a reading in group g; column 0 is False."""
    table = pingshui()
    groups = [table.get(character, ()) for character in characters]
    member = np.zeros((len(characters), GROUPS + 1), dtype=bool)
    member[np.repeat(np.arange(len(groups)), [*map(len, groups)]), [*chain.from_iterable(groups)]] = True
    return member
