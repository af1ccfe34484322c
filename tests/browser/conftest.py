"""A real server and a real browser: every page is watched for errors and for requests to other hosts."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect, sync_playwright

from apps.texts import TEXTS
from tests.app_server import ROOT, Served, serving

SCREENS = ROOT / "build" / "screens"
AXE = Path(os.environ.get("AXE_CORE", ROOT / "node_modules" / "axe-core" / "axe.min.js"))
# A browser that stays at home: nothing of its own is looked up, reported or updated.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP verse.example 127.0.0.1",
]
LOCALES = {"zh": "zh-CN", "en": "en-US"}
PATIENCE = 60_000  # milliseconds: a busy machine is slow, which is no fault here
SOON, TRIES = 5_000, 5
# Whether the page has been at rest for a while: nothing is asked for or written, nothing fades or moves. The time that
# a message has left runs as an animation, too.
AT_REST = """() => {
  const working = document.querySelector(".pending, .generating, .progress-bar, #stop-writing");
  const moving = document.getAnimations().some(
    (each) => each.playState === "running" && !each.effect.target?.matches(".timer"));
  if (working || moving) window.busyAt = performance.now();
  return performance.now() - (window.busyAt ??= performance.now()) > 300;
}"""
# The button that stays in reach covers what can be scrolled from under it.
UNCOVERED = "document.querySelector('#write').style.position = 'static'"

expect.set_options(timeout=PATIENCE)


@dataclass
class Visit:
    """A page in one language and width, and all that went wrong on it."""

    page: Page
    language: str
    name: str
    wrong: list[str] = field(default_factory=list)

    def text(self, key: str) -> str:
        """What a text of the app reads here."""
        return TEXTS[key][0 if self.language == "zh" else 1]

    def tab(self, key: str) -> None:
        """Open a tab; on a narrow screen some stand in a menu, and one may go there while it is being clicked."""
        for _ in range(TRIES):
            try:
                self._tab(self.text(key)).click(timeout=SOON)
                return
            except TimeoutError:
                continue
        self._tab(self.text(key)).click()

    def _tab(self, name: str) -> Locator:
        tab = self.page.get_by_role("tab", name=name, exact=True)
        if not tab.count():  # the outer tabs and those within a tab have a menu each; an open one covers what is below
            for menu in reversed(self.page.get_by_label("More tabs").locator("visible=true").all()):
                menu.click()
                tab = self.page.locator(".overflow-dropdown").get_by_text(name, exact=True).locator("visible=true")
                if tab.count():
                    break
        return tab

    def press(self, key: str, within: Locator | None = None) -> None:
        """Press the visible button of that name."""
        scope = within or self.page
        scope.get_by_role("button", name=self.text(key), exact=True).locator("visible=true").first.click()

    def label(self, key: str) -> Locator:
        """The visible field whose name begins so (gradio adds the explanation to the name)."""
        return self.page.get_by_label(re.compile(r"^\s*" + re.escape(self.text(key)))).locator("visible=true").first

    def rest(self) -> None:
        """Wait until all that was asked for is there and nothing changes any more."""
        self.page.evaluate("delete window.busyAt")
        self.page.wait_for_function(AT_REST, polling=50)

    def finish(self) -> None:
        """A screenshot; then nothing may have gone wrong, be too wide for the screen or hard to use for anyone."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.mouse.move(0, 0)
        self.page.evaluate(UNCOVERED)
        self.rest()
        self.page.screenshot(path=SCREENS / f"{self.name}.png", full_page=True)
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{wide} pixels too wide"
        assert self.findings() == []
        assert self.wrong == []

    def findings(self) -> list[str]:
        """What axe-core finds serious or critical."""
        assert AXE.is_file(), "axe-core is missing: npm install axe-core, or name its axe.min.js in AXE_CORE"
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{violation['id']}: {violation['help']}: {node['html'][:200]}"
            for violation in found["violations"]
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]


@pytest.fixture(scope="session")
def server() -> Iterator[Served]:
    """The app in a process of its own."""
    with serving(module="tests.quick_app") as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or another that is on the path."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "no Chromium: apt-get install chromium fonts-noto-cjk"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def visit(server: Served, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visit]]:
    """Open the app in a language at a width; settings are those of playwright's new_context."""
    contexts = []

    def open_page(language: str, width: int, **settings: Any) -> Visit:
        settings = {"locale": LOCALES[language], "viewport": {"width": width, "height": 900}} | settings
        context = browser.new_context(**settings)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        name = request.node.originalname.removeprefix("test_")
        opened = Visit(page, language, f"{name}-{language}-{width}")
        page.on("console", lambda m: opened.wrong.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda error: opened.wrong.append(f"error: {error}"))
        page.on("request", lambda r: opened.wrong.append(f"elsewhere: {r.url}") if _elsewhere(r.url, server) else None)
        page.goto(server.address)
        page.wait_for_selector("#write")
        return opened

    yield open_page
    for context in contexts:
        context.close()


def _elsewhere(url: str, server: Served) -> bool:
    return not url.startswith((server.address + "/", "data:", "blob:"))
