"""An order: what a person asks for, as they said it, under the names of a batch's columns and of the options.

The command line, batch, Ray, the app and its endpoints all fill in an Order; `request_of` is the one way from it to a
Request. Its fields say what is usual. Nothing is checked before `request_of`, which names what is wrong with a field.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from charrnn_core.errors import Phrase, UsageError
from charrnn_core.sampling import Sampling
from poetry.slots.plan import Place, acrostic, make_plan, opening
from poetry.slots.regulated import Wish, merge, rhyme_number
from poetry.text.forms import BY_NAME, QIJUE, QIPAI, SHORTEST_PAILU, WUJUE, WUPAI, Form, pailu, quatrain
from poetry.text.hanzi import simplify
from poetry.text.vocab import MAX_TITLE, STYLES
from poetry.theme import moods
from poetry.writing import acrostics, asking
from poetry.writing.acrostics import FIRST, LAST, QUATRAIN, ROW, SPREADS, Heard
from poetry.writing.request import FREE_CANDIDATES, Free, Request

if TYPE_CHECKING:
    from poetry.theme.reading import Theme

LARGEST_SEED = (1 << 63) - 1
LONGEST_HEAD = 7  # Hanzi
LONGEST_PAILU = acrostics.LONGEST  # lines
FEW = 16  # candidates where many poems are wanted
POLICIES = USUAL, STRICT, NONE = "usual", "strict", "none"


@dataclass(frozen=True)
class Order:
    """What is asked for; None leaves it open."""

    head: str | None = None  # what the poem begins with
    theme: str | None = None  # in modern Chinese
    title: str | None = None
    plan: str | None = None  # a key word for each line, - for one left to the network: 江 帆 - 月
    style: str | None = None  # 唐 or 宋
    mood: str | None = None  # cheerful, neutral or sad
    form: str | None = None  # 七绝 unless said, or what an acrostic needs
    lines: int | None = None  # of a 排律
    pattern: str | None = None  # 仄起首句入韵 ...
    rhyme: str | None = None  # of 平水韵: 十一尤 or 尤
    acrostic: str | None = None  # a character for each line, at place `at`, from 1; -1 is the last
    at: int = 1
    spread: str = FIRST  # an acrostic that is shorter than the form takes its first lines or its last; row: row_of
    temperature: float = 0.7
    seed: int | None = None
    begun: str | None = None  # lines to go on from
    force: tuple[str, ...] = ()  # 4:7=楼
    policy: str = USUAL
    free: bool = False
    candidates: int | None = None
    top_p: float = 0.9
    top_k: int = 0

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """The order whose fields are among the names in `given`."""
        names = {field.name for field in fields(cls)} & given.keys()
        return cls(**{name: given[name] for name in names if given[name] is not None})

    @cached_property
    def understood(self) -> "Theme | None":
        """What is made of the theme, if there is one. Raises UsageError."""
        if self.theme is None:
            return None
        from poetry.theme.reading import read_theme  # jieba takes a while to load

        return read_theme(asking.text(self.theme, Phrase("the theme")))

    @cached_property
    def hidden(self) -> Heard:
        """What the acrostic hides, nothing without one. Raises UsageError."""
        return Heard("") if self.acrostic is None else acrostics.heard(self.acrostic)


def request_of(order: Order) -> Request:
    """The request for a new poem. Raises UsageError with the reason when it cannot be one."""
    given = asking.given_lines(order.begun) if order.begun is not None else []
    form = _form(order, given)
    head = asking.hanzi(order.head, Phrase("the beginning of the poem"), LONGEST_HEAD)
    hidden = _hidden(order)
    at = asking.whole(order.at, Phrase("at"))
    pattern, rhyme = (asking.name(text) for text in (order.pattern, order.rhyme))
    if order.free or not form.fixed:
        if hidden or order.force or pattern or rhyme or given:
            raise UsageError(
                "free verse has no acrostic, pattern, rhyme or forced character; leave out one or the other"
            )
        return Request(Free(form, head), **{"candidates": FREE_CANDIDATES} | settings_of(order))
    forced = merge(
        opening(head),
        {(i, j): c for i, line in enumerate(given) for j, c in enumerate(line)},
        acrostic(hidden, form, at, last=order.spread == LAST) if hidden else {},
        *(_forced(text) for text in order.force),
    )
    settings = settings_of(order)
    excluded = dict.fromkeys(form.places(), moods.kept_out(order.mood)) if order.mood else {}
    if order.policy == NONE:
        if pattern or rhyme:
            raise UsageError("a pattern or a rhyme is a rule; leave out --policy none")
        return Request(make_plan(form, forced=forced, excluded=excluded), **settings)
    wish = Wish(form, pattern, rhyme_number(rhyme) if rhyme else 0, forced, order.policy == STRICT, excluded)
    return Request(wish, **settings)


def settings_of(order: Order) -> dict[str, Any]:
    """How a poem is chosen and what it is about, as fields of a Request. Raises UsageError."""
    temperature = asking.real(order.temperature, Phrase("temperature"))
    settings: dict[str, Any] = {"sampling": Sampling(temperature, order.top_k, order.top_p)}
    if order.candidates is not None:
        settings["candidates"] = order.candidates
    if order.title is not None:
        if order.theme is not None:
            raise UsageError("give a theme or a title, not both")
        settings["title"] = asking.hanzi(order.title, Phrase("the title"), MAX_TITLE)
    if order.understood:
        settings["title"] = "".join(order.understood.words)[:MAX_TITLE]
        settings["stands_for"] = order.understood.modern
    if order.acrostic is not None and not settings.get("title"):
        settings["title"] = order.hidden.hanzi[:MAX_TITLE]
    if order.plan is not None:
        settings["words"] = asking.key_words(order.plan)
    if order.mood is not None:
        if order.mood not in moods.MOODS:
            raise UsageError(
                "unknown mood {name!r}; choose one of {choices}", name=asking.short(order.mood), choices=[*moods.MOODS]
            )
        if order.plan is None:
            settings["words"] = moods.key_words(order.mood, order.seed or 0)
    if order.style is not None:
        if order.style not in STYLES:
            raise UsageError(
                "unknown style {name!r}; choose one of {choices}", name=asking.short(order.style), choices=[*STYLES]
            )
        settings["style"] = order.style
    return settings


def row_of(order: Order) -> list[Order]:
    """The orders of a row of 绝句, each of which hides four characters of the acrostic; any other order alone. Raises
    UsageError."""
    if order.spread != ROW or not order.hidden.hanzi:
        return [order]
    length = QIJUE.length if order.form is None else find_form(order.form).length
    parts, seed = acrostics.quatrains(order.hidden.hanzi), seed_of(order)
    asked = replace(order, form=quatrain(length).name, lines=None, spread=FIRST)
    return [replace(asked, acrostic=part, seed=(seed + n) & LARGEST_SEED) for n, part in enumerate(parts)]


def seed_of(order: Order) -> int:
    """The seed; where none is given a new one, short enough to be typed again. Raises UsageError."""
    if order.seed is None:
        return int(np.random.default_rng().integers(1 << 32))
    seed = asking.whole(order.seed, Phrase("seed"))
    if not 0 <= seed <= LARGEST_SEED:
        raise UsageError("the seed must be between 0 and 2^63 - 1, not {given}", given=asking.short(seed))
    return seed


def find_form(name: str, lines: int | None = None) -> Form:
    """A form by its name; `lines` for 排律, ten unless said. Raises UsageError for another name or number."""
    form = BY_NAME.get(simplify(asking.name(name)))
    if form is None:
        raise UsageError("unknown form {name!r}; choose one of {choices}", name=asking.short(name), choices=[*BY_NAME])
    if lines is None:
        return pailu(SHORTEST_PAILU, form.length) if form in (WUPAI, QIPAI) else form
    return _of_lines(form, lines)


def _form(order: Order, given: asking.Lines) -> Form:
    """The form that is said, that given lines begin, or that the acrostic needs."""
    if order.form is not None:
        return find_form(order.form, order.lines)
    if given or order.lines is not None:
        return _begun_by(given, order.lines)
    return acrostics.form_for(len(order.hidden.hanzi), QIJUE.length)


def _hidden(order: Order) -> str:
    """The characters that one poem hides. Raises UsageError where it takes several."""
    if order.spread not in SPREADS:
        raise UsageError(
            "unknown spread {name!r}; choose one of {choices}", name=asking.short(order.spread), choices=[*SPREADS]
        )
    count = len(order.hidden.hanzi)
    if order.spread == ROW and count > QUATRAIN:
        raise UsageError(
            "a row of 绝句 that hides {count} characters is several poems; spread them over the lines of one",
            count=count,
        )
    return order.hidden.hanzi


def _of_lines(form: Form, lines: int) -> Form:
    count = asking.whole(lines, Phrase("lines"))
    if form not in (WUPAI, QIPAI) or not SHORTEST_PAILU <= count <= LONGEST_PAILU or count % 2:
        raise UsageError(
            "--lines is for 五排 and 七排: an even number from {low} to {high}", low=SHORTEST_PAILU, high=LONGEST_PAILU
        )
    return pailu(count, form.length)


def _begun_by(given: asking.Lines, lines: int | None) -> Form:
    """The quatrain that given lines begin, 七绝 without any."""
    form = WUJUE if given and len(given[0]) == WUJUE.length else QIJUE
    return form if lines is None else _of_lines(form, lines)


def _forced(text: str) -> dict[Place, str]:
    line, position, character = asking.forced(text)
    return {(line - 1, position - 1): asking.hanzi(character, Phrase("--force"), 1)}
