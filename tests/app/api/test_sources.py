"""Sources in the API: the same figures as the measures, in JSON and CSV."""

import csv
import io

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from app.api import schemas
from etl.quality import PARTS, quality

LIST = "/api/v1/sources"


def test_figures_are_those_of_the_quality_table(client: TestClient, loaded: Engine) -> None:
    with loaded.connect() as connection:
        known = {row["id"]: row for row in quality(connection).to_dict("records")}
    found = {row["id"]: row for row in client.get(LIST).json()}
    assert found.keys() == known.keys()
    own, row = known["servizi-ombra"], found["servizi-ombra"]
    for name in ("read", "accepted", "rejected", "things", "issues", "age_days", *PARTS, "score"):
        assert row[name] == own[name], name
    assert row["new"] == own["nuovo"] == 244
    assert row["read"] == row["accepted"] + row["rejected"]
    assert row["issues"] == row["issues_rejected"] + row["issues_changed"] + row["issues_doubtful"]


def test_every_row_is_as_declared(client: TestClient) -> None:
    for row in client.get(LIST).json():
        schemas.Source.model_validate(row)


def test_only_loaded_ones_or_only_the_others(client: TestClient) -> None:
    every = {row["id"] for row in client.get(LIST).json()}
    loaded = {row["id"] for row in client.get(f"{LIST}?loaded=true").json()}
    rest = {row["id"] for row in client.get(f"{LIST}?loaded=false").json()}
    assert loaded == {"servizi-ombra"}
    assert loaded | rest == every
    assert not loaded & rest


def test_the_table_has_the_same_rows(client: TestClient) -> None:
    answer = client.get(f"{LIST}?format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert list(rows[0]) == list(schemas.Source.model_fields)
    assert [row["id"] for row in rows] == [row["id"] for row in client.get(LIST).json()]


def test_one_source_has_kinds_that_sum_to_its_remarks(client: TestClient) -> None:
    row = client.get(f"{LIST}/servizi-ombra").json()
    schemas.SourceDetail.model_validate(row)
    assert sum(kind["count"] for kind in row["kinds"]) == row["issues"]
    assert all(1 <= len(kind["examples"]) <= 3 for kind in row["kinds"])
    assert [run["state"] for run in row["runs"]] == ["caricato"]


@pytest.mark.parametrize("name", ["inventata", "%00", "a" * 61])
def test_a_source_that_is_not_there_is_a_problem(client: TestClient, name: str) -> None:
    answer = client.get(f"{LIST}/{name}")
    assert answer.status_code in (400, 404, 422)
    assert answer.headers["content-type"] == "application/problem+json"
