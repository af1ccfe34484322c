"""A writer: one model, and the poems it is asked for."""

from collections.abc import Sequence

from charrnn_core.errors import UsageError
from poetry.writing.model import Model
from poetry.writing.poem import Poem
from poetry.writing.request import Request
from poetry.writing.together import write_together


class Writer:
    """Writes poems with one model. The same request and seed give the same poem, whatever else is written."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def write(self, request: Request, seed: int) -> Poem:
        """The poem of a request. Raises UsageError when its wish cannot be fulfilled, with the reason."""
        (found,) = self.write_together([request], [seed])
        if isinstance(found, UsageError):
            raise found
        return found

    def write_together(self, requests: Sequence[Request], seeds: Sequence[int]) -> list[Poem | UsageError]:
        """For each request its poem, or the error that says why there is none."""
        return write_together(self.model, requests, seeds)
