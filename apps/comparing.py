"""What the three networks do with a poem: one poem by each, what each expects of it, what its units and gates do along
it. Workers do it.

Input: checked values. Output: poems, traces and numbers for the tabs to show. Everywhere a poem is the one that was
pasted, or the one that the network wrote last; `told` says whether the network is told the slots' tones and rhymes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from apps import limits, networks, service
from apps.coloured import Passage
from apps.texts import say
from charrnn_core.errors import UsageError
from charrnn_core.lab.interpret import similar
from charrnn_core.lab.interpret.gates import shares, swinging
from charrnn_core.lab.interpret.similar import Place
from charrnn_core.lab.interpret.units import Found, saturated
from poetry.slots.plan import Plan
from poetry.text import pasted as verse
from poetry.text.forms import REGULATED
from poetry.text.hanzi import simplify
from poetry.writing.poem import Poem
from poetry.writing.request import Request, request_for
from poetry.writing.trace import Trace, find_units, gates, plan_of, trace

MEASURED = 16  # poems over which units are looked for
ALIKE = 8  # similar passages shown
AROUND = 4  # characters shown on either side of one


@dataclass(frozen=True)
class Reading:
    """A poem to be read: T slots and the characters in them, the key words of its lines where these are known, and
    those of them that the lines were told."""

    plan: Plan
    text: str
    words: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gate:
    """One gate of a layer along a text: `mean` (T,) over its units, and the units that swing most, each (T,)."""

    layer: int
    name: str
    shares: tuple[float, float, float]  # the mean, and how much of it is shut and open
    mean: np.ndarray
    units: tuple[tuple[int, np.ndarray], ...]


def written(cell: str, wishes: dict[str, Any]) -> tuple[Poem, Trace]:
    """A poem of a planned form by one network, and how it was expected; without the states, of which a session would
    keep too much."""
    poem = next(service.order(**wishes, cell=cell).poems())
    return poem, replace(_read(cell, _reading(poem, ""), told=True), hidden=())


def expected(cell: str, poem: Poem | None, given: str) -> Trace:
    """What one network expects at each slot of a poem; without the states."""
    return replace(_read(cell, _reading(poem, given), told=True), hidden=())


def activations(cell: str, poem: Poem | None, given: str, layer: int, unit: Any, told: bool) -> tuple[str, np.ndarray]:
    """A poem's text and (T,) what a unit is along it. Raises UsageError for a unit that there is not."""
    found = _read(cell, _reading(poem, given), told=told)
    return found.text, _unit(found, layer, unit)


def units(
    cell: str, poem: Poem | None, given: str, layer: int, told: bool
) -> tuple[Sequence[Found], str, np.ndarray, float]:
    """The units that follow a need of the slots over poems of the network's own; a poem's text, and (T, units) what
    they are along it; the share of activations that are saturated over those poems."""
    found = _read(cell, _reading(poem, given), told=told)
    own = _own_poems(cell, told=told)
    rows = find_units(own, layer, np.random.default_rng(0))
    share = saturated(np.concatenate([one.hidden[layer] for one in own]))
    return rows, found.text, found.hidden[layer][:, [row.unit for row in rows]], share


def opening(cell: str, poem: Poem | None, given: str, told: bool) -> tuple[str, list[Gate]]:
    """A poem's text, and what the gates of both layers do along it. Raises UsageError for a network without gates."""
    read = _reading(poem, given)
    found = gates(networks.opened(cell), read.plan, read.text, read.words, read.asked, told=told)
    if not any(found):
        raise UsageError(say("no_gates", cell=cell.upper()))
    return read.text, [
        Gate(
            layer,
            name,
            shares(values),
            values.mean(axis=1),
            tuple((unit, values[:, unit]) for unit in swinging(values)),
        )
        for layer, named in enumerate(found)
        for name, values in named.items()
    ]


def alike(
    cell: str, poem: Poem | None, given: str, layer: int, unit: Any, passage: str, told: bool
) -> tuple[Passage, list[Passage]]:
    """A passage of a poem and what a unit is along it; and where in poems of the network's own it is most nearly so.

    Raises UsageError for a passage that is not in the poem.
    """
    found, passage = _read(cell, _reading(poem, given), told=told), simplify(passage)
    start = found.text.find(passage)
    if start < 0 or not passage:
        raise UsageError(say("not_in_poem", passage=passage))
    values = _unit(found, layer, unit)
    pattern = _passage(found.text, values, Place(start, len(passage), 0.0))
    rows = []
    for own in _own_poems(cell, told=told):
        values = own.hidden[layer][:, int(unit)]
        without = start if own.text == found.text else None
        places = similar.nearest(values, np.asarray(pattern.values), ALIKE, without)
        rows += [_passage(own.text, values, place) for place in places]
    return pattern, sorted(rows, key=lambda row: row.distance)[:ALIKE]


def _passage(text: str, values: np.ndarray, place: Place) -> Passage:
    start, end = place.start, place.start + place.length
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return Passage(before, text[start:end], after, values[start:end], place.distance)


def _reading(poem: Poem | None, given: str) -> Reading:
    if given:
        poems = verse.poems(given)
        if len(poems) != 1:
            raise limits.FieldError("one_poem", "own_poem")
        [lines] = poems
        return Reading(plan_of(lines), "".join(line + "，。"[i % 2] for i, line in enumerate(lines)))
    if poem is None:
        raise UsageError(say("first_write"))
    assert poem.plan is not None  # every form of these tabs is planned
    return Reading(poem.plan, poem.text, tuple(poem.words), tuple(poem.asked))


def _read(cell: str, read: Reading, *, told: bool) -> Trace:
    return trace(networks.writer(cell).model, read.plan, read.text, read.words, read.asked, told=told)


def _unit(found: Trace, layer: int, unit: Any) -> np.ndarray:
    hidden = found.hidden[layer]
    values: np.ndarray = hidden[:, limits.whole(unit, "unit", 0, hidden.shape[1] - 1)]
    return values


@lru_cache
def _own_poems(cell: str, *, told: bool) -> Sequence[Trace]:
    """Traces of a few poems of the network's own, quickly written and kept (4 MB a network)."""
    return [_read(cell, _reading(poem, ""), told=told) for poem in _own(cell)]


@lru_cache
def _own(cell: str) -> Sequence[Poem]:
    writer = networks.writer(cell)
    poems = []
    for seed in range(MEASURED):
        form = REGULATED[seed // 2 % len(REGULATED)]  # both halves of find_units get every form
        wished: Request = request_for(form, candidates=1)
        poems.append(writer.write(wished, seed))
    return poems
