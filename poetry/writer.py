"""Write poems: a request becomes a plan, candidates are sampled in one batch, the best is kept.

Input: a model and a Request. Output: Poem records. The same request and seed give the same poem,
whatever else is written in the same run.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from charrnn_core.decoding import Decoded, Guide, decode
from charrnn_core.errors import UsageError
from charrnn_core.sampling import Sampling
from poetry.forms import QIJUE, Form
from poetry.guide import CharacterSets, FreeGuide, PlanGuide
from poetry.model import Model
from poetry.plan import Plan, make_plan, opening
from poetry.vocab import BODY, COMMA, END, START, STOP

MOST_CANDIDATES = 256
FREE_LIMIT = 200  # tokens of free verse; what is not ended by then is cut after its last full stop


@dataclass(frozen=True)
class Request:
    """What a poem should be. Raises UsageError for an impossible request.

    `plan` fixes every slot; without one the network writes free verse of the form until its end token,
    after `head`, the characters the poem must begin with.
    """

    plan: Plan | None = None
    form: Form = QIJUE
    head: str = ""
    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0.8, top_p=0.9))
    candidates: int = 16
    repeats: bool = False  # allow a character to come back in a later line

    def __post_init__(self) -> None:
        if not 1 <= self.candidates <= MOST_CANDIDATES:
            raise UsageError(f"the number of candidates must be between 1 and {MOST_CANDIDATES}, not {self.candidates}")


@dataclass(frozen=True)
class Poem:
    """A finished poem. score is the mean log-probability (nats) of its tokens under the network."""

    form: str
    text: str
    seed: int
    score: float
    allowed_mass: tuple[float, ...] = ()  # a number for each slot: what the network gave to all that was allowed

    @property
    def lines(self) -> list[str]:
        """The lines without punctuation."""
        return [line for line in self.text.replace(STOP, COMMA).split(COMMA) if line]

    def as_dict(self) -> dict[str, Any]:
        """JSON-able data."""
        return {
            "form": self.form,
            "lines": self.lines,
            "text": self.text,
            "seed": self.seed,
            "score": round(self.score, 4),
        }


def request_for(form: Form, head: str = "", **settings: Any) -> Request:
    """A request for a poem of a form that begins with `head`; forms that fix no lines give free verse."""
    if form.fixed:
        return Request(plan=make_plan(form, forced=opening(head)), form=form, **settings)
    return Request(form=form, head=head, **settings)


class Writer:
    """Writes poems with one model."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @cached_property
    def sets(self) -> CharacterSets:
        """Which characters fit which slot, computed once."""
        return CharacterSets(self.model.vocabulary)

    def write(self, request: Request, seed: int) -> Poem:
        """The best of the request's candidates. One seed, one poem."""
        decoded = self._decode(request, seed)
        scores = _scores(decoded)
        best = int(np.argmax(scores))
        text = self._text(request, decoded, best)
        mass = tuple(float(m) for m in decoded.allowed_mass[:, best]) if request.plan else ()
        return Poem(request.form.name, text, seed, float(scores[best]), mass)

    def _decode(self, request: Request, seed: int) -> Decoded:
        steps = len(request.plan.slots) if request.plan else FREE_LIMIT
        uniforms = np.random.default_rng(seed).random((steps, request.candidates))
        state = self._start(request)
        state = self.model.stepper.select(state, np.zeros(request.candidates, dtype=np.int64))
        last = np.full(request.candidates, BODY)
        return decode(self.model.stepper, state, last, self._guide(request), request.sampling, uniforms)

    def _start(self, request: Request) -> Any:
        """The state after the prefix, all but its last token, for one row."""
        state = self.model.stepper.start(1)
        nothing = np.zeros((1, 4), dtype=np.int64)
        for token in (START, self.model.vocabulary.form_id(request.form)):
            _, state = self.model.stepper.step(state, np.array([token]), nothing)
        return state

    def _guide(self, request: Request) -> Guide:
        if request.plan:
            return PlanGuide(request.plan, request.candidates, self.sets, repeats=request.repeats)
        return FreeGuide(self.model.vocabulary, request.candidates, request.head)

    def _text(self, request: Request, decoded: Decoded, row: int) -> str:
        tokens = self.model.vocabulary.tokens
        ids = decoded.ids[decoded.active[:, row], row]
        if request.plan:
            return request.plan.text([tokens[i] for i in ids])
        text = request.head + "".join(tokens[i] for i in ids[len(request.head) :] if i != END)
        return text if STOP not in text else text[: text.rindex(STOP) + 1]


def _scores(decoded: Decoded) -> np.ndarray:
    """(B,) mean log-probability of each row's tokens."""
    active = decoded.active
    return np.where(active, decoded.logprobs, 0).sum(0) / np.maximum(active.sum(0), 1)
