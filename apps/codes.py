"""What an error is for a program: a code beside the line for people, the parameter that is at fault, and what can be
done instead.

Gradio hands on an error's message and title and nothing else; to the caller of an endpoint the title says these as
JSON, and apps.coded puts them where they are looked for.
"""

import json
from collections.abc import Mapping

from typing_extensions import TypedDict  # pydantic takes that of typing from Python 3.12 on

from apps.current import TimeUpError
from apps.limits import FieldError
from apps.messages import field_of, is_ours
from charrnn_core.errors import UsageError

# Codes of what is said in the stream of an event, besides those of FieldError.
IMPOSSIBLE, TIME_UP, FAILED, BROKEN = "impossible", "time_up", "failed", "broken"
OF_VALUES = (
    *("empty", "not_text", "too_long", "bad_character", "out_of_range", "no_such_choice", "not_a_flag"),
    *("gap_too_large", "one_poem"),
)
CODES = (*OF_VALUES, IMPOSSIBLE, TIME_UP, FAILED, BROKEN)


class Way(TypedDict):
    """What can be done instead of what was asked for: a line for people, and the parameters that it changes."""

    said: str
    changes: dict[str, str | int]


class ImpossibleError(UsageError):
    """A wish that cannot be met for the reason of `error`, with what can be done `instead`."""

    def __init__(self, error: UsageError, instead: list[Way]) -> None:
        super().__init__(error.phrase)
        self.instead = instead


def code_of(error: Exception) -> str:
    """The code of what an endpoint raised."""
    if isinstance(error, FieldError):
        return error.how
    if isinstance(error, TimeUpError):
        return TIME_UP
    if not is_ours(error):
        return BROKEN
    return IMPOSSIBLE if isinstance(error, UsageError) else FAILED


def title_of(error: Exception, parameters: Mapping[str, str]) -> str:
    """The code, which of the endpoint's `parameters` (by the keys of labels) is at fault, what can be done instead."""
    instead = error.instead if isinstance(error, ImpossibleError) else []
    return json.dumps({"code": code_of(error), "parameter": parameters.get(field_of(error)), "instead": instead})
