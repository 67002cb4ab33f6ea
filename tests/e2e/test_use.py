"""Using the map page: by mouse, by keyboard, by finger, without scripts."""

import re

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.e2e.conftest import Visit


def map_frame(page: Page) -> Frame:
    frame = page.frame(url=re.compile("/mappa/documento"))
    assert frame is not None
    frame.wait_for_selector("path.area")
    return frame


def tab_to(page: Page, wanted: str, *, most: int = 60) -> None:
    """Press Tab until the element in focus, in whichever frame, matches a selector."""
    for _ in range(most):
        page.keyboard.press("Tab")
        for frame in page.frames:
            if frame.evaluate("selector => document.hasFocus() && document.activeElement?.matches(selector)", wanted):
                return
    pytest.fail(f"{wanted} is not reached by {most} tabs")


def test_the_map_is_never_blank(desk: Visit) -> None:
    desk.open("/mappa?tipo=centro_impiego")
    frame = map_frame(desk.page)
    assert frame.locator("path.area").count() == 312
    assert frame.locator(".leaflet-abitati-pane path").count() > 300
    shown = frame.locator(".nome span:visible").count()
    assert 10 < shown < 200
    fills = frame.evaluate("[...new Set([...document.querySelectorAll('path.area')].map(p => p.getAttribute('fill')))]")
    assert "url(#trama-incerta)" in fills
    assert len(fills) >= 3


def test_names_do_not_cover_each_other(desk: Visit) -> None:
    desk.open("/mappa?tipo=centro_impiego")
    frame = map_frame(desk.page)
    covering = frame.evaluate(
        """() => {
            const all = [...document.querySelectorAll('.nome span')].map(e => e.getBoundingClientRect());
            const boxes = all.filter(box => box.width > 0);
            let count = 0;
            boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
                const w = Math.min(a.right, b.right) - Math.max(a.left, b.left);
                const h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
                if (w > 6 && h > 4) count += 1;
            }));
            return count;
        }"""
    )
    assert covering <= 2


def test_a_press_on_an_area_shows_its_card_and_its_address(desk: Visit) -> None:
    desk.open("/mappa?tipo=centro_impiego")
    frame = map_frame(desk.page)
    frame.locator("path[data-codice='001272']").first.click(position={"x": 20, "y": 60}, force=True)
    expect(desk.page.locator(".scheda-nome")).not_to_have_text("Città metropolitana di Torino")
    chosen = re.search(r"area=(\d{6})", desk.page.url)
    assert chosen
    expect(desk.page.locator("article.scheda")).to_have_attribute("data-codice", chosen[1])
    expect(desk.page.locator("#scelta-corrente")).to_contain_text("person")
    desk.page.go_back()
    expect(desk.page.locator(".scheda-nome")).to_have_text("Città metropolitana di Torino")
    desk.page.go_forward()
    expect(desk.page.locator("article.scheda")).to_have_attribute("data-codice", chosen[1])
    assert desk.faults == []


def test_a_link_of_the_table_chooses_on_the_map_too(desk: Visit) -> None:
    desk.open("/mappa?tipo=centro_impiego")
    frame = map_frame(desk.page)
    desk.page.locator("#aree a[data-area='001270']").click()
    expect(desk.page.locator(".scheda-nome")).to_have_text("Susa")
    expect(frame.locator("path.scelta")).to_have_count(1)
    assert "area=001270" in desk.page.url
    expect(desk.page.locator(".scelta-riga")).to_have_count(1)


def test_an_address_with_an_area_shows_it_at_once(desk: Visit) -> None:
    desk.open("/mappa?tipo=centro_impiego&area=001270")
    expect(desk.page.locator(".scheda-nome")).to_have_text("Susa")
    expect(map_frame(desk.page).locator("path.scelta")).to_have_count(1)


def test_everything_is_reached_by_keyboard(desk: Visit) -> None:
    desk.open("/mappa?tipo=centro_impiego")
    page, frame = desk.page, map_frame(desk.page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Vai al contenuto"
    tab_to(page, "#tipo")
    page.keyboard.press("ArrowDown")
    assert page.locator("#tipo").input_value() != "centro_impiego", "the chooser follows the arrows"
    assert "centro_impiego" in page.url, "and nothing happens before the button is pressed"
    tab_to(page, ".salta")
    tab_to(page, "path.area")
    first = frame.evaluate("document.activeElement.dataset.codice")
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    moved = frame.evaluate("[document.activeElement.dataset.codice, document.activeElement.getAttribute('aria-label')]")
    assert moved[0] != first
    assert re.search(r": [a-z ]+, ", moved[1])
    assert frame.locator("path.area[tabindex='0']").count() == 1, "areas are one stop, not 312"
    page.keyboard.press("Enter")
    expect(page.locator("article.scheda")).to_have_attribute("data-codice", moved[0])
    page.wait_for_function("document.activeElement.classList.contains('scheda-nome')")
    assert desk.faults == []


def test_services_on_the_map_open_by_keyboard_and_give_focus_back(desk: Visit) -> None:
    desk.open("/mappa?tipo=centro_impiego")
    frame = map_frame(desk.page)
    sign = frame.locator(".segno:has(.quadro), .segno:has(.spillo)").first
    sign.focus()
    desk.page.keyboard.press("Enter")
    popup = frame.locator(".leaflet-popup")
    expect(popup).to_have_attribute("role", "dialog")
    expect(popup.locator(".prova").first).to_contain_text("Servizio")
    desk.page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    assert frame.evaluate("document.activeElement.classList.contains('segno')")


def test_layers_are_chosen_by_keyboard(desk: Visit) -> None:
    desk.open("/mappa?tipo=centro_impiego")
    frame = map_frame(desk.page)
    before = frame.locator("path.area").first.get_attribute("fill")
    toggle = frame.locator(".leaflet-control-layers-toggle")
    assert toggle.get_attribute("aria-label") == "Strati della mappa"
    toggle.focus()
    desk.page.keyboard.press("Enter")
    tab_to(desk.page, "input[type='radio']:checked")
    desk.page.keyboard.press("ArrowDown")
    expect(frame.locator("path.area").first).not_to_have_attribute("fill", before)
    assert frame.locator("path.area").count() == 312
    frame.locator("path.area").first.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("article.scheda")).not_to_have_attribute("data-livello", "metropolitan_city")


def test_the_table_sorts_and_filters_where_it_stands(desk: Visit) -> None:
    desk.open("/mappa?tipo=centro_impiego")
    page = desk.page
    heading = page.locator("#aree thead a").first
    heading.focus()
    page.keyboard.press("Enter")
    names = page.locator("#aree tbody th a")
    assert names.first.text_content() == "Agliè"
    assert page.locator("#aree th").first.get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Enter")
    assert names.first.text_content() == "Volvera"
    shadow = page.locator("#aree thead a").nth(3)
    shadow.click()
    values = page.locator("#aree tbody td:nth-child(4)").evaluate_all("cells => cells.map(cell => cell.dataset.valore)")
    numbers = [float(value) for value in values if value]
    assert numbers == sorted(numbers, reverse=True)
    page.fill("#filtro", "leini")
    assert page.locator("#aree tbody tr:visible").count() == 1
    expect(page.locator("#filtro-esito")).to_have_text("1 area")
    assert "ordina" not in page.url, "nothing was asked of the server"


def test_the_same_order_with_and_without_scripts(desk: Visit, plain: Visit) -> None:
    path = "/mappa?tipo=centro_impiego&livello=zona_omogenea"
    desk.open(path)
    desk.page.locator("#aree thead a").nth(2).click()
    plain.open(path)
    plain.page.locator("#aree thead a").nth(2).click()
    rows = "#aree tbody th a"
    assert desk.page.locator(rows).all_text_contents() == plain.page.locator(rows).all_text_contents()


def test_it_works_without_scripts(plain: Visit) -> None:
    plain.open("/mappa?tipo=casa_comunita")
    page = plain.page
    assert page.locator("#aree tbody tr").count() == 312
    page.locator("#aree a[data-area='001270']").click()
    assert page.locator(".scheda-nome").text_content() == "Susa"
    page.select_option("#tipo", "centro_impiego")
    page.click("#scelta button")
    assert page.locator("h1").text_content() == "Centro per l'impiego"
    plain.open("/mappa/documento")
    assert "La mappa interattiva richiede JavaScript" in page.content()
    plain.open("/servizi")
    page.fill("#q", "mensa")
    page.fill("#comune", "torino")
    page.click("form.cerca button")
    assert page.locator(".servizio").count() > 3


def test_on_a_phone_the_chosen_area_is_told_under_the_map(browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{address}/mappa?tipo=centro_impiego", wait_until="networkidle")
    assert not page.locator("#legenda").evaluate("element => element.open"), "the card comes first on a phone"
    frame = map_frame(page)
    frame.locator("path[data-codice='001022']").tap(force=True)
    line = page.locator("#scelta-corrente a")
    expect(line).to_be_visible()
    line.tap()
    name = line.text_content().split(":")[0]
    expect(page.locator(".scheda-nome")).to_have_text(name)
    context.close()


def test_the_quick_exit_leaves_nothing_one_step_back(desk: Visit) -> None:
    desk.page.route(
        "https://it.wikipedia.org/**", lambda route: route.fulfill(body="<p>altrove</p>", content_type="text/html")
    )
    desk.open("/")
    desk.open("/servizi?q=violenza")
    desk.page.click(".esci")
    desk.page.wait_for_url("https://it.wikipedia.org/**")
    desk.page.go_back()
    assert "violenza" not in desk.page.url
