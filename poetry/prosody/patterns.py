"""格律 patterns: the four types of line, their accepted variants, and the four patterns of each form.

A line of seven is a line of five with two characters before it. `*` is free, P 平 (level), Z 仄 (oblique):

    A  *P *ZPPZ     B  *Z PP*ZP     C  *Z *PPZZ     D  *P *ZZPP

A pattern is a sequence of types. It is named by the tone of the first line's second character (平起, 仄起)
and by whether the first line rhymes (首句入韵, 首句不入韵). Lines after the first four repeat A B C D or
C D A B, so the same patterns serve 排律 of any length. Source: 王力《诗词格律》.
"""

from dataclasses import dataclass
from functools import cache

from poetry.prosody.tones import Tone
from poetry.text.forms import Form

TYPES = "ABCD"
RHYMING = "BD"  # the types that end in a level tone
_BEFORE = {"A": "*P", "B": "*Z", "C": "*Z", "D": "*P"}  # what a line of seven has before the five
_TONES = {"*": Tone.ANY, "P": Tone.LEVEL, "Z": Tone.OBLIQUE}

REGULAR = ""  # the name of a type's own template


@dataclass(frozen=True)
class Template:
    """One way a line of a type may run. `name` says which licence it is; REGULAR for the type itself.

    A template that `needs_rescue` counts only when the next line has a level third character of the five.
    """

    type: str
    name: str
    five: str
    needs_rescue: bool = False

    def tones(self, length: int) -> tuple[Tone, ...]:
        """The needs of a line of 5 or 7 Hanzi."""
        return tuple(_TONES[mark] for mark in (_BEFORE[self.type] if length == 7 else "") + self.five)


AO, HALF, GUPING_RESCUED, SPECIAL, THREE_OBLIQUE = "对句拗救", "半拗", "孤平拗救", "特拗", "三仄尾"
LOOSE = (HALF, THREE_OBLIQUE)  # licences that the checker lets pass and the generator does not use

# In order of preference; the first of a type is the type itself.
TEMPLATES: tuple[Template, ...] = (
    Template("A", REGULAR, "*ZPPZ"),
    Template("A", AO, "*ZZPZ", needs_rescue=True),
    Template("A", AO, "*ZPZZ", needs_rescue=True),
    Template("A", AO, "*ZZZZ", needs_rescue=True),
    Template("A", HALF, "*ZZPZ"),
    Template("B", REGULAR, "PP*ZP"),
    Template("B", GUPING_RESCUED, "ZPPZP"),
    Template("C", REGULAR, "*PPZZ"),
    Template("C", SPECIAL, "*PZPZ"),
    Template("C", THREE_OBLIQUE, "*PZZZ"),
    Template("D", REGULAR, "*ZZPP"),
)


@cache
def templates(kind: str) -> tuple[Template, ...]:
    """The templates of a type, its own first."""
    return tuple(template for template in TEMPLATES if template.type == kind)


def rescuing_place(length: int) -> int:
    """The position of the character that must be level to rescue the line before: third of the five."""
    return length - 3


@dataclass(frozen=True)
class Pattern:
    """A pattern of a form with lines of `length` Hanzi: `first` is the first line's type, then `cycle` repeats."""

    length: int
    first: str
    cycle: str  # the types of lines 1-4 when the first line does not rhyme

    @property
    def name(self) -> str:
        """Such as 仄起首句不入韵."""
        second = templates(self.first)[0].tones(self.length)[1]
        return ("平起" if second == Tone.LEVEL else "仄起") + ("首句入韵" if self.rhymed else "首句不入韵")

    @property
    def rhymed(self) -> bool:
        """Whether the first line rhymes."""
        return self.first in RHYMING

    def types(self, lines: int) -> str:
        """The types of the lines, such as ABCD."""
        return self.first + (self.cycle * lines)[1:lines]


@cache
def patterns(length: int) -> tuple[Pattern, ...]:
    """The four patterns for lines of 5 or 7 Hanzi."""
    return tuple(Pattern(length, first, cycle) for cycle in ("ABCD", "CDAB") for first in (cycle[0], _rhymed(cycle)))


def _rhymed(cycle: str) -> str:
    """The rhyming type that agrees with the cycle at the second character: D for A, B for C."""
    return {"A": "D", "C": "B"}[cycle[0]]


def by_name(form: Form, name: str) -> Pattern:
    """The pattern of a form by its name or an unmistakable part of it. Raises ValueError otherwise."""
    found = [pattern for pattern in patterns(form.length) if name and name in pattern.name]
    if len(found) != 1:
        raise ValueError(name)
    return found[0]
