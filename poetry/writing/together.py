"""Write the poems of many requests at once: the fast twin of Writer.write.

Requests of one form and one way of sampling are decoded as rows of one batch, each request's candidates a group of
their own: resampling and ranking stay within it, and it draws the random numbers that it would draw alone. So a
request has here the poem that Writer.write gives it for the same seed, but for the rounding of matrix products, which
depends on how many rows are multiplied together: once in a while it tips a choice.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from charrnn_core.decoding import Decoded, decode
from charrnn_core.errors import UsageError
from poetry.slots import seen
from poetry.slots.guide import PlanGuide
from poetry.slots.regulated import Fulfilments
from poetry.writing.continuous import write_free
from poetry.writing.jobs import Job, beginnings, job_of
from poetry.writing.reading import continuation_logprobs
from poetry.writing.writer import Poem, Request, Writer, scores_of

ROWS = 256  # decoded together; more gain nothing on a core, and their masks and logits outgrow its cache


def write_together(writer: Writer, requests: Sequence[Request], seeds: Sequence[int]) -> list[Poem | UsageError]:
    """For each request its poem, or the error that says why there is none."""
    found: dict[int, Poem | UsageError] = {}
    kinds: dict[tuple[Any, ...], list[Job]] = {}
    fulfilments: dict[int, Fulfilments] = {}  # of each different Wish: equal rows may share one
    for number, (request, seed) in enumerate(zip(requests, seeds, strict=True)):
        try:
            wish = request.wish
            if wish and id(wish) not in fulfilments:
                fulfilments[id(wish)] = Fulfilments(wish, writer.sets(wish.strict))
            job = job_of(writer, number, request, seed, fulfilments.get(id(wish)))
            kinds.setdefault(job.kind, []).append(job)
        except UsageError as error:
            found[number] = error
    for jobs in kinds.values():
        if not jobs[0].plans:
            found |= {job.number: poem for job, poem in write_free(writer, jobs, ROWS)}
            continue
        size = max(1, ROWS // jobs[0].request.candidates)
        for first in range(0, len(jobs), size):
            some = jobs[first : first + size]
            found |= {job.number: poem for job, poem in zip(some, _write(writer, some), strict=True)}
    return [found[number] for number in range(len(requests))]


def _write(writer: Writer, jobs: list[Job]) -> list[Poem]:
    """The poems of jobs of one kind: the best candidate of each."""
    request = jobs[0].request
    plans = [plan for job in jobs for plan in job.plans]
    sets = writer.sets(request.wish is not None and request.wish.strict)
    guide = PlanGuide(plans, sets, seen.NOTHING if request.copies else seen.shipped(), repeats=request.repeats)
    uniforms = np.stack([job.uniforms for job in jobs], axis=1)  # (T, G, candidates + 1)
    state, last = beginnings(writer, jobs)
    decoded = decode(writer.model.stepper, state, last, guide, request.sampling, uniforms)
    scores = scores_of(decoded)
    fits = scores - _scores_without_theme(writer, jobs, guide, decoded)
    worth = scores + request.theme_weight * fits + request.rarity_weight * writer.rarity(decoded)
    ranks = worth.reshape(len(jobs), -1)
    best = ranks.argmax(axis=1) + np.arange(len(jobs)) * request.candidates
    return [_poem(writer, job, guide, decoded, row, scores, fits) for job, row in zip(jobs, best, strict=True)]


def _scores_without_theme(writer: Writer, jobs: list[Job], guide: PlanGuide, decoded: Decoded) -> np.ndarray:
    """(B,) what the same rows score when the network is not told the theme."""
    scores, request = scores_of(decoded), jobs[0].request
    themed = np.repeat([bool(job.request.title or job.request.words) for job in jobs], request.candidates)
    if themed.any():
        rows = np.flatnonzero(themed)
        features = np.stack([guide.plans[row].features for row in rows], axis=1).astype(np.int64)
        prefix = writer.prefix(replace(request, title="", words=()))
        logprobs = continuation_logprobs(writer.model.stepper, prefix, features, decoded.ids[:, rows])
        scores[rows] = logprobs.mean(axis=0)
    return scores


def _poem(
    writer: Writer, job: Job, guide: PlanGuide, decoded: Decoded, row: int, scores: np.ndarray, fits: np.ndarray
) -> Poem:
    tokens, plan = writer.model.vocabulary.tokens, guide.plans[row]
    return Poem(
        job.request.form.name,
        plan.text([tokens[i] for i in decoded.ids[:, row]]),
        job.seed,
        float(scores[row]),
        plan,
        tuple(float(mass) for mass in decoded.allowed_mass[:, row]),
        float(fits[row]),
        job.request.title,
        job.request.words,
    )
