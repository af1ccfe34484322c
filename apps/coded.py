"""Errors of endpoints as programs look for them: {"code": ..., "parameter": ..., "message": ...} (apps.codes)."""

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
    """What gradio tells of an error as {"code", "parameter", "message"}."""
    if not isinstance(error, dict) or not error.get("error"):  # one of gradio's own
        return {"code": BROKEN, "parameter": None, "message": "something went wrong inside"}
    code, _, parameter = str(error.get("title")).partition(" ")
    return {"code": code, "parameter": parameter or None, "message": error["error"]}
