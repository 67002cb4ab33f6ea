"""What holds on every page, on a phone and on a desk: our host only, no fault, no barrier, no sideways scroll."""

import json

import pytest
from playwright.sync_api import Frame, Page

from tests.e2e.conftest import AXE, Visit

PAGES = [
    "/",
    "/mappa",
    "/mappa?tipo=casa_comunita&livello=zona_omogenea&offerta=tutta&area=08",
    "/mappa?tipo=consultorio_familiare&area=001272",
    "/mappa?tipo=centro_antiviolenza",
    "/mappa/documento?tipo=casa_comunita",
    "/mappa/scheda?area=001270",
    "/bisogno?tipo=casa_comunita&bisogno=quota_75",
    "/bisogno?tipo=farmacia",
    "/servizi?q=lavoro",
    "/servizi?comune=Torinno",
    "/fonti",
    "/fonti/servizi-ombra",
    "/mappa?tipo=inventato",
]
# Levels A and AA of WCAG 2.0, 2.1 and 2.2.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.exists():
        pytest.skip("axe-core is not there: ./ombra test brings it")
    return AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGES)
def test_it_keeps_to_our_host_without_fault_barrier_or_sideways_scroll(visit: Visit, path: str, axe: str) -> None:
    visit.open(path)
    wide = visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    visit.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found = barriers(visit.page, axe)
    for frame in visit.page.frames[1:]:
        frame.wait_for_selector("path.area")
        found += barriers(frame, axe)
    # The browser itself writes down that a page answered 404; the page of the fault is meant to.
    faults = [fault for fault in visit.faults if "inventato" not in path or "404" not in fault]
    assert visit.asked
    assert {"foreign": visit.foreign, "faults": faults, "barriers": found, "wide": max(wide, 0)} == {
        "foreign": [],
        "faults": [],
        "barriers": [],
        "wide": 0,
    }


def barriers(place: Page | Frame, axe: str) -> list[str]:
    """Violations in a page without its frames, each with the elements it stands on."""
    # Evaluated and not added as a script: the page's policy lets no foreign script in, as it should.
    place.evaluate(axe)
    found = place.evaluate(
        "rules => axe.run(document, {runOnly: rules, iframes: false, resultTypes: ['violations']})", RULES
    )
    return [
        f"{one['id']}: {json.dumps([node['html'][:160] for node in one['nodes'][:3]])}" for one in found["violations"]
    ]


def test_the_search_for_barriers_finds_one(desk: Visit, axe: str) -> None:
    desk.open("/")
    faulty = '<p style="color: #ccc">pallido pallido <img src="/static/ombra.svg"></p>'
    desk.page.evaluate("html => document.querySelector('main').insertAdjacentHTML('afterbegin', html)", faulty)
    found = " ".join(barriers(desk.page, axe))
    assert "color-contrast" in found
    assert "image-alt" in found


def test_the_documentation_of_the_api_asks_no_host_but_ours(desk: Visit) -> None:
    desk.open("/api/docs")
    assert any("swagger-ui" in one for one in desk.asked)
    assert desk.foreign == []


def test_the_list_of_foreign_hosts_finds_one(desk: Visit) -> None:
    desk.open("/servizi")
    desk.page.evaluate("fetch('http://127.0.0.1:9/altrove').catch(() => null)")
    desk.page.wait_for_timeout(200)
    # The policy of the page stops it before it leaves.
    assert desk.foreign == []
    assert any("Content Security Policy" in fault for fault in desk.faults)
