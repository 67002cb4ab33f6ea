"""Scenarios over the network: read only, against today and against each other, on the data of the current run alone."""

import csv
import io
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.api import schemas
from app.main import create_app
from app.settings import WebSettings
from etl.derive import refresh
from etl.derive.scenario import book, written
from etl.derive.scenario.compute import compute

BASE = "/api/v1/scenarios"
CLOSED = "Centro per l'impiego di Orbassano"
ONE, OTHER, NEVER = "Chiude uno", "Chiude e apre", "Mai calcolato"


@pytest.fixture(scope="module")
def served(databases, filled):
    """The application on a database with three scenarios, of which two are computed."""
    with databases.clone(filled, "scenario_api") as engine:
        refresh(engine)
        with engine.begin() as connection:
            close = written.option("close", CLOSED)
            add = written.option("add", "casa_comunita@Perosa Argentina")
            for name, options in ((ONE, [close]), (OTHER, [close, add]), (NEVER, [add])):
                book.save(connection, name, written.read(connection, options), by="segreto@example.org")
        compute(engine, [ONE, OTHER])
        with TestClient(create_app(WebSettings(), engine=engine)) as client:
            yield engine, client


@pytest.fixture(scope="module")
def client(served) -> TestClient:
    return served[1]


def features(client: TestClient, url: str) -> list[dict]:
    answer = client.get(f"{BASE}/{url}")
    assert answer.status_code == 200, answer.text
    return [one["properties"] for one in answer.json()["features"]]


def test_the_list_tells_what_changes_and_not_who_wrote_it(client) -> None:
    answer = client.get(BASE)
    found = answer.json()
    assert [one["name"] for one in found] == sorted([ONE, OTHER, NEVER])
    for one in found:
        assert schemas.Scenario.model_validate(one)
    assert "segreto" not in answer.text + client.get(f"{BASE}/{quote(ONE)}").text
    rows = list(csv.DictReader(io.StringIO(client.get(f"{BASE}?format=csv").text)))
    assert [row["name"] for row in rows] == [one["name"] for one in found]
    pages = client.get(f"{BASE}?limit=2")
    assert len(pages.json()) == 2
    assert 'rel="next"' in pages.headers["link"]


def test_one_tells_its_run_and_the_run_without_it(client) -> None:
    told = schemas.ScenarioDetail.model_validate(client.get(f"{BASE}/{quote(ONE)}").json())
    assert str(told.base) == client.get("/api/v1/coverage/runs/corrente").json()["id"]
    assert told.faults == []
    run = client.get(f"/api/v1/coverage/runs/{told.run}").json()
    assert run["variant"]["name"] == ONE
    assert not run["current"]
    never = client.get(f"{BASE}/{quote(NEVER)}").json()
    assert (never["run"], never["base"]) == (None, None)
    assert client.get(f"{BASE}/nessuno").status_code == 404


def test_areas_points_and_the_whole_tell_the_same_people(client) -> None:
    whole = features(client, f"{quote(ONE)}/areas?level=metropolitan_city")
    assert [one["type"] for one in whole] == ["centro_impiego"]
    lost = whole[0]["without_later"] - whole[0]["without_former"]
    assert lost > 0
    assert whole[0]["lost"] == pytest.approx(lost, rel=1e-12)
    for url, model in (
        (f"{quote(ONE)}/areas?limit=500", schemas.ScenarioAreaProperties),
        (f"{quote(ONE)}/points?limit=500", schemas.ScenarioPointProperties),
    ):
        rows = features(client, url)
        assert sum(row["lost"] for row in rows) == pytest.approx(lost, rel=1e-9)
        assert all(model.model_validate(row) for row in rows)
    within = features(client, f"{quote(ONE)}/areas?area=03&limit=500")
    zones = {row["parent_code"] for row in within}
    assert zones <= {"03"}


def test_statuses_and_rules_that_change_are_told(client) -> None:
    rows = features(client, f"{quote(ONE)}/statuses")
    assert {row["type"] for row in rows} == {"centro_impiego"}
    assert all(row["status_former"] != row["status_later"] for row in rows)
    assert all(schemas.ScenarioStatusProperties.model_validate(row) for row in rows)
    rows = features(client, f"{quote(OTHER)}/rules")
    assert any(row["rule_id"] == "CDC-SPOKE" and row["zones"] for row in rows)
    assert all(schemas.ScenarioRuleProperties.model_validate(row) for row in rows)
    assert features(client, f"{quote(OTHER)}/rules?type=dormitorio") == []


def test_one_scenario_is_held_against_another(client) -> None:
    rows = features(client, f"{quote(OTHER)}/areas?level=metropolitan_city&against={quote(ONE)}")
    assert [row["type"] for row in rows] == ["casa_comunita"]
    assert rows[0]["gained"] > 0


def test_what_is_not_computed_on_the_data_of_today_is_no_answer(served) -> None:
    engine, client = served
    answer = client.get(f"{BASE}/{quote(NEVER)}/areas")
    assert answer.status_code == 404
    assert "scenario run" in answer.json()["detail"]
    threshold = text("update standard set minimum = minimum + :more where id = 'LAV-dormitorio'")
    with engine.begin() as connection:
        connection.execute(threshold, {"more": 1})
    refresh(engine)
    assert client.get(f"{BASE}/{quote(ONE)}/areas").status_code == 404
    with engine.begin() as connection:
        connection.execute(threshold, {"more": -1})
    refresh(engine)
    assert client.get(f"{BASE}/{quote(ONE)}/areas").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_written(client, method) -> None:
    assert getattr(client, method)(f"{BASE}/{quote(ONE)}").status_code == 405
