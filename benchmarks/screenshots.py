"""The screenshots of the docs, taken in a real browser: `python -m benchmarks.screenshots`; needs the extra `browser`.

The same orders, seeds and sizes every time, so that a change of a picture is a change of the page.
"""

import argparse
import io
import shutil
import sys
from pathlib import Path
from typing import Any

from apps.drawing import png
from apps.fonts import Fonts
from apps.papers import PAPERS
from apps.picture import Style, draw
from benchmarks.app_first_poem import FLAGS, PATIENCE
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from tests.app_server import serving

LINES = ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"]  # 王之涣 (688-742)
BROKEN = "白日依山尽，黄河入海流。欲穷千里目，更上三层楼。"
COLOURS = 128  # of a picture of the page, which is small then
THUMB = 480  # pixels of the edge of a picture of a poem


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.screenshots", description="README 与文档里的截图 / the screenshots of the docs")
    parser.add_argument("--out", type=Path, default=Path("docs/screens"), help="写到哪里 / where to write")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        raise UsageError("no Chromium is installed; install the package chromium")
    arguments.out.mkdir(parents=True, exist_ok=True)
    _papers(arguments.out / "papers.png")
    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)

        def visit(query: str, **settings: Any) -> Any:
            page = browser.new_context(**settings).new_page()
            page.set_default_timeout(PATIENCE)
            page.goto(f"{server.address}/{query}")
            return page

        page = visit("?head=春&form=七律&seed=7", locale="zh-CN", viewport={"width": 1280, "height": 900})
        page.locator("#details .kept").wait_for()
        page.evaluate("scrollTo(0, 0)")
        _take(page, arguments.out / "verse.png")
        page.get_by_role("tab", name="诗集").click()
        page.locator("#book li").first.wait_for()
        page.get_by_role("tab", name="格律检查").click()
        page.locator(".field-poem_text textarea").fill(BROKEN)
        page.locator("#check").click()
        page.locator("[data-mend]").first.click()
        page.locator("#mends li").first.wait_for()
        _take(page, arguments.out / "checker.png")
        page = visit("?head=月&seed=3", locale="en-US", viewport={"width": 390, "height": 844}, color_scheme="dark")
        page.locator("#details .gloss").evaluate("gloss => gloss.scrollIntoView()")
        _take(page, arguments.out / "gloss-phone.png")
        browser.close()


def _take(page: Any, path: Path) -> None:
    """What is on the screen, in few colours."""
    from PIL import Image

    page.mouse.move(0, 0)
    page.wait_for_timeout(1_500)  # until what fades in is there
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    image.quantize(COLOURS).save(path, optimize=True)


def _papers(path: Path) -> None:
    """A poem on every paper, side by side."""
    from PIL import Image

    fonts, sheet = Fonts(), Image.new("RGB", (THUMB * len(PAPERS), THUMB), "white")
    for place, paper in enumerate(PAPERS):
        image = Image.open(io.BytesIO(png(*draw(LINES, "登鹳雀楼", Style(paper=paper), fonts))))
        sheet.paste(image.resize((THUMB, THUMB), Image.Resampling.LANCZOS), (place * THUMB, 0))
    sheet.quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
