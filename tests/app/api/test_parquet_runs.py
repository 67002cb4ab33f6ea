"""What a permalink gave stays what it was, and each filter is what SQL of another making finds."""

import io
from urllib.parse import urlsplit

import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.main import create_app
from app.settings import WebSettings
from etl.derive import refresh
from tests.etl.derive.test_compare import KIND, THRESHOLD

COVERAGE = f"/api/v1/coverage?type={KIND}&level=zona_omogenea"

# Persons of each area of a level, in the run that was made with an engine.
PERSONS = text(
    "select a.code, sum(r.persons) as persons from coverage_result r join coverage_run c on c.id = r.run_id"
    " join area_within w on w.area_id = r.area_id join area a on a.id = w.ancestor_id"
    " where r.service_type_code = :type and a.level = :level and c.engine = :engine group by a.code"
)
RULE = text("select rule_id from type_result where service_type_code = :type")


def read(client: TestClient, address: str) -> dict[str, dict]:
    answer = client.get(f"{address}&limit=400&format=parquet")
    assert answer.status_code == 200, answer.text
    return {row["code"]: row for row in _rows(answer.content)}


def test_a_permalink_gives_the_same_rows_after_another_run(loaded_scratch: Engine) -> None:
    with TestClient(create_app(WebSettings(), engine=loaded_scratch)) as client:
        link = urlsplit(client.get(COVERAGE).links["permalink"]["url"])
        lasting = [f"{link.path}?{link.query}&format={kind}" for kind in ("geojson", "csv", "parquet")]
        before = [client.get(address).content for address in lasting]
        shown = client.get(f"{COVERAGE}&format=csv").content
        with loaded_scratch.begin() as connection:
            connection.execute(text(THRESHOLD))
        refresh(loaded_scratch)
        assert client.get(f"{COVERAGE}&format=csv").content != shown
        after = [client.get(address).content for address in lasting]
    assert after == before


def _rows(content: bytes) -> list[dict]:
    return pq.read_table(io.BytesIO(content)).to_pylist()


@pytest.mark.parametrize("level", ["metropolitan_city", "zona_omogenea", "municipality"])
@pytest.mark.parametrize("kind", [KIND, "centro_antiviolenza"])
def test_type_level_and_engine_are_what_sql_finds(client: TestClient, loaded: Engine, kind: str, level: str) -> None:
    found = read(client, f"/api/v1/coverage?type={kind}&level={level}&engine=estimate")
    with loaded.connect() as connection:
        rows = connection.execute(PERSONS, {"type": kind, "level": level, "engine": "estimate"})
        wanted = {row.code: row.persons for row in rows}
    assert {code: row["persons"] for code, row in found.items()} == pytest.approx(wanted)
    assert {row["level"] for row in found.values()} == {level}


def test_a_rule_keeps_the_type_that_was_judged_by_it(client: TestClient, loaded: Engine) -> None:
    with loaded.connect() as connection:
        own = connection.execute(RULE, {"type": KIND}).scalar_one()
        other = connection.execute(text("select id from standard where id <> :own order by id"), {"own": own}).scalar()
    assert read(client, f"{COVERAGE}&rule={own}") == read(client, COVERAGE) != {}
    assert read(client, f"{COVERAGE}&rule={other}") == {}
