"""The frame of every event: language and deadline are set, and nothing but one polite line leaves on failure."""

import functools
import inspect
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from typing import Any

import gradio as gr

from apps import limits
from apps.codes import title_of
from apps.current import LeftError, check_left, preferred, serving
from apps.messages import error_line, field_of, is_ours
from apps.shared import SHARED, Shared, shared, sharing
from apps.texts import say

ASKED = "asked"  # when, in the state of a request: the door writes it

About = tuple[str, float, Callable[[], bool]]  # see apps.current.serving


def guarded(work: Callable, *, seconds: float = limits.SECONDS, names: Mapping[str, str] | None = None) -> Callable:
    """`work` as an event handler. One of its parameters is `request: gr.Request`; it may be a generator.

    A library error becomes a gr.Error with its line; any other failure is logged on the server and told in general.
    A generator that is stopped (`stopping`) ends as if it were done.
    `names` are those of an endpoint's parameters by the keys of labels, where they differ; its caller is told a code
    and the parameter (apps.codes). The page is told the label, and which field to mark (page.js).
    """
    parameters = list(inspect.signature(work).parameters)
    place = parameters.index("request")
    named = {key: name for key, name in (names or {}).items() if name in parameters}
    known = None if names is None else {name: name for name in parameters} | named

    def context(arguments: tuple[Any, ...], named: dict[str, Any]) -> tuple[Shared, About]:
        request = named["request"] if "request" in named else arguments[place]
        ours: Shared = getattr(request.state, SHARED)
        left = functools.partial(ours.presence.has_left, request.session_hash, _asked(request), _name(work))
        return ours, (preferred(request.headers.get("accept-language")), time.monotonic() + seconds, left)

    @functools.wraps(work)
    def once(*arguments: Any, **named: Any) -> Any:
        ours, about = context(arguments, named)
        with sharing(ours), serving(*about), _polite(known):
            check_left()
            return work(*arguments, **named)

    @functools.wraps(work)
    def steps(*arguments: Any, **named: Any) -> Iterator[Any]:
        ours, about = context(arguments, named)
        running = work(*arguments, **named)
        try:
            while True:
                # Each step may run in a thread and context of its own.
                with sharing(ours), serving(*about), _polite(known):
                    try:
                        check_left()
                        result = next(running)
                    except (StopIteration, LeftError):
                        return
                yield result
        finally:
            running.close()

    return steps if inspect.isgeneratorfunction(work) else once


def stopping(work: Callable) -> Callable:
    """What stops that which `work`, a generator, does for the session that asks."""

    def stop(request: gr.Request) -> None:
        shared().presence.stop(request.session_hash or "", _name(work), _asked(request))

    return stop


def _asked(request: gr.Request) -> float:
    """When it came in (time.monotonic)."""
    return getattr(request.state, ASKED, time.monotonic())


def _name(work: Callable) -> str:
    return f"{work.__module__}.{work.__qualname__}"


@contextmanager
def _polite(names: Mapping[str, str] | None) -> Iterator[None]:
    """Turn what escapes from a block into a gr.Error of one line."""
    try:
        yield
    except gr.Error:
        raise
    except Exception as error:
        if not is_ours(error):
            traceback.print_exc()
        title = say("error") if names is None else title_of(error, names)
        raise gr.Error(_told(error, names), title=title, print_exception=False) from None


def _told(error: Exception, names: Mapping[str, str] | None) -> str:
    """The line of an error, as HTML."""
    if names is not None and isinstance(error, limits.FieldError):
        return escape(error.told(names.get(error.field, error.field)), quote=False)
    line, field = escape(error_line(error), quote=False), field_of(error)
    return f'<span class="of-{field}">{line}</span>' if field and names is None else line
