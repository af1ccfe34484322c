"""A writer: one model, and the poems it is asked for."""

from collections.abc import Sequence

from charrnn_core.errors import UsageError
from poetry.writing.model import Model, shipped
from poetry.writing.order import Order, request_of, seed_of
from poetry.writing.poem import Poem
from poetry.writing.request import Request
from poetry.writing.together import write_together


class Writer:
    """Writes poems with one model, the shipped one unless told. The same request and seed give the same poem; written
    together with others, but for rounding (poetry.writing.together)."""

    def __init__(self, model: Model | None = None) -> None:
        self.model = model or shipped()

    def write(self, asked: str | Order | Request, seed: int | None = None) -> Poem:
        """The poem of a request, of an order, or one that begins with a text. Without a seed it is the order's, or a
        new one. Raises UsageError when what is asked for cannot be done, with the reason."""
        order = Order(head=asked) if isinstance(asked, str) else asked if isinstance(asked, Order) else Order()
        request = asked if isinstance(asked, Request) else request_of(order)
        seed = seed_of(order) if seed is None else seed
        (found,) = self.write_together([request], [seed])
        if isinstance(found, UsageError):
            raise found
        return found

    def write_together(self, requests: Sequence[Request], seeds: Sequence[int]) -> list[Poem | UsageError]:
        """For each request its poem, or the error that says why there is none."""
        return write_together(self.model, requests, seeds)
