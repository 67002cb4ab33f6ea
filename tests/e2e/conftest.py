"""A real server on the built-in data and a real browser.

The browser may ask any address: what it asks is written down, and a test looks at the list.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Request, sync_playwright
from sqlalchemy import Engine

from app.main import create_app
from app.settings import WebSettings

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = [Path("/usr/bin/chromium"), Path("/usr/bin/chromium-browser"), Path("/usr/bin/google-chrome")]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
VENDOR = ROOT / "app" / "pages" / "static" / "vendor" / "leaflet" / "leaflet.js"
# A browser left to itself asks its maker for updates and lists; here it must ask nobody.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 1000}
SCREENS = {"390": PHONE, "1440": DESK}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.fspath).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def address(loaded: Engine) -> Iterator[str]:
    if not VENDOR.exists():
        pytest.skip("the front-end assets are not there: ./ombra test brings them")
    app = create_app(WebSettings(), engine=loaded)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    thread = Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next((path for path in CHROMIUM if path.exists()), None)
    if program is None:
        pytest.skip("no Chromium on this machine: ./ombra test installs it on Debian")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


class Visit:
    """A page with what it asked for and what it complained about."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.asked: list[str] = []
        self.faults: list[str] = []
        page.on("request", self._note)
        page.on("requestfailed", lambda request: self._fault("failed", request.url))
        page.on("pageerror", lambda error: self._fault("error", str(error)))
        page.on("console", lambda message: message.type == "error" and self._fault("console", message.text))

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)

    def _fault(self, kind: str, text: str) -> None:
        self.faults.append(f"{kind}: {text}")

    def open(self, path: str) -> None:
        self.page.goto(self.address + path, wait_until="networkidle")

    @property
    def foreign(self) -> list[str]:
        """Addresses of other hosts; data inside a style sheet is no request."""
        return [one for one in self.asked if not one.startswith((self.address + "/", "data:", "blob:"))]


@pytest.fixture(params=list(SCREENS))
def visit(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Visit]:
    context = browser.new_context(viewport=SCREENS[request.param], locale="it-IT", reduced_motion="reduce")
    yield Visit(context.new_page(), address)
    context.close()


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Visit]:
    context = browser.new_context(viewport=DESK, locale="it-IT", reduced_motion="reduce")
    yield Visit(context.new_page(), address)
    context.close()


@pytest.fixture
def plain(browser: Browser, address: str) -> Iterator[Visit]:
    """A browser that runs no scripts."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield Visit(context.new_page(), address)
    context.close()
