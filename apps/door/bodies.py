"""The body of a request: of bounded size, there within seconds, and, where it is JSON, text of bounded depth."""

import asyncio
import json
from typing import Any

from apps import limits
from apps.door.refusal import Refusal

Headers = dict[bytes, bytes]


async def read(headers: Headers, receive: Any) -> bytes | None:
    """The whole body; None when the client has gone. Raises Refusal when it is too large or takes too long."""
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length) > limits.BODY:
        raise Refusal(413, f"a request may have at most {limits.BODY >> 20} MB")
    try:
        async with asyncio.timeout(limits.BODY_SECONDS):
            return await _all(receive)
    except TimeoutError:
        raise Refusal(408, f"a request must be sent within {limits.BODY_SECONDS} seconds") from None


async def _all(receive: Any) -> bytes | None:
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limits.BODY:
            raise Refusal(413, f"a request may have at most {limits.BODY >> 20} MB")
    return bytes(body)


def json_object(headers: Headers, body: bytes) -> dict[str, Any]:
    """The JSON object that a body is.

    Raises Refusal. A lone surrogate can be written in JSON, but not in an answer: gradio would leave whoever sent it
    waiting.
    """
    if headers.get(b"content-type", b"").split(b";")[0].strip().lower() != b"application/json":
        raise Refusal(415, "the body must be application/json")
    try:
        found = json.loads(body)
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Refusal(400, "half of a character (a lone surrogate)") from None
    except RecursionError:
        raise Refusal(400, "nested too deep") from None
    except ValueError:
        raise Refusal(400, "the body is no JSON") from None
    if not isinstance(found, dict):
        raise Refusal(400, "the body must be a JSON object")
    if _deep(found):
        raise Refusal(400, "nested too deep")
    return found


def _deep(value: Any, levels: int = limits.DEPTH) -> bool:
    """Whether a value is nested deeper than so many levels."""
    if not isinstance(value, dict | list):
        return False
    return not levels or any(_deep(each, levels - 1) for each in (value.values() if isinstance(value, dict) else value))
