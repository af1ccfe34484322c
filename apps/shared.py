"""What the requests of one app share: its workers, the poem of the day, who listens, uploads, a corpus to compare with.

apps.gradio_app makes one for each app, the door hands it to every request, and the frame of an event (apps.guard) lets
whatever serves the request have it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from apps.jobs import Jobs
from apps.nearest import Nearest
from apps.presence import Presence
from apps.today import Today
from apps.uploads import Uploads

SHARED = "shared"  # the one of its app, in the state of a request: the door writes it

_shared: ContextVar["Shared"] = ContextVar("shared")


class Shared:
    """See the module's docstring."""

    def __init__(self, uploads: Path, corpus: Path | None = None) -> None:
        """Uploads lie in a folder; poems are compared with an encoded corpus, if any. Raises UsageError when that is
        none."""
        self.nearest = Nearest(corpus)
        self.uploads = Uploads(uploads)
        self.presence = Presence()
        self.jobs = Jobs()
        self.today = Today(self.jobs)


@contextmanager
def sharing(found: Shared) -> Iterator[None]:
    """Within this block a request of the app that has this is served."""
    token = _shared.set(found)
    try:
        yield
    finally:
        _shared.reset(token)


def shared() -> Shared:
    """What the request being served shares with the others of its app."""
    return _shared.get()
