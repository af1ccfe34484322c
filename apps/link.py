"""链接 (link): an order and its seed as the query of an address, `head=春&form=七律&seed=7`, which brings a poem back.

The names are those of an Order, and `cell`. A poem that was changed by hand has no order: its link holds its text.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import quote, urlencode

from poetry.writing.order import Order
from poetry.writing.poem import Poem

NOT_ASKED = ("candidates", "seed")  # the first is the app's own choice, the second each poem's own


def of_order(order: Order, cell: str, usual_cell: str) -> dict[str, Any]:
    """What an order asks for beyond the usual, by the names of its fields; a form that was said in any case, the
    seed not."""
    asked = {field.name: getattr(order, field.name) for field in fields(Order) if field.name not in NOT_ASKED}
    found = {name: value for name, value in asked.items() if value != getattr(Order, name)}
    return found if cell == usual_cell else found | {"cell": cell}


def query(asked: Mapping[str, Any]) -> str:
    """Names and values as the query of an address, without the question mark."""
    return urlencode(asked, quote_via=quote)


def of_poem(poem: Poem) -> str:
    """The query that brings a poem back: its order, or, where it was changed since, its text and title."""
    if poem.link:
        return poem.link
    title = {"title": poem.name or poem.title} if poem.name or poem.title else {}
    return query({"text": poem.text, **title})
