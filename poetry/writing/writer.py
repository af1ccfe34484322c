"""Write poems: a request becomes a plan, candidates are sampled in one batch, the best is kept.

Input: a model and a Request. Output: Poem records. The same request and seed give the same poem,
whatever else is written in the same run.

Candidates are ranked by the mean, a token, of

    log p(poem | theme) + theme_weight (log p(poem | theme) - log p(poem)) + rarity_weight log(rank)

how likely the poem is, how much likelier the theme makes it, and how rare its Hanzi are (rank: place among the
Hanzi by frequency). Without the last the likeliest candidate wins, and that is the one that says least: 不知何处,
三十年前. Faults and lines of the corpus need no place in the ranking: decoding does not let them arise.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from charrnn_core.decoding import Decoded, decode
from charrnn_core.errors import UsageError
from charrnn_core.sampling import Sampling
from poetry.slots import seen
from poetry.slots.guide import FreeGuide, PlanGuide
from poetry.slots.plan import Plan, opening
from poetry.slots.regulated import Wish, draw_plans
from poetry.slots.sets import CharacterSets
from poetry.text.forms import QIJUE, Form
from poetry.text.hanzi import COMMA, STOP
from poetry.text.vocab import BODY, END, KEY, START, TITLE
from poetry.writing.model import Model
from poetry.writing.reading import continuation_logprobs, state_before_last

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
    title: str = ""  # the theme: a title, or up to three words of two Hanzi; the network was trained with both
    words: tuple[str, ...] = ()
    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0.8, top_p=0.9))
    candidates: int = 16
    theme_weight: float = 1.0  # both weights were chosen on the validation part: docs/benchmarks.md
    rarity_weight: float = 3.0
    repeats: bool = False  # allow a character to come back in its own line or a later one
    copies: bool = False  # allow a line of the corpus

    def __post_init__(self) -> None:
        if self.title and self.words:
            raise UsageError("the network takes a title or words, not both; leave out one")
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
    fit: float = 0.0  # by how much the theme raised the score
    title: str = ""
    words: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The lines without punctuation."""
        return [line for line in self.text.replace(STOP, COMMA).split(COMMA) if line]

    def as_dict(self) -> dict[str, Any]:
        """JSON-able data."""
        theme: dict[str, Any] = {"title": self.title} if self.title else {}
        if self.words:
            theme = {"words": list(self.words)}
        return {
            "form": self.form,
            **theme,
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
        scores = scores_of(decoded)
        fits = scores - self._scores_without_theme(request, guide, decoded)
        best = int(np.argmax(scores + request.theme_weight * fits + request.rarity_weight * self.rarity(decoded)))
        poem = Poem(
            request.form.name,
            self._text(request, guide, decoded, best),
            seed,
            float(scores[best]),
            fit=float(fits[best]),
            title=request.title,
            words=request.words,
        )
        if not isinstance(guide, PlanGuide):
            return poem
        mass = tuple(float(m) for m in decoded.allowed_mass[:, best])
        return replace(poem, plan=guide.plans[best], allowed_mass=mass)

    def _scores_without_theme(self, request: Request, guide: PlanGuide | FreeGuide, decoded: Decoded) -> np.ndarray:
        """(B,) what the same rows score when the network is not told the theme."""
        if not isinstance(guide, PlanGuide) or not (request.title or request.words):
            return scores_of(decoded)
        features = np.stack([plan.features for plan in guide.plans], axis=1).astype(np.int64)
        plain = replace(request, title="", words=())
        return continuation_logprobs(self.model.stepper, self.prefix(plain), features, decoded.ids).mean(axis=0)

    def rarity(self, decoded: Decoded) -> np.ndarray:
        """(B,) mean log rank of each row's Hanzi; the commonest ten count alike."""
        v = self.model.vocabulary
        hanzi = decoded.active & v.is_hanzi[decoded.ids]
        ranks = np.log(10 + np.maximum(decoded.ids - v.first_hanzi, 0))
        return np.asarray(np.where(hanzi, ranks, 0).sum(axis=0) / np.maximum(hanzi.sum(axis=0), 1))

    def _guide(self, request: Request, rng: np.random.Generator) -> PlanGuide | FreeGuide:
        rows, known = request.candidates, seen.NOTHING if request.copies else seen.shipped()
        if request.wish:
            plans = self.plans(request.wish, rng, rows)
            return PlanGuide(plans, self.sets(request.wish.strict), known, repeats=request.repeats)
        if request.plan:
            return PlanGuide([request.plan] * rows, self.sets(), known, repeats=request.repeats)
        return FreeGuide(self.model.vocabulary, rows, request.head, known)

    def _decode(self, request: Request, guide: PlanGuide | FreeGuide, rng: np.random.Generator) -> Decoded:
        steps = guide.steps if isinstance(guide, PlanGuide) else FREE_LIMIT
        uniforms = rng.random((steps, request.candidates + 1))
        state, last = self.beginning(request)
        rows = np.zeros(request.candidates, dtype=np.int64)
        state, last = self.model.stepper.select(state, rows), last[rows]
        fixed = isinstance(guide, PlanGuide)
        return decode(self.model.stepper, state, last, guide, request.sampling, uniforms, resample=fixed)

    def beginning(self, request: Request) -> tuple[Any, np.ndarray]:
        """What decoding starts from, for one row: the state after all but the last token of what comes before the
        poem, and that token (1,)."""
        prefix = self.prefix(request)
        return state_before_last(self.model.stepper, [prefix]), np.array(prefix[-1:])

    def prefix(self, request: Request) -> list[int]:
        """The ids of all that comes before the poem, as poetry.corpus.encoding lays it out. A Hanzi of the theme that
        is not in the vocabulary is left out, as it was in training."""
        v = self.model.vocabulary
        ids = [START, v.form_id(request.form)]
        if title := [v.id(c) for c in request.title if c in v]:
            ids += [TITLE, *title]
        for word in request.words:
            ids += [KEY, *(v.id(c) for c in word if c in v)]
        return [*ids, BODY]

    def _text(self, request: Request, guide: PlanGuide | FreeGuide, decoded: Decoded, row: int) -> str:
        ids = decoded.ids[decoded.active[:, row], row]
        if isinstance(guide, PlanGuide):
            return guide.plans[row].text([self.model.vocabulary.tokens[i] for i in ids])
        return self.free_text(request, ids)

    def free_text(self, request: Request, ids: np.ndarray) -> str:
        """The text of a row of free verse, up to its last full stop."""
        tokens = self.model.vocabulary.tokens
        text = request.head + "".join(tokens[i] for i in ids[len(request.head) :] if i != END)
        return text if STOP not in text else text[: text.rindex(STOP) + 1]


def scores_of(decoded: Decoded) -> np.ndarray:
    """(B,) mean log-probability of each row's tokens."""
    active = decoded.active
    return np.where(active, decoded.logprobs, 0).sum(0) / np.maximum(active.sum(0), 1)
