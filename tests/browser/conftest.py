"""A real server in a process of its own and a real Chromium, one of each for all journeys."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.browser import ARGUMENTS, executable
from tests.server_process import Server

ROOT = Path(__file__).parent.parent.parent
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
        for _ in range(1_500):
            if self.page.evaluate(quiet):
                return self
            self.page.evaluate("() => new Promise(requestAnimationFrame)")
        raise AssertionError(f"the page does not come to rest: {self.troubles}")

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
        rows = self.page.locator("#panel-ledger tbody tr").all()
        return [
            [" ".join(cell.inner_text().split()) for cell in row.locator("td").all()[1:]]
            for row in rows
        ]

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


NewVisit = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[NewVisit]:
    """Makes visits, each in a browser context of its own; none may leave an error behind."""
    made: list[Visit] = []

    def new(width: int = 1280, height: int = 800, **options: Any) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        made.append(Visit(context.new_page(), server))
        return made[-1]

    yield new
    for one in made:
        one.page.context.close()
        assert one.troubles == []
