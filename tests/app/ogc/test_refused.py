"""What cannot be answered is refused with a reason, and nothing that is asked makes the server fail."""

import json
import time

import pytest
from fastapi.testclient import TestClient

ITEMS = "/ogc/collections/municipality/items"
TILES = "/ogc/collections/municipality/tiles/WebMercatorQuad"
DEEP = json.dumps({"op": "=", "args": [{"property": "name"}, "x"]})
for _round in range(25):
    DEEP = json.dumps({"op": "not", "args": [json.loads(DEEP)]})


def _called(name: str, *values: object) -> str:
    return json.dumps({"op": "=", "args": [{"op": name, "args": list(values)}, 1]})


# address, query, status, a word of the reason
REFUSED = [
    (ITEMS, {"bbox": "1,2,3"}, 400, "bbox"),
    (ITEMS, {"bbox": "a,b,c,d"}, 400, "bbox"),
    (ITEMS, {"bbox": "-999,0,999,1"}, 400, "bbox"),
    (ITEMS, {"bbox": "nan,nan,nan,nan"}, 400, "bbox"),
    (ITEMS, {"bbox": "inf,0,inf,1"}, 400, "bbox"),
    (ITEMS, {"bbox": "8,45,7,46"}, 400, "bbox"),
    (ITEMS, {"bbox": "7,45,8,46' or 1=1"}, 400, "bbox"),
    (ITEMS, {"limit": "0"}, 400, "limit"),
    (ITEMS, {"limit": "-1"}, 400, "limit"),
    (ITEMS, {"limit": "x"}, 400, "limit"),
    (ITEMS, {"limit": "1e3"}, 400, "limit"),
    (ITEMS, {"limit": "9" * 400}, 400, "limit"),
    (ITEMS, {"offset": "10001"}, 400, "next"),
    (ITEMS, {"offset": str(2**63)}, 400, "offset"),
    (ITEMS, {"offset": "-5"}, 400, "offset"),
    (ITEMS, {"cursor": "001272", "offset": "5"}, 400, "cursor"),
    (ITEMS, {"cursor": "001272", "sortby": "name"}, 400, "cursor"),
    ("/ogc/collections/services/items", {"cursor": "'; drop table service; --"}, 400, "cursor"),
    (ITEMS, {"sortby": "nothing"}, 400, "sortby"),
    (ITEMS, {"sortby": "name; drop table area"}, 400, "sortby"),
    (ITEMS, {"sortby": "geom"}, 400, "sortby"),
    (ITEMS, {"properties": "name,nothing"}, 400, "nothing"),
    (ITEMS, {"datetime": "yesterday"}, 400, "datetime"),
    (ITEMS, {"datetime": "../.."}, 200, ""),
    (ITEMS, {"datetime": "2026-01-01T00:00:00Z/2025-01-01T00:00:00Z"}, 400, "datetime"),
    (ITEMS, {"datetime": "a/b/c"}, 400, "datetime"),
    (ITEMS, {"f": "html"}, 400, "f: "),
    (ITEMS, {"filter-crs": "http://www.opengis.net/def/crs/EPSG/0/3857", "filter": "true"}, 400, "filter-crs"),
    (ITEMS, {"filter-lang": "sql", "filter": "true"}, 400, "filter-lang"),
    (ITEMS, {"wrong": "1"}, 400, "wrong"),
    (ITEMS, {"persons": "many"}, 400, "persons"),
    (ITEMS, {"name": "a\0b"}, 400, "nullo"),
    (ITEMS, {"filter": "name = 'a\0b'"}, 400, "nullo"),
    (ITEMS, [("limit", "1"), ("limit", "2")], 400, "limit"),
    # filters
    (ITEMS, {"filter": ""}, 400, "filter"),
    (ITEMS, {"filter": "name ="}, 400, "carattere"),
    (ITEMS, {"filter": "name = 'Torino'; drop table area"}, 400, "filter"),
    (ITEMS, {"filter": "nothing = 1"}, 400, "nothing"),
    (ITEMS, {"filter": "name"}, 400, "condizione"),
    (ITEMS, {"filter": "name = 3"}, 400, "testo"),
    (ITEMS, {"filter": "persons = 'x'"}, 400, "numero"),
    (ITEMS, {"filter": "persons LIKE '1%'"}, 400, "testo"),
    (ITEMS, {"filter": "persons = 1e999"}, 400, "numero"),
    (ITEMS, {"filter": "name = name"}, 400, "name"),
    (ITEMS, {"filter": "persons + 1 = 2"}, 400, "filter"),
    (ITEMS, {"filter": "pg_sleep(30) = 1"}, 400, "filter"),
    (ITEMS, {"filter": _called("pg_sleep", 30)}, 400, "filter"),
    (ITEMS, {"filter": _called("query_to_xml", "select * from restricted.position", True, True, "")}, 400, "filter"),
    (ITEMS, {"filter": _called("set_config", "role", "none", False)}, 400, "filter"),
    (ITEMS, {"filter": "lower(name) = 'torino'"}, 400, "filter"),
    (ITEMS, {"filter": '"name"" or true or ""name" = \'x\''}, 400, "filter"),
    (ITEMS, {"filter": "name = 'x\\' or true --'"}, 400, "filter"),
    (ITEMS, {"filter": "{"}, 400, "JSON"),
    (ITEMS, {"filter": "[" * 1_500, "filter-lang": "cql2-json"}, 400, "JSON"),
    (ITEMS, {"filter": DEEP}, 400, "una dentro l'altra"),
    (ITEMS, {"filter": '{"op": "and", "args": []}'}, 400, "and"),
    (ITEMS, {"filter": '{"op": 3, "args": {}}'}, 400, "condizione"),
    (ITEMS, {"filter": "null", "filter-lang": "cql2-json"}, 400, "condizione"),
    (ITEMS, {"filter": "(" * 900 + "persons = 1" + ")" * 900}, 400, "parentesi"),
    (ITEMS, {"filter": "name = 'a\\' or name = '" + "(" * 40 + "'"}, 400, "parentesi"),
    (ITEMS, {"filter": "(" * 30}, 400, "parentesi"),
    (ITEMS, {"filter": ")" + "(" * 9}, 400, "parentesi"),
    (ITEMS, {"filter": " OR ".join(["persons=1"] * 320)}, 400, "caratteri"),
    (ITEMS, {"filter": f"persons IN ({', '.join(['1'] * 500)})"}, 400, "in"),
    (ITEMS, {"filter": "S_INTERSECTS(geom, POLYGON((0 0, 1 1, 0 1)))"}, 400, "geometria"),
    (ITEMS, {"filter": "S_INTERSECTS(geom, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))"}, 400, "geometria"),
    (ITEMS, {"filter": "S_INTERSECTS(geom, POLYGON EMPTY)"}, 400, "geometria"),
    (ITEMS, {"filter": "S_INTERSECTS(geom, POINT(7000 45))"}, 400, "geometria"),
    (ITEMS, {"filter": "S_INTERSECTS(geom, GEOMETRYCOLLECTION(POINT(7 45)))"}, 400, "geometria"),
    (ITEMS, {"filter": "S_INTERSECTS(name, POINT(7 45))"}, 400, "name"),
    (ITEMS, {"filter": "S_DWITHIN(geom, POINT(7 45), 1)"}, 400, "filter"),
    (
        ITEMS,
        {"filter": '{"op":"s_intersects","args":[{"property":"geom"},{"type":"Point","coordinates":"x"}]}'},
        400,
        "geo",
    ),
    (ITEMS, {"filter": '{"op":"s_intersects","args":[{"property":"geom"},{"bbox":[1,2,true,4]}]}'}, 400, "bbox"),
    # what is not there
    ("/ogc/collections/nothing", {}, 404, "nothing"),
    ("/ogc/collections/nothing/items", {}, 404, "nothing"),
    ("/ogc/collections/service/items", {}, 404, "service"),
    ("/ogc/collections/restricted.position/items", {}, 404, "restricted"),
    (f"{ITEMS}/nothing", {}, 404, "nothing"),
    ("/ogc/collections/services/items/not-a-uuid", {}, 404, "not-a-uuid"),
    (f"{ITEMS}/%00", {}, 400, "nullo"),
    (f"{ITEMS}/001272", {"properties": "nothing"}, 400, "nothing"),
    ("/ogc/collections", {"f": "html"}, 400, "f: "),
    ("/ogc/tileMatrixSets/Nothing", {}, 400, ""),
    # tiles
    (f"{TILES}/9/600/266", {}, 404, "511"),
    (f"{TILES}/9/183/600", {}, 404, "511"),
    (f"{TILES}/99/1/1", {}, 400, "z"),
    (f"{TILES}/-1/0/0", {}, 400, "z"),
    (f"{TILES}/9/x/1", {}, 400, "y"),
    (f"{TILES}/9/{2**70}/1", {}, 404, "511"),
    (f"{TILES}/9/183/266", {"filter": "nothing = 1"}, 400, "nothing"),
    (f"{TILES}/9/183/266", {"bbox": "7,45,8,46"}, 400, "bbox"),
    ("/ogc/collections/municipality/tiles/WorldCRS84Quad/1/1/1", {}, 400, ""),
]


@pytest.mark.parametrize(("address", "query", "status", "word"), REFUSED, ids=range(len(REFUSED)))
def test_with_a_reason(client: TestClient, address: str, query: dict[str, str], status: int, word: str) -> None:
    began = time.monotonic()
    answer = client.get(address, params=query)
    assert answer.status_code == status, answer.text[:500]
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        assert told["status"] == status
        assert word in told["detail"]
    assert time.monotonic() - began < 5


def test_all_faults_come_at_once(client: TestClient) -> None:
    query = {"bbox": "1", "limit": "x", "filter": "nothing = 1", "sortby": "none", "wrong": "1", "f": "html"}
    detail = client.get(ITEMS, params=query).json()["detail"]
    assert all(f"{name}: " in detail for name in ("bbox", "limit", "filter", "sortby", "f"))
    assert "wrong" in detail


def test_a_browser_too_gets_json(client: TestClient) -> None:
    """tipg's pages ask other hosts for what they are made of: there are none."""
    for address in ("/ogc", "/ogc/collections", ITEMS):
        answer = client.get(address, headers={"accept": "text/html,*/*;q=0.8"})
        assert "json" in answer.headers["content-type"], address


def test_values_are_values(client: TestClient) -> None:
    """What looks like SQL within a text is compared, and finds nothing."""
    for value in ("' or '1'='1", "\\", "\\' or true --", "'); drop table area; --", "%", "E'\\x'"):
        for query in ({"name": value}, {"filter": "name = '{}'".format(value.replace("'", "''"))}):
            answer = client.get(ITEMS, params=query)
            assert answer.status_code == 200, answer.text
            assert answer.json()["numberMatched"] == 0
