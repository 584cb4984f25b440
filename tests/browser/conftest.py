"""A real server in a process of its own and a real Chromium, one of each for all journeys."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from scripts.browser import ARGUMENTS, executable
from tests.server_process import Server

ROOT = Path(__file__).parent.parent.parent
# One of several alike: left to `make validate`, which sets SEEDS.
FULL = pytest.mark.skipif("SEEDS" not in os.environ, reason="one of several alike: make validate")
AXE = (ROOT / "tests" / "vendor" / "axe-core" / "axe.min.js").read_text()


class Visit:
    """A page on the home scene, with what a test wants to know of it."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.troubles: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(message.text)

    def open(self, path: str = "/") -> "Visit":
        self.page.goto(self.server.address + path)
        return self.settle()

    def settle(self) -> "Visit":
        """Wait until nothing moves and every request is answered."""
        quiet = (
            "() => window.quorate?.inspector && !quorate.head.moving && !quorate.live.busy"
            " && quorate.live.socket.readyState === 1"
        )
        try:
            self.page.wait_for_function(quiet, polling=20)
        except PlaywrightTimeoutError:
            raise AssertionError(f"the page does not come to rest: {self.troubles}") from None
        return self

    def press(self, name: str) -> "Visit":
        """Press the button with this name, by mouse or touch, and wait for what comes of it."""
        self.page.get_by_role("button", name=name, exact=True).click()
        return self.settle()

    def key(self, *keys: str) -> "Visit":
        for key in keys:
            self.page.keyboard.press(key)
        return self.settle()

    def text(self, selector: str) -> str:
        return self.page.inner_text(selector)

    def captions(self) -> tuple[str, str]:
        return self.text("#caption-leader"), self.text("#caption-leaderless")

    def ledger(self) -> list[list[str]]:
        """Cells of the ledger's rows after the time: who, leader side, leaderless side."""
        cells = (
            "rows => rows.map(row => [...row.querySelectorAll('td')].slice(1)"
            ".map(cell => cell.innerText.split(/\\s+/).filter(Boolean).join(' ')))"
        )
        found: list[list[str]] = self.page.eval_on_selector_all("#panel-ledger tbody tr", cells)
        return found

    def moment(self) -> int:
        return int(self.page.evaluate("() => quorate.head.at"))

    def axe(self) -> list[str]:
        """Violations of WCAG 2.2 A and AA, as "rule: element" lines."""
        self.page.evaluate(AXE)
        tags = '["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]'
        found = self.page.evaluate(
            f"() => axe.run(document, {{runOnly: {{type: 'tag', values: {tags}}}}})"
        )
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary'][:200]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = executable()
    assert path, "no Chromium: run scripts/browser.py --install"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("data") / "quorate.db")
    made.start()
    yield made
    made.stop()


class Contexts:
    """Browser contexts, used again by later visits: a warm cache saves most of a page's start.

    A context is with one visit at a time and comes back without its cookies and its storage.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.free: dict[str, list[BrowserContext]] = {}

    def take(self, options: dict[str, Any]) -> BrowserContext:
        waiting = self.free.get(repr(sorted(options.items())))
        return waiting.pop() if waiting else self.browser.new_context(**options)

    def give_back(self, context: BrowserContext, options: dict[str, Any], origin: str) -> None:
        page = context.new_page()
        context.new_cdp_session(page).send(
            "Storage.clearDataForOrigin",
            {"origin": origin, "storageTypes": "cookies,local_storage,indexeddb"},
        )
        context.clear_cookies()
        for one in context.pages:
            one.close()
        self.free.setdefault(repr(sorted(options.items())), []).append(context)


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Contexts:
    return Contexts(browser)


NewVisit = Callable[..., Visit]


@pytest.fixture
def visit(contexts: Contexts, server: Server) -> Iterator[NewVisit]:
    """Makes visits, each in a browser context of its own; none may leave an error behind.

    Motion is reduced unless a test asks for it: nearly all look at what stands still.
    """
    made: list[tuple[Visit, dict[str, Any]]] = []

    def new(width: int = 1280, height: int = 800, **options: Any) -> Visit:
        options = {"reduced_motion": "reduce"} | options
        page = contexts.take(options).new_page()
        page.set_viewport_size({"width": width, "height": height})
        made.append((Visit(page, server), options))
        return made[-1][0]

    yield new
    for one, options in made:
        contexts.give_back(one.page.context, options, server.address)
    for one, _ in made:
        assert one.troubles == []
