"""Numbers, dates, telephone numbers, headers and the catalogue of texts."""

import doctest
import importlib
from datetime import UTC, date, datetime

import pytest
from babel.messages.pofile import read_po

from app import i18n
from app.pages import catalogue, rendering
from app.pages.cache import DocumentCache


@pytest.mark.parametrize(
    ("value", "text"), [(1234.4, "1.234"), (0, "0"), (None, "n.d."), (float("nan"), "n.d."), (2198237, "2.198.237")]
)
def test_counts_are_written_as_italians_do(value: float | None, text: str) -> None:
    assert i18n.whole(value) == text


def test_decimals_shares_and_minutes() -> None:
    assert i18n.decimal(1234.56) == "1.234,6"
    assert i18n.decimal(3.0) == "3"
    assert i18n.minutes(22.6) == "23 min"
    assert i18n.minutes(None) == "n.d."
    assert i18n.share(1, 4) == "25%"
    assert i18n.share(1, 1000) == "meno dello 0,5%"
    assert i18n.share(0, 10) == "0%"
    assert i18n.share(1, 0) == "n.d."
    assert i18n.share(None, 10) == "n.d."


def test_moments_are_told_in_the_time_of_the_territory() -> None:
    assert i18n.moment(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == "2 luglio 2026, 00:30"
    assert i18n.moment(None) == "mai"
    assert i18n.day(date(2026, 3, 3)) == "3 marzo 2026"
    assert i18n.day(None) == "n.d."


@pytest.mark.parametrize(
    ("published", "links"),
    [
        ("011 0876180", ["0110876180"]),
        ("011 0876180; 800 123456 (numero verde)", ["0110876180", "800123456"]),
        ("+39 011 1234 o 335 1234567", ["+390111234", "3351234567"]),
        ("+390110876180; +39800123456;ext=7", ["+390110876180", "+39800123456;ext=7"]),
        ("centralino", []),
        (None, []),
    ],
)
def test_telephone_numbers_can_be_dialled(published: str | None, links: list[str]) -> None:
    assert [number.link for number in rendering.phones(published)] == links


@pytest.mark.parametrize(
    ("published", "link"),
    [
        ("www.example.it", "https://www.example.it"),
        ("HTTP://example.it", "HTTP://example.it"),
        ("javascript:alert(1)", "https://javascript:alert(1)"),
    ],
)
def test_addresses_become_links_of_the_web_only(published: str, link: str) -> None:
    assert rendering.web(published) == link


def test_headers_let_nothing_in_from_elsewhere() -> None:
    policy = rendering.security_headers()["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert "script-src 'self';" in policy
    assert "'nonce-abc'" in rendering.security_headers(nonce="abc")["Content-Security-Policy"]
    assert rendering.new_nonce() != rendering.new_nonce()


def test_static_files_are_named_by_their_content() -> None:
    assert i18n.static_url("css/ombra.css").startswith("/static/css/ombra.css?v=")
    assert i18n.static_url("vendor/none.js") == "/static/vendor/none.js"


def test_documents_are_kept_up_to_a_number() -> None:
    cache = DocumentCache(size=2)
    built: list[str] = []

    def build(name: str) -> str:
        built.append(name)
        return name

    for name in ("a", "b", "a", "c", "a", "b"):
        assert cache.get(name, lambda name=name: build(name)) == name
    assert built == ["a", "b", "c", "b"], "b was used longest ago when c came"


def test_the_catalogue_template_is_current() -> None:
    with catalogue.TEMPLATE.open("rb") as stream:
        kept = {message.id for message in read_po(stream) if message.id}
    found = {message.id for message in catalogue.extract() if message.id}
    assert kept == found, "run: python -m app.pages.catalogue"


def test_texts_of_templates_and_of_code_are_both_collected() -> None:
    found = {message.id for message in catalogue.extract()}
    assert "Da dove vuoi entrare?" in found  # a template
    assert "Scoperta" in found  # marked in a table
    assert ("{numero} servizio in elenco", "{numero} servizi in elenco") in found  # with a plural


@pytest.mark.parametrize(
    "name", ["app.pages.reach", "app.pages.rendering", "app.pages.search", "app.pages.sentences", "app.tiles"]
)
def test_examples_of_docstrings_hold(name: str) -> None:
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.attempted > 0
    assert outcome.failed == 0
