"""What a poem should be, and what the network reads before it writes one."""

from dataclasses import dataclass, field
from typing import Any

from charrnn_core.errors import UsageError
from charrnn_core.sampling import Sampling
from poetry.slots.plan import Plan, opening
from poetry.slots.regulated import Wish
from poetry.text.forms import REGULATED, Form
from poetry.text.vocab import BODY, KEY, MOST_KEYS, START, STYLES, TITLE, UNKNOWN, Vocabulary
from poetry.writing.model import Model

MOST_CANDIDATES = 256
CANDIDATES = 128
FREE_CANDIDATES = 8  # free verse is three times as long


@dataclass(frozen=True)
class Free:
    """Free verse: the network writes under the token of `form` until its end token, after `head`."""

    form: Form
    head: str = ""


@dataclass(frozen=True)
class Request:
    """What a poem should be. Raises UsageError for an impossible number of candidates.

    `frame` says what fills its slots, and so its form: a Wish for regulated verse (form, pattern, rhyme, forced
    characters), a Plan that fixes every slot by hand, or Free.
    """

    frame: Wish | Plan | Free
    title: str = ""
    words: tuple[str, ...] = ()  # of one or two Hanzi: each line's key word, "" or none leaves it to the network
    style: str = ""  # 唐 or 宋
    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0.7, top_p=0.9))
    candidates: int = CANDIDATES
    critic_weight: float = 0.4  # of networks without taste; chosen by readers: docs/panel.md
    repeats: bool = False  # allow a character to come back in its own line or a later one
    copies: bool = False  # allow a line of the corpus
    stands_for: tuple[str, ...] = ()  # modern words (poetry.theme.modern), for which the title has theirs of verse

    def __post_init__(self) -> None:
        if not 1 <= self.candidates <= MOST_CANDIDATES:
            raise UsageError(
                "the number of candidates must be between 1 and {most}, not {given}",
                most=MOST_CANDIDATES,
                given=self.candidates,
            )
        if len(self.words) > max(self.form.lines, MOST_KEYS):
            raise UsageError(
                "{given} key words are too many for {form}; give at most one a line",
                given=len(self.words),
                form=self.form.name,
            )

    @property
    def form(self) -> Form:
        """The form of the poem."""
        return self.frame.form

    @property
    def wish(self) -> Wish | None:
        """The wish for regulated verse, if it is one."""
        return self.frame if isinstance(self.frame, Wish) else None

    @property
    def plan(self) -> Plan | None:
        """The plan made by hand, if it is one."""
        return self.frame if isinstance(self.frame, Plan) else None

    @property
    def head(self) -> str:
        """The characters that free verse begins with."""
        return self.frame.head if isinstance(self.frame, Free) else ""

    @property
    def given(self) -> str:
        """Every character that is asked for."""
        if self.wish:
            return "".join(self.wish.forced.values())
        if self.plan:
            return "".join(slot.forced for slot in self.plan.slots if slot.position < self.form.length)
        return self.head


def request_for(form: Form, head: str = "", **settings: Any) -> Request:
    """A request for a poem of a form that begins with `head`, under the rules of regulated verse; a form that
    fixes no lines gives free verse."""
    if form.fixed:
        return Request(Wish(form, forced=opening(head)), **settings)
    return Request(Free(form, head), **{"candidates": FREE_CANDIDATES} | settings)


def subject(request: Request, v: Vocabulary) -> list[int]:
    """The ids of what the poem is about: its title and the key words that are given, apart from each other."""
    return [v.id(c) if c in v else UNKNOWN for c in "□".join((request.title, *request.words))]


def beginning(request: Request, model: Model) -> list[int]:
    """The ids of all that comes before the key words, as poetry.corpus.encoding lays it out. A Hanzi of the title that
    is not in the vocabulary is left out, as it was in training. Where no style is asked for, a network that learned
    from examples writes like them, in their forms."""
    v = model.vocabulary
    ids = [START, v.form_id(request.form)]
    if request.style and (style := v.id(STYLES[request.style])) != UNKNOWN:
        ids.append(style)
    elif not request.style and model.taught and request.form in REGULATED:
        ids += v.taught
    if title := [v.id(c) for c in request.title if c in v]:
        ids += [TITLE, *title]
    return ids


def prefix(request: Request, model: Model) -> list[int]:
    """The ids of all that comes before the poem; of the key words those that are given."""
    v = model.vocabulary
    words = [[v.id(c) for c in word if c in v] for word in request.words]
    return [*beginning(request, model), *(i for word in words if word for i in (KEY, *word)), BODY]
