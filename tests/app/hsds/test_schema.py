"""Every answer under /hsds against the JSON Schemas that Open Referral publishes for HSDS 3.1."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from tests.etl.tools import scalar

LISTS = {
    "services": "service",
    "organizations": "organization",
    "locations": "location",
    "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}


def crawl(client: TestClient, name: str, query: str = "") -> Iterator[dict[str, Any]]:
    """All records of a list, page by page along the links."""
    url = f"/hsds/{name}?per_page=100{query}"
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, answer.text
        yield from answer.json()["contents"]
        url = answer.links.get("next", {}).get("url", "").removeprefix("http://testserver")


@pytest.mark.parametrize("query", ["", "&full=true", "&minimal=true"])
@pytest.mark.parametrize("name", sorted(LISTS))
def test_lists_hold_what_the_standard_asks(client: TestClient, schemas, name: str, query: str) -> None:
    if (query == "&minimal=true" and name != "services") or (query and name.startswith("taxonom")):
        return
    found = list(crawl(client, name, query))
    assert found
    faults = [
        (one["id"], fault.json_path, fault.message) for one in found for fault in schemas[LISTS[name]].iter_errors(one)
    ]
    assert faults == []
    assert len({one["id"] for one in found}) == len(found)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_items_hold_what_the_standard_asks(client: TestClient, schemas, name: str) -> None:
    for one in list(crawl(client, name))[::7]:
        answer = client.get(f"/hsds/{name}/{one['id']}")
        assert answer.status_code == 200, answer.text
        faults = [(fault.json_path, fault.message) for fault in schemas[LISTS[name]].iter_errors(answer.json())]
        assert faults == []


def test_counts_are_those_of_the_tables(client: TestClient, loaded: Engine) -> None:
    def total(name: str) -> int:
        return int(client.get(f"/hsds/{name}").json()["total_items"])

    assert total("services") == scalar(
        loaded, "select count(*) from service where closed_on is null and supply_status <> 'chiuso'"
    )
    assert total("organizations") == scalar(loaded, "select count(*) from organization where closed_on is null")
    assert total("taxonomy_terms") == scalar(loaded, "select count(*) from taxonomy_term")


def test_an_item_says_where_its_values_come_from(client: TestClient) -> None:
    first = next(crawl(client, "services"))
    told = client.get(f"/hsds/services/{first['id']}").json()
    assert {one["field_name"] for one in told["metadata"]} >= {"name"}
    assert told["organization"]["id"] == told["organization_id"]
    assert told["service_at_locations"][0]["location"]["location_type"] == "physical"


def test_pages_by_number_are_those_by_key(client: TestClient) -> None:
    by_key = [one["id"] for one in crawl(client, "services", "&minimal=true")]
    by_number: list[str] = []
    for page in (1, 2, 3):
        body = client.get(f"/hsds/services?per_page=100&page={page}").json()
        assert (body["page_number"], body["first_page"]) == (page, page == 1)
        by_number += [one["id"] for one in body["contents"]]
    assert body["last_page"]
    assert by_number == by_key
    assert body["total_pages"] == 3


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("services?page=0", 422, "almeno 1"),
        ("services?per_page=501", 422, "al massimo 500"),
        ("services?page=500&per_page=500", 400, "next"),
        ("services?modified_after=ieri", 422, "modified_after"),
        ("services?taxonomy_term_id=abc", 422, "UUID"),
        ("services?parola=x", 400, "search"),
        ("service_at_locations?latitude=45", 400, "insieme"),
        ("services/00000000-0000-0000-0000-000000000000", 404, "00000000"),
    ],
)
def test_what_cannot_be_answered_says_why(client: TestClient, query: str, status: int, word: str) -> None:
    answer = client.get(f"/hsds/{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert word in answer.json()["detail"]


def test_filters_narrow(client: TestClient) -> None:
    every = list(crawl(client, "services"))
    term = every[0]["attributes"][0]["taxonomy_term_id"]
    body = every[0]["organization_id"]
    assert {one["id"] for one in crawl(client, "services", f"&taxonomy_term_id={term}")} == {
        one["id"] for one in every if term in {told["taxonomy_term_id"] for told in one.get("attributes", [])}
    }
    assert {one["organization_id"] for one in crawl(client, "services", f"&organization_id={body}")} == {body}
    found = [one["name"].lower() for one in crawl(client, "services", "&search=centro per l'impigo")]
    assert any("impiego" in name for name in found)
    near = list(crawl(client, "service_at_locations", "&latitude=45.07&longitude=7.68&proximity=2000"))
    wide = list(crawl(client, "service_at_locations", "&latitude=45.07&longitude=7.68&proximity=20000"))
    assert 0 < len(near) < len(wide)


def test_of_a_protected_place_only_the_service_is_told(guarded: Engine) -> None:
    from app.main import create_app
    from app.settings import WebSettings
    from tests.app.test_protected import NAME, PHONE, _leaks

    with TestClient(create_app(WebSettings(), engine=guarded)) as client:
        [told] = [one for one in crawl(client, "services", "&full=true") if one["name"] == NAME]
        assert told["phones"][0]["number"] == PHONE
        assert not {"service_at_locations", "schedules", "service_areas", "description"} & set(told)
        assert not _leaks(client.get(f"/hsds/services/{told['id']}").text)
        for name in LISTS:
            assert not _leaks(json.dumps(list(crawl(client, name, "&full=true" if not name.startswith("tax") else ""))))
        asked = "&latitude=45.35&longitude=7.45&proximity=100000"
        assert told["id"] not in {one["service_id"] for one in crawl(client, "service_at_locations", asked)}
