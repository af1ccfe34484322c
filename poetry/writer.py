"""Write poems: a request becomes a plan, candidates are sampled in one batch, the best is kept.

Input: a model and a Request. Output: Poem records. The same request and seed give the same poem,
whatever else is written in the same run.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from charrnn_core.decoding import Decoded, decode
from charrnn_core.errors import UsageError
from charrnn_core.sampling import Sampling
from poetry.forms import QIJUE, Form
from poetry.guide import CharacterSets, FreeGuide, PlanGuide
from poetry.model import Model
from poetry.plan import Plan, opening
from poetry.regulated import Wish, draw_plans
from poetry.vocab import BODY, COMMA, END, START, STOP

MOST_CANDIDATES = 256
FREE_LIMIT = 200  # tokens of free verse; what is not ended by then is cut after its last full stop


@dataclass(frozen=True)
class Request:
    """What a poem should be. Raises UsageError for an impossible number of candidates.

    `wish` asks for regulated verse: form, pattern, rhyme, forced characters. `plan` fixes every slot by
    hand. With neither the network writes free verse of the form until its end token, after `head`.
    """

    wish: Wish | None = None
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
    plan: Plan | None = None  # what it was written under; None for free verse
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
    """A request for a poem of a form that begins with `head`, under the rules of regulated verse; a form that
    fixes no lines gives free verse."""
    if form.fixed:
        return Request(wish=Wish(form, forced=opening(head)), form=form, **settings)
    return Request(form=form, head=head, **settings)


class Writer:
    """Writes poems with one model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._sets: dict[bool, CharacterSets] = {}

    def sets(self, strict: bool = False) -> CharacterSets:
        """Which characters fit which slot, computed once."""
        if strict not in self._sets:
            self._sets[strict] = CharacterSets(self.model.vocabulary, strict=strict)
        return self._sets[strict]

    def plans(self, wish: Wish, rng: np.random.Generator, count: int) -> list[Plan]:
        """Plans that fulfil a wish. Raises UsageError with the reason when there is none."""
        return draw_plans(wish, self.sets(wish.strict), rng, count)

    def write(self, request: Request, seed: int) -> Poem:
        """The best of the request's candidates. One seed, one poem. Raises UsageError when a wish cannot be
        fulfilled, with the reason."""
        rng = np.random.default_rng(seed if request.sampling.temperature else 0)  # greedy: nothing is left to chance
        guide = self._guide(request, rng)
        decoded = self._decode(request, guide, rng)
        scores = _scores(decoded)
        best = int(np.argmax(scores))
        text, score = self._text(request, guide, decoded, best), float(scores[best])
        if not isinstance(guide, PlanGuide):
            return Poem(request.form.name, text, seed, score)
        mass = tuple(float(m) for m in decoded.allowed_mass[:, best])
        return Poem(request.form.name, text, seed, score, guide.plans[best], mass)

    def _guide(self, request: Request, rng: np.random.Generator) -> PlanGuide | FreeGuide:
        rows = request.candidates
        if request.wish:
            plans = self.plans(request.wish, rng, rows)
            return PlanGuide(plans, self.sets(request.wish.strict), repeats=request.repeats)
        if request.plan:
            return PlanGuide([request.plan] * rows, self.sets(), repeats=request.repeats)
        return FreeGuide(self.model.vocabulary, rows, request.head)

    def _decode(self, request: Request, guide: PlanGuide | FreeGuide, rng: np.random.Generator) -> Decoded:
        steps = guide.steps if isinstance(guide, PlanGuide) else FREE_LIMIT
        uniforms = rng.random((steps, request.candidates + 1))
        state = self.model.stepper.select(self._start(request), np.zeros(request.candidates, dtype=np.int64))
        last = np.full(request.candidates, BODY)
        fixed = isinstance(guide, PlanGuide)
        return decode(self.model.stepper, state, last, guide, request.sampling, uniforms, resample=fixed)

    def _start(self, request: Request) -> Any:
        """The state after the prefix, all but its last token, for one row."""
        state = self.model.stepper.start(1)
        nothing = np.zeros((1, 4), dtype=np.int64)
        for token in (START, self.model.vocabulary.form_id(request.form)):
            _, state = self.model.stepper.step(state, np.array([token]), nothing)
        return state

    def _text(self, request: Request, guide: PlanGuide | FreeGuide, decoded: Decoded, row: int) -> str:
        tokens = self.model.vocabulary.tokens
        ids = decoded.ids[decoded.active[:, row], row]
        if isinstance(guide, PlanGuide):
            return guide.plans[row].text([tokens[i] for i in ids])
        text = request.head + "".join(tokens[i] for i in ids[len(request.head) :] if i != END)
        return text if STOP not in text else text[: text.rindex(STOP) + 1]


def _scores(decoded: Decoded) -> np.ndarray:
    """(B,) mean log-probability of each row's tokens."""
    active = decoded.active
    return np.where(active, decoded.logprobs, 0).sum(0) / np.maximum(active.sum(0), 1)
