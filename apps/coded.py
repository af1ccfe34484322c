"""Errors of endpoints as programs look for them: apps.records.Error, of what apps.codes says in a title."""

import json
from typing import Any

from apps.codes import BROKEN
from apps.door.paths import STREAM

_ERROR = b"event: error\ndata: "


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
    """What gradio tells of an error as an apps.records.Error."""
    try:
        return {**json.loads(error["title"]), "message": error["error"]}
    except (KeyError, TypeError, ValueError):  # one of gradio's own
        return {"code": BROKEN, "parameter": None, "instead": [], "message": "something went wrong inside"}
