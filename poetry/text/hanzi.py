"""汉字 (Hanzi): which characters count as such, the two marks of verse, simplified and traditional script."""

from functools import cache
from typing import Any

from poetry.text.variants import standard

COMMA, STOP = "，", "。"
HANZI = r"〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"


@cache
def _converter(direction: str) -> Any:
    import opencc  # on first use: it loads dictionaries

    return opencc.OpenCC(direction)


def simplify(text: str) -> str:
    """The script that the model reads, whatever Hanzi are given: simplified, and variants as their standard characters
    (poetry.text.variants). The length never changes. Everything that is read or typed comes through here."""
    return standard(to_simplified(text))


def to_simplified(text: str) -> str:
    """Traditional to simplified, character by character (opencc t2s); the length never changes, variants stay."""
    converted = _converter("t2s").convert(text)
    return converted if len(converted) == len(text) else text


def to_traditional(text: str) -> str:
    """Simplified to traditional (opencc s2t): approximate, about 1 % of characters have another form."""
    return _converter("s2t").convert(text)
