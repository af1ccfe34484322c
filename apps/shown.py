"""The poems of the verse tab as they are shown: all cards, and what is known of the chosen one."""

from collections.abc import Sequence
from typing import Any

from apps import card, gloss, kept, limits, report
from apps.shared import shared
from apps.texts import say
from charrnn_core.errors import UsageError
from charrnn_core.escape import escape
from poetry.prosody.judge import check
from poetry.theme.moods import measured
from poetry.writing.poem import Poem


def views(poems: Sequence[Poem], show: Sequence[str], which: int) -> tuple[str, str]:
    """All cards, and what is known of poem `which`, from 1."""
    reports = [check(poem.lines) for poem in poems]
    cards = [
        card.card(poem, found, show=show, number=number, chosen=len(poems) > 1 and number == which)
        for number, (poem, found) in enumerate(zip(poems, reports, strict=True), 1)
    ]
    poem, found = poems[which - 1], reports[which - 1]
    feeling = escape(say("mood_measured", **measured(poem.text)))
    return (
        card.deck(cards, show),
        f'{kept.describe(poem, found)}{gloss.describe(found)}<p class="legend">{feeling}</p>'
        f"{report.describe([found])}{shared().nearest.describe(poem.lines)}",
    )


def boxes(show: Any) -> list[str]:
    """The ticked boxes: what is shown with the characters."""
    if not isinstance(show or [], list):
        raise UsageError(say("no_such_choice", name=say("show"), choices=" ".join(card.SHOWN)))
    return [limits.choice(each, "show", card.SHOWN) for each in show or ()]


def number(which: Any, poems: Sequence[Poem]) -> int:
    """The number of the chosen poem, from 1."""
    if not poems:
        raise UsageError(say("first_write"))
    return limits.whole(which, "choose", 1, len(poems))
