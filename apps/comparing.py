"""What the three networks do with a poem: one poem by each, and what a unit is along a poem. Workers do it.

Input: checked values. Output: poems, traces and numbers for the tab to show.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from apps import limits, networks, service
from apps.texts import say
from charrnn_core.errors import UsageError
from charrnn_core.lab.interpret.units import Found
from poetry.text import pasted as verse
from poetry.text.forms import REGULATED
from poetry.writing.poem import Poem
from poetry.writing.request import Request, request_for
from poetry.writing.trace import Trace, find_units, plan_of, trace

MEASURED = 16  # poems over which units are looked for


def written(cell: str, wishes: dict[str, Any]) -> tuple[Poem, Trace]:
    """A poem of a planned form by one network, and how it was expected; without the states, of which a session would
    keep too much."""
    poem = next(service.order(**wishes, cell=cell).poems())
    return poem, replace(_trace(cell, poem), hidden=())


def activations(cell: str, poem: Poem | None, given: str, layer: int, unit: Any) -> tuple[str, np.ndarray]:
    """A poem's text and (T,) what a unit is along it. Raises UsageError for a unit that there is not."""
    found = _chosen(cell, poem, given)
    hidden = found.hidden[layer]
    return found.text, hidden[:, limits.whole(unit, "unit", 0, hidden.shape[1] - 1)]


def units(cell: str, poem: Poem | None, given: str, layer: int) -> tuple[Sequence[Found], str, np.ndarray]:
    """The units that follow a need of the slots over poems of the network's own; a poem's text, and (T, units) what
    they are along it."""
    found = _chosen(cell, poem, given)
    rows = find_units(_own_poems(cell), layer, np.random.default_rng(0))
    return rows, found.text, found.hidden[layer][:, [row.unit for row in rows]]


def _chosen(cell: str, poem: Poem | None, given: str) -> Trace:
    """The poem that was pasted, or the one the network wrote last."""
    if given:
        lines = verse.poems(given)[0]
        text = "".join(line + "，。"[i % 2] for i, line in enumerate(lines))
        return trace(networks.writer(cell).model, plan_of(lines), text)
    if poem is None:
        raise UsageError(say("first_write"))
    return _trace(cell, poem)


def _trace(cell: str, poem: Poem) -> Trace:
    assert poem.plan is not None  # every form of this tab is planned
    return trace(networks.writer(cell).model, poem.plan, poem.text, poem.words)


@lru_cache
def _own_poems(cell: str) -> Sequence[Trace]:
    """Traces of a few poems of the network's own, quickly written and kept (4 MB a network)."""
    writer = networks.writer(cell)
    traces = []
    for seed in range(MEASURED):
        form = REGULATED[seed // 2 % len(REGULATED)]  # both halves of find_units get every form
        wished: Request = request_for(form, candidates=1)
        traces.append(_trace(cell, writer.write(wished, seed)))
    return traces
