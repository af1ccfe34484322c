"""改写 (rewriting): new characters for a gap in a poem while everything else stands.

Input: the lines of a poem and the places of the gap. Output: a Request for the writer, or the characters that
could stand at one place. The rest of the poem is forced, before the gap and after it: the candidates are weighed
by how well the text after the gap goes with them (charrnn_core.decoding), and ranked by the whole poem.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from charrnn_core.errors import Phrase, UsageError
from poetry.prosody.heard import tone_set
from poetry.prosody.judge import reading
from poetry.prosody.patterns import AO, RHYMING, rescuing_place
from poetry.prosody.table import LEVEL_GROUPS
from poetry.prosody.tones import Tone
from poetry.slots import seen
from poetry.slots.guide import PlanGuide
from poetry.slots.plan import Place, Plan, make_plan, named
from poetry.slots.regulated import Wish, draw_plans, group_chances
from poetry.slots.sets import CharacterSets
from poetry.text.forms import SHORTEST_PAILU, Form, pailu, recognise
from poetry.text.pasted import GAP
from poetry.writing.candidates import read
from poetry.writing.model import Model
from poetry.writing.poem import Poem
from poetry.writing.reading import continuation_logprobs
from poetry.writing.request import Request, prefix

_TRIED = 64  # characters that alternatives tries to the end of the poem


def gaps(lines: Sequence[str]) -> set[Place]:
    """Where a poem has □."""
    return {(i, j) for i, line in enumerate(lines) for j, character in enumerate(line) if character == GAP}


def request_to_rewrite(
    lines: Sequence[str], gap: Collection[Place], sets: CharacterSets, asked: Wish | None = None, **settings: Any
) -> Request:
    """A request that writes new characters at the places of the gap, none of them the one that stands there, and
    keeps all others.

    The gap obeys the rules. Where the rest of the poem breaks one, the gap follows the pattern nearest to it.
    What the poem was `asked` for stays so: characters within the gap too, pattern, rhyme. `sets` are those of the
    model, `settings` fields of Request. Raises UsageError when the form has no pattern, the gap is empty, lies
    outside the poem or holds only what was asked for, and when no other character fits.
    """
    form = _form(lines)
    outside = [(i, j) for i, j in gap if not (0 <= i < form.lines and 0 <= j < form.length)]
    if not gap or outside:
        where = Phrase("{place} is not in the poem", place=named(outside[0])) if gap else Phrase("no gap")
        raise UsageError(
            "{where}; name a line or characters of the poem, or write {gap} for them", where=where, gap=GAP
        )
    asked = asked or Wish(form)
    kept = sorted(set(gap) & asked.forced.keys())
    gap = set(gap) - asked.forced.keys()
    if not gap:
        raise UsageError(
            "{place}: {character} was asked for and stays; rewrite another place",
            place=named(kept[0]),
            character=asked.forced[kept[0]],
        )
    forced = {(i, j): c for i, line in enumerate(lines) for j, c in enumerate(line) if (i, j) not in gap}
    excluded = {place: _another(lines, place) + asked.excluded.get(place, "") for place in gap}
    wish = replace(asked, form=form, forced=forced, excluded=excluded, strict=sets.strict)
    try:
        draw_plans(wish, sets, np.random.default_rng(0), 1)
    except UsageError:
        if sets.strict:
            raise
        plan = _nearest_plan(form, forced, excluded, sets)
        sets.require(plan)
        return Request(plan, **settings)
    return Request(wish, **settings)


def _another(lines: Sequence[str], place: Place) -> str:
    """The character that a gap shall not have again; none where the poem has □."""
    return lines[place[0]][place[1]].replace(GAP, "")


def _form(lines: Sequence[str]) -> Form:
    form = recognise(lines)
    if not form.length:
        raise UsageError(
            "only a poem in lines of five or of seven Hanzi can be rewritten: "
            "4 lines, 8, or an even number from {low} on",
            low=SHORTEST_PAILU,
        )
    return form if form.fixed else pailu(len(lines), form.length)


def _nearest_plan(form: Form, forced: dict[Place, str], excluded: dict[Place, str], sets: CharacterSets) -> Plan:
    """The plan of a poem that breaks rules: the checker's reading of what is forced."""
    masked = ["".join(forced.get((i, j), GAP) for j in range(form.length)) for i in range(form.lines)]
    templates, group = reading(masked)
    group = group or _rhyme(form, [forced.get((i, form.length - 1), "") for i in range(1, form.lines, 2)], sets)
    tones, rhymes, rescue = [], [], False
    for i, template in enumerate(templates):
        needs = list(template.tones(form.length))
        if rescue:
            needs[rescuing_place(form.length)] = Tone.LEVEL
        rescue = template.name == AO
        rhyming = template.type in RHYMING
        if rhyming and group > LEVEL_GROUPS:
            needs[-1] = Tone.OBLIQUE
        kept = [tone_set(forced.get((i, j), GAP)) for j in range(form.length)]
        tones.append([need if not own or own & need else Tone.ANY for need, own in zip(needs, kept, strict=True)])
        rhymes.append(group if rhyming else 0)
    return make_plan(form, tones=tones, rhymes=rhymes, forced=forced, excluded=excluded)


def _rhyme(form: Form, words: Sequence[str], sets: CharacterSets) -> int:
    """The level group that most of the rhyme words that stand are in; the commonest when it is open."""
    groups = range(1, LEVEL_GROUPS + 1)
    chances = dict(zip(groups, group_chances(form, groups), strict=True))
    held = {g: sum(sets.fits(word, Tone.LEVEL, g) for word in words if word) for g in groups}
    return max(groups, key=lambda g: (held[g], chances[g]))


@dataclass(frozen=True)
class Alternative:
    """A character for a place; `gain` (nats): how much likelier the whole poem is with it than as it stands, or
    than with the best character where the poem has a gap there; `obeys`: whether it keeps the rules."""

    character: str
    gain: float
    obeys: bool = True


def alternatives(
    model: Model, lines: Sequence[str], place: Place, count: int = 8, asked: Wish | None = None, breaking: int = 0
) -> list[Alternative]:
    """The likeliest other characters for one place, the whole poem considered, that keep the rules and what the poem
    was `asked` for; after them the likeliest `breaking` ones that do not.

    Raises UsageError as request_to_rewrite does, and for any other gap in the poem.
    """
    if gaps(lines) - {place}:
        raise UsageError("the poem has other gaps ({gap}); fill them first", gap=GAP)
    request = request_to_rewrite(lines, [place], model.sets(), asked)
    plan = request.plan or draw_plans(request.wish or Wish(request.form), model.sets(), np.random.default_rng(0), 1)[0]
    target = next(t for t, slot in enumerate(plan.slots) if (slot.line, slot.position) == place)
    v, current = model.vocabulary, lines[place[0]][place[1]]
    own = [v.id(current)] if current in v else []
    obeying, others = _likeliest(model, request, plan, target)
    others = others[~np.isin(others, own)][:breaking]
    rows = np.array([*own, *obeying, *others])
    ids = np.repeat([[v.id(slot.forced)] for slot in plan.slots], len(rows), axis=1)
    ids[target] = rows
    totals = _totals(model, request, plan, ids)
    base = totals[0] if own else totals.max()
    found = [
        Alternative(v.tokens[i], float(total - base), i not in others) for i, total in zip(rows, totals, strict=True)
    ][len(own) :]
    ranked = sorted(found, key=lambda a: -a.gain)
    return [a for a in ranked if a.obeys][:count] + [a for a in ranked if not a.obeys]


def gain(model: Model, request: Request, before: str, after: Poem) -> float:
    """How much likelier (nats) a poem that a request to rewrite gave is than the text it was made from."""
    assert after.plan is not None  # what is rewritten is planned
    texts = before, after.text
    ids = np.array([[model.vocabulary.id(character) for character in text] for text in texts]).T
    old, new = _totals(model, request, after.plan, ids)
    return float(new - old)


def _totals(model: Model, request: Request, plan: Plan, ids: np.ndarray) -> np.ndarray:
    """(B,) the log-probabilities of whole poems, (T, B) ids, after what comes before them."""
    features = np.repeat(plan.features[:, None].astype(np.int64), ids.shape[1], axis=1)
    logprobs = continuation_logprobs(model.stepper, prefix(request, model), features, ids)
    return np.asarray(logprobs.sum(axis=0, dtype=np.float64))


def _likeliest(model: Model, request: Request, plan: Plan, target: int) -> tuple[np.ndarray, np.ndarray]:
    """The ids that the plan allows at slot `target`, and those that have not its tone or rhyme; of each as many as are
    tried to the end, the likeliest after the text before it first."""
    guide = PlanGuide([plan], model.sets(), seen.shipped())
    state, last = read(model, [prefix(request, model)])
    for slot in plan.slots[:target]:
        _, state = model.stepper.step(state, last, guide.features())
        last = np.array([model.vocabulary.id(slot.forced)])
        guide.advance(last)
    logits, _ = model.stepper.step(state, last, guide.features())
    ranked, slot = np.argsort(-logits[0]), plan.slots[target]
    breaking = model.vocabulary.writable & ~model.sets().admitted(slot.tone, slot.rhyme)
    return ranked[guide.allowed()[0][ranked]][:_TRIED], ranked[breaking[ranked]][:_TRIED]
