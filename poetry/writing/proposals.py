"""What can be done instead of an order that cannot be fulfilled: the same order with one thing changed, each tried.

Input: an Order. Output: changes of its fields, those first that keep most of what was asked for. An acrostic at the
head of lines of seven suits every pattern, so an order for one always has a proposal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import reduce
from typing import Any

import numpy as np

from charrnn_core.errors import Phrase, UsageError
from poetry.slots.regulated import Fulfilments
from poetry.slots.sets import CharacterSets
from poetry.text.forms import QIJUE, WUJUE, Form, quatrain, regulated
from poetry.writing import acrostics
from poetry.writing.acrostics import FIRST, LAST, QUATRAIN, ROW
from poetry.writing.order import Order, find_form, request_of, row_of

MOST = 4

# What can go, one by one; what the poem is about stays longest.
_DROPPED = {
    "rhyme": Phrase("any rhyme"),
    "pattern": Phrase("any pattern"),
    "head": Phrase("another beginning"),
    "begun": Phrase("another beginning"),
    "theme": Phrase("without the theme"),
    "title": Phrase("without the title"),
}
# What is left of an order for an acrostic alone.
_KEPT = ("acrostic", "theme", "title", "mood", "style", "seed", "temperature", "top_p", "top_k", "candidates")

_PLAIN = {each.name: each.default for each in fields(Order) if each.name not in _KEPT}
Way = tuple[Phrase, dict[str, Any]]


@dataclass(frozen=True)
class Proposal:
    """What can be done, in words, and the fields of the order that it changes."""

    said: Phrase
    changes: Mapping[str, Any]


def proposals(order: Order, sets: CharacterSets) -> list[Proposal]:
    """What can be done instead, at most MOST, the nearest first. `sets` are those of the network that will write."""
    found: list[Proposal] = []
    for said, changes in _ways(order):
        changes = {name: value for name, value in changes.items() if value != getattr(order, name)}
        if changes and len(found) < MOST and changes not in [one.changes for one in found]:
            found += [Proposal(said, changes)] * possible(replace(order, **changes), sets)
    return found or [Proposal(Phrase("a poem of any kind"), _PLAIN | {"acrostic": None, "theme": None, "mood": None})]


def advised(error: UsageError, order: Order, sets: CharacterSets) -> UsageError:
    """The reason why an order cannot be fulfilled, followed by what can be done instead."""
    ways = [one.said for one in proposals(order, sets)]
    advice = reduce(lambda reason, advice: Phrase("{reason}; {advice}", reason=reason, advice=advice), ways)
    instead = Phrase("instead: {advice}", advice=advice)
    return UsageError("{reason}; {advice}", reason=error.phrase, advice=instead)


def possible(order: Order, sets: CharacterSets) -> bool:
    """Whether the order can be fulfilled."""
    try:
        for one in row_of(order):
            request = request_of(one)
            if request.wish:
                Fulfilments(request.wish, sets).draw(np.random.default_rng(0), 1)
    except UsageError:
        return False
    return True


def _ways(order: Order) -> Iterator[Way]:
    """Changes that may help, not yet tried."""
    if order.acrostic is not None:
        yield from _of_acrostic(order, str(order.acrostic))
    for name, said in _DROPPED.items():
        if getattr(order, name) is not None:
            yield (said, {name: None})
    if order.acrostic is not None:
        yield (Phrase("the acrostic alone"), _PLAIN | {"theme": None, "title": None, "mood": None})
        yield (Phrase("without the acrostic"), {"acrostic": None})


def _of_acrostic(order: Order, text: str) -> Iterator[Way]:
    hanzi = acrostics.hear(text).hanzi
    if not hanzi:
        instead = acrostics.in_hanzi(text)[: acrostics.LONGEST]
        if instead:
            yield (Phrase("hide {text}", text=instead), {"acrostic": instead})
        return
    asked = _asked(order)
    length = asked.length if asked and asked.length == WUJUE.length else QIJUE.length
    if len(hanzi) > acrostics.LONGEST:
        hanzi = hanzi[: acrostics.LONGEST]
        yield (Phrase("only {text}", text=hanzi), {"acrostic": hanzi})
    if asked is None or not asked.fixed or len(hanzi) > asked.lines:
        yield _in_form(acrostics.form_for(len(hanzi), length))
    if len(hanzi) > QUATRAIN:
        count = len(acrostics.quatrains(hanzi))
        row = {"spread": ROW, "form": quatrain(length).name, "lines": None}
        yield (Phrase("a row of {count} 绝句", count=count), row)
    if asked and asked.fixed and len(hanzi) > asked.lines:
        few = hanzi[: asked.lines]
        yield (Phrase("only {text}", text=few), {"acrostic": few})
    if order.at != 1:
        yield (Phrase("at the head of the lines (藏头)"), {"at": 1})
    if asked and len(hanzi) < asked.lines:
        side = FIRST if order.spread == LAST else LAST
        yield (Phrase("in the last lines" if side == LAST else "in the first lines"), {"spread": side})
    if asked and asked in (quatrain(length), regulated(length)):
        other = QIJUE.length if length == WUJUE.length else WUJUE.length
        yield _in_form(acrostics.form_for(asked.lines, other))


def _asked(order: Order) -> Form | None:
    """The form that was asked for, if it is one."""
    try:
        return None if order.form is None else find_form(order.form, order.lines)
    except UsageError:
        return None


def _in_form(form: Form) -> Way:
    lines = form.lines if form not in (quatrain(form.length), regulated(form.length)) else None
    return (
        Phrase("a {form} of {lines} lines", form=form.name, lines=form.lines),
        {"form": form.name, "lines": lines, "spread": FIRST},
    )
