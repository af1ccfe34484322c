"""A no to a request: a status and one line."""

import json
from typing import Any


class Refusal(Exception):  # noqa: N818 - an answer, not a failure
    """The request is answered with `status` and `why`, and goes no further."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why

    async def send(self, send: Any) -> None:
        """Answer with it (ASGI). The connection ends: what else the client sends of this request is not read."""
        body = json.dumps({"detail": self.why}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
