"""格律检查 (the checker): reads the slots of a poem back and says which rule each character keeps or breaks.

Input: the lines of a poem, simplified, without punctuation. Output: a Report. Rules and names of faults:
王力《诗词格律》. What it does not know: meaning (对仗 is not judged, a reading is never chosen by sense).

A character of several readings is treated by policy: `usual` (some reading must fit), `strict` (every
reading must fit) or `report` (nothing is forbidden, faults are only marked).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from charrnn_core.errors import UsageError
from poetry.forms import Form, recognise
from poetry.prosody.patterns import (
    AO,
    REGULAR,
    THREE_OBLIQUE,
    Pattern,
    Template,
    patterns,
    rescuing_place,
    templates,
)
from poetry.prosody.table import GROUP_NAMES, LEVEL_GROUPS, pingshui
from poetry.slots import Tone

POLICIES = ("usual", "strict", "report")
FITS, SEVERAL, FAULT, UNKNOWN = "○◎●?"

LEVEL, OBLIQUE = 1, 2  # bits of a character's tone set; 0: unknown

SHIDUI, SHINIAN, GUPING, THREE_LEVEL = "失对", "失粘", "孤平", "三平尾"
CHUYUN, CHONGYUN, UNRESCUED, SHILU, SEVERAL_READINGS = "出韵", "重韵", "拗而不救", "失律", "多音"
BORROWED = "首句借邻韵"

# 邻韵 (neighbouring rhymes): groups that may lend the first line its rhyme.
_NEIGHBOURS = tuple(
    set(names)
    for names in ("东冬", "江阳", "支微齐", "鱼虞", "佳灰", "真文元", "寒删先元", "萧肴豪", "歌麻", "庚青蒸", "覃盐咸")
)


@dataclass(frozen=True)
class Remark:
    """A fault, a licence or a rescue at a place; line and position count from 0."""

    name: str
    line: int
    position: int
    character: str
    why: str


@dataclass(frozen=True)
class Line:
    """A line: its text, the mark of every character, its type and the licence it uses (empty: none)."""

    text: str
    marks: str
    type: str
    licence: str


@dataclass(frozen=True)
class Report:
    """What the checker found. `pattern` is empty when the form has none; `group` when nothing rhymes."""

    form: str
    pattern: str
    group: str
    verdict: str  # 合律, 出律, 古体 or 无格律
    obeys: bool  # no fault under the policy
    lines: tuple[Line, ...]
    rhymes: tuple[tuple[str, tuple[str, ...]], ...]  # rhyme words with all their groups
    faults: tuple[Remark, ...]
    notes: tuple[Remark, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON-able data."""
        return asdict(self)


def check(lines: Sequence[str], policy: str = "usual") -> Report:
    """Judge a poem. Raises UsageError for an unknown policy or a poem without lines."""
    if policy not in POLICIES:
        raise UsageError(f"unknown policy {policy!r}; choose one of {', '.join(POLICIES)}")
    if not lines or not all(lines):
        raise UsageError("there is no line to check; give a poem")
    form = recognise(lines)
    rhyme = rhyme_group(lines)
    if form.length == 0:
        return _unregulated(form, lines, rhyme)
    poem = _Poem(form, lines, rhyme, strict=policy == "strict")
    best = min(patterns(form.length), key=lambda pattern: poem.cost(pattern))
    return poem.report(best, policy)


def tone_set(character: str) -> int:
    """Bits LEVEL and OBLIQUE of a character's readings; 0 when it is unknown."""
    groups = pingshui().get(character, ())
    return (LEVEL if any(g <= LEVEL_GROUPS for g in groups) else 0) | (
        OBLIQUE if any(g > LEVEL_GROUPS for g in groups) else 0
    )


def rhyme_group(lines: Sequence[str]) -> int:
    """The group in which most even lines end, a level one before an oblique one; 0 when no two agree."""
    table = pingshui()
    votes = Counter(group for line in lines[1::2] for group in table.get(line[-1], ()))
    first = table.get(lines[0][-1], ())
    best = max(votes, key=lambda g: (votes[g], g <= LEVEL_GROUPS, g in first, -g), default=0)
    return best if best and (votes[best] > 1 or len(lines) == 2) else 0


def neighbours(one: int, other: int) -> bool:
    """Whether two level groups are 邻韵, as the first line may borrow them."""
    return any({GROUP_NAMES[one][-1], GROUP_NAMES[other][-1]} <= names for names in _NEIGHBOURS)


class _Poem:
    """A poem of a regulated form while it is judged."""

    def __init__(self, form: Form, lines: Sequence[str], rhyme: int, *, strict: bool) -> None:
        self.form, self.lines, self.rhyme, self.strict = form, lines, rhyme, strict
        self.sets = [[tone_set(c) for c in line] for line in lines]

    def fits(self, line: int, position: int, need: Tone) -> bool:
        """Whether a character may stand where a tone is needed; an unknown one may."""
        found = self.sets[line][position]
        if need == Tone.ANY or found == 0:
            return True
        return found == need if self.strict else bool(found & need)

    def misfits(self, line: int, template: Template) -> list[int]:
        """The positions whose tone does not fit, the end of a rhyming line left to the rhyme."""
        needs = template.tones(self.form.length)
        last = len(needs) - 1
        return [j for j, need in enumerate(needs) if not self.fits(line, j, need) and not (j == last and need == LEVEL)]

    def choose(self, pattern: Pattern) -> list[Template]:
        """The template of every line that leaves the fewest misfits, the regular one before its licences."""
        types = pattern.types(len(self.lines))
        return [
            min(self._open(line, kind), key=lambda t: len(self.misfits(line, t))) for line, kind in enumerate(types)
        ]

    def _open(self, line: int, kind: str) -> list[Template]:
        return [t for t in templates(kind) if not t.needs_rescue or self._rescued(line)]

    def _rescued(self, line: int) -> bool:
        after = line + 1
        return after < len(self.lines) and self.fits(after, rescuing_place(self.form.length), Tone.LEVEL)

    def cost(self, pattern: Pattern) -> tuple[int, int]:
        """(faults, licences) of a pattern: what the best one has least of."""
        chosen = self.choose(pattern)
        faults = sum(len(self.misfits(line, t)) for line, t in enumerate(chosen))
        return faults + len(self._rhyme_faults(pattern)[0]), sum(t.name != REGULAR for t in chosen)

    def report(self, pattern: Pattern, policy: str) -> Report:
        chosen = self.choose(pattern)
        rhyme_faults, notes = self._rhyme_faults(pattern)
        faults = rhyme_faults + [
            remark
            for line, template in enumerate(chosen)
            for position in self.misfits(line, template)
            for remark in self._name(line, position, template)
        ]
        notes += [
            Remark(t.name, line, len(self.lines[line]) - 3, self.lines[line], f"第{line + 1}句：{_LICENCES[t.name]}")
            for line, t in enumerate(chosen)
            if t.name != REGULAR
        ]
        faults.sort(key=lambda f: (f.line, f.position))
        places = {(f.line, f.position) for f in faults}
        many = len(places) >= max(2, len(self.lines) // 2)
        return Report(
            form=self.form.name,
            pattern=pattern.name,
            group=GROUP_NAMES[self.rhyme],
            verdict="古体" if many else "出律" if faults else "合律",
            obeys=not faults or policy == "report",
            lines=tuple(
                Line(text, self._marks(i, chosen[i], places), chosen[i].type, chosen[i].name)
                for i, text in enumerate(self.lines)
            ),
            rhymes=_rhymes(self.lines, first=pattern.rhymed),
            faults=tuple(faults),
            notes=tuple(notes),
        )

    def _marks(self, line: int, template: Template, faults: set[tuple[int, int]]) -> str:
        marks = []
        for j, need in enumerate(template.tones(self.form.length)):
            found = self.sets[line][j]
            several = need != Tone.ANY and found == LEVEL | OBLIQUE
            known = UNKNOWN if found == 0 else SEVERAL if several else FITS
            marks.append(FAULT if (line, j) in faults else known)
        return "".join(marks)

    def _rhyme_faults(self, pattern: Pattern) -> tuple[list[Remark], list[Remark]]:
        """Faults and notes about the rhyme words."""
        table, faults, notes, seen = pingshui(), [], [], set()
        last = self.form.length - 1
        for line in _rhyming_lines(len(self.lines), pattern.rhymed):
            word = self.lines[line][-1]
            groups = table.get(word, ())
            inside = not groups or (set(groups) == {self.rhyme} if self.strict else self.rhyme in groups)
            level = self.rhyme <= LEVEL_GROUPS
            if word in seen:
                faults.append(Remark(CHONGYUN, line, last, word, f"韵脚“{word}”用了两次"))
            elif inside and level:
                pass
            elif line == 0 and level and any(neighbours(g, self.rhyme) for g in groups if g <= LEVEL_GROUPS):
                lent = next(g for g in groups if g <= LEVEL_GROUPS and neighbours(g, self.rhyme))
                why = f"首句“{word}”属{GROUP_NAMES[lent]}，是{GROUP_NAMES[self.rhyme]}的邻韵"
                notes.append(Remark(BORROWED, line, last, word, why))
            else:
                faults.append(Remark(CHUYUN, line, last, word, self._out_of_rhyme(word, groups)))
            seen.add(word)
        return faults, notes

    def _out_of_rhyme(self, word: str, groups: Sequence[int]) -> str:
        own = "、".join(GROUP_NAMES[g] for g in groups) or "不明"
        if not self.rhyme:
            return f"“{word}”属{own}，全诗没有共同的韵部"
        if self.rhyme > LEVEL_GROUPS:
            return f"“{word}”属{own}，近体诗押平声韵"
        return f"“{word}”属{own}，不在{GROUP_NAMES[self.rhyme]}" + ("（严式：每一读都须在内）" if self.strict else "")

    def _name(self, line: int, position: int, template: Template) -> list[Remark]:
        """The names of a misfit of tone."""
        character = self.lines[line][position]
        need = template.tones(self.form.length)[position]
        wants = f"第{line + 1}句第{position + 1}字“{character}”应{'平' if need == Tone.LEVEL else '仄'}"
        names = self._names(line, position, template, need)
        return [Remark(name, line, position, character, f"{wants}：{_WHY[name]}") for name in names]

    def _names(self, line: int, position: int, template: Template, need: Tone) -> list[str]:
        place = position - (self.form.length - 5)  # in the five
        if self.strict and self.sets[line][position] & need:
            return [SEVERAL_READINGS]
        if position % 2 == 1 and position < self.form.length - 1:
            names = []
            if not self._opposed(line, line ^ 1, position):
                names.append(SHIDUI)
            before = line - 1 if line % 2 == 0 else line + 1  # the line that 粘 joins this one to
            if position == 1 and 0 <= before < len(self.lines) and not self._agree(line, before):
                names.append(SHINIAN)
            return names or [SHILU]
        if template.type == "B" and place == 0 and not self.fits(line, position + 2, Tone.LEVEL):
            return [GUPING]
        if need == Tone.OBLIQUE and place == 2:
            return [THREE_LEVEL if all(s == LEVEL for s in self.sets[line][-3:]) else SHILU]
        if template.type == "A" and place == 2:
            return [UNRESCUED]
        return [SHILU]

    def _opposed(self, one: int, other: int, position: int) -> bool:
        """Whether two lines can have opposite tones at a position."""
        if other >= len(self.lines):
            return True
        a, b = self.sets[one][position], self.sets[other][position]
        return not a or not b or a | b == LEVEL | OBLIQUE

    def _agree(self, one: int, other: int) -> bool:
        """Whether two lines can have the same tone at the second character."""
        a, b = self.sets[one][1], self.sets[other][1]
        return not a or not b or bool(a & b)


_WHY = {
    SHIDUI: "一联两句在第二、四、六字上平仄须相对",
    SHINIAN: "下联首句与上联末句第二字平仄须相同",
    GUPING: "除韵脚外，这里只剩一个平声",
    THREE_LEVEL: "句末不可三个平声相连",
    UNRESCUED: "拗了，而下句没有救",
    SHILU: "与所属句式不合",
    SEVERAL_READINGS: "严式要求每一读都合",
}
_LICENCES = {
    AO: "本句拗，下句第三字（七言第五字）用平声相救",
    "孤平拗救": "首字（七言第三字）该平用仄，第三字（七言第五字）改平相救",
    "特拗": "“平平平仄仄”作“平平仄平仄”，唐人常用",
    THREE_OBLIQUE: "句末三个仄声相连，可用，宜避",
}


def _rhyming_lines(lines: int, first: bool) -> list[int]:
    return ([0] if first else []) + list(range(1, lines, 2))


def _rhymes(lines: Sequence[str], *, first: bool) -> tuple[tuple[str, tuple[str, ...]], ...]:
    words = [lines[i][-1] for i in _rhyming_lines(len(lines), first)]
    return tuple((word, tuple(GROUP_NAMES[g] for g in pingshui().get(word, ()))) for word in words)


def _unregulated(form: Form, lines: Sequence[str], rhyme: int) -> Report:
    """A form without tone patterns: only the rhyme is reported."""
    marks = ["".join(FITS if tone_set(c) else UNKNOWN for c in line) for line in lines]
    rows = tuple(Line(line, row, "", "") for line, row in zip(lines, marks, strict=True))
    return Report(form.name, "", GROUP_NAMES[rhyme], "无格律", True, rows, _rhymes(lines, first=False), (), ())
