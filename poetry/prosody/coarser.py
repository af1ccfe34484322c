"""词林正韵 and 中华新韵 for every character of 平水韵; used by poetry.prosody.build_table only.

词林正韵 (戈载, 1821) puts the groups of 平水韵 together into fourteen parts of level and oblique tones and five
of the entering tone. Nine groups are divided between two parts, by a final that modern speech still tells apart:
there the registered file decides, then the modern reading; where both are silent the character stands in both.
中华新韵 (2005) is a function of the modern reading: fourteen groups of finals, level being the first and second
tones. A character has its commonest reading by pypinyin, and what the registered file lists besides if pypinyin
knows such a reading: the file is a text recognised by machine, with 家 and 城 in groups of other rhymes.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib.resources import files

from poetry.prosody.table import GROUP_NAMES
from poetry.text.hanzi import to_traditional

Members = list[tuple[str, str]]  # (group, its characters)

CILIN = {  # part -> the groups of 平水韵 that lie in it, wholly or in part
    "第一部 平": "东冬", "第一部 仄": "董肿送宋", "第二部 平": "江阳", "第二部 仄": "讲养绛漾",
    "第三部 平": "支微齐灰", "第三部 仄": "纸尾荠贿寘未霁泰队", "第四部 平": "鱼虞", "第四部 仄": "语麌御遇",
    "第五部 平": "佳灰", "第五部 仄": "蟹贿泰卦队", "第六部 平": "真文元", "第六部 仄": "轸吻阮震问愿",
    "第七部 平": "寒删先元", "第七部 仄": "旱潸铣阮翰谏霰愿", "第八部 平": "萧肴豪", "第八部 仄": "筱巧皓啸效号",
    "第九部 平": "歌", "第九部 仄": "哿个", "第十部 平": "麻佳", "第十部 仄": "马祃卦",
    "第十一部 平": "庚青蒸", "第十一部 仄": "梗迥敬径", "第十二部 平": "尤", "第十二部 仄": "有宥",
    "第十三部 平": "侵", "第十三部 仄": "寝沁", "第十四部 平": "覃盐咸", "第十四部 仄": "感琰豏勘艳陷",
    "第十五部 入": "屋沃", "第十六部 入": "觉药", "第十七部 入": "质陌锡职缉", "第十八部 入": "物月曷黠屑叶",
    "第十九部 入": "合洽",
}  # fmt: skip
# Of the two parts of a divided group the later one, and the modern finals that tell that a character is in it.
_DIVIDED = {"第五部": "ai", "第七部": "an", "第十部": "a"}

_XINYUN = {  # group -> the finals as they are spelt after an initial
    "一麻": "a ia ua", "二波": "o e uo", "三皆": "ie ue ve", "四开": "ai uai", "五微": "ei ui", "六豪": "ao iao",
    "七尤": "ou iu", "八寒": "an ian uan", "九文": "en in un", "十唐": "ang iang uang", "十一庚": "eng ing ong iong",
    "十二齐": "i er v", "十三支": "-i", "十四姑": "u",
}  # fmt: skip
_GROUP_OF = {final: group for group, finals in _XINYUN.items() for final in finals.split()}
_SYLLABLE = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]?)([a-zv]+)([1-4])")


def final_and_tone(syllable: str) -> tuple[str, int] | None:
    """The final and the tone of a syllable such as lv4; None for the neutral tone and what is no syllable.

    A final is spelt as after an initial; v stands for ü, -i for the vowel of zhi and si.
    """
    found = _SYLLABLE.fullmatch(syllable)
    if not found:
        return None
    initial, final, tone = found.groups()
    if final == "i" and initial in ("zh", "ch", "sh", "r", "z", "c", "s"):
        final = "-i"
    elif final == "u" and initial in ("j", "q", "x", "y"):
        final = "v"
    elif final == "e" and initial == "y":
        final = "ie"
    return (final, int(tone)) if final in _GROUP_OF else None


class ModernReadings:
    """The readings of modern speech: mandarin.tsv, and pypinyin for all that it does not list."""

    def __init__(self, variants: dict[str, str]) -> None:
        self._variants = variants
        text = files("poetry.prosody").joinpath("mandarin.tsv").read_text(encoding="utf-8")
        self._listed = dict(line.split("\t") for line in text.splitlines() if not line.startswith("#"))

    def of(self, character: str) -> list[tuple[str, int]]:
        """(final, tone) of the readings, the commonest first; empty when none is known."""
        for form in (character, to_traditional(character), self._variants.get(character, character)):
            found = [reading for syllable in self._syllables(form) if (reading := final_and_tone(syllable))]
            if found:
                return found
        return []

    def _syllables(self, character: str) -> list[str]:
        from pypinyin import Style, pinyin  # only those who build the books need it

        if character in self._listed:
            return [self._listed[character]]
        found = pinyin(character, style=Style.TONE3, heteronym=True, errors="ignore")
        return found[0] if found else []


def cilin(pingshui: Mapping[str, set[int]], listed: Members, modern: ModernReadings) -> Members:
    """词林正韵 of the characters of 平水韵, whose groups are given by number; `listed` is the registered file."""
    parts_of: dict[str, list[str]] = defaultdict(list)
    for part, names in CILIN.items():
        for name in names:
            parts_of[name].append(part)
    there = {part: set(members) for part, members in listed}
    book: dict[str, set[str]] = {part: set() for part in CILIN}
    for character, groups in pingshui.items():
        for group in groups:
            for part in _side(character, parts_of[GROUP_NAMES[group][-1]], there, modern):
                book[part].add(character)
    return [(part, "".join(sorted(members))) for part, members in book.items()]


def _side(character: str, parts: list[str], there: Mapping[str, set[str]], modern: ModernReadings) -> list[str]:
    """Of the one or two parts in which a group lies, those of a character of the group."""
    known = [part for part in parts if character in there.get(part, ())]
    if len(parts) == 1 or known:
        return known or parts
    earlier, later = parts
    vowels = {final.lstrip("iu") for final, _ in modern.of(character)[:1]}
    if not vowels:
        return parts
    return [later] if vowels == {_DIVIDED[later.split()[0]]} else [earlier]


def xinyun(characters: Iterable[str], listed: Members, modern: ModernReadings) -> Members:
    """中华新韵 of the characters that have a modern reading."""
    book: dict[str, set[str]] = {f"{group} {tone}": set() for group in _XINYUN for tone in "平仄"}
    there = {group: set(members) for group, members in listed}
    for character in characters:
        readings = [f"{_GROUP_OF[final]} {'平' if tone <= 2 else '仄'}" for final, tone in modern.of(character)]
        for group in readings:
            if group == readings[0] or character in there[group]:
                book[group].add(character)
    return [(group, "".join(sorted(members))) for group, members in book.items()]
