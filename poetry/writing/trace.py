"""What a network does while a poem is written: the next character's probabilities and every unit's activation.

Input: a model, a plan and the text that was written under it. Output: a Trace, one row for each slot: the
state after reading what stands before the slot, with the slot's own features known. Units are then compared
with what slots need: the place in the line, the tone, the rhyme.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from charrnn_core.errors import UsageError
from charrnn_core.lab.interpret.units import Found
from charrnn_core.numerics import log_softmax
from charrnn_core.stepper import NumpyStepper
from poetry.prosody import observed
from poetry.prosody.tones import Tone
from poetry.slots.features import HERE, RHYME, TONES
from poetry.slots.plan import Plan, Slot, make_plan
from poetry.text.forms import OTHER, QIPAI, WUPAI, pailu, recognise
from poetry.text.hanzi import COMMA, STOP
from poetry.writing.candidates import read
from poetry.writing.model import Model
from poetry.writing.request import Free, Request, prefix

LAYERS = (0, 1)
SHUFFLES = 20


@dataclass(frozen=True)
class Trace:
    """T slots of one poem; hidden[k] is (T, H) of layer k, -1 .. 1."""

    text: str
    plan: Plan
    probability: np.ndarray  # (T,): what the network gave to the character that stands there
    likeliest: tuple[tuple[tuple[str, float], ...], ...]  # for each slot the likeliest characters, best first
    hidden: tuple[np.ndarray, ...]


def plan_of(lines: Sequence[str]) -> Plan:
    """The plan that a poem of a fixed form fulfils. Raises UsageError for a poem of no such form."""
    form = recognise(lines)
    if form == OTHER:
        raise UsageError("the poem is no 绝句, 律诗 or 排律 of lines of 5 or 7; give such a poem")
    if form in (WUPAI, QIPAI):
        form = pailu(len(lines), form.length)
    groups = observed.rhyme_groups(lines)
    return make_plan(form, tones=[list(t) for t in observed.tones(lines, groups)], rhymes=groups)


def _slots(model: Model, plan: Plan, text: str, asked: Sequence[str], *, told: bool) -> np.ndarray:
    """(T, 1, 7) int64: every slot, told its line's word of `asked`; without tones and rhymes unless they are told."""
    if len(text) != len(plan.slots):
        raise UsageError(
            "the text has {count} characters and marks, its plan {slots} slots", count=len(text), slots=len(plan.slots)
        )
    slots = plan.told([model.vocabulary.ids(word) for word in asked] if model.outlines else [])[:, None]
    if not told:
        slots[..., [TONES, RHYME, HERE]] = 0
    return slots


def trace(
    model: Model,
    plan: Plan,
    text: str,
    words: Sequence[str] = (),
    asked: Sequence[str] = (),
    *,
    top: int = 8,
    told: bool = True,
) -> Trace:
    """Read a poem, its marks included, slot by slot, as if written without a title after the plan of key words that is
    given, each line told its word of those that were `asked` for.

    Tones and rhymes of the slots are told to the network, as in training and when it writes a single candidate; or not,
    as when it chooses among several, so that a unit which follows them has found them out. Raises UsageError when the
    text does not fill the plan.
    """
    vocabulary, stepper = model.vocabulary, model.stepper
    state, last = read(model, [prefix(Request(Free(plan.form), words=tuple(words)), model)])
    probability, likeliest, hidden = [], [], []
    for slots, token in zip(_slots(model, plan, text, asked, told=told), vocabulary.ids(text), strict=True):
        logits, state = stepper.step(state, last, slots)
        probs = np.exp(log_softmax(logits)[0])
        best = np.argsort(-probs)[:top]
        probability.append(float(probs[token]))
        likeliest.append(tuple((vocabulary.tokens[i], float(probs[i])) for i in best))
        hidden.append([state[layer][0][0] for layer in LAYERS])
        last = np.array([token])
    layers = tuple(np.stack(layer) for layer in zip(*hidden, strict=True))
    return Trace(text, plan, np.array(probability), tuple(likeliest), layers)


def gates(
    model: Model, plan: Plan, text: str, words: Sequence[str] = (), asked: Sequence[str] = (), *, told: bool = True
) -> tuple[dict[str, np.ndarray], ...]:
    """How far the gates open while a poem is read as `trace` reads it: for each layer {name: (T, H) in 0 .. 1}, row t
    on reading what stands before slot t. The plain RNN has no gates. Raises UsageError when the text does not fill the
    plan."""
    stepper = model.stepper
    if not isinstance(stepper, NumpyStepper):
        raise UsageError("gates are read in the numpy engine; load the network with it")
    vocabulary = model.vocabulary
    state, last = read(model, [prefix(Request(Free(plan.form), words=tuple(words)), model)])
    steps = []
    for features, token in zip(_slots(model, plan, text, asked, told=told), vocabulary.ids(text), strict=True):
        steps.append(stepper.gates(state, last, features))
        _, state = stepper.step(state, last, features)
        last = np.array([token])
    return tuple({n: np.concatenate([step[k][n] for step in steps]) for n in steps[0][k]} for k in LAYERS)


def find_units(traces: Sequence[Trace], layer: int, rng: np.random.Generator) -> list[Found]:
    """The unit of a layer that follows each need best, strongest first.

    It is chosen on one half of the poems, its correlation measured on the other. The control is the largest
    |correlation| of any unit with the needs shuffled: slots repeat from poem to poem, so that shifting them, as
    charrnn_core.lab.interpret.units does, would leave them in step. Raises UsageError for fewer than four poems.
    """
    if len(traces) < 4:
        raise UsageError("{count} poems are too few to find units; give four or more", count=len(traces))
    halves = traces[::2], traces[1::2]
    hidden = [_standard(np.concatenate([t.hidden[layer] for t in half])) for half in halves]
    needs = [_needs([slot for t in half for slot in t.plan.slots]) for half in halves]
    found = []
    for name in needs[0]:
        chosen_on, measured_on = (_standard(need[name][:, None]) for need in needs)
        unit = int(np.abs(hidden[0].T @ chosen_on).argmax())
        r = float(hidden[1][:, unit] @ measured_on[:, 0]) / len(measured_on)
        shuffled = rng.permuted(np.repeat(measured_on, SHUFFLES, axis=1), axis=0)
        control = float(np.abs(hidden[1].T @ shuffled).max()) / len(measured_on)
        found.append(Found(name, unit, r, control))
    return sorted(found, key=lambda f: -abs(f.correlation))


def _needs(slots: Sequence[Slot]) -> dict[str, np.ndarray]:
    needs = {
        "position in the line": [slot.position for slot in slots],
        "line of the poem": [slot.line for slot in slots],
        "a mark comes": [slot.forced in (COMMA, STOP) for slot in slots],
        "level tone needed": [slot.tone == Tone.LEVEL for slot in slots],
        "oblique tone needed": [slot.tone == Tone.OBLIQUE for slot in slots],
        "rhyme needed": [slot.rhyme > 0 for slot in slots],
    }
    return {name: np.array(values, dtype=np.float64) for name, values in needs.items()}


def _standard(columns: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and deviation 1 (0 where constant), float64."""
    centred = columns - columns.mean(axis=0, dtype=np.float64)
    deviation = centred.std(axis=0)
    return centred / np.where(deviation > 0, deviation, 1)
