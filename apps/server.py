"""The web server around the page: health, headers that keep the browser at home, and a limit on what is sent.

Pure ASGI, so that streams pass through untouched.
"""

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
    """Adds HEADERS to every answer and refuses a request body above limits.BODY."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > limits.BODY:
            await _refuse(send)
            return
        received = 0

        async def counted() -> Any:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limits.BODY:  # a body without a length, sent in pieces
                return {"type": "http.disconnect"}
            return message

        async def dressed(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        await self.app(scope, counted, dressed)


async def _refuse(send: Any) -> None:
    body = f'{{"detail":"a request may have at most {limits.BODY >> 20} MB"}}'.encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *HEADERS]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def serve(blocks: gr.Blocks, **settings: Any) -> fastapi.FastAPI:
    """The page, /health, and nothing else."""
    app = fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/health")
    def health() -> dict[str, Any]:
        return {"status": "ok", "networks": list(networks.cells())}

    gr.mount_gradio_app(
        app,
        blocks,
        path="",
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
