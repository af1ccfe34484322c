"""What the request being served asks for: its language, and when it must be done.

Both travel in context variables, so that nothing between the server and a message has to hand them on.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from charrnn_core.errors import UsageError

CHINESE, ENGLISH = "zh", "en"

_language: ContextVar[str] = ContextVar("language", default=CHINESE)
_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))


class TimeUpError(UsageError):
    """A request took longer than it may."""


@contextmanager
def serving(language: str, deadline: float) -> Iterator[None]:
    """Within this block the request speaks `language` and ends at `deadline` (time.monotonic)."""
    tokens = _language.set(language), _deadline.set(deadline)
    try:
        yield
    finally:
        _language.reset(tokens[0])
        _deadline.reset(tokens[1])


def language() -> str:
    """CHINESE or ENGLISH."""
    return _language.get()


def check_time() -> None:
    """Raises TimeUpError when the request's time is up."""
    if time.monotonic() > _deadline.get():
        from apps.texts import say

        raise TimeUpError(say("time_up"))


def preferred(accept_language: str | None) -> str:
    """The language of an Accept-Language header: Chinese when its first known language is Chinese, else English.

    >>> preferred("zh-CN,zh;q=0.9,en;q=0.8"), preferred("fr,en;q=0.5"), preferred(None)
    ('zh', 'en', 'en')
    """
    weighed = []
    for index, part in enumerate((accept_language or "")[:500].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            weight = 0.0
        if weight > 0:
            weighed.append((-weight, index, tag.lower().split("-")[0]))
    known = [tag for _, _, tag in sorted(weighed) if tag in (CHINESE, ENGLISH)]
    return known[0] if known else ENGLISH
