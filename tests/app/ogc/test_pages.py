"""What is said under ``/ogc``: the landing page, conformance, collections, pages that follow each other, versions."""

import ast
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.ogc.catalogue import COLLECTIONS
from app.ogc.conformance import CLASSES

OGC = "http://www.opengis.net/spec"
# The test of each conformance class that is declared; a class without one must not be declared.
TESTS = {
    "ogcapi-common-1/1.0/conf/core": "test_pages.py::test_the_landing_page_leads_everywhere",
    "ogcapi-common-1/1.0/conf/landing-page": "test_pages.py::test_the_landing_page_leads_everywhere",
    "ogcapi-common-1/1.0/conf/json": "test_refused.py::test_a_browser_too_gets_json",
    "ogcapi-common-2/1.0/conf/collections": "test_pages.py::test_collections_say_what_they_are",
    "ogcapi-features-1/1.0/conf/core": "test_pages.py::test_a_crawl_sees_each_row_once",
    "ogcapi-features-1/1.0/conf/geojson": "test_gdal.py::test_counts_and_columns_are_those_of_sql",
    "ogcapi-features-3/1.0/conf/queryables": "test_pages.py::test_features_have_the_columns_that_are_told",
    "ogcapi-features-3/1.0/conf/queryables-query-parameters": "test_filters.py::test_a_column_is_a_parameter_too",
    "ogcapi-features-3/1.0/conf/filter": "test_filters.py::test_counts_are_those_of_sql",
    "ogcapi-features-3/1.0/conf/features-filter": "test_filters.py::test_filters_join_boxes",
    **{
        f"cql2/1.0/conf/{name}": "test_filters.py::test_counts_are_those_of_sql"
        for name in (
            *("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators"),
            *("case-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus"),
            "spatial-functions",
        )
    },
    "ogcapi-tiles-1/1.0/conf/core": "test_gdal.py::test_a_tile_is_that_of_sql",
    "ogcapi-tiles-1/1.0/conf/tileset": "test_pages.py::test_tiles_are_where_the_tileset_says",
    "ogcapi-tiles-1/1.0/conf/tilesets-list": "test_pages.py::test_tiles_are_where_the_tileset_says",
    "ogcapi-tiles-1/1.0/conf/geodata-tilesets": "test_pages.py::test_tiles_are_where_the_tileset_says",
    "ogcapi-tiles-1/1.0/conf/mvt": "test_gdal.py::test_a_tile_is_that_of_sql",
}


def test_only_what_is_tested_is_declared(client: TestClient) -> None:
    told = client.get("/ogc/conformance").json()["conformsTo"]
    assert sorted(told) == sorted(CLASSES)
    assert {name.removeprefix(f"{OGC}/") for name in told} == set(TESTS)
    for place in sorted(set(TESTS.values())):
        file, name = place.split("::")
        tree = ast.parse((Path(__file__).parent / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, place


def test_the_landing_page_leads_everywhere(client: TestClient) -> None:
    """Every link that is no pattern answers, from page to page."""
    waiting, seen = ["http://testserver/ogc"], set[str]()
    while waiting:
        address = waiting.pop()
        if address in seen or "/items" in address:
            continue
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code == 200, address
        waiting += [link["href"] for link in _links(answer.json()) if not link.get("templated")]
    assert len(seen) > 5 * len(COLLECTIONS)
    rels = {link["rel"] for link in client.get("/ogc").json()["links"]}
    assert {"self", "service-desc", "conformance", "data"} <= rels


def test_collections_say_what_they_are(client: TestClient) -> None:
    told = client.get("/ogc/collections").json()["collections"]
    assert [one["id"] for one in told] == list(COLLECTIONS)
    for one in told:
        assert one["title"]
        assert one["description"]
        [west, south, east, north] = one["extent"]["spatial"]["bbox"][0]
        assert 6 < west < east < 9
        assert 44 < south < north < 46
        assert client.get(f"/ogc/collections/{one['id']}").json() == one


@pytest.mark.parametrize("name", list(COLLECTIONS))
def test_features_have_the_columns_that_are_told(client: TestClient, name: str) -> None:
    base = f"/ogc/collections/{name}"
    queryables = client.get(f"{base}/queryables").json()
    jsonschema.Draft202012Validator.check_schema(queryables)
    sortables = client.get(f"{base}/sortables").json()["properties"]
    page = client.get(f"{base}/items?limit=3").json()
    schema = client.get(f"{base}/schema").json()
    for feature in page["features"]:
        assert set(feature["properties"]) == set(sortables) == set(queryables["properties"]) - {"geom"}
        told = {key: value for key, value in feature["properties"].items() if value is not None}
        jsonschema.validate(feature | {"properties": told, "geometry": feature["geometry"] or {}}, schema)
        item = client.get(f"{base}/items/{feature['id']}").json()
        assert item["properties"] == feature["properties"]
        assert item["geometry"] == feature["geometry"]
    for column in list(sortables)[:6]:
        asked = {"sortby": f"-{column}", "limit": "5", "properties": column}
        values = [f["properties"][column] for f in client.get(f"{base}/items", params=asked).json()["features"]]
        told = [value for value in values if value is not None]
        if told and not isinstance(told[0], str):
            assert told == sorted(told, reverse=True)


def test_a_crawl_sees_each_row_once(client: TestClient, loaded: Engine) -> None:
    for name, limit in (("municipality", 50), ("services", 17), ("gaps_zona_omogenea", 500), ("overlaps", 4)):
        with loaded.connect() as connection:
            count = connection.execute(text(f"select count(*) from ogc.{name}")).scalar_one()
        address = f"/ogc/collections/{name}/items?limit={limit}&properties="
        seen: list[str] = []
        while address:
            page = client.get(address).json()
            assert page["numberReturned"] == len(page["features"]) <= limit
            seen += [feature["id"] for feature in page["features"]]
            address = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
        assert len(seen) == len(set(seen)) == count


def test_a_limit_beyond_the_most_is_the_most(client: TestClient) -> None:
    answer = client.get("/ogc/collections/settlement/items?limit=999999999&properties=")
    assert answer.status_code == 200


def test_an_order_pages_by_offset_until_it_may_not(client: TestClient) -> None:
    first = client.get("/ogc/collections/municipality/items?sortby=-persons&limit=2&properties=persons").json()
    address = next(link["href"] for link in first["links"] if link["rel"] == "next")
    both = [*first["features"], *client.get(address).json()["features"]]
    persons = [feature["properties"]["persons"] for feature in both]
    assert persons == sorted(persons, reverse=True)
    assert len({feature["id"] for feature in both}) == 4
    deep = client.get("/ogc/collections/gaps_point/items?sortby=name&offset=10001&limit=1")
    assert deep.status_code == 400


def test_time_is_that_of_the_last_change(client: TestClient, loaded: Engine) -> None:
    items = "/ogc/collections/services/items?limit=1&datetime="
    everything = client.get(f"{items}..%2F2999-01-01T00:00:00Z").json()["numberMatched"]
    with loaded.connect() as connection:
        assert everything == connection.execute(text("select count(*) from ogc.services")).scalar_one()
    assert client.get(f"{items}2999-01-01T00:00:00Z%2F..").json()["numberMatched"] == 0
    # A collection without time has nothing to leave out.
    places = "/ogc/collections/asl/items?limit=1&datetime=2999-01-01T00:00:00Z"
    assert client.get(places).json()["numberMatched"] == 2


def test_an_answer_that_is_held_is_not_sent_again(client: TestClient) -> None:
    for address in (
        "/ogc/collections",
        "/ogc/collections/asl/items",
        "/ogc/collections/asl/tiles/WebMercatorQuad/9/183/266",
    ):
        tag = client.get(address).headers["etag"]
        assert client.get(address, headers={"if-none-match": tag}).status_code == 304


def test_tiles_are_where_the_tileset_says(client: TestClient) -> None:
    for name in COLLECTIONS:
        [tileset] = client.get(f"/ogc/collections/{name}/tiles").json()["tilesets"]
        told = client.get(next(link["href"] for link in tileset["links"] if link["rel"] == "self")).json()
        [pattern] = [link["href"] for link in told["links"] if link["rel"] == "item"]
        limits = next(limit for limit in told["tileMatrixSetLimits"] if limit["tileMatrix"] == "8")
        sizes = {}
        for row in range(limits["minTileRow"], limits["maxTileRow"] + 1):
            for column in range(limits["minTileCol"], limits["maxTileCol"] + 1):
                place = {"tileMatrix": 8, "tileRow": row, "tileCol": column}
                answer = client.get(pattern.format(**place) + "?properties=&filter=true")
                assert answer.status_code == 200
                assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
                sizes[row, column] = len(answer.content)
        assert any(sizes.values()), name
    beside = client.get("/ogc/collections/asl/tiles/WebMercatorQuad/8/0/0")
    assert (beside.status_code, beside.content) == (200, b"")


def _links(told: Any) -> list[dict[str, Any]]:
    if isinstance(told, dict):
        own = [told] if "href" in told and "rel" in told else []
        return own + [link for value in told.values() for link in _links(value)]
    return [link for value in told for link in _links(value)] if isinstance(told, list) else []
