"""Sources on a phone and on a desk: the pages and the report in one file, with names as long as real ones."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from app.pages.source_report import standalone
from app.reports.model import Example, IssueKind, Part, SourceReport
from etl.quality import PARTS
from etl.quality.table import EVENTS
from tests.e2e.conftest import AXE, SCREENS, Visit
from tests.e2e.test_every_page import barriers

MADE = datetime(2026, 11, 22, 16, 5, tzinfo=UTC)
# Words that stand on several lines: a range over a word has a box for every line it stands on.
BROKEN = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    if (node.parentElement.closest('style, script, a, .visually-hidden, .esempio, .file')) continue;
    const head = node.parentElement.closest('thead');
    if (head && getComputedStyle(head).position === 'absolute') continue;  // read aloud only
    for (const word of node.data.matchAll(/[\\p{L}\\d]+/gu)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) found.push(word[0]);
    }
  }
  return found;
}"""
# Cells beyond the edge of the screen, though the page itself does not scroll sideways.
HIDDEN = """() => [...document.querySelectorAll('.tabella tbody td, .tabella tbody th')]
  .filter(cell => cell.checkVisibility() && cell.getBoundingClientRect().right > document.documentElement.clientWidth)
  .map(cell => cell.textContent.trim().slice(0, 40))"""


def source() -> SourceReport:
    message = "Il punto cade nel comune di Pinerolo, e il comune dichiarato è Villar Perosa: posizione ritirata."
    examples = (Example(message, "44.8856123456789 7.3306123456789", None),)
    kinds = [("fuori_comune", "scartato", "lat/lon"), ("telefono", "modificato", "organization_tax_id")]
    return SourceReport(
        id="ministero-farmacie",
        title="Farmacie e parafarmacie, distribuzione territoriale dell'assistenza farmaceutica",
        publisher="Ministero della Salute",
        licence="Italian Open Data License 2.0",
        kind="services",
        address="https://www.esempio.it/imgs/C_17_dataset_5_download_itemDownload0_upFile_elenco.CSV",
        territory="Città metropolitana di Torino",
        note=None,
        reference_date="2018",
        refresh_days=365,
        service_types=("farmacia",),
        run_id=uuid.UUID(int=1),
        loaded_at=MADE,
        edition="2018-12-31",
        read=123456,
        accepted=123450,
        rejected=6,
        things=123450,
        events=dict.fromkeys(EVENTS, 1234),
        issues=4321,
        severities={"scartato": 4000, "modificato": 321, "dubbio": 0},
        age_days=2883,
        dated="2018-12-31",
        overdue=True,
        score=63.2,
        parts=tuple(Part(code, 0.5) for code in PARTS),
        kinds=tuple(IssueKind(kind, severity, field, 4321, examples) for kind, severity, field in kinds),
    )


@pytest.fixture(params=list(SCREENS))
def report(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    file = tmp_path / "rapporto.html"
    file.write_text(standalone([source()], made=MADE), encoding="utf-8")
    context = browser.new_context(viewport=SCREENS[request.param], locale="it-IT")
    page = context.new_page()
    page.goto(file.as_uri())
    yield page
    context.close()


def unreadable(page: Page) -> dict[str, object]:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return {"broken": page.evaluate(BROKEN), "hidden": page.evaluate(HIDDEN), "wide": max(wide, 0)}


NOTHING = {"broken": [], "hidden": [], "wide": 0}


def test_the_standalone_report_breaks_no_word_and_hides_no_cell(report: Page) -> None:
    assert unreadable(report) == NOTHING
    if AXE.exists():
        assert barriers(report, AXE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", ["/fonti", "/fonti/servizi-ombra"])
def test_the_pages_break_no_word_and_hide_no_cell(visit: Visit, path: str) -> None:
    visit.open(path)
    visit.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert unreadable(visit.page) == NOTHING


def test_on_a_phone_each_figure_stands_beside_its_name(plain: Visit) -> None:
    plain.open("/fonti/servizi-ombra")
    told = plain.page.locator("td[data-label=Quante]").first
    assert "Quante" in told.evaluate("cell => getComputedStyle(cell, '::before').content + cell.dataset.label")
    assert told.evaluate("cell => getComputedStyle(cell).display") == "grid"
    plain.open("/fonti")
    score = plain.page.locator("td[data-label='Qualità su 100']").first.bounding_box()
    assert score is not None
    assert score["x"] + score["width"] <= 390
