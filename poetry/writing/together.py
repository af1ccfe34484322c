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
from poetry.writing.guidance import Guidance
from poetry.writing.model import Model
from poetry.writing.poem import Poem
from poetry.writing.reader import Reader
from poetry.writing.request import Request, beginning, prefix, subject
from poetry.writing.search import LineSearch

ROWS = 256  # decoded together; more gain nothing on a core, and their masks and logits outgrow its cache

Searching = Callable[[Model, list[Job], Reader], LineSearch]


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
    rows = np.repeat(np.arange(len(jobs)), request.candidates)  # the candidates of a job go on from one state
    several = request.candidates > 1
    reader = Reader(model.stepper, model.taste if several else None, request.form.lines)
    begun, last, words = _begun(model, jobs)
    search = searching(model, jobs, reader)
    guide = PlanGuide(
        [plan for job in jobs for plan in job.plans],
        model.sets(request.wish is not None and request.wish.strict),
        seen.NOTHING if request.copies else seen.shipped(),
        repeats=request.repeats,
        plain=several,
        words=None if several or words is None else _wanted(jobs, words)[rows],
        closed=np.stack([job.closed for job in jobs]).repeat(request.candidates, axis=0),
        told=[subject(job.request, model.vocabulary) for job in jobs for _ in job.plans],
        shut=[job.shut for job in jobs for _ in job.plans],
        matter=[job.matter for job in jobs for _ in job.plans],
    )
    uniforms = np.stack([job.uniforms for job in jobs], axis=1)  # (T, G, candidates + 1)
    state = reader.begun(begun, len(jobs))
    decoded = decode(reader, state, last[rows], guide, request.sampling, uniforms, narrow=search.rows, of=rows)
    outlines = [()] * len(jobs) if words is None else [_spelled(each, model.vocabulary) for each in words]
    return [
        _poem(model, job, outline, guide, decoded, search, row)
        for job, outline, row in zip(jobs, outlines, search.best(), strict=True)
    ]


def _wanted(jobs: Sequence[Job], words: np.ndarray) -> np.ndarray:
    """(G, lines, 2) ids of the words of jobs that are given, 0 for those that are not."""
    return np.where(np.stack([job.wanted for job in jobs])[:, :, None], words, 0)


def _spelled(words: np.ndarray, v: Vocabulary) -> tuple[str, ...]:
    """The words of (lines, 2) ids."""
    return tuple("".join(v.tokens[i] for i in word if i) for word in words)


def _begun(model: Model, jobs: list[Job]) -> tuple[Any, np.ndarray, np.ndarray | None]:
    """What the candidates of each of G jobs are decoded from: the stepper's state, the token to read next (G,), and
    (G, lines, 2) ids of the words of its plan, None where there is none."""
    if model.outlines and jobs[0].outlined:
        told, words = _outlined(model, jobs)
        return told, np.full(len(jobs), BODY), words
    return *read(model, [prefix(job.request, model) for job in jobs]), None


def _outlined(model: Model, jobs: list[Job]) -> tuple[Any, np.ndarray]:
    """The stepper's state of G jobs after the plan of key words, and (G, lines, 2) ids of the words.

    The plan is drawn with guidance where there is a title to guide it, and something to choose from."""
    requests = [job.request for job in jobs]
    told, last = read(model, [beginning(request, model) for request in requests])
    untold = None
    if requests[0].title and requests[0].candidates > 1:
        untold, _ = read(model, [beginning(replace(request, title=""), model) for request in requests])
    guidance = Guidance(model.stepper, keywords.GUIDANCE)
    state = guidance.begun(told, untold, len(requests))
    uniforms = np.stack([job.of_words for job in jobs], axis=2)
    state, last, words = keywords.write(guidance, model.vocabulary, requests, state, last, uniforms)
    _, told = model.stepper.step(guidance.told(state), last, np.zeros((len(last), WIDTH), dtype=np.int64))
    return told, words


def _poem(
    model: Model, job: Job, outline: Sequence[str], guide: PlanGuide, decoded: Decoded, search: LineSearch, row: int
) -> Poem:
    tokens, plan = model.vocabulary.tokens, guide.plans[row]
    words, asked = job.request.words, tuple[str, ...]()
    if outline:
        words = tuple(outline)
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
        stands_for=job.request.stands_for,
    )
