"""What the request being served asks for: its language, when it must be done, and whether anybody still waits for it.

They travel in context variables, so that nothing between the server and a message has to hand them on.
"""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from charrnn_core.errors import Phrase, UsageError

TIME_UP = Phrase("it took too long and was stopped; ask for less")
CHINESE, TRADITIONAL, ENGLISH = "zh", "zh-Hant", "en"

_language: ContextVar[str] = ContextVar("language", default=CHINESE)
_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))
_left: ContextVar[Callable[[], bool]] = ContextVar("left", default=lambda: False)


class TimeUpError(UsageError):
    """A request took longer than it may."""


class LeftError(UsageError):
    """Nobody waits for the answer any more."""


@contextmanager
def serving(language: str, deadline: float, left: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Within this block the request speaks `language`, ends at `deadline` (time.monotonic), and `left` tells whether
    whoever asked has gone."""
    tokens = _language.set(language), _deadline.set(deadline), _left.set(left)
    try:
        yield
    finally:
        _language.reset(tokens[0])
        _deadline.reset(tokens[1])
        _left.reset(tokens[2])


def language() -> str:
    """CHINESE, TRADITIONAL or ENGLISH."""
    return _language.get()


def remaining() -> float:
    """Seconds until the request must be done."""
    return _deadline.get() - time.monotonic()


def check_left() -> None:
    """Raises LeftError when nobody waits for the answer any more."""
    if _left.get()():
        raise LeftError("whoever asked has gone")


def check_time() -> None:
    """Raises TimeUpError when the request's time is up, LeftError when nobody waits for it any more."""
    check_left()
    if remaining() < 0:
        raise TimeUpError(TIME_UP)


def preferred(accept_language: str | None) -> str:
    """The language of an Accept-Language header: Chinese, in the script that is written there, when its first known
    language is Chinese, else English.

    >>> preferred("zh-CN,zh;q=0.9,en;q=0.8"), preferred("zh-TW,en;q=0.8"), preferred("fr,en;q=0.5"), preferred(None)
    ('zh', 'zh-Hant', 'en', 'en')
    """
    weighed = []
    for index, part in enumerate((accept_language or "")[:500].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            weight = 0.0
        if weight > 0:
            weighed.append((-weight, index, tag.lower().split("-")))
    known = next((parts for _, _, parts in sorted(weighed) if parts[0] in (CHINESE, ENGLISH)), [ENGLISH])
    if known[0] == ENGLISH:
        return ENGLISH
    return TRADITIONAL if is_traditional(known[1:]) else CHINESE


def is_traditional(subtags: Collection[str]) -> bool:
    """Whether Chinese with these subtags (lower case; BCP 47) is written in traditional script."""
    return "hant" in subtags or ("hans" not in subtags and bool({"tw", "hk", "mo"} & {*subtags}))
