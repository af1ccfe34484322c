"""A plan: the list of slots of a poem. Everything a person asks for becomes one.

Input: a form, and as far as they are wanted the tones and rhymes of its lines and characters forced at
given places. Output: slots, and their features for the network. Masks are made in poetry.slots.constraints.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from charrnn_core.errors import Phrase, UsageError
from poetry.slots.features import FEATURES, line_features
from poetry.text.forms import Form
from poetry.text.hanzi import COMMA, STOP

Place = tuple[int, int]  # (line, position in the line), both from 0


def named(place: Place) -> Phrase:
    """A place as people count."""
    return Phrase("line {line}, character {character}", line=place[0] + 1, character=place[1] + 1)


@dataclass(frozen=True)
class Slot:
    """What one token must be: a Hanzi with a tone need and perhaps a rhyme, or a forced character."""

    line: int
    position: int  # from 0; the mark that ends the line has the line's length
    tone: int = 0  # poetry.prosody.tones.Tone
    rhyme: int = 0  # 平水韵 group the Hanzi must be in; 0 except at the end of a rhyming line
    forced: str = ""  # the character that stands here; a mark is always forced
    excluded: str = ""  # characters that may not stand here


@dataclass(frozen=True)
class Plan:
    """Slots in reading order with their features (T, 7) for the network."""

    form: Form
    slots: tuple[Slot, ...]
    features: np.ndarray

    def told(self, words: Sequence[Sequence[int]]) -> np.ndarray:
        """(T, 7) int64: the slots as the network reads them, each told the ids of its line's key word, if any."""
        slots = self.features.astype(np.int64)
        for row, slot in enumerate(self.slots):
            word = words[slot.line] if slot.line < len(words) else ()
            slots[row, FEATURES : FEATURES + len(word)] = word
        return slots

    def text(self, characters: Sequence[str]) -> str:
        """The poem's text: the characters with every forced one as it was asked for."""
        return "".join(slot.forced or c for slot, c in zip(self.slots, characters, strict=True))


def make_plan(
    form: Form,
    *,
    tones: Sequence[Sequence[int]] | None = None,
    rhymes: Sequence[int] | None = None,
    forced: Mapping[Place, str] | None = None,
    excluded: Mapping[Place, str] | None = None,
) -> Plan:
    """The plan of a form whose lines and lengths are fixed.

    tones[i][j] is the need (poetry.prosody.tones.Tone) of Hanzi j of line i; rhymes[i] the group line i rhymes in or 0;
    forced maps (line, position) to a character, excluded to those that may not stand there. Raises UsageError for a
    forced place outside the form.
    """
    if not form.fixed:
        raise UsageError("{name} has no fixed lines, so it cannot be planned; choose another form", name=form.name)
    forced, excluded = dict(forced or {}), excluded or {}
    outside = [place for place in forced if not (0 <= place[0] < form.lines and 0 <= place[1] < form.length)]
    if outside:
        line, position = outside[0]
        raise UsageError(
            "{name} has no character {position} in line {line}; force another place",
            name=form.name,
            position=position + 1,
            line=line + 1,
        )
    tones = tones if tones is not None else [[0] * form.length] * form.lines
    rhymes = rhymes if rhymes is not None else [0] * form.lines
    slots: list[Slot] = []
    for line in range(form.lines):
        for position in range(form.length):
            rhyme = rhymes[line] if position == form.length - 1 else 0
            place, tone = (line, position), int(tones[line][position])
            slots.append(Slot(line, position, tone, rhyme, forced.get(place, ""), excluded.get(place, "")))
        slots.append(Slot(line, form.length, forced=COMMA if line % 2 == 0 else STOP))
    features = [line_features(i, form.length, tones[i], rhymes[i]) for i in range(form.lines)]
    return Plan(form, tuple(slots), np.concatenate(features))


def opening(text: str) -> dict[Place, str]:
    """Force the beginning of the first line."""
    return {(0, position): character for position, character in enumerate(text)}


def acrostic(text: str, form: Form, at: int = 1, *, last: bool = False) -> dict[Place, str]:
    """藏头 (acrostic): the first lines, or the `last`, have a character each at place `at`, counted from 1, or from the
    end when negative: 1 is 藏头, -1 藏尾. Raises UsageError when there are more characters than lines."""
    if len(text) > form.lines:
        raise UsageError(
            "{name} has {lines} lines, which cannot hide {count} characters; leave the form open or give fewer",
            name=form.name,
            lines=form.lines,
            count=len(text),
        )
    if not 1 <= abs(at) <= form.length:
        raise UsageError(
            "a line of {name} has places 1 to {length} (or -1 to -{length}), not {at}",
            name=form.name,
            length=form.length,
            at=at,
        )
    position = at - 1 if at > 0 else form.length + at
    first = form.lines - len(text) if last else 0
    return {(line, position): character for line, character in enumerate(text, first)}
