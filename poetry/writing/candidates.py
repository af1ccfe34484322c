"""A request with all that is drawn for it, ready to be decoded among others.

`read` reads what comes before the poems of many jobs, those of one length at once.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from poetry.slots import stale, stock
from poetry.slots.matter import Matter, enough
from poetry.slots.plan import Plan
from poetry.slots.regulated import Fulfilments
from poetry.theme import matter
from poetry.theme.eyes import eye
from poetry.writing import keywords
from poetry.writing.model import Model
from poetry.writing.reading import state_before_last
from poetry.writing.request import Request

FREE_LIMIT = 200  # tokens of free verse; what is not ended by then is cut after its last full stop


@dataclass(frozen=True)
class Job:
    """A request whose plans (none for free verse) and random numbers are drawn."""

    number: int  # its place among the requests
    request: Request
    seed: int
    plans: list[Plan]
    uniforms: np.ndarray  # (T, candidates + 1)
    of_words: np.ndarray  # (lines, 2, rows), of the key words
    closed: np.ndarray  # (P,) bool: the stale phrases that the poem must do without
    shut: tuple[str, ...]  # other words that it must do without: what jars with its title, stock scenes
    matter: Matter  # of the title's subjects, and the key words that a person gives
    wanted: np.ndarray  # (lines,) bool: where the line's key word is given, by a person or as the title's eye

    @property
    def kind(self) -> tuple[Any, ...]:
        """What requests decoded together must share."""
        r = self.request
        if not self.plans:  # rows of free verse need not even be of one form
            return r.sampling, r.copies
        strict = r.wish is not None and r.wish.strict
        settings = r.form, r.sampling, r.candidates, strict, r.repeats, r.copies, r.critic_weight
        return *settings, self.ruled, bool(r.title), self.outlined, tuple(map(len, r.words))

    @property
    def ruled(self) -> bool:
        """Whether tones or rhyme are asked for."""
        return any(slot.tone or slot.rhyme for slot in self.plans[0].slots)

    @property
    def outlined(self) -> bool:
        """Whether key words are written first: not where whole lines are given, of which they would know nothing."""
        lines = Counter(slot.line for slot in self.plans[0].slots if slot.forced)
        return max(lines.values()) <= self.request.form.length  # the mark is forced, too


def job_of(model: Model, number: int, request: Request, seed: int, fulfilments: Fulfilments | None) -> Job:
    """Draw what the request needs. The plan of key words begins with the eye of the title, so that the poem names it,
    unless words are given. Raises UsageError when a slot of a plan can be filled by nothing."""
    chance = seed if request.sampling.temperature else 0  # greedy: nothing is left to chance
    rng = np.random.default_rng([chance, *request.title.encode()])  # one seed for many titles: not one rhyme for all
    plans: list[Plan] = []
    if fulfilments:
        plans = fulfilments.draw(rng, request.candidates)
    elif request.plan:
        model.sets().require(request.plan)
        plans = [request.plan] * request.candidates
    steps = len(plans[0].slots) if plans else FREE_LIMIT
    uniforms = rng.random((steps, request.candidates + 1))
    of_words = rng.random((request.form.lines, 2, keywords.rows_for(request.candidates)))
    given = [keywords.word(request, line) for line in range(request.form.lines)]
    if plans and model.outlines and not request.words and (named := eye(request.title)):
        request = replace(request, words=(named,))
    wanted = np.array([bool(keywords.word(request, line)) for line in range(request.form.lines)])
    closed = stale.closed(rng.random(len(stale.stale())), "□".join((request.title, *request.words)))
    subjects = matter.subjects(request.title, request.stands_for)
    told = (request.title, *request.words, request.given)
    shut = matter.jarring(request.title, told, request.stands_for)
    fits = [word for subject in subjects for word in subject.fits]
    shut += stock.closed(rng.random(len(stock.scenes())), (*told, *fits), request.form.lines)
    lines = request.form.lines
    titled = [(s.fits, s.worth, enough(lines, modern=s.modern)) for s in subjects]
    about = Matter.of(titled if not all(given) else [], model.vocabulary, given)
    return Job(number, request, seed, plans, uniforms, of_words, closed, shut, about, wanted)


def read(model: Model, prefixes: Sequence[Sequence[int]]) -> tuple[Any, np.ndarray]:
    """The state after all but the last token of each prefix, a row each, and (B,) the last tokens. Equal prefixes are
    read once, those of one length together."""
    stepper = model.stepper
    numbers: dict[tuple[int, ...], int] = {}  # of the different prefixes, the shortest first
    for prefix in sorted(map(tuple, prefixes), key=len):
        numbers.setdefault(prefix, len(numbers))
    lengths = sorted({len(prefix) for prefix in numbers})
    states = [state_before_last(stepper, [prefix for prefix in numbers if len(prefix) == n]) for n in lengths]
    rows = np.array([numbers[tuple(prefix)] for prefix in prefixes])
    return stepper.select(stepper.join(states), rows), np.array([prefix[-1] for prefix in prefixes])
