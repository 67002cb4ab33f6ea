"""What two lists leave out, in the API and on the pages: two invented lists that tell, and one that does not."""

import csv
import html
import io
import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from app.api import schemas
from app.main import create_app
from app.settings import WebSettings
from etl.derive.completeness import refresh
from etl.store.engine import prepare
from tests.etl.derive.invented import KIND, MEASURED, MODEL, TODAY, TORINO, add_list, two_lists

LIST = "/api/v1/completeness"


@pytest.fixture(scope="module")
def compared(databases, filled):
    """A database with a pair of lists that can be compared, and a third list of the publisher of the first."""
    with databases.clone(filled, "compared") as engine:
        prepare(engine)
        with engine.begin() as connection:
            two_lists(connection, both=30)
            add_list(connection, "prova-c", 9, publisher="Comune di Prova", scope=TORINO, towns=TORINO[1:])
            refresh(connection, today=TODAY, measured=MEASURED, model=MODEL)
        yield engine


@pytest.fixture(scope="module")
def visitor(compared: Engine):
    with TestClient(create_app(WebSettings(), engine=compared)) as client:
        yield client


def shown(client: TestClient, address: str) -> str:
    page = client.get(address, headers={"Accept": "text/html"}).text
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_every_pair_is_told_as_declared(visitor):
    rows = visitor.get(LIST).json()
    for row in rows:
        schemas.CompletenessEstimate.model_validate(row)
    told = {(row["left_source"], row["right_source"]): row for row in rows}
    assert {("prova-a", "prova-b"), ("prova-a", "prova-c"), ("prova-b", "prova-c")} == told.keys()
    estimated = told["prova-a", "prova-b"]
    assert estimated["applies"]
    assert estimated["low"] <= estimated["estimate"] <= estimated["high"]
    assert estimated["missing_low"] > 0
    refused = told["prova-a", "prova-c"]
    assert not refused["applies"]
    assert refused["estimate"] is refused["missing_low"] is None
    assert "Origine:" in refused["why"]
    assert refused["area_name"] == "Torino"


def test_filters_narrow_the_list(visitor):
    assert len(visitor.get(f"{LIST}?type={KIND}").json()) == 3
    assert visitor.get(f"{LIST}?type=csm").json() == []
    assert len(visitor.get(f"{LIST}?source=prova-c").json()) == 2
    assert len(visitor.get(f"{LIST}?source=prova-a&type={KIND}").json()) == 2
    assert visitor.get(f"{LIST}?source=servizi-ombra").json() == []


def test_the_table_has_the_same_rows(visitor):
    answer = visitor.get(f"{LIST}?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert list(rows[0]) == list(schemas.CompletenessEstimate.model_fields)
    assert [row["why"] for row in rows] == [row["why"] for row in visitor.get(LIST).json()]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("type=bar", 404, "/api/v1/service-types"),
        ("source=inventata", 404, "/api/v1/sources"),
        ("source=" + "a" * 61, 422, "source"),
        ("source=%00", 400, "non stampabili"),
        ("format=xml", 422, "json"),
        ("fonte=prova-a", 400, "fonte"),
    ],
)
def test_what_is_asked_wrong_is_a_problem(visitor, query, status, words):
    answer = visitor.get(f"{LIST}?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]


def test_with_one_list_there_is_nothing(client):
    assert client.get(LIST).json() == []


# --- pages and command line ---------------------------------------------------------------------------------


def test_the_page_of_a_source_tells_the_lower_bound_and_the_conditions(visitor):
    [row] = [row for row in visitor.get(f"{LIST}?source=prova-b").json() if row["applies"]]
    for source, own, others in (("prova-a", 60, 48), ("prova-b", 48, 60)):
        page = shown(visitor, f"/fonti/{source}")
        assert "Quanto manca" in page
        assert f"({own} e {others} servizi, 30 in entrambi)" in page
        assert f"da entrambi ne mancano almeno {row['missing_low']:.0f}." in page
        assert f"da {row['low']:.0f} a {row['high']:.0f} al 95 %" in page
        assert row["why"] in page


def test_the_page_tells_why_nothing_can_be_said(visitor):
    page = shown(visitor, "/fonti/prova-c")
    assert "non si può dire quanto manca. Origine: entrambi gli elenchi vengono da Comune di Prova." in page
    assert "da un elenco solo non si può dire quanto manca" in shown(visitor, "/fonti/servizi-ombra")
