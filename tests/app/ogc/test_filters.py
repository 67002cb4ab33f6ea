"""Filters in CQL2, held against conditions of SQL written by hand; and their two languages against each other."""

import json
from pathlib import Path

import pytest
from cql2 import Expr
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

TURIN = "ST_MakeEnvelope(7.6, 45.0, 7.7, 45.1, 4326)"
RING = "7.6 45.0, 7.7 45.0, 7.7 45.1, 7.6 45.1, 7.6 45.0"
LINE = "ST_GeomFromText('LINESTRING(7 45, 8 45.2)', 4326)"

# collection, CQL2, SQL
ASKED = [
    # basic CQL2
    ("municipality", "name = 'Torino'", "name = 'Torino'"),
    ("municipality", "name = 'Barbania' OR name = 'Rivoli'", "name in ('Barbania', 'Rivoli')"),
    ("municipality", "name <> 'Torino'", "name != 'Torino'"),
    ("municipality", "persons > 20000 AND persons <= 50000", "persons > 20000 and persons <= 50000"),
    ("municipality", "persons < 100 OR persons >= 50000", "persons < 100 or persons >= 50000"),
    (
        "municipality",
        "NOT (persons < 1000 OR name = 'Torino') AND altitude_m > 300",
        "persons >= 1000 and name != 'Torino' and altitude_m > 300",
    ),
    ("municipality", "area_km2 >= 100.5", "area_km2 >= 100.5"),
    ("settlement", "persons IS NULL", "persons is null"),
    ("municipality", "parent_code IS NOT NULL", "parent_code is not null"),
    ("services", "location_protected = false", "not location_protected"),
    ("gaps_point", "type = 'centro_impiego' AND estimated", "type = 'centro_impiego' and estimated"),
    ("services", "expected_on >= DATE('2026-01-01')", "expected_on >= date '2026-01-01'"),
    ("services", "expected_on < '2027-01-01'", "expected_on < date '2027-01-01'"),
    (
        "services",
        "last_modified > TIMESTAMP('2020-01-01T00:00:00Z')",
        "last_modified > timestamptz '2020-01-01 00:00Z'",
    ),
    ("municipality", "name = 'Sant''Antonino di Susa'", "name = 'Sant''Antonino di Susa'"),
    ("municipality", "true", "true"),
    ("municipality", "NOT false", "true"),
    # advanced comparison operators
    ("municipality", "name LIKE 'C%o'", "name like 'C%o'"),
    ("municipality", "name NOT LIKE 'C%'", "name not like 'C%'"),
    ("municipality", "name LIKE '_ivoli'", "name like '_ivoli'"),
    ("municipality", "persons BETWEEN 1000 AND 2000", "persons between 1000 and 2000"),
    ("municipality", "persons NOT BETWEEN 1000 AND 2000", "persons not between 1000 and 2000"),
    ("municipality", "code IN ('001272', '001001', 'none')", "code in ('001272', '001001')"),
    ("municipality", "code NOT IN ('001272')", "code != '001272'"),
    ("gaps_municipality", "points IN (1, 2)", "points in (1, 2)"),
    # case-insensitive comparison
    ("municipality", "CASEI(name) = CASEI('TORINO')", "lower(name) = 'torino'"),
    ("municipality", "CASEI(name) LIKE CASEI('SAN %')", "name ilike 'san %'"),
    ("municipality", "CASEI(name) IN (CASEI('rivoli'), CASEI('TORINO'))", "lower(name) in ('rivoli', 'torino')"),
    # basic spatial functions
    ("services", "S_INTERSECTS(geom, BBOX(7.6, 45.0, 7.7, 45.1))", f"ST_Intersects(geom, {TURIN})"),
    (
        "municipality",
        "S_INTERSECTS(geom, POINT(7.68 45.07))",
        "ST_Intersects(geom, ST_SetSRID(ST_Point(7.68, 45.07), 4326))",
    ),
    # and with the other literals
    ("services", f"S_INTERSECTS(geom, POLYGON(({RING})))", f"ST_Intersects(geom, {TURIN})"),
    ("municipality", "S_INTERSECTS(geom, LINESTRING(7 45, 8 45.2))", f"ST_Intersects(geom, {LINE})"),
    ("services", f"S_INTERSECTS(geom, MULTIPOLYGON((({RING}))))", f"ST_Intersects(geom, {TURIN})"),
    # spatial functions
    ("services", f"S_WITHIN(geom, POLYGON(({RING})))", f"ST_Within(geom, {TURIN})"),
    ("services", f"S_DISJOINT(geom, POLYGON(({RING})))", f"ST_Disjoint(geom, {TURIN})"),
    (
        "municipality",
        "S_CONTAINS(geom, POINT(7.68 45.07))",
        "ST_Contains(geom, ST_SetSRID(ST_Point(7.68, 45.07), 4326))",
    ),
    ("municipality", f"S_OVERLAPS(geom, POLYGON(({RING})))", f"ST_Overlaps(geom, {TURIN})"),
    ("municipality", "S_CROSSES(geom, LINESTRING(7 45, 8 45.2))", f"ST_Crosses(geom, {LINE})"),
    ("municipality", f"S_TOUCHES(geom, POLYGON(({RING})))", f"ST_Touches(geom, {TURIN})"),
    ("municipality", f"S_EQUALS(geom, POLYGON(({RING})))", f"ST_Equals(geom, {TURIN})"),
]
NONE_FOUND = ("S_TOUCHES", "S_EQUALS")  # on these data


@pytest.mark.parametrize(("collection", "cql", "sql"), ASKED, ids=[asked[1] for asked in ASKED])
def test_counts_are_those_of_sql(client: TestClient, loaded: Engine, collection: str, cql: str, sql: str) -> None:
    with loaded.connect() as connection:
        expected = connection.execute(text(f"select count(*) from ogc.{collection} where {sql}")).scalar_one()
    assert expected or cql.startswith(NONE_FOUND)
    assert _matched(client, collection, {"filter": cql}) == expected
    assert _matched(client, collection, {"filter": cql, "filter-lang": "cql2-text"}) == expected
    as_json = json.dumps(Expr(cql).to_json())
    assert _matched(client, collection, {"filter": as_json, "filter-lang": "cql2-json"}) == expected


def test_every_column_may_be_asked_about(client: TestClient, loaded: Engine) -> None:
    """No name of a column is taken for a word of the language, nor for one of SQL."""
    chosen = {"services": "true", "gaps_point": "type = 'csm'", "overlaps": "true", "municipality": "true"}
    for collection, part in chosen.items():
        queryables = client.get(f"/ogc/collections/{collection}/queryables").json()["properties"]
        for name in queryables:
            if name != "geom":
                with loaded.connect() as connection:
                    told = connection.execute(
                        text(f'select count("{name}") from ogc.{collection} where {part}')
                    ).scalar_one()
                assert _matched(client, collection, {"filter": f"{name} IS NOT NULL AND {part}"}) == told, name


def test_the_examples_of_the_documentation_are_taken(client: TestClient) -> None:
    words = ("certainty =", "CASEI(", "NOT (", "expected_on >=", "S_")
    told = (Path(__file__).parents[3] / "docs" / "ogc.md").read_text(encoding="utf-8").splitlines()
    examples = [line.strip() for line in told if line.startswith("    ") and line.strip().startswith(words)]
    assert len(examples) == 6
    for example in examples:
        _matched(client, "services", {"filter": example})


def test_a_column_is_a_parameter_too(client: TestClient) -> None:
    for query in ({"name": "Torino"}, {"persons": "846926"}, {"code": "001272", "name": "Torino"}):
        if query.get("persons"):
            persons = client.get("/ogc/collections/municipality/items/001272").json()["properties"]["persons"]
            query["persons"] = str(persons)
        [found] = client.get("/ogc/collections/municipality/items", params=query).json()["features"]
        assert found["id"] == "001272"
    both = {"type": "centro_impiego", "filter": "certainty = 'confermata'", "location_protected": "false"}
    assert _matched(client, "services", both) == _matched(
        client, "services", {"filter": "type = 'centro_impiego' AND certainty = 'confermata'"}
    )


def test_filters_join_boxes(client: TestClient, loaded: Engine) -> None:
    sql = f"select count(*) from ogc.services where certainty = 'confermata' and ST_Intersects(geom, {TURIN})"
    with loaded.connect() as connection:
        expected = connection.execute(text(sql)).scalar_one()
    assert expected
    assert _matched(client, "services", {"bbox": "7.6,45.0,7.7,45.1", "filter": "certainty='confermata'"}) == expected
    assert (
        _matched(client, "services", {"bbox": "7.6,45.0,0,7.7,45.1,9", "filter": "certainty='confermata'"}) == expected
    )


def _matched(client: TestClient, collection: str, query: dict[str, str]) -> int:
    answer = client.get(f"/ogc/collections/{collection}/items", params={"limit": "1"} | query)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["numberMatched"])
