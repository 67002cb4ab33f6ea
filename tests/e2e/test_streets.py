"""Streets of a loaded extract, drawn behind the areas and asked of nobody but us."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from playwright.sync_api import Browser, Frame, expect
from sqlalchemy import Engine

from app.main import create_app
from app.settings import WebSettings
from etl.streets import load_streets
from tests.e2e.conftest import AXE, DESK, VENDOR, Visit
from tests.e2e.test_every_page import barriers

SAMPLE = Path(__file__).parents[1] / "etl" / "sources" / "strade_di_prova.osm"
# Pixels of the canvas of the streets that are not empty.
DRAWN = """() => [...document.querySelectorAll('.leaflet-strade-pane canvas')].reduce((sum, canvas) => {
    const seen = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    return sum + seen.filter((value, at) => at % 4 === 3 && value > 0).length;
}, 0)"""


@contextmanager
def serving(engine: Engine) -> Iterator[str]:
    app = create_app(WebSettings(), engine=engine)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    thread = Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def visit(browser: Browser, loaded_scratch: Engine) -> Iterator[Visit]:
    if not VENDOR.exists():
        pytest.skip("the front-end assets are not there: ./ombra test brings them")
    load_streets(loaded_scratch, SAMPLE)
    with serving(loaded_scratch) as address:
        context = browser.new_context(viewport=DESK, locale="it-IT", reduced_motion="reduce")
        yield Visit(context.new_page(), address)
        context.close()


def move(frame: Frame, change: str) -> None:
    """Move the map of a document by one of Leaflet's methods, and wait until the page has asked and been answered."""
    frame.evaluate(f"() => {{ Object.values(window).find(one => one instanceof L.Map).{change}; }}")
    frame.page.wait_for_timeout(500)  # the page asks after a moment of rest
    frame.page.wait_for_load_state("networkidle")


def drawn(frame: Frame, *, anything: bool) -> bool:
    """Whether something, or nothing, comes to be drawn; asked from outside, as the page's policy lets nothing in."""
    for _ in range(50):
        if (frame.evaluate(DRAWN) > 50) == anything:
            return True
        frame.page.wait_for_timeout(100)
    return False


def questions(visit: Visit) -> list[str]:
    return [one for one in visit.asked if "/mappa/strade" in one]


def test_streets_are_drawn_where_one_looks_and_can_be_put_away(visit: Visit) -> None:
    visit.open("/mappa?tipo=centro_impiego&area=001272")
    frame = visit.page.frame(url=re.compile("/mappa/documento"))
    assert frame is not None
    frame.wait_for_selector("path.area")
    move(frame, "setView([45.07, 7.69], 13, {animate: false})")
    assert drawn(frame, anything=True)
    expect(frame.locator(".leaflet-control-attribution")).to_contain_text("© OpenStreetMap contributors (ODbL)")
    assert frame.evaluate("Number(getComputedStyle(document.querySelector('.leaflet-strade-pane')).zIndex)") == 250

    assert questions(visit)
    assert all(re.search(r"\?zoom=\d+&bbox=-?[\d.]+(,-?[\d.]+){3}$", one) for one in questions(visit))
    assert visit.foreign == []
    # A question that the next move makes needless is dropped by the page itself.
    assert [fault for fault in visit.faults if "/mappa/strade" not in fault] == []

    frame.locator(".leaflet-control-layers-toggle").focus()
    visit.page.keyboard.press("Enter")
    assert not AXE.exists() or barriers(frame, AXE.read_text(encoding="utf-8")) == []

    box = frame.get_by_label("Strade", exact=True)
    box.hover()  # Leaflet takes no press in the very moment in which the pointer enters the list
    box.click()
    assert drawn(frame, anything=False)
    expect(frame.locator(".leaflet-control-attribution")).not_to_contain_text("OpenStreetMap")
    expect(frame.locator(".con-strade")).to_have_count(0)


def test_a_small_move_asks_nothing_and_a_large_one_asks_once(visit: Visit) -> None:
    visit.open("/mappa/documento?tipo=centro_impiego#001272")
    frame = visit.page.main_frame
    frame.wait_for_selector("path.area")
    move(frame, "setView([45.07, 7.69], 13, {animate: false})")
    assert drawn(frame, anything=True)
    before = len(questions(visit))
    move(frame, "panBy([100, 0], {animate: false})")
    assert len(questions(visit)) == before
    move(frame, "panBy([1000, 0], {animate: false})")
    assert len(questions(visit)) == before + 1
