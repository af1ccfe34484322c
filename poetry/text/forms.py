"""诗体 (forms): how many lines a poem has and how many Hanzi a line.

Input: the lines of a poem without punctuation. Output: its Form. Tone and rhyme are no part of it:
an old-style quatrain has the form of a 绝句 here; poetry.prosody judges the rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """A form: `lines` lines of `length` Hanzi each; 0 means "not fixed"."""

    name: str
    lines: int
    length: int

    @property
    def fixed(self) -> bool:
        """Whether the form fixes every slot of the poem."""
        return self.lines > 0

    def places(self) -> list[tuple[int, int]]:
        """(line, position) of every Hanzi of a fixed form, both from 0."""
        return [(line, position) for line in range(self.lines) for position in range(self.length)]


WUJUE = Form("五绝", 4, 5)
QIJUE = Form("七绝", 4, 7)
WULU = Form("五律", 8, 5)
QILU = Form("七律", 8, 7)
WUPAI = Form("五排", 0, 5)  # 五言排律 (extended regulated verse): an even number of lines, ten or more
QIPAI = Form("七排", 0, 7)
OTHER = Form("其他", 0, 0)

FORMS: tuple[Form, ...] = (WUJUE, QIJUE, WULU, QILU, WUPAI, QIPAI, OTHER)
REGULATED: tuple[Form, ...] = (WUJUE, QIJUE, WULU, QILU)
BY_NAME: dict[str, Form] = {form.name: form for form in FORMS}

SHORTEST_PAILU = 10


def recognise(lines: Sequence[str]) -> Form:
    """The form of a poem given its lines without punctuation; OTHER when no form fits."""
    lengths = {len(line) for line in lines}
    if lengths not in ({5}, {7}):
        return OTHER
    length = lengths.pop()
    for form in REGULATED:
        if (len(lines), length) == (form.lines, form.length):
            return form
    if len(lines) >= SHORTEST_PAILU and len(lines) % 2 == 0:
        return WUPAI if length == 5 else QIPAI
    return OTHER


def quatrain(length: int) -> Form:
    """The 绝句 of lines of 5 or 7 Hanzi."""
    return WUJUE if length == WUJUE.length else QIJUE


def regulated(length: int) -> Form:
    """The 律诗 of lines of 5 or 7 Hanzi."""
    return WULU if length == WULU.length else QILU


def pailu(lines: int, length: int) -> Form:
    """A 排律 (extended regulated verse) of a given even number of lines, ten or more.

    Raises ValueError for another number of lines or a length other than 5 or 7.
    """
    if length not in (5, 7) or lines < SHORTEST_PAILU or lines % 2:
        raise ValueError(
            f"排律 has lines of 5 or 7 Hanzi and an even number, ten or more, of them: not {lines} x {length}"
        )
    return Form("五排" if length == 5 else "七排", lines, length)
