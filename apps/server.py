"""The web server around the page: health, headers that keep the browser at home, and a limit on what is sent.

Pure ASGI, so that streams pass through untouched.
"""

import json
from typing import Any

import fastapi
import gradio as gr

from apps import limits, networks

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
)


class Guarding:
    """Adds HEADERS to every answer; refuses a request body above limits.BODY, and JSON that is no text.

    A lone surrogate can be written in JSON, but not in an answer: gradio would leave whoever sent it waiting.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def dressed(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        body = b"" if not length.isdigit() or int(length) > limits.BODY else await _body(receive)
        if body is None:
            return
        if not length.isdigit() or max(int(length), len(body)) > limits.BODY:
            await _refuse(dressed, 413, f"a request may have at most {limits.BODY >> 20} MB")
        elif b"json" in headers.get(b"content-type", b"") and not _is_text(body):
            await _refuse(dressed, 400, "half of a character (a lone surrogate), or nested too deep")
        else:
            await self.app(scope, _replayed(body, receive), dressed)


async def _body(receive: Any) -> bytes | None:
    """The whole body, or as much as shows that it is too large; None when the client has gone."""
    body = bytearray()
    more = True
    while more and len(body) <= limits.BODY:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)


def _replayed(body: bytes, receive: Any) -> Any:
    """The body again for the app, then what the client says after it."""
    parts = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Any:
        return parts.pop() if parts else await receive()

    return next_message


def _is_text(body: bytes) -> bool:
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    except ValueError:  # no JSON at all: the app says so
        return True
    return True


async def _refuse(send: Any, status: int, why: str) -> None:
    body = json.dumps({"detail": why}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def serve(blocks: gr.Blocks, **settings: Any) -> fastapi.FastAPI:
    """The page, /health, and nothing else."""
    closed: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    app = fastapi.FastAPI(**closed)

    @app.get("/health")
    def health() -> dict[str, Any]:
        return {"status": "ok", "networks": list(networks.cells())}

    gr.mount_gradio_app(
        app,
        blocks,
        path="",
        app_kwargs=closed,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        allowed_paths=[],
        max_file_size=limits.UPLOAD,
        **settings,
    )
    app.add_middleware(Guarding)
    return app
