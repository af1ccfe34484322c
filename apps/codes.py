"""What an error is called by a program: a code beside the line for people, and the parameter that is at fault.

Gradio hands on an error's message and title and nothing else; to the caller of an endpoint the title says the code
and the parameter, and Coded puts them where they are looked for: {"code": ..., "parameter": ..., "message": ...}.
"""

import json
from collections.abc import Mapping
from typing import Any

from apps.current import TimeUpError
from apps.door.paths import STREAM
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

_ERROR = b"event: error\ndata: "


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
    """The code and, where one of the endpoint's `parameters` (by the keys of labels) is at fault, its name."""
    return f"{code_of(error)} {parameters.get(field_of(error), '')}".rstrip()


class Coded:
    """An ASGI app whose streams of endpoints end, where they fail, in an error with a code."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """See ASGI."""
        stream = STREAM.fullmatch(scope["path"]) if scope["type"] == "http" else None

        async def coded(message: Any) -> None:
            if message.get("body", b"").startswith(_ERROR):
                said = json.dumps(_record(json.loads(message["body"].removeprefix(_ERROR))))
                message = {**message, "body": _ERROR + said.encode() + b"\n\n"}
            await send(message)

        await self.app(scope, receive, coded if stream and stream["event"] else send)


def _record(error: Any) -> dict[str, Any]:
    """What gradio tells of an error as {"code", "parameter", "message"}."""
    if not isinstance(error, dict) or not error.get("error"):  # one of gradio's own
        return {"code": BROKEN, "parameter": None, "message": "something went wrong inside"}
    code, _, parameter = str(error.get("title")).partition(" ")
    return {"code": code, "parameter": parameter or None, "message": error["error"]}
