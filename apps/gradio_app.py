"""作诗网页 (the app): `python -m apps.gradio_app` opens a page on this machine.

Nothing is fetched from anywhere and nothing is sent anywhere.
"""

import argparse
import atexit
import os
import re
import shutil
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

    from apps.door.guard import Guard

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # requests run side by side; see poetry.generate

from apps import limits
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError

_ROOT = re.compile(r"(/[\w.~-]*[\w~-])*", re.ASCII)

EXAMPLES = """\
例 / examples:
  charrnn-verse-app
  charrnn-verse-app --port 8000 --font /usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc
"""


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="charrnn-verse-app", description="作诗网页 / the app in the browser", epilog=EXAMPLES)
    add = parser.add_argument
    name, port, root = (os.environ.get(f"GRADIO_{each}") for each in ("SERVER_NAME", "SERVER_PORT", "ROOT_PATH"))
    add("--host", default=name or "127.0.0.1", help="地址，省略则只有本机可用 / address; left out: this machine only")
    add(
        "--allowed-host",
        action="append",
        default=[],
        metavar="NAME",
        help="别人用来打开它的名字，可写几次 / a name by which others open it; may be given again",
    )
    add("--port", type=int, default=port or 7860, help="端口 / port")
    add("--root-path", default=root or "", metavar="/PATH", help="反向代理给它的路径 / the path that a proxy gives it")
    add("--corpus", type=Path, help="编码好的语料：显示最近的古人诗句 / encoded corpus: show the nearest human lines")
    add("--font", type=Path, help="图片用的字体文件 / font file for pictures")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    if not 1 <= arguments.port <= 65535:
        raise UsageError("the port must be between 1 and 65535, not {port}", port=arguments.port)
    if not _ROOT.fullmatch(arguments.root_path):
        raise UsageError("the root path must be such as /verse, not {given!r}", given=arguments.root_path)
    app = create(arguments.host, arguments.allowed_host, arguments.root_path, arguments.font, arguments.corpus)
    import uvicorn

    from apps.door.connections import Connection

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn raises it again when it is done; then tidy up
    print(f"http://{arguments.host}:{arguments.port}", file=sys.stderr)

    config = uvicorn.Config(
        app,
        host=arguments.host,
        port=arguments.port,
        log_level="warning",
        server_header=False,
        http=Connection,
        ws="none",
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run()


def create(
    host: str = "127.0.0.1",
    allowed_hosts: Sequence[str] = (),
    root: str = "",
    font: Path | None = None,
    corpus: Path | None = None,
) -> "Guard":
    """The whole app, ready for a server (ASGI) that listens on `host` and is known by `allowed_hosts`, too, under the
    path `root` where a proxy gives it one. Pictures whose kind of font is left open are drawn with `font` first; lines
    are compared with those of an encoded corpus. Raises UsageError when one of the two is none. Requests of several
    apps share nothing."""
    folder = _stay_at_home()
    warnings.filterwarnings("ignore", "The 'alias' attribute", module="pydantic")  # of gradio's own routes
    import gradio as gr

    from apps import api, look, networks, server
    from apps.door.hosts import Hosts
    from apps.fonts import Fonts
    from apps.shared import Shared
    from apps.tabs import batch, book, checker, shakespeare, verse
    from apps.tabs import networks as three
    from apps.texts import TEXTS, dictionaries

    if not networks.cells():
        raise UsageError("no weights of a poem network are installed; install the package again")
    t, fonts, shared = gr.I18n(**dictionaries()), Fonts(font), Shared(folder / "uploads", corpus)
    tabs: dict[str, Callable[[gr.I18n], None]] = {
        "verse": partial(verse.build, fonts=fonts),
        "book": book.build,
        "check": checker.build,
        "networks": three.build,
        "shakespeare": shakespeare.build,
        "batch": batch.build,
    }
    with gr.Blocks(
        title=" · ".join(TEXTS["title"]), analytics_enabled=False, delete_cache=(60, limits.KEPT), fill_width=False
    ) as blocks:
        gr.Markdown(t("masthead"), elem_id="masthead")
        for name, build in tabs.items():
            with gr.Tab(t(f"tab_{name}"), id=name):
                build(t)
        api.register()
    _name_fields(blocks)
    blocks.queue(max_size=None, api_open=False)  # the door bounds it
    hosts = Hosts(host, allowed_hosts)
    return server.serve(blocks, shared, hosts, root, i18n=t, theme=look.theme(), css=look.style(), head=look.head())


def _name_fields(blocks: "gr.Blocks") -> None:
    """Give each field a class by the key of its label, by which page.js finds the one that an error is about."""
    for block in blocks.blocks.values():
        key = getattr(getattr(block, "label", None), "key", "")
        if key:
            block.elem_classes = [*block.elem_classes, f"field-{key}"]


def _stay_at_home() -> Path:
    """No telemetry, no proxy for this machine, and a private folder for files, which is returned, removed at the end.

    Gradio reads these once, when it is imported.
    """
    folder = tempfile.mkdtemp(prefix="charrnn-verse-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ |= {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_ANALYTICS_MAX_EVENTS": "1",  # else figures of 10,000 requests, and a table of them made after each
        "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(1 << 62),
        "GRADIO_SHARE": "False",
        "GRADIO_TEMP_DIR": folder,
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_OFFLINE": "1",
    }
    for name in ("NO_PROXY", "no_proxy"):
        others = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join(dict.fromkeys([*others, "localhost", "127.0.0.1", "::1"]))
    return Path(folder)


if __name__ == "__main__":
    sys.exit(main())
