"""格律检查 (the checker): reads the slots of a poem back and says which rule each character keeps or breaks.

Input: the lines of a poem, simplified, without punctuation. Output: a Report. Rules and names of faults:
王力《诗词格律》. What it does not know: meaning (对仗 is not judged, a reading is never chosen by sense).

A character of several readings is treated by policy: `usual` (some reading must fit), `strict` (every
reading must fit) or `report` (nothing is forbidden, faults are only marked).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from charrnn_core.errors import Phrase, UsageError
from charrnn_core.progress import progress
from poetry.prosody.heard import LEVEL, OBLIQUE, tone_set, tone_sets
from poetry.prosody.patterns import (
    REGULAR,
    RHYMING,
    Template,
    patterns,
    rescuing_place,
    templates,
)
from poetry.prosody.reasons import CHINESE, LICENCES, VARIETY, WHY
from poetry.prosody.table import PINGSHUI, Book, book
from poetry.prosody.tones import Tone
from poetry.text.forms import Form, recognise
from poetry.text.pasted import read

POLICIES = ("usual", "strict", "report")
FITS, SEVERAL, FAULT, UNKNOWN = "○◎●?"

END = 1.25  # what an end of the wrong tone costs: a level end rather rhymes than fails to be oblique
_LENGTHS = 12  # of so many lines the lengths are named
RHYMING_END = 2.5  # what it costs in a first line that does rhyme: 八月湖水平 and 北阙休上书 are read alike
BREAK = 1.5  # what a couplet that is not joined costs, in characters at fault

SHIDUI, SHINIAN, GUPING, THREE_LEVEL = "失对", "失粘", "孤平", "三平尾"
CHUYUN, CHONGYUN, UNRESCUED, SHILU, SEVERAL_READINGS = "出韵", "重韵", "拗而不救", "失律", "多音"
BORROWED, OBLIQUE_RHYME, NO_PATTERN = "首句借邻韵", "仄韵", "无格律"
# 变格 (varieties): what breaks a rule in a way that handbooks know and name.
WAIST, JINTUI, LULU, GOOSE = "折腰体", "进退格", "辘轳格", "孤雁出群"
VARIETIES = (WAIST, JINTUI, LULU, GOOSE)

# 邻韵 (neighbouring rhymes), which may lend the first line its rhyme: the eight classes of 王力《汉语诗律学》 and three
# pairs that he finds now and then.
_NEIGHBOURS = tuple(
    set(names)
    for names in (
        *("东冬", "支微齐", "鱼虞", "佳灰", "真文元寒删先", "萧肴豪", "庚青蒸", "覃盐咸"),
        *("江阳", "佳麻", "蒸侵"),
    )
)


@dataclass(frozen=True)
class Remark:
    """A fault, a licence or a rescue at a place; line and position count from 0."""

    name: str
    line: int
    position: int
    character: str
    why: Phrase


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
    verdict: str  # 合律, 变格, 出律, 古体 or 无格律
    obeys: bool  # no fault under the policy
    lines: tuple[Line, ...]
    rhymes: tuple[tuple[str, tuple[str, ...]], ...]  # rhyme words with all their groups
    faults: tuple[Remark, ...]
    notes: tuple[Remark, ...]
    title: str = ""  # of a poem that was found in a text
    author: str = ""
    left_out: tuple[str, ...] = ()  # what of the text was taken for no verse

    def as_dict(self) -> dict[str, Any]:
        """JSON-able data, every reason in Chinese."""
        record = asdict(self)
        for remark in (*record["faults"], *record["notes"]):
            remark["why"] = remark["why"].said(CHINESE)
        return record


def check(lines: Sequence[str], policy: str = "usual", rhymes: str = PINGSHUI) -> Report:
    """Judge a poem by a rhyme book of poetry.prosody.table.BOOKS.

    Raises UsageError for an unknown policy or book, or a poem without lines.
    """
    if policy not in POLICIES:
        raise UsageError("unknown policy {policy!r}; choose one of {choices}", policy=policy, choices=[*POLICIES])
    if not lines or not all(lines):
        raise UsageError("there is no line to check; give a poem")
    form, used = recognise(lines), book(rhymes)
    rhyme = rhyme_group(lines, used)
    if form.length == 0:
        return _unregulated(form, lines, rhyme, used)
    if all(tone_set(line[-1], used) == OBLIQUE for line in lines[1::2]):
        return _oblique_rhymes(form, lines, rhyme, used, policy)
    poem = _Poem(form, lines, rhyme, used, strict=policy == "strict")
    return poem.report(poem.nearest(), policy)


def check_text(text: str, policy: str = "usual", rhymes: str = PINGSHUI) -> list[Report]:
    """Judge every poem of a text as people paste it. Raises as `check`, and UsageError when it holds no Hanzi."""
    return [
        replace(check(p.lines, policy, rhymes), title=p.title, author=p.author, left_out=tuple(p.left_out))
        for p in progress(read(text), "检查 / checking", "poem")
    ]


def reading(lines: Sequence[str]) -> tuple[tuple[Template, ...], int]:
    """How the checker reads a poem of a regulated form by 平水韵: the template of every line, and the number of
    the group it rhymes in (0: none). An unknown character, such as □ for a gap, fits everything."""
    used = book(PINGSHUI)
    rhyme = rhyme_group(lines, used)
    return _Poem(recognise(lines), lines, rhyme, used, strict=False).nearest().templates, rhyme


def rhyme_group(lines: Sequence[str], used: Book) -> int:
    """The group in which most even lines end, a level one before an oblique one; 0 when no two agree."""
    table = used.readings
    even = Counter(group for line in lines[1::2] for group in table.get(line[-1], ()))
    votes = even + Counter(table.get(lines[0][-1], ()))  # the first line may rhyme and then helps to decide
    best = max(even, key=lambda g: (even[g], used.level[g], votes[g], -g), default=0)
    best = best if not best or even[best] > 1 else max(even, key=lambda g: (votes[g], used.level[g], -g))
    return best if best and votes[best] > 1 else 0


def neighbours(one: str, other: str) -> bool:
    """Whether two level groups of 平水韵, by their names, are 邻韵, as the first line may borrow them."""
    return any({one[-1], other[-1]} <= names for names in _NEIGHBOURS)


@dataclass(frozen=True)
class _Reading:
    """A poem's lines read as templates; `broken` are the first lines of couplets that 粘 does not join."""

    templates: tuple[Template, ...] = ()
    broken: tuple[int, ...] = ()
    cost: tuple[float, int] = (0.0, 0)


class _Poem:
    """A poem of a regulated form while it is judged."""

    def __init__(self, form: Form, lines: Sequence[str], rhyme: int, used: Book, *, strict: bool) -> None:
        self.form, self.lines, self.rhyme, self.book, self.strict = form, lines, rhyme, used, strict
        self.sets = [tone_sets(line, used) for line in lines]
        self._first_rhymes = used.level[rhyme] and rhyme in used.readings.get(lines[0][-1], ())

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

    def nearest(self) -> "_Reading":
        """The reading with the fewest faults, then the fewest licences: couplet after couplet (Viterbi).

        A couplet may start with the wrong type, as in 折腰体: that costs less than reading all its
        characters as faults, more than one character at fault.
        """
        ways: dict[str, _Reading] = {}  # by the type that the next couplet should start with
        for first in range(0, len(self.lines), 2):
            found: dict[str, _Reading] = {}
            for types in ("AB", "CD", *(("DB", "BD") if first == 0 else ())):
                for expected, way in ways.items() or [(types[0], _Reading())]:
                    longer = self._extend(way, first, types, joined=types[0] == expected)
                    after = "C" if types[1] == "B" else "A"
                    if after not in found or longer.cost < found[after].cost:
                        found[after] = longer
            ways = found
        return min(ways.values(), key=lambda way: way.cost)

    def _extend(self, way: "_Reading", first: int, types: str, *, joined: bool) -> "_Reading":
        """`way` with the couplet that begins at line `first` read as `types`."""
        chosen = [self._template(first + i, kind) for i, kind in enumerate(types) if first + i < len(self.lines)]
        misfits = [place for i, template in enumerate(chosen) for place in self.misfits(first + i, template)]
        end = END if first or not self._first_rhymes else RHYMING_END
        faults = float(sum(end if place == self.form.length - 1 else 1 for place in misfits))
        if first == 0 and types[0] in RHYMING:
            faults += len(self._rhyme_faults([0])[0])
        licences = sum(template.name != REGULAR for template in chosen)
        broken = way.broken if joined else (*way.broken, first)
        cost = (way.cost[0] + faults + (0 if joined else BREAK), way.cost[1] + licences)
        return _Reading((*way.templates, *chosen), broken, cost)

    def _template(self, line: int, kind: str) -> Template:
        """The template of a type that leaves the fewest misfits, the regular one before its licences."""
        return min(self._open(line, kind), key=lambda template: len(self.misfits(line, template)))

    def _open(self, line: int, kind: str) -> list[Template]:
        return [t for t in templates(kind) if not t.needs_rescue or self._rescued(line)]

    def _rescued(self, line: int) -> bool:
        after = line + 1
        return after < len(self.lines) and self.fits(after, rescuing_place(self.form.length), Tone.LEVEL)

    def report(self, reading: "_Reading", policy: str) -> Report:
        """The reading put into words."""
        chosen = reading.templates
        pattern = next(p for p in patterns(self.form.length) if p.types(2) == chosen[0].type + chosen[1].type)
        misfits = {(line, j) for line, template in enumerate(chosen) for j in self.misfits(line, template)}
        faults, notes = self._rhyme_faults(_rhyming_lines(len(self.lines), pattern.rhymed))
        faults += [self._broken(line, reading.broken) for line in reading.broken]
        for line in range(len(self.lines)):
            faults += self._tone_faults(line, sorted(j for i, j in misfits if i == line), chosen)
        unrescued = {fault.line for fault in faults if fault.name == UNRESCUED}
        notes += [
            self._licence(t.name, line) for line, t in enumerate(chosen) if t.name != REGULAR and line not in unrescued
        ]
        faults.sort(key=lambda f: (f.line, f.position))
        places = misfits | {(f.line, f.position) for f in faults}
        many = len(places) >= max(2, len(self.lines) // 2)
        known = all(fault.name in VARIETIES for fault in faults)
        return Report(
            form=self.form.name,
            pattern=pattern.name,
            group=self.book.names[self.rhyme],
            verdict="合律" if not faults else "变格" if known else "古体" if many else "出律",
            obeys=not faults or policy == "report",
            lines=tuple(
                Line(text, self._marks(i, chosen[i], places), chosen[i].type, chosen[i].name)
                for i, text in enumerate(self.lines)
            ),
            rhymes=_rhymes(self.lines, self.book, first=pattern.rhymed),
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

    def _licence(self, name: str, line: int) -> Remark:
        why = Phrase("line {line}: {why}", line=line + 1, why=LICENCES[name])
        return Remark(name, line, self.form.length - 3, self.lines[line], why)

    def _broken(self, line: int, broken: tuple[int, ...]) -> Remark:
        if broken == (len(self.lines) // 2,):
            why = Phrase(
                "character 2 of line {line} has another tone than that in line {before}: the two halves are not joined",
                line=line + 1,
                before=line,
            )
            return Remark(WAIST, line, 1, self.lines[line][1], why)
        why = Phrase(
            "character 2 of line {line} should have the tone of that in line {before}; the whole couplet is not joined",
            line=line + 1,
            before=line,
        )
        return Remark(SHINIAN, line, 1, self.lines[line][1], why)

    def _rhyme_faults(self, lines: Sequence[int]) -> tuple[list[Remark], list[Remark]]:
        """Faults and notes about the rhyme words of the given lines."""
        faults, notes, seen = [], [], set()
        names, level = self.book.names, self.book.level
        last = self.form.length - 1
        for line in lines:
            word = self.lines[line][-1]
            groups = self.book.readings.get(word, ())
            inside = not groups or (set(groups) == {self.rhyme} if self.strict else self.rhyme in groups)
            if word in seen:
                faults.append(
                    Remark(CHONGYUN, line, last, word, Phrase("the rhyme word {word} is used twice", word=word))
                )
            elif inside and level[self.rhyme]:
                pass
            elif line == 0 and (lent := [names[g] for g in groups if level[g] and self._lends(names[g])]):
                why = Phrase(
                    "{word}, which ends line 1, belongs to {own}, a neighbour of {group}",
                    word=word,
                    own=lent[0],
                    group=names[self.rhyme],
                )
                notes.append(Remark(BORROWED, line, last, word, why))
            else:
                faults.append(Remark(CHUYUN, line, last, word, self._out_of_rhyme(word, groups)))
            seen.add(word)
        variety = self._rhyme_variety(tuple(fault.line for fault in faults if fault.name == CHUYUN))
        if variety:
            faults = [variety, *(fault for fault in faults if fault.name != CHUYUN)]
        return faults, notes

    def _rhyme_variety(self, outside: tuple[int, ...]) -> Remark | None:
        """How a 律诗 whose lines `outside` do not rhyme with the others mixes two neighbouring groups, if it does."""
        name = {(7,): GOOSE, (1, 5): JINTUI, (3, 7): JINTUI, (1, 3): LULU, (5, 7): LULU}.get(outside)
        if len(self.lines) != 8 or not name:
            return None
        shared = set.intersection(*(set(self.book.readings.get(self.lines[i][-1], ())) for i in outside))
        lent = next((self.book.names[g] for g in sorted(shared) if self._lends(self.book.names[g])), "")
        if not lent:
            return None
        own = self.book.names[self.rhyme]
        why = Phrase("{one} and {other} are neighbours: {how}", one=own, other=lent, how=VARIETY[name])
        return Remark(name, outside[0], self.form.length - 1, self.lines[outside[0]][-1], why)

    def _lends(self, group: str) -> bool:
        """Whether a level group is a neighbour of the poem's own."""
        return self.book.level[self.rhyme] and neighbours(group, self.book.names[self.rhyme])

    def _out_of_rhyme(self, word: str, groups: Sequence[int]) -> Phrase:
        group = self.book.names[self.rhyme]
        own = [self.book.names[g] for g in groups] or Phrase("an unknown group")
        if not self.rhyme:
            return Phrase("{word} belongs to {own}; the poem has no common rhyme group", word=word, own=own)
        if not self.book.level[self.rhyme]:
            return Phrase("{word} belongs to {own}; regulated verse rhymes in a level tone", word=word, own=own)
        return Phrase(
            "{word} belongs to {own}, not to {group} (strictly, every reading must)"
            if self.strict
            else "{word} belongs to {own}, not to {group}",
            word=word,
            own=own,
            group=group,
        )

    def _tone_faults(self, line: int, places: Sequence[int], chosen: Sequence[Template]) -> list[Remark]:
        """The faults of a line's tones: one for each rule that its misfits break, 失律 where no other name applies."""
        named: dict[str, list[int]] = {}
        for place in places:
            named.setdefault(self._name(line, place, chosen), []).append(place)
        if len(named) > 1:
            named.pop(SHILU, None)
        needs = chosen[line].tones(self.form.length)
        faults = []
        for name, (first, *_) in named.items():
            character = self.lines[line][first]
            why = Phrase(
                "line {line}, character {place}, {character}, should be {need}: {why}",
                line=line + 1,
                place=first + 1,
                character=character,
                need=Phrase("level" if needs[first] == Tone.LEVEL else "oblique"),
                why=WHY[name],
            )
            faults.append(Remark(name, line, first, character, why))
        return faults

    def _name(self, line: int, position: int, chosen: Sequence[Template]) -> str:
        """The most specific name of a misfit of tone."""
        template, length = chosen[line], self.form.length
        place = position - (length - 5)  # in the five
        fits = [self.fits(line, j, need) for j, need in enumerate(template.tones(length))]
        if self.strict and self.sets[line][position] & template.tones(length)[position]:
            return SEVERAL_READINGS
        if template.type == "A" and place in (2, 3):
            return UNRESCUED
        if template.type == "B" and place == 0 and fits[position + 1]:
            return GUPING
        if template.type == "D" and place == 2 and all(fits[position + 1 :]):
            return THREE_LEVEL
        if position == length - 1:
            return SHILU
        if position == 1 and line % 2 == 0 and line and self._same(line, line - 1, 1, chosen) is False:
            return SHINIAN
        if position % 2 == 1 and self._same(line, line ^ 1, position, chosen) is True:
            return SHIDUI
        return SHILU

    def _same(self, one: int, other: int, position: int, chosen: Sequence[Template]) -> bool | None:
        """Whether two lines have the same tone at a position; None where that is open or there is no line."""
        if other >= len(self.lines):
            return None
        a, b = self._heard(one, position, chosen), self._heard(other, position, chosen)
        return a == b if {a, b} <= {LEVEL, OBLIQUE} else None

    def _heard(self, line: int, position: int, chosen: Sequence[Template]) -> int:
        """A character's tone; one of both tones has the one that its line needs."""
        found, need = self.sets[line][position], int(chosen[line].tones(self.form.length)[position])
        return found & need if found & need else found


def _rhyming_lines(lines: int, first: bool) -> list[int]:
    return ([0] if first else []) + list(range(1, lines, 2))


def _rhymes(lines: Sequence[str], used: Book, *, first: bool) -> tuple[tuple[str, tuple[str, ...]], ...]:
    words = [lines[i][-1] for i in _rhyming_lines(len(lines), first)]
    return tuple((word, tuple(used.names[g] for g in used.readings.get(word, ()))) for word in words)


def _unregulated(form: Form, lines: Sequence[str], rhyme: int, used: Book) -> Report:
    """A form without tone patterns: only the rhyme is reported, and that nothing else was judged."""
    marks = ["".join(FITS if tones else UNKNOWN for tones in tone_sets(line, used)) for line in lines]
    rows = tuple(Line(line, row, "", "") for line, row in zip(lines, marks, strict=True))
    lengths = " ".join(str(len(line)) for line in lines[:_LENGTHS]) + (" ……" if len(lines) > _LENGTHS else "")
    why = Phrase(
        "lines of {lengths} characters: no 绝句, 律诗 or 排律 of 5 or 7, so its tones are not judged", lengths=lengths
    )
    note = Remark(NO_PATTERN, 0, 0, "", why)
    return Report(
        form.name, "", used.names[rhyme], NO_PATTERN, True, rows, _rhymes(lines, used, first=False), (), (note,)
    )


def _oblique_rhymes(form: Form, lines: Sequence[str], rhyme: int, used: Book, policy: str) -> Report:
    """Verse of a regulated form's size that rhymes in oblique tones throughout, old style or ci: one sentence."""
    why = Phrase(
        "the even lines end in oblique tones, and regulated verse rhymes in level ones: its tones are not judged"
    )
    if len(lines) == 8:
        why = Phrase(
            "the even lines end in oblique tones, and regulated verse rhymes in level ones: its tones are not judged; "
            "eight such lines are old style, or a ci such as {ci}",
            ci="生查子" if form.length == 5 else "玉楼春",
        )
    word = lines[1][-1]
    report = _unregulated(form, lines, rhyme, used)
    return replace(
        report,
        notes=(),
        verdict="古体",
        obeys=policy == "report",
        faults=(Remark(OBLIQUE_RHYME, 1, form.length - 1, word, why),),
    )
