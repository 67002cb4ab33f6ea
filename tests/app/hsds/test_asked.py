"""What the lists of HSDS may be asked with: words, terms, circles, postal codes, moments, lines, bodies in full."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.main import create_app
from app.settings import WebSettings
from tests.app.hsds.test_schema import LISTS, crawl
from tests.etl.tools import frame, scalar

FIRST = "select id::text from service_listing order by id limit 1"


@pytest.mark.parametrize("name", sorted(LISTS))
def test_lines_are_the_whole_list(client: TestClient, name: str) -> None:
    answer = client.get(f"/hsds/{name}?format=ndjson&per_page=1")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert told == list(crawl(client, name))


def test_a_body_in_full_has_its_services_in_full(client: TestClient, loaded: Engine) -> None:
    service = client.get(f"/hsds/services/{scalar(loaded, FIRST)}").json()
    body = service["organization_id"]
    plain = client.get(f"/hsds/organizations/{body}").json()
    assert "services" not in plain
    told = client.get(f"/hsds/organizations/{body}?full_service=true").json()
    kept = {one["id"]: one for one in told["services"]}
    ids = frame(loaded, "select id::text from service_listing where organization_id = :body", body=body)["id"]
    assert set(kept) == set(ids)
    assert kept[service["id"]] == {k: v for k, v in service.items() if k not in ("organization", "metadata")}


def test_words_are_looked_for_in_every_list(client: TestClient) -> None:
    def names(name: str, query: str) -> list[str]:
        return [one["name"] for one in crawl(client, name, f"&search={query}")]

    assert names("organizations", "CITTA torino")
    assert all("torino" in name.lower() for name in names("organizations", "torino"))
    assert any("impiego" in name.lower() for name in names("taxonomy_terms", "impiego"))
    assert names("taxonomies", "tassonomia") or names("taxonomies", "ombra")
    assert names("organizations", "100%") == []
    assert names("organizations", "___") == []


def test_bodies_of_a_taxonomy_are_those_of_its_services(client: TestClient, loaded: Engine) -> None:
    taxonomy = scalar(
        loaded, "select taxonomy_id::text from taxonomy_term t join service_listing l on t.id = any(l.terms) limit 1"
    )
    found = {one["id"] for one in crawl(client, "organizations", f"&taxonomy_id={taxonomy}")}
    expected = frame(
        loaded,
        "select distinct organization_id::text as id from service_listing l join taxonomy_term t on t.id = any(l.terms)"
        " where t.taxonomy_id = cast(:taxonomy as uuid) and organization_id is not null",
        taxonomy=taxonomy,
    )["id"]
    assert found == set(expected)


def test_what_has_changed_since_a_moment(client: TestClient, loaded: Engine) -> None:
    moment = scalar(loaded, "select max(last_modified) from service_listing")
    since = moment.isoformat().replace("+", "%2B")
    found = {one["id"] for one in crawl(client, "services", f"&modified_after={since}")}
    newest = frame(loaded, "select id::text from service_listing where last_modified >= :m", m=moment)["id"]
    assert found == set(newest)
    assert not list(crawl(client, "services", "&modified_after=2999-01-01T00:00:00Z"))


@pytest.fixture
def coded(loaded_scratch: Engine) -> Any:
    """A postal code for the addresses of Torino, and a capacity: the built-in data tell none."""
    with loaded_scratch.begin() as connection:
        connection.execute(text("update address set postal_code = '10100' where city = 'Torino'"))
        connection.execute(
            text(
                "insert into service_capacity (id, service_id, unit, available, maximum) select gen_random_uuid(), id,"
                " 'posti', n, 30 from service_listing, unnest(array[7, null]) n where id = (select min(id::text)::uuid"
                " from service_listing)"
            )
        )
        connection.execute(text("insert into data_version (content_hash, reason) values ('', 'prova')"))
    with TestClient(create_app(WebSettings(), engine=loaded_scratch)) as client:
        yield client, loaded_scratch


def test_a_postal_code_is_that_of_the_address_or_a_centre(coded) -> None:
    client, engine = coded
    inside = {one["location_id"] for one in crawl(client, "service_at_locations", "&postcode=10100")}
    addresses = "select location_id::text as id from address where postal_code = '10100'"
    assert inside == set(frame(engine, addresses)["id"])
    centre = frame(
        engine,
        "select ST_X(c) as x, ST_Y(c) as y from (select ST_Centroid(ST_Collect(l.geom)) as c from location l join"
        " address a on a.location_id = l.id where a.postal_code = '10100' and l.precision <> 'municipality'"
        " and not l.location_protected) t",
    ).iloc[0]
    around = list(crawl(client, "service_at_locations", "&postcode=10100&proximity=1500"))
    same = list(crawl(client, "service_at_locations", f"&latitude={centre.y}&longitude={centre.x}&proximity=1500"))
    assert around == same
    assert around
    answer = client.get("/hsds/service_at_locations?postcode=99999&proximity=100")
    assert (answer.status_code, "99999" in answer.text) == (404, True)


def test_a_capacity_is_told_where_somebody_knows_what_is_free(coded, schemas) -> None:
    client, engine = coded
    told = client.get(f"/hsds/services/{scalar(engine, FIRST)}").json()
    [capacity] = told["capacities"]
    assert (capacity["available"], capacity["maximum"], capacity["unit"]["name"]) == (7, 30, "posti")
    assert [fault.message for fault in schemas["service"].iter_errors(told)] == []


def test_a_service_that_is_no_more_says_where_it_went(loaded_scratch: Engine) -> None:
    from etl.listing.refresh import refresh

    one, other, gone = frame(loaded_scratch, "select id::text from service_listing order by id limit 3")["id"]
    with loaded_scratch.begin() as connection:
        connection.execute(
            text("update service set closed_on = date '2026-03-04' where id in (cast(:a as uuid), cast(:b as uuid))"),
            {"a": one, "b": gone},
        )
        connection.execute(
            text("delete from identity where entity = 'service' and member_id = cast(:a as uuid)"), {"a": one}
        )
        connection.execute(
            text(
                "insert into identity (entity, member_id, entity_id) values ('service', cast(:a as uuid),"
                " cast(:b as uuid))"
            ),
            {"a": one, "b": other},
        )
        refresh(connection)
    with TestClient(create_app(WebSettings(), engine=loaded_scratch)) as client:
        moved = client.get(f"/hsds/services/{one}", follow_redirects=False)
        assert (moved.status_code, moved.headers["location"]) == (308, f"/hsds/services/{other}")
        answer = client.get(f"/hsds/services/{gone}")
        assert (answer.status_code, "4 marzo 2026" in answer.json()["detail"]) == (404, True)


def test_the_profile_is_under_its_address(client: TestClient) -> None:
    base = client.get("/hsds/").json()
    assert base["version"].startswith("3.1")
    profile = client.get(base["profile"]).json()
    assert (profile["@id"], profile["patch"], profile["hsds_version"]) == (base["profile"], {}, "3.1")
    assert client.get(base["openapi_url"]).status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("service_at_locations?proximity=100", 400, "da dove"),
        ("service_at_locations?postcode=TO1", 422, "postcode"),
        ("service_at_locations?latitude=45&longitude=7&proximity=200000", 422, "proximity"),
        ("organizations?search=%00a", 400, "non stampabili"),
        ("services?modified_after=0001-01-01T00:00:00", 400, "1970"),
        ("services?format=xml", 422, "ndjson"),
    ],
)
def test_what_cannot_be_answered_says_why(client: TestClient, query: str, status: int, word: str) -> None:
    answer = client.get(f"/hsds/{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert word in answer.text
