"""The list of services tells the zone of a protected place and not its municipality, however it is asked."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from app.main import create_app
from app.settings import WebSettings
from tests.app.test_protected import NAME, PHONE


@pytest.fixture
def pages(guarded: Engine) -> Iterator[TestClient]:
    with TestClient(create_app(WebSettings(), engine=guarded)) as client:
        yield client


def found(client: TestClient, municipality: str) -> str | None:
    html = client.get(f"/servizi?q=rifugio&comune={municipality}").text
    entries = re.findall(r'<li class="servizio">.*?</li>', html, re.DOTALL)
    return next((entry for entry in entries if NAME in entry), None)


def test_every_municipality_of_the_zone_finds_it_in_the_same_words(pages: TestClient) -> None:
    there = found(pages, "Monastero di Lanzo")
    assert there is not None
    assert "Luogo riservato" in there
    assert "Ciriacese-Valli di Lanzo" in there
    assert PHONE in there
    assert "Monastero" not in there
    assert found(pages, "Ciriè") == there
    assert found(pages, "Pinerolo") is None


def test_the_card_gives_no_minutes_and_the_map_no_sign(pages: TestClient) -> None:
    card = pages.get("/mappa/scheda?tipo=casa_rifugio&area=001155").text
    assert NAME in card
    assert "nessun tempo di viaggio" in card
    entry = next(one for one in re.findall(r"<li>.*?</li>", card, re.DOTALL) if NAME in one)
    assert "entro il limite" not in entry, "how many people are near would say where it is"
    document = pages.get("/mappa/documento?tipo=casa_rifugio").text
    assert NAME not in document
