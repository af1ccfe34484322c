"""The order in which a request is looked at, and what every answer carries. Pure ASGI: streams pass untouched."""

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from urllib.parse import parse_qs

import gradio as gr

from apps import forgetting
from apps.door import bodies, files, paths
from apps.door.calls import Calls
from apps.door.hosts import Hosts
from apps.door.refusal import Refusal
from apps.door.waiting import Waiting
from apps.guard import ASKED
from apps.shared import SHARED, Shared

# Whatever a page or its libraries might ask of another host, the browser refuses. Gradio builds its templates
# with eval and sets styles inline.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'none'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class Guard:
    """Passes on to `app` what the door lets in, and answers all else itself."""

    def __init__(self, app: Any, blocks: gr.Blocks, *, hosts: Hosts, shared: Shared, root: str = "") -> None:
        self.app, self.blocks, self.hosts, self.shared, self.root = app, blocks, hosts, shared, root
        self.calls, self.waiting = Calls(blocks), Waiting(blocks)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """See ASGI."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            answer = Answer(send)
            try:
                await self._pass(scope, receive, answer)
            except Refusal as refusal:
                await refusal.send(answer)
            except Exception as error:
                print(f"{scope['path'][:80]!r}: {type(error).__name__}: {str(error)[:200]!r}", file=sys.stderr)
                if not answer.begun:
                    await Refusal(500, "something went wrong inside").send(answer)

    async def _pass(self, scope: Any, receive: Any, send: Any) -> None:
        method, path = scope["method"], scope["path"]
        self.hosts.check(method, path, scope["headers"])
        paths.check(method, path)
        headers = dict(scope["headers"])
        body = await bodies.read(headers, receive)
        if body is None:
            return
        joining: AbstractContextManager[None] = nullcontext()
        if method == "POST" and path != paths.UPLOAD:
            sent = bodies.json_object(headers, body)
            number = self.calls.number(path, sent)
            files.check(sent, self.shared.uploads, headers[b"host"].decode("latin-1") + self.root)
            joining = nullcontext() if number is None else self.waiting.joining(number)
        state = {**scope.get("state", {}), ASKED: time.monotonic(), SHARED: self.shared}
        with joining, self._listening(scope):
            await self.app({**scope, "state": state}, _replayed(body, receive), send)

    @contextmanager
    def _listening(self, scope: Any) -> Iterator[None]:
        """Note that a session listens, when that is what the request is; forget what it has heard when it ends."""
        stream = paths.STREAM.fullmatch(scope["path"])
        if not stream or scope["method"] != "GET":
            yield
            return
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])
        session = stream["event"] or asked[-1]
        answers = self.blocks._queue.pending_messages_per_session.get(session)
        if answers is None:  # gradio breaks off the answer
            raise Refusal(404, "nothing was asked for under that name, or it has been answered")
        try:
            with self.shared.presence.listening(session):
                yield
        finally:
            if stream["event"]:
                forgetting.after_call(self.blocks, session)
            else:
                forgetting.after_stream(self.blocks, session, answers)


class Answer:
    """Sends an answer on, dressed in HEADERS."""

    def __init__(self, send: Any) -> None:
        self._send, self.begun = send, False

    async def __call__(self, message: Any) -> None:
        """See ASGI."""
        if message["type"] == "http.response.start":
            self.begun = True
            message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
        await self._send(message)


def _replayed(body: bytes, receive: Any) -> Any:
    """The body again for the app, then what the client says after it."""
    parts = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Any:
        return parts.pop() if parts else await receive()

    return next_message
