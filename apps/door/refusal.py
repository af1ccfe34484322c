"""A no to a request: a status, its code and one line."""

import json
from typing import Any

CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "wrong_method",
    408: "too_slow",
    413: "too_large",
    415: "not_json",
    421: "unknown_host",
    500: "broken",
    503: "busy",
}


class Refusal(Exception):  # noqa: N818 - an answer, not a failure
    """The request is answered with `status` and `why`, and goes no further."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why

    async def send(self, send: Any) -> None:
        """Answer with it (ASGI). The connection ends: what else the client sends of this request is not read."""
        said = {"code": CODES[self.status], "message": self.why, "detail": self.why}  # gradio's page shows the detail
        body = json.dumps(said).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
