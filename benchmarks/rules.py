"""Many poems under random rules: does every one obey, and what do the rules cost?

The four forms by turns, random patterns, rhymes and first characters; every fourth poem is an acrostic of
random common characters; every second is asked `strict`. Beside them the same network without rules, poem
for poem.

What the rules cost in fluency is measured by the network itself, tones and rhyme not told: nats per Hanzi of both
sets, of all Hanzi and of those that need not rhyme. The network writes no rhymes unless told, so the rhymes
themselves must cost it what it does not expect. `sets_cost` is what the rules' sets alone cost one who draws from that
network's own distribution p, cut and sharpened as in decoding, each slot by itself: the mean over all Hanzi of
E[-log p(x) | x in S] - E[-log p(x)].

The mean mass that the network leaves to a slot's set is taken from unranked poems under the usual policy, repeats
and lines of the corpus allowed: `plan_mass` counts all that the slot's tone and rhyme admit, `allowed_mass`
leaves out the poem's earlier rhyme words, as decoding does. The human row is benchmarks/human_rules.py.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from tqdm import tqdm

from benchmarks.human_rules import shares
from benchmarks.report import report
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from charrnn_core.numerics import log_softmax
from charrnn_core.sampling import Sampling, sampling_weights
from poetry.corpus.batches import evaluation_batches
from poetry.corpus.clean import CleanPoem
from poetry.corpus.encoding import encode
from poetry.measuring.scoring import token_nats
from poetry.prosody.judge import check
from poetry.prosody.patterns import patterns
from poetry.prosody.table import LEVEL_GROUPS
from poetry.slots.features import HERE, LINE, PLACE, RHYME, TONES
from poetry.slots.plan import Slot, acrostic, make_plan, opening
from poetry.slots.regulated import Wish, draw_plans
from poetry.text.forms import FORMS, REGULATED, Form
from poetry.writing import model
from poetry.writing.candidates import read
from poetry.writing.poem import Poem
from poetry.writing.request import Request, prefix
from poetry.writing.writer import Writer

COMMON = 1000  # first characters and acrostics are drawn from the commonest


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.rules", description="守律的比例与代价 / whether poems obey, and what it costs")
    parser.add_argument("--count", type=int, default=2000, help="写几首 / how many poems")
    parser.add_argument("--candidates", type=int, default=16, help="每首几个候选 / candidates a poem")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    loaded = model.shipped()
    writer, rng = Writer(loaded), np.random.default_rng(1)
    ruled: list[tuple[Wish, Poem]] = []
    free: list[Poem] = []
    masses: list[tuple[Wish, Poem, np.ndarray]] = []
    costs: list[np.ndarray] = []
    seconds = {"ruled": 0.0, "free": 0.0}
    for index in tqdm(range(arguments.count), unit="poem"):
        form = REGULATED[index % len(REGULATED)]
        wish = _wish(form, index, writer, rng)
        start = time.perf_counter()
        ruled.append((wish, writer.write(Request(wish, candidates=arguments.candidates), index)))
        seconds["ruled"] += time.perf_counter() - start
        plan = make_plan(form, forced={place: c for place, c in wish.forced.items() if place == (0, 0)})
        start = time.perf_counter()
        free.append(writer.write(Request(plan, candidates=arguments.candidates), index))
        seconds["free"] += time.perf_counter() - start
        if index % 2:
            loose = Request(replace(wish, strict=False), candidates=1, repeats=True, copies=True)
            poem = writer.write(loose, index)
            masses.append((wish, poem, _plan_mass(writer, loose, poem)))
            if len(wish.forced) == 1:
                costs.append(_sets_cost(writer, loose, poem))
    strict = [poem for wish, poem in ruled if wish.strict]
    plain = [poem for wish, poem in ruled if len(wish.forced) == 1]
    figures = {
        "poems": len(ruled),
        "obey_usual": _obey([poem for _, poem in ruled], "usual"),
        "strict_asked": len(strict),
        "obey_strict": _obey(strict, "strict"),
        "without_rules_obey_usual": _obey(free, "usual"),
        "without_rules": shares([check(poem.lines) for poem in free]),
        "plan_mass": _means((poem, mass) for wish, poem, mass in masses if len(wish.forced) == 1),
        "plan_mass_acrostics": _means((poem, mass) for wish, poem, mass in masses if len(wish.forced) > 1),
        "allowed_mass": _means((poem, poem.allowed_mass) for wish, poem, _ in masses if len(wish.forced) == 1),
        "allowed_mass_acrostics": _means((poem, poem.allowed_mass) for wish, poem, _ in masses if len(wish.forced) > 1),
        "nats_per_hanzi": _nats(loaded, [poem for _, poem in ruled]),
        "nats_per_hanzi_not_acrostic": _nats(loaded, plain),
        "nats_per_hanzi_without_rules": _nats(loaded, free),
        "sets_cost": _mean_costs(costs),
        "time_ratio": round(seconds["ruled"] / seconds["free"], 3),
        "seconds_per_poem": round(seconds["ruled"] / len(ruled), 3),
        "candidates": arguments.candidates,
    }
    report("rules", figures)


def _wish(form: Form, index: int, writer: Writer, rng: np.random.Generator) -> Wish:
    """A random wish that can be fulfilled; every fourth round of the four forms an acrostic."""
    vocabulary, strict = writer.model.vocabulary, bool(rng.integers(2))
    while True:
        count = form.lines if index // len(REGULATED) % 4 == 0 else 1
        drawn = rng.choice(COMMON, count, replace=False)
        characters = "".join(vocabulary.tokens[vocabulary.first_hanzi + int(i)] for i in drawn)
        forced = acrostic(characters, form) if count > 1 else opening(characters)
        pattern = patterns(form.length)[int(rng.integers(4))].name
        wish = Wish(form, pattern, int(rng.integers(1, LEVEL_GROUPS + 1)), forced, strict)
        try:
            draw_plans(wish, writer.model.sets(strict), rng, 1)
        except UsageError:  # such as an acrostic that this pattern does not admit: drawn again
            continue
        return wish


def _obey(poems: list[Poem], policy: str) -> float:
    return sum(check(poem.lines, policy).obeys for poem in poems) / max(1, len(poems))


def _plan_mass(writer: Writer, request: Request, poem: Poem) -> np.ndarray:
    """(T,) the probability that the network, reading the poem, gives to all that each slot's tone and rhyme admit."""
    read = _read(writer, request, poem, told=True)
    return np.array([np.exp(logprobs[admitted]).sum() for _, admitted, logprobs in read])


def _sets_cost(writer: Writer, request: Request, poem: Poem) -> np.ndarray:
    """(H, 2) of the poem's Hanzi: the nats that the slot's set costs, 0 where it is forced; whether the slot rhymes."""
    found = []
    for slot, admitted, logprobs in _read(writer, request, poem, told=False):
        if slot.position == request.form.length:  # the line's mark
            continue
        inside = np.where(admitted, logprobs, -np.inf)
        with_set, without = (_expected_nats(logprobs, allowed, request.sampling) for allowed in (inside, logprobs))
        found.append((0.0 if slot.forced else with_set - without, bool(slot.rhyme)))
    return np.array(found)


def _expected_nats(logprobs: np.ndarray, allowed: np.ndarray, sampling: Sampling) -> float:
    """The mean of -logprobs (V,) when a character is drawn from `allowed`, the same with -inf where forbidden."""
    weights = sampling_weights(allowed[None] - allowed.max(), sampling)[0]
    return float(weights @ -logprobs / weights.sum())


def _read(writer: Writer, request: Request, poem: Poem, *, told: bool) -> Iterator[tuple[Slot, np.ndarray, np.ndarray]]:
    """Each slot of the poem's plan, the ids that its tone and rhyme admit, and the (V,) log-probabilities of the
    network that has read so far, tones and rhyme told or not."""
    assert poem.plan is not None
    vocabulary, sets, stepper = writer.model.vocabulary, writer.model.sets(), writer.model.stepper
    rows = poem.plan.features.astype(np.int64)
    if not told:
        rows[:, [TONES, RHYME, HERE]] = 0
    state, last = read(writer.model, [prefix(request, writer.model)])
    for slot, features, character in zip(poem.plan.slots, rows, poem.text, strict=True):
        logits, state = stepper.step(state, last, features[None])
        yield slot, sets.admitted(slot.tone, slot.rhyme), log_softmax(logits)[0]
        last = np.array([vocabulary.id(character)])


def _means(poems: Iterable[tuple[Poem, Sequence[float] | np.ndarray]]) -> dict[str, float]:
    """The mean of (poem, a mass for each slot) by kind of slot, forced ones left out."""
    found: dict[str, list[float]] = defaultdict(list)
    for poem, masses in poems:
        assert poem.plan is not None
        for slot, mass in zip(poem.plan.slots, masses, strict=True):
            if not slot.forced and (slot.tone or slot.rhyme):
                found["rhyme" if slot.rhyme else "tone"].append(float(mass))
    return {kind: round(float(np.mean(masses)), 4) for kind, masses in found.items()}


def _mean_costs(costs: Sequence[np.ndarray]) -> dict[str, float]:
    hanzi = np.concatenate(costs)
    return {
        "all": round(float(hanzi[:, 0].mean()), 4),
        "not_rhyming": round(float(hanzi[hanzi[:, 1] == 0, 0].mean()), 4),
    }


def _nats(loaded: model.Model, poems: list[Poem]) -> dict[str, float]:
    """Nats per Hanzi, tones and rhyme not told: of all Hanzi, and of all but those that rhyme or could (the ends of
    the first line and of the even ones)."""
    texts = [CleanPoem("own", "", "", poem.text, poem.text) for poem in poems]
    corpus = encode(texts, vocabulary=loaded.vocabulary, words={}, provenance={})
    ends = {FORMS.index(form): form.length for form in REGULATED}
    found: dict[str, list[np.ndarray]] = {"all": [], "not_rhyming": []}
    for form, length in ends.items():
        for batch in evaluation_batches(corpus, np.flatnonzero(corpus.form == form)):
            nats, hanzi = token_nats(loaded.stepper, batch), loaded.vocabulary.is_hanzi[batch.targets]
            place, line = batch.features[..., PLACE], batch.features[..., LINE]
            rhyming = (place == length) & ((line == 0) | (line % 2 == 1))
            found["all"].append(nats[batch.weights & hanzi])
            found["not_rhyming"].append(nats[batch.weights & hanzi & ~rhyming])
    return {kind: round(float(np.concatenate(parts).mean()), 4) for kind, parts in found.items()}


if __name__ == "__main__":
    sys.exit(main())
