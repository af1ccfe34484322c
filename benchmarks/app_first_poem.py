"""From the first paint of the page to the poem it opens with, and from pressing the button to the first poem, in a real
browser; needs the extra `browser`. The first visit of a day waits until the poem of the day is written."""

import argparse
import shutil
import statistics
import sys

from benchmarks.app_server import serving
from benchmarks.report import report
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PATIENCE = 120_000  # milliseconds: on a busy machine a figure, if a bad one, is better than none


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="benchmarks.app_first_poem", description="从首次绘制到第一首诗 / first paint to first poem")
    parser.add_argument("--runs", type=int, default=5, help="打开几次，取中位数 / visits; the median counts")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        raise UsageError("no Chromium is installed; install the package chromium")
    paints, waits, answers = [], [], []
    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for _ in range(arguments.runs):
            context = browser.new_context(locale="zh-CN")
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            page.goto(server.address)
            page.locator("#cards article.verse").first.wait_for()
            now, paint = page.evaluate(
                "[performance.now(), performance.getEntriesByName('first-contentful-paint')[0].startTime]"
            )
            paints.append(paint / 1000)
            waits.append((now - paint) / 1000)
            page.evaluate("document.querySelector('#cards article').id = 'opened'")
            asked = page.evaluate("performance.now()")
            page.locator("#write").click()
            page.locator("#cards article.verse:not(#opened)").first.wait_for()
            answers.append((page.evaluate("performance.now()") - asked) / 1000)
            context.close()
        browser.close()
    report(
        "app_first_poem",
        {
            "first_paint_seconds": round(statistics.median(paints), 3),
            "first_paint_to_first_poem_seconds": round(statistics.median(waits), 3),
            "slowest_seconds": round(max(waits), 3),
            "asked_to_poem_seconds": round(statistics.median(answers), 3),
            "runs": arguments.runs,
        },
    )


if __name__ == "__main__":
    sys.exit(main())
