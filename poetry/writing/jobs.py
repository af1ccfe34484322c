"""A request with all that is drawn for it, ready to be decoded among others.

Its random numbers are those that Writer.write would draw for its seed. `beginnings` reads what comes before the poems
of many jobs, those of one length at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from poetry.slots.plan import Plan
from poetry.slots.regulated import Fulfilments
from poetry.writing.reading import state_before_last
from poetry.writing.writer import FREE_LIMIT, Request, Writer


@dataclass(frozen=True)
class Job:
    """A request whose plans (none for free verse) and random numbers are drawn."""

    number: int  # its place among the requests
    request: Request
    seed: int
    plans: list[Plan]
    uniforms: np.ndarray  # (T, candidates + 1)

    @property
    def kind(self) -> tuple[Any, ...]:
        """What requests decoded together must share."""
        r = self.request
        if not self.plans:  # rows of free verse need not even be of one form
            return r.sampling, r.copies
        strict = r.wish is not None and r.wish.strict
        return r.form, r.sampling, r.candidates, strict, r.repeats, r.copies, r.theme_weight, r.rarity_weight


def job_of(writer: Writer, number: int, request: Request, seed: int, fulfilments: Fulfilments | None) -> Job:
    """Draw what Writer.write would draw. Raises UsageError when a slot of a plan can be filled by nothing."""
    rng = np.random.default_rng(seed if request.sampling.temperature else 0)
    plans: list[Plan] = []
    if fulfilments:
        plans = fulfilments.draw(rng, request.candidates)
    elif request.plan:
        writer.sets().require(request.plan)
        plans = [request.plan] * request.candidates
    steps = len(plans[0].slots) if plans else FREE_LIMIT
    return Job(number, request, seed, plans, rng.random((steps, request.candidates + 1)))


def beginnings(writer: Writer, jobs: Sequence[Job], candidates: int = 0) -> tuple[Any, np.ndarray]:
    """The state that each candidate of each job is decoded from, and (B,) the token to read next. `candidates` says
    how many a job has here, if not all."""
    stepper, prefixes = writer.model.stepper, [writer.prefix(job.request) for job in jobs]
    numbers: dict[tuple[int, ...], int] = {}  # of the different prefixes, the shortest first
    for prefix in sorted(map(tuple, prefixes), key=len):
        numbers.setdefault(prefix, len(numbers))
    lengths = sorted({len(prefix) for prefix in numbers})
    states = [state_before_last(stepper, [prefix for prefix in numbers if len(prefix) == n]) for n in lengths]
    of_job = np.array([numbers[tuple(prefix)] for prefix in prefixes])
    rows = np.repeat(of_job, [candidates or job.request.candidates for job in jobs])
    return stepper.select(stepper.join(states), rows), np.array([prefix[-1] for prefix in numbers])[rows]
