"""What the lists of results tell beside their sums: why services overlap, minutes with their interval, levels, runs."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from geo.overlaps import KINDS
from tests.etl.tools import frame

CURRENT = "select id from coverage_run where current"


def test_a_group_tells_why_its_services_overlap(client: TestClient, loaded: Engine) -> None:
    stored = frame(loaded, f"select id::text, kind, details from overlap_result where run_id = ({CURRENT})")
    details = stored.set_index("id")["details"]
    found = [feature["properties"] for feature in client.get("/api/v1/overlaps?limit=1000").json()["features"]]
    assert len(found) == len(stored) > 0
    told = ("threshold", "minutes", "joint_capacity", "needed_capacity", "unit", "users_differ", "hours_differ")
    for row in found:
        assert row["kind"] in KINDS
        assert {name: row[name] for name in told} == {name: details[row["id"]][name] for name in told}
        assert row["requirements"] == details[row["id"]]["requirements"]
    assert {row["hours_differ"] for row in found if row["kind"] == "complementari"} == {True}


def test_the_description_names_every_kind(client: TestClient) -> None:
    answers = client.get("/api/openapi.json").json()["paths"]["/api/v1/overlaps"]["get"]["responses"]
    for kind in KINDS:
        assert f"{kind}:" in str(answers["200"])


@pytest.mark.parametrize("path", ["gaps", "coverage"])
def test_minutes_stand_between_those_that_the_true_time_may_be(client: TestClient, path: str) -> None:
    answer = client.get(f"/api/v1/{path}?type=centro_impiego&level=zona_omogenea")
    for feature in answer.json()["features"]:
        row = feature["properties"]
        assert row["minutes_low"] < row["minutes_confirmed"] < row["minutes_high"]


@pytest.mark.parametrize("level", ["census_section", "layer"])
def test_shadow_areas_are_listed_at_every_level(client: TestClient, level: str) -> None:
    answer = client.get(f"/api/v1/gaps?type=centro_impiego&level={level}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["features"] == []


def test_rules_tell_whether_the_run_that_is_asked_for_evaluated_them(client: TestClient, loaded: Engine) -> None:
    run = frame(loaded, CURRENT).iloc[0, 0]
    plain, asked = (client.get(f"/api/v1/standards{query}") for query in ("", f"?run={run}"))
    assert asked.json() == plain.json()
    assert client.get("/api/v1/standards?run=manca").status_code == 404
