"""What the tabs and the named endpoints both do: check what came in, let the library work, give records.

Everything may raise UsageError with one line for the user.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from apps import limits, link, networks
from apps.texts import say
from poetry.prosody import judge, patterns
from poetry.prosody.judge import POLICIES, Report
from poetry.prosody.table import BOOKS, GROUP_NAMES, LEVEL_GROUPS, PINGSHUI
from poetry.text import pasted as verse
from poetry.text.forms import QIPAI, WUPAI
from poetry.text.hanzi import simplify, to_traditional
from poetry.theme.reading import Theme
from poetry.writing.asking import gap_places
from poetry.writing.order import FEW, Order, request_of, seed_of, settings_of
from poetry.writing.poem import Poem
from poetry.writing.request import Request
from poetry.writing.rewriting import Alternative, alternatives, gaps, request_to_rewrite
from poetry.writing.several import different

PATTERNS = tuple(pattern.name for pattern in patterns.patterns(7))
RHYMES = GROUP_NAMES[1 : LEVEL_GROUPS + 1]


@dataclass(frozen=True)
class Task:
    """Poems that are wanted of a network."""

    request: Request
    cell: str
    seed: int
    count: int
    name: str = ""  # what the poems are called where the person has words for it
    asked: Mapping[str, Any] = field(default_factory=dict)  # by the names of an Order, for the link; the seed apart

    def poems(self) -> Iterator[Poem]:
        """The poems, each when it is written, no two alike; fewer than asked for where there are no more."""
        for poem in different(networks.writer(self.cell), self.request, self.seed, self.count):
            found = link.query({**self.asked, "seed": poem.seed})
            yield replace(poem, name=self.name, wish=self.request.wish, link=found)


def prepare() -> None:
    """Read what the first poem and the first theme need: weights, tables, seen lines, jieba."""
    from poetry.theme.reading import read_theme

    next(order(head="春", count=1, seed=0, cell=networks.cells()[0]).poems())
    read_theme("春天")


def poems(wishes: dict[str, Any]) -> Iterator[Poem]:
    """The poems of an order, each when it is written."""
    yield from order(**wishes).poems()


def order(*, count: Any = 1, cell: Any = "lstm", **fields: Any) -> Task:
    """Check a wish from outside: fields of an Order, of which empty ones count for nothing."""
    wanted = Order.of({"candidates": FEW} | _given(fields))
    wanted = replace(wanted, seed=seed_of(wanted))
    request, cells = request_of(wanted), networks.cells()
    cell = limits.choice(cell, "cell", cells)
    asked = link.of_order(wanted, cell, cells[0])
    if wanted.mood and request.words:  # which are drawn by the seed of the first poem
        asked |= {"plan": " ".join(request.words)}
    return Task(request, cell, seed_of(wanted), limits.whole(count, "count", 1, limits.POEMS), _name(wanted), asked)


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What is filled in of a form, which has a number of lines in any case."""
    given = {name: value for name, value in fields.items() if value not in ("", None)}
    if given.get("form") not in (WUPAI.name, QIPAI.name):
        given.pop("lines", None)
    if "at" in given:
        limits.whole(given["at"], "at", -QIPAI.length, QIPAI.length)
    if "temperature" in given:
        limits.number(given["temperature"], "temperature", 0, limits.WARMEST)
    return given


def _name(wanted: Order) -> str:
    """What a poem is called where the person has words of their own for it: a title, an acrostic or a theme."""
    if wanted.understood:
        return simplify(wanted.acrostic or "") or own_words(wanted.understood)
    return simplify(wanted.title or wanted.acrostic or "")


def own_words(theme: Theme) -> str:
    """The words of a theme as they were said, those that the poem is written by."""
    spoken = {verse: modern for modern, verse in theme.mapped}
    return "·".join(dict.fromkeys(spoken.get(word, word) for word in theme.words))


def understood(theme: Any) -> str:
    """What the words of a theme were taken for, and which are left out; empty without a theme."""
    found = Order.of(_given({"theme": theme})).understood
    if not found:
        return ""
    spoken = {verse: modern for modern, verse in found.mapped}
    words = [f"{spoken[word]}→{word}" if word in spoken else word for word in found.words]
    parts = {"theme_taken": words, "theme_unknown": found.unknown, "theme_left": found.left}
    return say("stop_mark").join(say(key, words="、".join(part)) for key, part in parts.items() if part)


def rewrite(text: Any, gap: Any, temperature: Any, seed: Any, cell: Any, known: Poem | None = None) -> Poem:
    """A poem with new characters in its gap: places such as 3 (a line) or 3:2-4, by commas, and every □.

    `known` is the poem as it was written, where that is known: what it was asked for, its title and words stay."""
    given = limits.text(text, "poem_text", limits.REWRITTEN, lines=True)
    poems = verse.poems(given) if given else []
    if len(poems) != 1:
        raise limits.FieldError("one_poem", "poem_text")
    named = limits.text(gap, "gap", 40).replace("，", ",")
    places = gap_places(named.split(",") if named else [], poems[0]) | gaps(poems[0])
    if len(places) > limits.GAP:
        raise limits.FieldError("gap_too_large", "gap", most=limits.GAP)
    writer = networks.writer(limits.choice(cell, "cell", networks.cells()))
    wanted = Order.of(_given({"temperature": temperature, "seed": seed}))
    settings, asked, name = settings_of(wanted), None, ""
    if known:
        settings |= {"title": known.title, "words": known.words}
        asked, name = known.wish, known.name
    request = request_to_rewrite(poems[0], places, writer.model.sets(), asked, **settings)
    return replace(writer.write(request, seed_of(wanted)), wish=asked, name=name)


def other_characters(poem: Poem, line: int, position: int, cell: Any, count: int = 8) -> list[Alternative]:
    """What else could stand at a place of a poem."""
    model = networks.writer(limits.choice(cell, "cell", networks.cells())).model
    return alternatives(model, poem.lines, (line, position), count, poem.wish)


def seed_or_any(seed: Any) -> int:
    """The seed, or a random one where none was given."""
    return seed_of(Order.of(_given({"seed": seed})))


def check_text(text: Any, policy: Any = "usual", book: Any = PINGSHUI) -> list[Report]:
    """A report for each poem of a text."""
    given = limits.text(text, "poem_text", limits.CHECKED, lines=True)
    if not given:
        raise limits.FieldError("empty", "poem_text")
    policy, book = limits.choice(policy, "policy", POLICIES), limits.choice(book, "book", BOOKS)
    return judge.check_text(given, policy, book)


def record(poem: Poem, *, traditional: bool) -> dict[str, Any]:
    """A poem as JSON-able data; in traditional script the conversion is approximate."""
    found = poem.as_dict()
    if traditional:
        found |= {"text": to_traditional(poem.text), "lines": [to_traditional(line) for line in poem.lines]}
    return found


def rows(text: str) -> str:
    """A poem's text, a couplet a row."""
    return re.sub("。(?=.)", "。\n", text)
