"""拼音 (pinyin) of lines of verse: by the words they hold (pypinyin's phrases), and by the tones of their pattern.

A character of several readings has, where its place must be level or oblique, the reading of that tone: 长 is cháng
at a level place and zhǎng at an oblique one. A place that is free leaves the choice to the words around it.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from poetry.prosody.judge import Line
from poetry.prosody.patterns import templates
from poetry.prosody.tones import Tone

# What a character is read in verse when no phrase says otherwise; pypinyin's first reading is that of modern prose.
IN_VERSE = {
    "长": "cháng,zhǎng",
    "尽": "jìn,jǐn",
    "着": "zhuó,zháo,zhāo,zhe",
    "没": "mò,méi",
    "薄": "bó,báo,bò",
    "著": "zhuó,zhù",
    "还": "huán,hái",
    "朝": "zhāo,cháo",
    "子": "zǐ,zi",
    "了": "liǎo,le",
    "干": "gān,gàn",
    "种": "zhòng,zhǒng",
    "舍": "shè,shě",
    "斗": "dǒu,dòu",
    "场": "cháng,chǎng",
    "塞": "sài,sè,sāi",
    "省": "xǐng,shěng",
    "阙": "què,quē",
    "槛": "jiàn,kǎn",
    "沈": "chén,shěn",
    "予": "yú,yǔ",
}
# Words that are other words in modern prose: tomorrow, where that has the dynasty.
WORDS = {"明朝": [["míng"], ["zhāo"]]}
# Characters whose reading goes with the tone: the level one, the oblique one.
BY_TONE = {
    "长": ("cháng", "zhǎng"),
    "看": ("kān", "kàn"),
    "为": ("wéi", "wèi"),
    "重": ("chóng", "zhòng"),
    "胜": ("shēng", "shèng"),
    "教": ("jiāo", "jiào"),
    "难": ("nán", "nàn"),
    "将": ("jiāng", "jiàng"),
    "应": ("yīng", "yìng"),
    "令": ("líng", "lìng"),
    "传": ("chuán", "zhuàn"),
    "思": ("sī", "sì"),
    "论": ("lún", "lùn"),
    "更": ("gēng", "gèng"),
    "中": ("zhōng", "zhòng"),
    "空": ("kōng", "kòng"),
    "分": ("fēn", "fèn"),
    "过": ("guō", "guò"),
    "量": ("liáng", "liàng"),
    "禁": ("jīn", "jìn"),
    "当": ("dāng", "dàng"),
    "间": ("jiān", "jiàn"),
    "藏": ("cáng", "zàng"),
    "降": ("xiáng", "jiàng"),
    "调": ("tiáo", "diào"),
    "冠": ("guān", "guàn"),
    "王": ("wáng", "wàng"),
    "骑": ("qí", "jì"),
    "吹": ("chuī", "chuì"),
    "弹": ("tán", "dàn"),
    "予": ("yú", "yǔ"),
}


@cache
def _reader() -> Any:
    from pypinyin import Style, load_phrases_dict, load_single_dict, pinyin

    load_single_dict({ord(character): readings for character, readings in IN_VERSE.items()})
    load_phrases_dict(WORDS)
    return lambda text: [each[0] for each in pinyin(text, style=Style.TONE)]


def sounds_of(line: Line) -> list[str]:
    """The sounds of a line that was judged, whose pattern is known then, if it has one."""
    template = next((t for t in templates(line.type) if t.name == line.licence), None)
    return pinyin(line.text, template.tones(len(line.text)) if template else ())


def pinyin(line: str, needs: Sequence[int] = ()) -> list[str]:
    """The modern sound of every character of a line; `needs` (poetry.prosody.tones.Tone) are those of its pattern."""
    sounds: list[str] = _reader()(line)
    for place, (character, need) in enumerate(zip(line, needs, strict=False)):
        if character in BY_TONE and need != Tone.ANY:
            sounds[place] = BY_TONE[character][need != Tone.LEVEL]
    return sounds
