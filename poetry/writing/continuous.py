"""Continuous batching: poems that end where they like, and others that begin in the rows they leave.

Decoded in step, a batch of free verse would be as slow as its longest poem, most rows being fed padding. Here a row
that has ended is taken by the next candidate that waits, and the batch grows smaller only when none does.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from charrnn_core.decoding import masked_logprobs
from charrnn_core.numerics import log_softmax
from charrnn_core.sampling import choose
from poetry.slots import seen
from poetry.slots.guide import FreeGuide
from poetry.text.hanzi import STOP
from poetry.text.vocab import END
from poetry.writing.candidates import FREE_LIMIT, Job, read
from poetry.writing.model import Model
from poetry.writing.poem import Poem
from poetry.writing.request import prefix


class _Row:
    """A candidate that is being written."""

    def __init__(self, job: Job, candidate: int) -> None:
        self.job, self.candidate = job, candidate
        self.ids: list[int] = []
        self.logprobs: list[float] = []

    @property
    def uniform(self) -> float:
        """The random number of its next choice."""
        return float(self.job.uniforms[len(self.ids), self.candidate])


def write_free(model: Model, jobs: Sequence[Job], width: int) -> Iterator[tuple[Job, Poem]]:
    """The poem of each job of free verse, in the order in which they are finished; at most `width` rows at once."""
    done: dict[int, list[_Row]] = {}
    for row in _rows(model, jobs, width):
        rows = done.setdefault(row.job.number, [])
        rows.append(row)
        if len(rows) == row.job.request.candidates:
            yield row.job, _best(model, done.pop(row.job.number))


def _rows(model: Model, jobs: Sequence[Job], width: int) -> Iterator[_Row]:
    """Every candidate of every job when it has ended."""
    stepper, request = model.stepper, jobs[0].request
    waiting = (_Row(job, candidate) for job in jobs for candidate in range(job.request.candidates))
    rows = list(islice(waiting, width))
    guide = FreeGuide(model.vocabulary, len(rows), seen=seen.NOTHING if request.copies else seen.shipped())
    guide.begin(np.arange(len(rows)), [row.job.request.head for row in rows])
    state, last = _begun(model, rows)
    while rows:
        logits, state = stepper.step(state, last, guide.features())
        logprobs = log_softmax(logits)
        last = choose(
            masked_logprobs(logprobs, guide.allowed()), np.array([row.uniform for row in rows]), request.sampling
        )
        guide.advance(last)
        for place, row in enumerate(rows):
            row.ids.append(int(last[place]))
            row.logprobs.append(float(logprobs[place, last[place]]))
        ended = np.flatnonzero(~guide.active() | np.array([len(row.ids) == FREE_LIMIT for row in rows]))
        yield from (rows[place] for place in ended)
        following = list(islice(waiting, len(ended)))
        taken, left = ended[: len(following)], ended[len(following) :]
        if following:
            fresh, first = _begun(model, following)
            sources = np.arange(len(rows))
            sources[taken] = len(rows) + np.arange(len(taken))
            state, last[taken] = stepper.select(stepper.join([state, fresh]), sources), first
            guide.begin(taken, [row.job.request.head for row in following])
            for place, row in zip(taken, following, strict=True):
                rows[place] = row
        if len(left):
            kept = np.setdiff1d(np.arange(len(rows)), left)
            state, last, rows = stepper.select(state, kept), last[kept], [rows[place] for place in kept]
            guide.select(kept)


def _begun(model: Model, rows: Sequence[_Row]):  # type: ignore[no-untyped-def]  # the state is the stepper's
    """What the rows are decoded from."""
    return read(model, [prefix(row.job.request, model) for row in rows])


def _best(model: Model, rows: list[_Row]) -> Poem:
    """The poem of a job whose candidates have all ended: the likeliest, a token."""
    best = max(rows, key=lambda row: (np.mean(row.logprobs), -row.candidate))
    request, tokens = best.job.request, model.vocabulary.tokens
    text = request.head + "".join(tokens[i] for i in best.ids[len(request.head) :] if i != END)
    if STOP in text:
        text = text[: text.rindex(STOP) + 1]
    score = float(np.mean(best.logprobs))
    return Poem(request.form.name, text, best.job.seed, score, title=request.title, words=request.words)
