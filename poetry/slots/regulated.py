"""Plans under the rules of regulated verse: tones, rhyme and forced characters brought together.

Input: a Wish. Output: plans, each with one pattern and one rhyme group. Where the wish leaves them open they are drawn
as poets choose (poetry.slots.customs): the group once for all candidates of a poem, as often as they rhyme in it; the
pattern for every one, as often as their first lines rhyme. A wish that no pattern or group can fulfil is explained
before any decoding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from charrnn_core.errors import Phrase, UsageError
from poetry.prosody import patterns
from poetry.prosody.heard import tone_set
from poetry.prosody.patterns import AO, LOOSE, Pattern, Template, rescuing_place, templates
from poetry.prosody.table import GROUP_NAMES, LEVEL_GROUPS, pingshui
from poetry.prosody.tones import Tone
from poetry.slots import customs
from poetry.slots.plan import Place, Plan, make_plan, named
from poetry.slots.sets import CharacterSets
from poetry.text.forms import Form

Tones = tuple[Tone, ...]


@dataclass(frozen=True)
class Wish:
    """What is asked for. `pattern` is a name from poetry.prosody.patterns (or empty), `rhyme` the number of a
    level group (or 0); `excluded` are characters that may not stand at a place; `strict` asks that every reading of
    every character fits."""

    form: Form
    pattern: str = ""
    rhyme: int = 0
    forced: Mapping[Place, str] = field(default_factory=dict)
    strict: bool = False
    excluded: Mapping[Place, str] = field(default_factory=dict)


def merge(*forced: Mapping[Place, str]) -> dict[Place, str]:
    """All forced characters together. Raises UsageError when two are forced into one slot."""
    merged: dict[Place, str] = {}
    for places in forced:
        for place, character in places.items():
            if merged.setdefault(place, character) != character:
                raise UsageError(
                    "{place}: both {one} and {other} are asked for in this slot; give up one",
                    place=named(place),
                    one=merged[place],
                    other=character,
                )
    return merged


def rhyme_number(name: str) -> int:
    """The number of a level group by its name (十一尤) or last character (尤). Raises UsageError otherwise."""
    for number in range(1, LEVEL_GROUPS + 1):
        if name in (GROUP_NAMES[number], GROUP_NAMES[number][-1]):
            return number
    raise UsageError(
        "unknown rhyme {name!r}; choose one of {choices}", name=name, choices=[*GROUP_NAMES[1 : LEVEL_GROUPS + 1]]
    )


def draw_plans(wish: Wish, sets: CharacterSets, rng: np.random.Generator, count: int) -> list[Plan]:
    """`count` plans that fulfil the wish, equal choices sharing one Plan. Raises as Fulfilments does."""
    return Fulfilments(wish, sets).draw(rng, count)


class Fulfilments:
    """All plans that fulfil a wish, each made when it is first drawn; many draws share them.

    Raises UsageError that explains why when there is none. `sets` must be strict when the wish is.
    """

    def __init__(self, wish: Wish, sets: CharacterSets) -> None:
        self.wish, self.sets = wish, sets
        self._choices = _choices(wish, sets)
        rhymed = customs.rhymed_first(wish.form)
        self._chances = np.array([rhymed if pattern.rhymed else 1 - rhymed for pattern, _, _ in self._choices])
        self._groups = sorted({group for _, _, groups in self._choices for group in groups})
        self._made: dict[tuple[int, int], Plan] = {}

    def draw(self, rng: np.random.Generator, count: int) -> list[Plan]:
        """`count` plans of one rhyme: among several the choice would fall on those that the network finds easy, not on
        those that poets use. Raises UsageError when a slot of one can be filled by nothing."""
        group = int(rng.choice(self._groups, p=group_chances(self.wish.form, self._groups)))
        chances = self._chances * [group in groups for _, _, groups in self._choices]
        numbers = rng.choice(len(self._choices), size=count, p=chances / chances.sum())
        return [self._plan(int(number), group) for number in numbers]

    def _plan(self, number: int, group: int) -> Plan:
        pattern, tones, _ = self._choices[number]
        if (number, group) not in self._made:
            form = self.wish.form
            rhymes = [group if line % 2 or (line == 0 and pattern.rhymed) else 0 for line in range(form.lines)]
            plan = make_plan(form, tones=tones, rhymes=rhymes, forced=self.wish.forced, excluded=self.wish.excluded)
            self.sets.require(plan)
            self._made[number, group] = plan
        return self._made[number, group]


def _choices(wish: Wish, sets: CharacterSets) -> list[tuple[Pattern, list[Tones], list[int]]]:
    """Every pattern that can fulfil the wish, with its tones and the groups that can rhyme."""
    if not wish.form.fixed or wish.form.length not in (5, 7):
        raise UsageError("{name} has no tone patterns; choose 五绝, 七绝, 五律, 七律 or 排律", name=wish.form.name)
    asked = _asked(wish)
    make_plan(wish.form, forced=wish.forced)  # refuses places outside the form
    reasons, choices = [], []
    for pattern in patterns.patterns(wish.form.length):
        found = _fit(pattern, wish, sets)
        if isinstance(found, Phrase):
            reasons.append((pattern, found))
        else:
            choices.append((pattern, *found))
    wanted = [choice for choice in choices if not asked or choice[0] == asked]
    if wanted:
        return wanted
    reason = next(why for pattern, why in reasons if not asked or pattern == asked)
    advice = Phrase("no pattern admits it: change the character or the rhyme")
    if choices:
        advice = Phrase("{patterns} would admit it", patterns=", ".join(choice[0].name for choice in choices))
    raise UsageError("{reason}; {advice}", reason=reason, advice=advice)


def _asked(wish: Wish) -> Pattern | None:
    if not wish.pattern:
        return None
    try:
        return patterns.by_name(wish.form, wish.pattern)
    except ValueError as error:
        raise UsageError(
            "unknown pattern {pattern!r}; choose one of {choices}",
            pattern=wish.pattern,
            choices=[p.name for p in patterns.patterns(wish.form.length)],
        ) from error


def _fit(pattern: Pattern, wish: Wish, sets: CharacterSets) -> tuple[list[Tones], list[int]] | Phrase:
    """(tones of every line, groups that can rhyme), or why the pattern cannot fulfil the wish."""
    tones: list[Tones] = []
    types = pattern.types(wish.form.lines)
    rescue = False  # the line before asks this one for its level character
    for line, kind in enumerate(types):
        open_templates = [t for t in templates(kind) if t.name not in LOOSE]
        fitting = [t for t in open_templates if not _misfit(line, _needs(t, wish.form.length, rescue), wish, sets)]
        if not fitting:
            place = _misfit(line, _needs(open_templates[0], wish.form.length, rescue), wish, sets)
            assert place is not None  # else the regular template would fit
            return _explain_tone(place, wish, pattern, open_templates[0])
        tones.append(_needs(fitting[0], wish.form.length, rescue))
        rescue = fitting[0].name == AO
    groups = _rhyming_groups(pattern, wish, sets)
    return groups if isinstance(groups, Phrase) else (tones, groups)


def _needs(template: Template, length: int, rescue: bool) -> Tones:
    tones = list(template.tones(length))
    if rescue:
        tones[rescuing_place(length)] = Tone.LEVEL
    return tuple(tones)


def _misfit(line: int, tones: Tones, wish: Wish, sets: CharacterSets) -> Place | None:
    """The first forced character of a line that its tone excludes. One that no rhyme book knows stands where it is
    wanted, as the checker marks it without a fault, unless the rules are strict."""
    for position, need in enumerate(tones):
        character = wish.forced.get((line, position))
        if character and need != Tone.ANY and not sets.fits(character, need):
            if not sets.strict and not tone_set(character):
                continue
            return line, position
    return None


_TONES = tuple(map(Phrase, ("of unknown tone", "平 (level)", "仄 (oblique)", "of both tones")))  # by tone_set


def _explain_tone(place: Place, wish: Wish, pattern: Pattern, template: Template) -> Phrase:
    character = wish.forced[place]
    level = template.tones(wish.form.length)[place[1]] == Tone.LEVEL
    return Phrase(
        "{place}: {character} is {own}, but {pattern} needs {need} there",
        place=named(place),
        character=character,
        own=_TONES[tone_set(character)],
        pattern=pattern.name,
        need=_TONES[1 if level else 2],
    )


def _rhyming_groups(pattern: Pattern, wish: Wish, sets: CharacterSets) -> list[int] | Phrase:
    """The level groups in which the pattern can rhyme with the forced rhyme words, or why there is none."""
    last = wish.form.length - 1
    lines = [line for line in range(wish.form.lines) if line % 2 or (line == 0 and pattern.rhymed)]
    words = [(line, wish.forced[line, last]) for line in lines if (line, last) in wish.forced]
    for index, (line, word) in enumerate(words):
        if word in [other for _, other in words[:index]]:
            return Phrase("{place}: {word} would rhyme with itself (重韵)", place=named((line, last)), word=word)
    asked = [wish.rhyme] if wish.rhyme else list(range(1, LEVEL_GROUPS + 1))
    able = [g for g in asked if sets.admitted(Tone.LEVEL, g).sum() + len(words) > len(lines)]
    groups = [g for g in able if all(sets.fits(word, Tone.LEVEL, g) for _, word in words)]
    if groups:
        return groups
    if not able:
        return Phrase(
            "{group} has too few characters for {count} rhyme words",
            group=GROUP_NAMES[wish.rhyme] if wish.rhyme else Phrase("every level group"),
            count=len(lines),
        )
    for line, word in words:
        if not any(sets.fits(word, Tone.LEVEL, g) for g in able):
            return Phrase(
                "{place}: the rhyme word {word} belongs to {own}, not to {wanted} (出韵)",
                place=named((line, last)),
                word=word,
                own="、".join(GROUP_NAMES[g] for g in pingshui().get(word, ())) or Phrase("no group that is known"),
                wanted=GROUP_NAMES[wish.rhyme] if wish.rhyme else Phrase("a level group"),
            )
    together = "、".join(word for _, word in words)
    return Phrase("the rhyme words {words} belong to no common group (出韵)", words=together)


def group_chances(form: Form, groups: Sequence[int]) -> np.ndarray:
    """How often poets rhyme a form in each of these groups, adding up to 1."""
    counts = customs.rhyme_counts(form)[list(groups)]
    return np.asarray(counts / counts.sum())
