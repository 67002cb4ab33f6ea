"""A request with several faults gets one answer with all of them, whoever finds the first one."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

NOBODY = "00000000-0000-0000-0000-000000000000"
CASES: list[tuple[str, int, set[str]]] = [
    # unknown codes and values of another form
    ("/api/v1/gaps?type=bar&level=via&area=999999", 422, {"type", "level", "area"}),
    ("/api/v1/gaps?area=999999&limit=0", 422, {"type", "area", "limit"}),
    # what FastAPI refuses, what we refuse, what nobody knows
    ("/api/v1/areas?bbox=7,45&cursor=!&level=via&livello=x&via=y", 422, {"bbox", "cursor", "level", "livello", "via"}),
    ("/api/v1/services?bbox=a&cursor=!", 400, {"bbox", "cursor"}),
    ("/api/v1/services?bbox=a&cursor=!&type=bar&area=%00&q=a&x=1", 422, {"bbox", "cursor", "type", "area", "q", "x"}),
    ("/api/v1/compliance?type=bar&rule=bar&area=bar", 404, {"type", "rule", "area"}),
    ("/api/v1/compliance?type=%00&rule=bar&area=%00", 422, {"type", "rule", "area"}),
    ("/api/v1/coverage?type=bar&rule=bar&run=bar&supply=bar&bbox=bar", 422, {"type", "rule", "run", "supply", "bbox"}),
    ("/api/v1/completeness?type=bar&source=bar", 404, {"type", "source"}),
    # parts that rest on others
    ("/api/v1/equity?type=bar&line=0&measure=bar&run=bar", 422, {"type", "line", "measure", "run"}),
    ("/api/v1/equity/areas?by=bar&line=0&area=bar", 422, {"type", "by", "line", "area"}),
    # the thing of the path does not exist, and more
    ("/api/v1/coverage/runs/bar/compare/foo?level=via", 404, {"former", "later", "level", "type"}),
    ("/api/v1/scenarios/nessuno/areas?type=bar", 404, {"name", "type"}),
    ("/api/v1/services/abc/origins?campo=x", 422, {"service_id", "campo"}),
    (f"/api/v1/services/{NOBODY}/origins?campo=x", 400, {"campo"}),
    # one alone
    ("/api/v1/areas?bbox=7,45", 400, {"bbox"}),
    ("/api/v1/areas?area=999999", 404, {"area"}),
    ("/api/v1/areas?livello=via", 400, {"livello"}),
    ("/api/v1/forecast?type=asilo_nido&age_min=3", 400, {"type"}),
]


def told(client: TestClient, url: str) -> tuple[int, dict[str, Any]]:
    answer = client.get(url)
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()


@pytest.mark.parametrize(("url", "status", "parameters"), CASES)
def test_every_fault_is_told_once(client: TestClient, url: str, status: int, parameters: set[str]) -> None:
    found, body = told(client, url)
    names = [fault["parameter"] for fault in body["errors"]]
    assert sorted(names) == sorted(parameters)
    assert (found, body["status"]) == (status, status)
    assert all(fault["problem"] and "{" not in fault["problem"] for fault in body["errors"])
    if len(names) > 1:
        assert all(name in body["detail"] for name in names)


def test_mending_one_fault_leaves_the_others(client: TestClient) -> None:
    """What is told does not depend on which fault is found first."""
    parts = {"type": "type=bar", "area": "area=bar", "bbox": "bbox=1,2", "level": "level=via", "x": "x=1"}
    _status, whole = told(client, "/api/v1/gaps?" + "&".join(parts.values()))
    problems = {fault["parameter"]: fault["problem"] for fault in whole["errors"]}
    assert set(problems) == set(parts)
    for name, part in parts.items():
        needed = "" if name == "type" else "&type=csm"
        _status, alone = told(client, f"/api/v1/gaps?{part}{needed}")
        assert alone["errors"] == [{"parameter": name, "problem": problems[name]}]


def test_a_sound_value_is_never_called_a_fault(client: TestClient) -> None:
    _status, body = told(client, "/api/v1/gaps?type=csm&area=05&limit=10&bbox=7,45,8,46&level=via")
    assert [fault["parameter"] for fault in body["errors"]] == ["level"]


def test_pages_tell_their_faults_as_pages(client: TestClient) -> None:
    for path in ("/niente", "/servizi?page=zero", "/fonti/%00"):
        answer = client.get(path, headers={"Accept": "text/html"})
        assert answer.headers["content-type"].startswith("text/html"), path
        assert answer.status_code < 500, path
