"""The indicators over the network: the same as in the database, null where nothing can be said."""

import csv
import io

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.api.schemas import Kpi
from app.main import create_app
from app.settings import WebSettings
from etl.derive import book, prune, refresh
from tests.etl.derive.test_compare import THRESHOLD
from tests.etl.tools import scalar

URL = "/api/v1/kpi"


def test_every_value_is_declared_and_that_of_the_database(client: TestClient, loaded: Engine) -> None:
    rows = client.get(URL).json()
    assert all(Kpi.model_validate(row) for row in rows)
    assert len(rows) == scalar(
        loaded, "select count(*) from kpi_result join coverage_run r on r.id = run_id and current"
    )
    found = {(row["id"], row["area_code"]): row for row in rows}
    value = scalar(
        loaded,
        "select sum(shadow_confirmed) from coverage_result join coverage_run r on r.id = run_id and current"
        " where service_type_code = 'centro_impiego' and complete",
    )
    assert found["ombra-centri-impiego", "201"]["value"] == pytest.approx(value)
    missing = found["enti-registrati", "201"]
    assert (missing["value"], missing["note"]) == (None, "registro_assente")
    assert missing["explanation"]
    assert missing["trend"] is None


def test_area_level_and_table(client: TestClient) -> None:
    zone = client.get(f"{URL}?area=05").json()
    assert {row["area_code"] for row in zone} == {"05"}
    whole = client.get(f"{URL}?level=metropolitan_city").json()
    table = list(csv.DictReader(io.StringIO(client.get(f"{URL}?level=metropolitan_city&format=csv").text)))
    assert [row["id"] for row in table] == [row["id"] for row in whole]
    assert len(whole) == 11


def test_an_old_run_keeps_its_indicators_and_can_be_compared(loaded_scratch: Engine) -> None:
    with TestClient(create_app(WebSettings(), engine=loaded_scratch)) as client:
        before = {row["id"]: row for row in client.get(f"{URL}?level=metropolitan_city").json()}
        former = client.get("/api/v1/coverage/runs/corrente").json()["id"]
        with loaded_scratch.begin() as connection:
            connection.execute(text(THRESHOLD))
        refresh(loaded_scratch)
        with loaded_scratch.begin() as connection:
            prune.prune(connection, keep=0)
            assert not book.has_results(connection, former)
        kept = {row["id"]: row["value"] for row in client.get(f"{URL}?level=metropolitan_city&run={former}").json()}
        assert kept == {kpi: row["value"] for kpi, row in before.items()}
        rows = client.get(f"{URL}?level=metropolitan_city&compare={former}").json()
        found = {row["id"]: row for row in rows}["ombra-centri-impiego"]
        assert found["former_value"] == before["ombra-centri-impiego"]["value"]
        assert found["change"] == pytest.approx(found["value"] - found["former_value"])
        assert (found["change"] > 0, found["trend"]) == (True, "peggio")
        assert found["differing"] == ["standards"]


def test_a_run_of_before_the_indicators_says_so(loaded_scratch: Engine) -> None:
    with loaded_scratch.begin() as connection:
        connection.execute(text("delete from kpi_result"))
    with TestClient(create_app(WebSettings(), engine=loaded_scratch)) as client:
        for query in ("run=corrente", "compare=corrente"):
            answer = client.get(f"{URL}?{query}")
            assert answer.status_code == 404, query
            assert "anteriore agli indicatori" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "status"),
    [("run=domani", 404), ("compare=domani", 404), ("area=bar", 404), ("level=quarter", 422), ("livello=x", 400)],
)
def test_wrong_parameters_are_told(client: TestClient, query: str, status: int) -> None:
    answer = client.get(f"{URL}?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["detail"]
