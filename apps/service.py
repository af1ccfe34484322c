"""What the tabs and the named endpoints both do: check what came in, let the library work, give records.

Everything may raise UsageError with one line for the user.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from apps import limits, networks
from apps.texts import say
from charrnn_core.errors import UsageError
from charrnn_core.sampling import Sampling
from poetry.prosody import patterns
from poetry.prosody.judge import POLICIES, Report, check
from poetry.prosody.table import BOOKS, GROUP_NAMES, LEVEL_GROUPS, PINGSHUI
from poetry.slots.plan import acrostic, opening
from poetry.slots.regulated import Wish, merge, rhyme_number
from poetry.text import lines as verse
from poetry.text.forms import BY_NAME, QIPAI, WUPAI, Form, pailu
from poetry.text.hanzi import to_traditional
from poetry.text.vocab import MOST_KEYS
from poetry.theme.moods import MOODS, kept_out, key_words
from poetry.writing.asking import gap_places
from poetry.writing.poem import Poem
from poetry.writing.request import Request
from poetry.writing.rewriting import Alternative, alternatives, gaps, request_to_rewrite

PATTERNS = tuple(pattern.name for pattern in patterns.patterns(7))
RHYMES = GROUP_NAMES[1 : LEVEL_GROUPS + 1]
TRIES = 3  # seeds for each poem, should some give the same


@dataclass(frozen=True)
class Order:
    """A checked wish for poems."""

    request: Request
    cell: str
    seed: int
    count: int
    name: str = ""  # what the poems are called where they have no title

    def poems(self) -> Iterator[Poem]:
        """The poems, each when it is written, no two alike; fewer than asked for where there are no more."""
        writer, seen = networks.writer(self.cell), set()
        for seed in range(self.seed, self.seed + TRIES * self.count):
            poem = writer.write(self.request, seed)
            if poem.text not in seen:
                seen.add(poem.text)
                yield replace(poem, name=self.name, wish=self.request.wish)
            if len(seen) == self.count or not self.request.sampling.temperature:
                return


def prepare() -> None:
    """Read what the first poem and the first theme need: weights, tables, seen lines, jieba."""
    from poetry.theme.reading import read_theme

    next(order(head="春", count=1, seed=0, cell=networks.cells()[0]).poems())
    read_theme("春天")


def poems(wishes: dict[str, Any]) -> Iterator[Poem]:
    """The poems of an order, each when it is written."""
    yield from order(**wishes).poems()


def order(
    *,
    head: Any = "",
    theme: Any = "",
    title: Any = "",
    form: Any = "七绝",
    lines: Any = limits.PAILU[0],
    pattern: Any = "",
    rhyme: Any = "",
    acrostic_text: Any = "",
    at: Any = 1,
    temperature: Any = 0.8,
    count: Any = 1,
    seed: Any = None,
    cell: Any = "lstm",
    mood: Any = "",
) -> Order:
    """Check a wish from outside."""
    shape = _form(limits.choice(form, "form", BY_NAME), lines)
    start = limits.hanzi(head, "head", limits.HEAD)
    hidden = limits.hanzi(acrostic_text, "acrostic", limits.ACROSTIC)
    pattern = limits.choice(pattern or "", "pattern", ("", *PATTERNS))
    rhyme = limits.choice(rhyme or "", "rhyme", ("", *RHYMES))
    settings: dict[str, Any] = {
        "form": shape,
        "sampling": Sampling(limits.number(temperature, "temperature", 0, 2), top_p=0.9),
        "candidates": limits.CANDIDATES,
    }
    number, feeling = seed_or_any(seed), limits.choice(mood or "", "mood", ("", *MOODS))
    settings |= about(theme, title)
    name = hidden or own_words(theme)
    if hidden and not theme:
        settings["title"] = settings["title"] or hidden[: limits.TITLE]
    if feeling:
        settings["words"] = (*settings.get("words", ()), *key_words(feeling, number))[:MOST_KEYS]
    if shape.fixed:
        place = limits.whole(at, "at", -shape.length, shape.length)
        with limits.of_field("acrostic"):
            forced = merge(opening(start), acrostic(hidden, shape, place) if hidden else {})
        out = dict.fromkeys(shape.places(), kept_out(feeling)) if feeling else {}
        wish = Wish(shape, pattern, rhyme_number(rhyme) if rhyme else 0, forced, excluded=out)
        request = Request(wish=wish, **settings)
    elif hidden or pattern or rhyme:
        raise UsageError(say("free_has_no_rules"))
    else:
        request = Request(head=start, **settings)
    return Order(
        request,
        limits.choice(cell, "cell", networks.cells()),
        number,
        limits.whole(count, "count", 1, limits.POEMS),
        name,
    )


def about(theme: Any, title: Any) -> dict[str, Any]:
    """What the poem is about, as fields of a Request: words of verse for a theme, or else the title."""
    said, heading = limits.text(theme, "theme", limits.THEME), limits.hanzi(title, "poem_title", limits.TITLE)
    if said and heading:
        raise limits.FieldError("theme_or_title", "theme")
    if not said:
        return {"title": heading}
    from poetry.theme.reading import read_theme  # jieba takes a while to load

    with limits.of_field("theme"):
        return {"title": "", "words": read_theme(said).words}


def own_words(theme: Any) -> str:
    """The words of a theme as they were said, those that the poem is written by; empty without a theme."""
    said = limits.text(theme, "theme", limits.THEME)
    if not said:
        return ""
    from poetry.theme.reading import read_theme

    found = read_theme(said)
    spoken = {verse: modern for modern, verse in found.mapped}
    return "·".join(dict.fromkeys(spoken.get(word, word) for word in found.words))


def understood(theme: Any) -> str:
    """What the words of a theme were taken for, and which are left out; empty without a theme."""
    said = limits.text(theme, "theme", limits.THEME)
    if not said:
        return ""
    from poetry.theme.reading import read_theme

    found = read_theme(said)
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
    sampling = Sampling(limits.number(temperature, "temperature", 0, 2), top_p=0.9)
    asked = known.wish if known else None
    about = {"title": known.title, "words": known.words} if known else {}
    with limits.of_field("line"):
        request = request_to_rewrite(poems[0], places, writer.model.sets(), asked, sampling=sampling, **about)
    return replace(writer.write(request, seed_or_any(seed)), wish=asked, name=known.name if known else "")


def other_characters(poem: Poem, line: int, position: int, cell: Any) -> list[Alternative]:
    """What else could stand at a place of a poem."""
    model = networks.writer(limits.choice(cell, "cell", networks.cells())).model
    return alternatives(model, poem.lines, (line, position), asked=poem.wish)


def _form(name: str, lines: Any) -> Form:
    form = BY_NAME[name]
    if form not in (WUPAI, QIPAI):
        return form
    count = limits.whole(lines, "lines", limits.PAILU[0], limits.PAILU[-1])
    if count % 2:
        raise limits.FieldError("odd_lines", "lines")
    return pailu(count, form.length)


def seed_or_any(seed: Any) -> int:
    """The seed, or a random one where none was given."""
    if seed is None or seed == "":
        return int(np.random.default_rng().integers(1 << 32))
    if isinstance(seed, str):
        typed = limits.text(seed, "seed", 10)
        seed = int(typed) if typed.isascii() and typed.isdigit() else None
    return limits.whole(seed, "seed", 0, limits.LARGEST_SEED)


def check_text(text: Any, policy: Any = "usual", book: Any = PINGSHUI) -> list[Report]:
    """A report for each poem of a text."""
    given = limits.text(text, "poem_text", limits.CHECKED, lines=True)
    if not given:
        raise limits.FieldError("empty", "poem_text")
    policy, book = limits.choice(policy, "policy", POLICIES), limits.choice(book, "book", BOOKS)
    return [check(poem, policy, book) for poem in verse.poems(given)]


def record(poem: Poem, *, traditional: bool) -> dict[str, Any]:
    """A poem as JSON-able data; in traditional script the conversion is approximate."""
    found = poem.as_dict()
    if traditional:
        found |= {"text": to_traditional(poem.text), "lines": [to_traditional(line) for line in poem.lines]}
    return found


def rows(text: str) -> str:
    """A poem's text, a couplet a row."""
    return re.sub("。(?=.)", "。\n", text)
