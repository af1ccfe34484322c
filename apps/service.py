"""What the tabs and the named endpoints both do: check what came in, let the library work, give records.

Everything may raise UsageError with one line for the user.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from apps import limits, link, networks
from apps.texts import say
from charrnn_core.errors import UsageError
from poetry.prosody import judge, patterns
from poetry.prosody.judge import POLICIES, Report
from poetry.prosody.table import BOOKS, GROUP_NAMES, LEVEL_GROUPS, PINGSHUI
from poetry.slots.plan import Place
from poetry.slots.regulated import Wish
from poetry.text import pasted as verse
from poetry.text.forms import QIPAI, WUPAI
from poetry.text.hanzi import simplify, to_traditional
from poetry.theme.reading import Theme
from poetry.writing.acrostics import in_hanzi
from poetry.writing.asking import gap_places
from poetry.writing.order import Order, find_form, request_of, row_of, seed_of, settings_of
from poetry.writing.poem import Poem
from poetry.writing.proposals import Proposal, possible, proposals
from poetry.writing.request import Request
from poetry.writing.rewriting import Alternative, alternatives, gain, gaps, request_to_rewrite
from poetry.writing.several import different
from poetry.writing.together import outline
from poetry.writing.wishing import BEGUN, READINGS, THEME, meant, reading

PATTERNS = tuple(pattern.name for pattern in patterns.patterns(7))
CANDIDATES = 64  # a person waits, and perhaps others: half of what a command line takes
BREAKING = 3  # characters that break a rule and are shown all the same
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
    """The poems of an order, each when it is written: of a row of 绝句 one for each part."""
    row = row_of(_order(wishes))
    asked = wishes if len(row) == 1 else wishes | {"count": 1}
    for task in [_task(one, asked) for one in row]:
        yield from task.poems()


def order(**wishes: Any) -> Task:
    """Check a wish from outside: fields of an Order, of which empty ones count for nothing, count, cell."""
    return _task(_order(wishes), wishes)


def _order(wishes: Mapping[str, Any]) -> Order:
    wanted = Order.of({"candidates": CANDIDATES} | _given(wishes))
    return replace(wanted, seed=seed_of(wanted))


def _task(wanted: Order, wishes: Mapping[str, Any]) -> Task:
    request, cells = request_of(wanted), networks.cells()
    cell = limits.choice(wishes.get("cell", cells[0]), "cell", cells)
    drawn = " ".join(request.words) if wanted.mood else ""  # by the seed of the first poem, which others have not
    asked = link.of_order(replace(wanted, plan=drawn or wanted.plan), cell, cells[0])
    count = limits.whole(wishes.get("count", 1), "count", 1, limits.POEMS)
    return Task(request, cell, seed_of(wanted), count, _name(wanted), asked)


def ways(wishes: dict[str, Any]) -> list[Proposal]:
    """What can be done instead of an order that cannot be fulfilled, by the fields of the page: what its one line was
    taken for stands in a field of its own then. Nothing where the order is none, or can be fulfilled."""
    try:
        wanted = _order(wishes)
    except UsageError:
        return []
    sets = networks.writer(limits.choice(wishes.get("cell"), "cell", networks.cells())).model.sets()
    if possible(wanted, sets):
        return []
    said = _of_line(wishes)
    return [Proposal(one.said, _on_the_page(said, one.changes)) for one in proposals(wanted, sets)]


def _on_the_page(said: dict[str, str], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes of an order as changes of the page's fields; it has none for given lines but the one line."""
    if BEGUN in said:
        return dict(changes) | ({"said": ""} if BEGUN in changes else {})
    return said | dict(changes) | ({"said": ""} if said else {})


def _of_line(wishes: Mapping[str, Any]) -> dict[str, str]:
    """The field that the one line of the page fills. A kind that has been said in its own field is not guessed."""
    line = limits.text(wishes.get("said"), "said", limits.THEME)
    if not line:
        return {}
    said = limits.choice(wishes.get("read_as") or "", "read_as", ("", *READINGS))
    guess = said or reading(line)
    return meant(line, THEME if not said and wishes.get(guess) else guess)


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What is filled in of a form, which has a number of lines in any case."""
    given = {name: value for name, value in {**fields, **_of_line(fields)}.items() if value not in ("", None)}
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
    return "·".join(dict.fromkeys(theme.said.values()))


class Taken(NamedTuple):
    """What a person's words were taken for, and an acrostic that hides all of them where some are left out."""

    line: str = ""
    instead: str = ""


def understood(wishes: Mapping[str, Any]) -> Taken:
    """What the one line, the theme and the acrostic were taken for, and which words are left out; empty without any."""
    wanted, parts, instead = Order.of(_given(wishes)), [], ""
    for kind, said in _of_line(wishes).items():
        if kind != THEME:
            parts.append(say(f"taken_{kind}", words=said))
    if wanted.understood:
        theme = wanted.understood
        told = {"theme_taken": theme.shown(), "theme_unknown": theme.unknown, "theme_left": theme.left}
        parts += [say(key, words="、".join(part)) for key, part in told.items() if part]
    if wanted.hidden.left_out:
        parts.append(say("cannot_hide", words="、".join(wanted.hidden.left_out)))
        instead = in_hanzi(wanted.acrostic or "")
    return Taken(say("stop_mark").join(parts), instead if instead != wanted.hidden.hanzi else "")


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
        settings |= {"title": known.title, "stands_for": known.stands_for, "words": known.words}
        asked, name = known.wish, known.name
    request = request_to_rewrite(poems[0], places, writer.model.sets(), asked, **settings)
    return replace(writer.write(request, seed_of(wanted)), wish=asked, name=name)


def rewritings(poem: Poem, places: list[Place], temperature: Any, cell: Any, count: int) -> Iterator[Poem]:
    """Poems with new characters at these places, each when it is written; fewer where there are no more. Their scores
    differ from the poem's by what the new characters change."""
    writer = networks.writer(limits.choice(cell, "cell", networks.cells()))
    settings = settings_of(Order.of(_given({"temperature": temperature})))
    settings |= {"title": poem.title, "stands_for": poem.stands_for, "words": poem.words, "candidates": CANDIDATES}
    request = request_to_rewrite(poem.lines, places, writer.model.sets(), poem.wish, **settings)
    for found in different(writer, request, seed_of(Order()), count):
        change = gain(writer.model, request, poem.text, found) / len(poem.text)
        yield replace(found, wish=poem.wish, name=poem.name, score=poem.score + change)


def other_characters(poem: Poem, place: Place, cell: Any) -> list[Alternative]:
    """What else could stand at a place of a poem: what keeps the rules, then what breaks one."""
    model = networks.writer(limits.choice(cell, "cell", networks.cells())).model
    return alternatives(model, poem.lines, place, asked=poem.wish, breaking=BREAKING)


def with_character(poem: Poem, place: Place, character: str, gain: float = math.nan) -> Poem:
    """The poem with another character at a place, likelier by `gain` (nats); without one it was changed by hand: how
    likely it is to the network is not known."""
    at = sum(len(line) + 1 for line in poem.lines[: place[0]]) + place[1]  # a mark after each line
    text = poem.text[:at] + character + poem.text[at + 1 :]
    return replace(poem, text=text, score=poem.score + gain / len(text), allowed_mass=(), link="")


def words_anew(poem: Poem, fixed: tuple[str, ...], cell: Any) -> tuple[str, ...]:
    """Another plan of key words for a poem, the fixed ones in it; "" where a line's word is open."""
    model = networks.writer(limits.choice(cell, "cell", networks.cells())).model
    wish = poem.wish or Wish(find_form(poem.form, len(poem.lines) if poem.form in (WUPAI.name, QIPAI.name) else None))
    request = Request(wish, poem.title, fixed, candidates=CANDIDATES, stands_for=poem.stands_for)
    return outline(model, request, seed_of(Order()))


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
