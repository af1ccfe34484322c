"""改写 (rewriting): new characters for a gap in a poem while everything else stands.

Input: the lines of a poem and the places of the gap. Output: a Request for the writer, or the characters that
could stand at one place. The rest of the poem is forced, before the gap and after it: the candidates are weighed
by how well the text after the gap goes with them (charrnn_core.decoding), and ranked by the whole poem.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from charrnn_core.errors import UsageError
from charrnn_core.numerics import log_softmax
from poetry.forms import SHORTEST_PAILU, Form, pailu, recognise
from poetry.guide import CharacterSets, PlanGuide
from poetry.novelty import seen
from poetry.plan import Place, Plan, make_plan
from poetry.prosody.judge import reading, tone_set
from poetry.prosody.lines import GAP
from poetry.prosody.patterns import AO, RHYMING, rescuing_place
from poetry.prosody.table import LEVEL_GROUPS
from poetry.regulated import Wish, draw_plans
from poetry.slots import Tone
from poetry.writer import Request, Writer

CANDIDATES = 64  # for a gap: one line has fewer ways to be good than a poem
_TRIED = 64  # characters that alternatives tries to the end of the poem


def gaps(lines: Sequence[str]) -> set[Place]:
    """Where a poem has □."""
    return {(i, j) for i, line in enumerate(lines) for j, character in enumerate(line) if character == GAP}


def request_to_rewrite(lines: Sequence[str], gap: Collection[Place], sets: CharacterSets, **settings: Any) -> Request:
    """A request that writes new characters at the places of the gap and keeps all others.

    The gap obeys the rules. Where the rest of the poem breaks one, the gap follows the pattern nearest to it.
    `sets` are those of the writer, `settings` fields of Request. Raises UsageError when the form has no pattern,
    the gap is empty or lies outside the poem.
    """
    form = _form(lines)
    outside = [(i, j) for i, j in gap if not (0 <= i < form.lines and 0 <= j < form.length)]
    if not gap or outside:
        where = f"line {outside[0][0] + 1}, character {outside[0][1] + 1} is not in the poem" if gap else "no gap"
        raise UsageError(f"{where}; name a line or characters of the poem, or write {GAP} for them")
    settings = {"form": form, "candidates": CANDIDATES, **settings}
    forced = {(i, j): c for i, line in enumerate(lines) for j, c in enumerate(line) if (i, j) not in gap}
    wish = Wish(form, forced=forced, strict=sets.strict)
    try:
        draw_plans(wish, sets, np.random.default_rng(0), 1)
    except UsageError:
        if sets.strict:
            raise
        return Request(plan=_nearest_plan(form, lines, forced), **settings)
    return Request(wish=wish, **settings)


def _form(lines: Sequence[str]) -> Form:
    form = recognise(lines)
    if not form.length:
        raise UsageError(
            "only a poem in lines of five or of seven Hanzi can be rewritten: "
            f"4 lines, 8, or an even number from {SHORTEST_PAILU} on"
        )
    return form if form.fixed else pailu(len(lines), form.length)


def _nearest_plan(form: Form, lines: Sequence[str], forced: dict[Place, str]) -> Plan:
    """The plan of a poem that breaks rules: the checker's reading of what is forced."""
    masked = ["".join(forced.get((i, j), GAP) for j in range(form.length)) for i in range(form.lines)]
    templates, group = reading(masked)
    tones, rhymes, rescue = [], [], False
    for i, template in enumerate(templates):
        needs = list(template.tones(form.length))
        if rescue:
            needs[rescuing_place(form.length)] = Tone.LEVEL
        rescue = template.name == AO
        rhyming = template.type in RHYMING and group > 0
        if rhyming and group > LEVEL_GROUPS:
            needs[-1] = Tone.OBLIQUE
        kept = [tone_set(forced.get((i, j), GAP)) for j in range(form.length)]
        tones.append([need if not own or own & need else Tone.ANY for need, own in zip(needs, kept, strict=True)])
        rhymes.append(group if rhyming else 0)
    return make_plan(form, tones=tones, rhymes=rhymes, forced=forced)


@dataclass(frozen=True)
class Alternative:
    """A character for a place; `gain` (nats): how much likelier the whole poem is with it than as it stands, or
    than with the best character where the poem has a gap there."""

    character: str
    gain: float


def alternatives(writer: Writer, lines: Sequence[str], place: Place, count: int = 8) -> list[Alternative]:
    """The likeliest characters for one place, the whole poem considered, that keep the rules.

    Raises UsageError as request_to_rewrite does, and for any other gap in the poem.
    """
    if gaps(lines) - {place}:
        raise UsageError(f"the poem has other gaps ({GAP}); fill them first")
    sets = writer.sets()
    request = request_to_rewrite(lines, [place], sets)
    plan = request.plan or writer.plans(request.wish or Wish(request.form), np.random.default_rng(0), 1)[0]
    v, stepper = writer.model.vocabulary, writer.model.stepper
    guide = PlanGuide([plan], sets, seen.shipped())
    state, last = writer.beginning(request)
    target = next(t for t, slot in enumerate(plan.slots) if (slot.line, slot.position) == place)
    for slot in plan.slots[:target]:
        _, state = stepper.step(state, last, guide.features())
        last = np.array([v.id(slot.forced)])
        guide.advance(last)
    logits, state = stepper.step(state, last, guide.features())
    logprobs = np.where(guide.allowed()[0], log_softmax(logits)[0], -np.inf)
    tried = np.argsort(-logprobs)[: min(_TRIED, int(np.isfinite(logprobs).sum()))]
    current = lines[place[0]][place[1]]
    own = [v.id(current)] if current in v else []
    ids = np.array([*own, *(i for i in tried if i not in own)])
    totals = log_softmax(logits)[0][ids].astype(np.float64)
    state, last = stepper.select(state, np.zeros(len(ids), dtype=np.int64)), ids
    for t in range(target + 1, len(plan.slots)):
        logits, state = stepper.step(state, last, np.repeat(plan.features[t][None].astype(np.int64), len(ids), axis=0))
        last = np.full(len(ids), v.id(plan.slots[t].forced))
        totals += log_softmax(logits)[:, last[0]]
    base = totals[0] if own else totals.max()
    found = [Alternative(v.tokens[i], float(total - base)) for i, total in zip(ids, totals, strict=True)][len(own) :]
    return sorted(found, key=lambda a: -a.gain)[:count]
