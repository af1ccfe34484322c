"""The web server around the page: gradio's app, /health, uploads of our own, and the door before all of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import fastapi
import gradio as gr
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from apps import forgetting, limits, networks, openapi, reference
from apps.coded import Coded
from apps.current import preferred, serving
from apps.door.guard import Guard
from apps.door.hosts import Hosts
from apps.door.paths import UPLOAD
from apps.shared import Shared
from apps.spoken import Spoken
from charrnn_core.errors import UsageError


def serve(blocks: gr.Blocks, shared: Shared, hosts: Hosts, root: str = "", **settings: Any) -> Guard:
    """The page, /api, /openapi.json, /health, and nothing else (ASGI); `root` is the path that a proxy gives them."""
    closed: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    app = fastapi.FastAPI(**closed, lifespan=lambda _: _running(blocks, shared))
    app.state.root = root
    app.get("/health")(health)
    app.get("/openapi.json")(openapi.document)
    app.get("/api")(reference.page)
    app.post(UPLOAD)(upload)
    gr.mount_gradio_app(
        app,
        blocks,
        path="",
        root_path=root,
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
    blocks.has_launched = True  # mounting does not say so, and without it gradio checks no path of a file
    forgetting.bound(blocks)
    return Guard(Coded(Spoken(app)), blocks, hosts=hosts, shared=shared, root=root)


def health() -> dict[str, Any]:
    """Whether the server answers, and which networks it has."""
    return {"status": "ok", "networks": list(networks.cells())}


async def upload(request: fastapi.Request) -> list[str]:
    """Keep one file; its path is what the page names it by."""
    async with request.form(max_files=1, max_fields=1) as form:
        file = form.get("files")
        if not isinstance(file, UploadFile):
            raise fastapi.HTTPException(400, "send one file, as multipart/form-data, named files")
        content = await file.read()
        with serving(preferred(request.headers.get("accept-language")), float("inf")):
            try:
                path = await run_in_threadpool(request.state.shared.uploads.keep, file.filename or "", content)
            except UsageError as error:
                raise fastapi.HTTPException(400, str(error)) from None
            except OSError as error:
                raise fastapi.HTTPException(507, f"the file cannot be kept: {error.strerror}") from None
    return [str(path)]


@asynccontextmanager
async def _running(blocks: gr.Blocks, shared: Shared) -> AsyncIterator[None]:
    """While the server runs there are workers, and what is too old is forgotten."""

    async def sweep() -> None:
        unheard: forgetting.Unheard = {}
        while True:
            await asyncio.sleep(limits.UNHEARD)
            for event in forgetting.abandoned(blocks, shared.presence):
                await blocks._queue.clean_events(event_id=event)
            unheard = forgetting.sweep(blocks, shared.presence, unheard)
            await run_in_threadpool(shared.uploads.sweep)

    tasks = asyncio.create_task(sweep()), asyncio.create_task(run_in_threadpool(shared.jobs.begin))
    yield
    shared.jobs.end()
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
