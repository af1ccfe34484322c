"""What a poem should be, and what the network reads before it writes one."""

from dataclasses import dataclass, field
from typing import Any

from charrnn_core.errors import UsageError
from charrnn_core.sampling import Sampling
from poetry.slots.plan import Plan, opening
from poetry.slots.regulated import Wish
from poetry.text.forms import QIJUE, Form
from poetry.text.vocab import BODY, KEY, START, STYLES, TITLE, UNKNOWN, Vocabulary

MOST_CANDIDATES = 256
FREE_CANDIDATES = 8  # free verse is three times as long


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
    title: str = ""
    words: tuple[str, ...] = ()  # of one or two Hanzi: each line's key word, "" or none leaves it to the network
    style: str = ""  # 唐 or 宋
    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0.8, top_p=0.9))
    candidates: int = 64
    theme_weight: float = 1.0  # these were chosen by readers: docs/panel.md
    critic_weight: float = 0.5
    repeats: bool = False  # allow a character to come back in its own line or a later one
    copies: bool = False  # allow a line of the corpus

    def __post_init__(self) -> None:
        if not 1 <= self.candidates <= MOST_CANDIDATES:
            raise UsageError(f"the number of candidates must be between 1 and {MOST_CANDIDATES}, not {self.candidates}")

    @property
    def themed(self) -> bool:
        """Whether it says what the poem is about."""
        return bool(self.title or any(self.words))


def request_for(form: Form, head: str = "", **settings: Any) -> Request:
    """A request for a poem of a form that begins with `head`, under the rules of regulated verse; a form that
    fixes no lines gives free verse."""
    if form.fixed:
        return Request(wish=Wish(form, forced=opening(head)), form=form, **settings)
    return Request(form=form, head=head, **{"candidates": FREE_CANDIDATES} | settings)


def beginning(request: Request, v: Vocabulary) -> list[int]:
    """The ids of all that comes before the key words, as poetry.corpus.encoding lays it out. A Hanzi of the title that
    is not in the vocabulary is left out, as it was in training."""
    ids = [START, v.form_id(request.form)]
    if request.style and (style := v.id(STYLES[request.style])) != UNKNOWN:
        ids.append(style)
    if title := [v.id(c) for c in request.title if c in v]:
        ids += [TITLE, *title]
    return ids


def prefix(request: Request, v: Vocabulary) -> list[int]:
    """The ids of all that comes before the poem; of the key words those that are given."""
    words = [[v.id(c) for c in word if c in v] for word in request.words]
    return [*beginning(request, v), *(i for word in words if word for i in (KEY, *word)), BODY]
