"""Write the poems of many requests at once: the one way in which poems come about.

Requests of one form and one way of sampling are decoded as rows of one batch, each request's candidates a group of
their own: choices stay within it, and it draws its own random numbers. So a request has the poem that it would have
alone, but for the rounding of matrix products, which depends on how many rows are multiplied together: once in a while
it tips a choice.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from charrnn_core.decoding import Decoded, decode
from charrnn_core.errors import UsageError
from poetry.slots import seen
from poetry.slots.features import WIDTH
from poetry.slots.guide import PlanGuide
from poetry.slots.regulated import Fulfilments
from poetry.text.vocab import BODY, Vocabulary
from poetry.writing import keywords
from poetry.writing.candidates import Job, job_of, read
from poetry.writing.continuous import write_free
from poetry.writing.model import Model
from poetry.writing.poem import Poem
from poetry.writing.request import Request, beginning, prefix, subject
from poetry.writing.search import LineSearch
from poetry.writing.telling import Readings, Telling

ROWS = 256  # decoded together; more gain nothing on a core, and their masks and logits outgrow its cache

Searching = Callable[[Model, list[Job], Telling], LineSearch]


def write_together(
    model: Model, requests: Sequence[Request], seeds: Sequence[int], *, search: Searching = LineSearch
) -> list[Poem | UsageError]:
    """For each request its poem, or the error that says why there is none. `search` says which rows go on."""
    found: dict[int, Poem | UsageError] = {}
    kinds: dict[tuple[Any, ...], list[Job]] = {}
    fulfilments: dict[int, Fulfilments] = {}  # of each different Wish: equal rows may share one
    for number, (request, seed) in enumerate(zip(requests, seeds, strict=True)):
        try:
            wish = request.wish
            if wish and id(wish) not in fulfilments:
                fulfilments[id(wish)] = Fulfilments(wish, model.sets(wish.strict))
            job = job_of(model, number, request, seed, fulfilments.get(id(wish)))
            kinds.setdefault(job.kind, []).append(job)
        except UsageError as error:
            found[number] = error
    for jobs in kinds.values():
        if not jobs[0].plans:
            found |= {job.number: poem for job, poem in write_free(model, jobs, ROWS)}
            continue
        size = max(1, ROWS // jobs[0].request.candidates)
        for first in range(0, len(jobs), size):
            some = jobs[first : first + size]
            found |= {job.number: poem for job, poem in zip(some, _write(model, some, search), strict=True)}
    return [found[number] for number in range(len(requests))]


def outline(model: Model, request: Request, seed: int) -> tuple[str, ...]:
    """The plan of key words that a poem of the request would be written by, its own words in it; empty where the
    network writes none. Raises UsageError as writing does."""
    wish = request.wish
    job = job_of(model, 0, request, seed, Fulfilments(wish, model.sets(wish.strict)) if wish else None)
    if not job.plans:
        return ()
    *_, words = _begun(model, [job])
    return () if words is None else _spelled(words[0], model.vocabulary)


def _write(model: Model, jobs: list[Job], searching: Searching) -> list[Poem]:
    """The poems of jobs of one kind: the best candidate of each."""
    request = jobs[0].request
    taste = model.taste if request.candidates > 1 else None
    telling = Telling(model.stepper, -request.plainness, taste, request.form.lines)
    state, of, last, words = _begun(model, jobs)
    search = searching(model, jobs, telling)
    guide = PlanGuide(
        [plan for job in jobs for plan in job.plans],
        model.sets(request.wish is not None and request.wish.strict),
        seen.NOTHING if request.copies else seen.shipped(),
        repeats=request.repeats,
        words=words,
        wanted=np.stack([job.wanted for job in jobs]).repeat(request.candidates, axis=0),
        closed=np.stack([job.closed for job in jobs]).repeat(request.candidates, axis=0),
        told=[subject(job.request, model.vocabulary) for job in jobs for _ in job.plans],
        shut=[job.shut for job in jobs for _ in job.plans],
        matter=[job.matter for job in jobs for _ in job.plans],
    )
    uniforms = np.stack([job.uniforms for job in jobs], axis=1)  # (T, G, candidates + 1)
    decoded = decode(telling, state, last, guide, request.sampling, uniforms, narrow=search.rows, of=of)
    return [_poem(model, job, guide, decoded, search, row) for job, row in zip(jobs, search.best(), strict=True)]


def _spelled(words: np.ndarray, v: Vocabulary) -> tuple[str, ...]:
    """The words of (lines, 2) ids."""
    return tuple("".join(v.tokens[i] for i in word if i) for word in words)


def _begun(model: Model, jobs: list[Job]) -> tuple[Readings, np.ndarray, np.ndarray, np.ndarray | None]:
    """What the candidates are decoded from: the state, one row for all candidates of a job whose lines are told the
    same words; (B,) which of them each candidate is; the token to read next; and the words."""
    requests, telling, stepper = [job.request for job in jobs], Telling(model.stepper), model.stepper
    rows = np.repeat(np.arange(len(jobs)), requests[0].candidates)
    if model.outlines and jobs[0].outlined:
        told, words = _outlined(model, jobs)
        first, of = _distinct(rows, words)
        told, last, job_of_row = stepper.select(told, first), np.full(len(rows), BODY), rows[first]
    else:
        told, last = read(model, [prefix(request, model) for request in requests])
        of, last, words, job_of_row = rows, last[rows], None, np.arange(len(jobs))
    plain = None
    if requests[0].candidates > 1:
        plain, _ = read(model, [prefix(replace(request, words=()), model) for request in requests])
        plain = stepper.select(plain, job_of_row)
    return telling.begun(told, plain, len(job_of_row)), of, last, words


def _distinct(jobs: np.ndarray, words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first candidate of each job and plan of key words, and (B,) which of these each is like; of (B,) numbers of
    jobs and (B, lines, 2) ids."""
    read = np.column_stack([jobs, words.reshape(len(jobs), -1)])
    _, first, of = np.unique(read, axis=0, return_index=True, return_inverse=True)
    return first, of.ravel()


def _outlined(model: Model, jobs: list[Job]) -> tuple[Any, np.ndarray]:
    """The stepper's state of a row for each candidate after the plan of key words, and (B, lines, 2) ids of the words.

    The plan is drawn with guidance where there is a title to guide it, and something to choose from."""
    requests = [job.request for job in jobs]
    told, last = read(model, [beginning(request, model) for request in requests])
    untold = None
    if requests[0].title and requests[0].candidates > 1:
        untold, _ = read(model, [beginning(replace(request, title=""), model) for request in requests])
    telling = Telling(model.stepper)  # keywords.write draws, this one only holds
    state = telling.begun(told, untold, len(requests))
    uniforms = np.stack([job.of_words for job in jobs], axis=2)
    state, last, words = keywords.write(model, requests, state, last, uniforms)
    _, told = model.stepper.step(telling.told(state), last, np.zeros((len(last), WIDTH), dtype=np.int64))
    return told, words


def _poem(model: Model, job: Job, guide: PlanGuide, decoded: Decoded, search: LineSearch, row: int) -> Poem:
    tokens, plan = model.vocabulary.tokens, guide.plans[row]
    words, asked = job.request.words, tuple[str, ...]()
    if guide.words is not None:
        words = _spelled(guide.words[row], model.vocabulary)
        asked = tuple(word if wanted else "" for word, wanted in zip(words, job.wanted, strict=True))
    return Poem(
        job.request.form.name,
        plan.text([tokens[i] for i in decoded.ids[:, row]]),
        job.seed,
        float(search.scores[row]),
        plan,
        tuple(float(mass) for mass in decoded.allowed_mass[:, row]),
        job.request.title,
        words,
        asked,
        unknown="".join(c for c in job.request.given if c not in model.vocabulary),
    )
