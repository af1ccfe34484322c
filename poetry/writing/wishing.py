"""One line that a person typed: does it tell a theme, a name or a greeting to hide, or how the poem begins?

Input: the line, in whatever words. Output: the field of an Order that it fills. It is a guess, to be shown and changed:
what has neither the shape of a name, a greeting nor a line of verse is a theme.
"""

import re

from poetry.text.hanzi import HANZI, simplify
from poetry.writing.acrostics import hear

READINGS = THEME, ACROSTIC, HEAD, BEGUN = "theme", "acrostic", "head", "begun"

_LINES = re.compile(rf"\s*(?:[{HANZI}]{{5}}[，。！？；,.!?;\s]+)+(?:[{HANZI}]{{5}})?\s*|"
                    rf"\s*(?:[{HANZI}]{{7}}[，。！？；,.!?;\s]+)+(?:[{HANZI}]{{7}})?\s*")  # fmt: skip
_HIDE = re.compile(r"^\W*藏头诗?\W*|\W*藏头诗?\W*$")
_TOLD = re.compile("[写首诗关于的了在和想着是吗呢吧]")  # what speaks in modern Chinese, as no line of verse does
_GREETING = re.compile("快乐|恭喜|恭贺|恭祝|祝|发财|如意|生日|节日|新年|加油|安康|平安|健康|早安|晚安|我爱|爱你|吉祥|"
                       "同心|好合|顺风|风顺|高升|题名|成功|幸福|长寿|寿比|福如|谢谢|感谢|你好|欢迎")  # fmt: skip
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟"
    "谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐"
    "易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛"
)
_COMPOUND = (
    "欧阳",
    "司马",
    "诸葛",
    "上官",
    "司徒",
    "东方",
    "令狐",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "长孙",
    "宇文",
    "夏侯",
)


def reading(line: str) -> str:
    """Which of READINGS a line most likely is."""
    text = simplify(line).strip()
    hanzi = hear(text).hanzi
    if _HIDE.search(text) or not hanzi:
        return ACROSTIC
    if _LINES.fullmatch(text):
        return BEGUN if len(hanzi) > 7 else HEAD
    if len(hanzi) == 1:
        return HEAD
    if (_GREETING.search(hanzi) and not re.search("[写诗]", hanzi)) or _is_name(hanzi):
        return ACROSTIC
    return HEAD if len(hanzi) in (5, 7) and not _TOLD.search(hanzi) else THEME


def meant(line: str, read_as: str) -> dict[str, str]:
    """The field of an Order that a line fills, and with what."""
    if read_as == ACROSTIC:
        return {ACROSTIC: _HIDE.sub("", line)}
    if read_as == HEAD:
        hanzi = hear(line).hanzi
        return {BEGUN: line} if len(hanzi) > 7 else {HEAD: hanzi or line}
    return {read_as: line}


def _is_name(hanzi: str) -> bool:
    """Whether it has the shape of a name, and is no word of verse (江边, 白云)."""
    if hanzi[:2] in _COMPOUND:
        return len(hanzi) in (3, 4)
    if hanzi[0] not in _SURNAMES or len(hanzi) not in (2, 3):
        return False
    from poetry.theme import vectors  # a table that takes a moment to read

    return not any(vectors.shipped().is_word(hanzi[at : at + 2]) for at in range(len(hanzi) - 1))
