"""Every parameter of every route, told nonsense: an answer with a reason or a sane one, never a failure, in time.

The table of routes is the description of the application itself, so that a new route is in it without being told.
"""

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select

from app.main import create_app
from app.settings import WebSettings
from etl.store import models as m

SECONDS = 5.0  # for any of them, on a busy machine; the database stops a statement after this time too
MEGABYTE = 2**20
NOBODY = "00000000-0000-0000-0000-000000000000"
FACES = ("/api/", "/hsds", "/ogc")
PARTS = 5

# As they stand in the address, percent-encoded; what an attacker, a broken client or a tired person writes.
STRINGS = {
    "quote": "%27",
    "union": quote("x' UNION SELECT table_name FROM information_schema.tables --"),
    "drop": quote("'; DROP TABLE service; --"),
    "sleep": quote("1' AND (SELECT 1 FROM pg_sleep(30)) IS NOT NULL --"),
    "like": "%25_%25%5C",
    "nul": "a%00b",
    "control": "%01%1f%7f%0d%0aX-Injected:%20yes",
    "broken_utf8": "%ff%fe%c3%28",
    "broken_escape": "%zz%",
    "surrogate": "%ed%a0%80",
    "high_plane": quote("\U0010ffff\u202e\ufeff"),
    "markup": quote("<script>alert(1)</script>${7*7}{{7*7}}"),
    "path": quote("../../../../etc/passwd"),
    "brackets": quote("((((((((((((((((((((", safe=""),
    "long": "a" * 5_000,
    "empty": "",
    "list": quote('["a", {"b": 1}]'),
}
NUMBERS = {
    "negative": "-1",
    "zero": "0",
    "int4": "2147483648",
    "int8": "9223372036854775808",
    "endless": "9" * 400,
    "float": "1.5",
    "nan": "nan",
    "infinite": "-inf",
    "exponent": "1e308",
    "more_exponent": "1e999",
    "hex": "0x10",
    "underscore": "1_000",
    "arabic": quote("٣"),
}
BOXES = {
    "nan_box": "nan,nan,nan,nan",
    "infinite_box": "-inf,-inf,inf,inf",
    "inverted_box": "8,46,7,45",
    "world_box": "-180,-90,180,90",
    "absurd_box": "-1e308,-1e308,1e308,1e308",
    "flat_box": "7,45,7,45",
    "three_box": "1,2,3",
    "many_box": ",".join(["7"] * 999),
    "six_box": "7,45,0,8,46,0",
}
DATES = {
    "year_0": "0000-01-01",
    "year_1": "0001-01-01T00:00:00Z",
    "year_9999": "9999-12-31T23:59:59.999999Z",
    "far_zone": "9999-12-31T23:59:59-23:59",
    "no_day": "2025-02-30",
    "epoch": "99999999999999999999",
}
# base64 of JSON that no page ever gave: a surrogate, a deep list, a number beyond every column, a date, an object
CURSORS = {
    "surrogate_cursor": "Ilx1ZDgwMCI",
    "deep_cursor": "W1tbW1tbW1tbW1tbW1tbW10",
    "number_cursor": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ",
    "negative_cursor": "LTE",
    "float_cursor": "MWUzMDg",
    "object_cursor": "eyJhIjogMX0",
    "nul_cursor": "ImFcdTAwMDBiIg",
    "long_cursor": "A" * 6_000,
    "no_base64": "%E2%82%AC",
}
HOSTILE = STRINGS | NUMBERS | BOXES | DATES | CURSORS


@pytest.fixture(scope="module")
def application(loaded: Engine) -> FastAPI:
    """As it is served, but for the number of requests that a client may make."""
    web = WebSettings(rate_readings=10**9, rate_computations=10**9, statement_seconds=SECONDS)
    return create_app(web, engine=loaded)


@pytest.fixture(scope="module")
def client(application: FastAPI) -> Iterator[TestClient]:
    with TestClient(application, raise_server_exceptions=False) as client:
        yield client


def routes() -> list[tuple[str, list[dict[str, Any]]]]:
    """Paths that can be read, with their parameters; of all that is described, and the faces for machines at least."""
    paths = create_app(WebSettings()).openapi()["paths"]
    return [(path, methods["get"].get("parameters", [])) for path, methods in sorted(paths.items()) if "get" in methods]


ROUTES = routes()
SOUND = {"type": "csm", "collection_id": "services", "tile_matrix_set_id": "WebMercatorQuad"}


def asked(path: str, parameters: list[dict[str, Any]]) -> tuple[str, list[str]]:
    """The path with sound values, and the names and sound values that the query needs."""
    for parameter in parameters:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", sound(parameter))
    needed = [parameter for parameter in parameters if parameter["in"] == "query" and parameter.get("required")]
    return path, [f"{parameter['name']}={sound(parameter)}" for parameter in needed]


def sound(parameter: dict[str, Any]) -> str:
    schema = parameter.get("schema", {})
    known = {"uuid": NOBODY, "integer": "1", "number": "1", "boolean": "true"}
    first = (schema.get("enum") or [None])[0]
    return str(first or SOUND.get(parameter["name"]) or known.get(schema.get("format", schema.get("type", "")), "x"))


def is_sane(client: TestClient, url: str) -> None:
    begun = time.monotonic()
    answer = client.get(url)
    taken = time.monotonic() - begun
    shown = url if len(url) < 300 else f"{url[:300]}…"
    assert answer.status_code < 500, f"{shown}: {answer.status_code} {answer.text[:300]}"
    assert taken < SECONDS, f"{shown}: {taken:.1f} s"
    assert "x-injected" not in answer.headers, shown
    if answer.status_code >= 400 and url.startswith(FACES):
        assert answer.headers["content-type"] == "application/problem+json", f"{shown}: {answer.text[:300]}"
        assert answer.json()["detail"], shown
        for word in ("psycopg", "asyncpg", "sqlalchemy", "Traceback", "[SQL", "syntax error"):
            assert word not in answer.text, shown


@pytest.mark.parametrize("path", [path for path, _parameters in ROUTES])
def test_every_parameter_of_every_route(client: TestClient, path: str) -> None:
    """One parameter at a time, each with every value."""
    parameters = dict(ROUTES)[path]
    whole, needed = asked(path, parameters)
    for parameter in parameters:
        name, own = parameter["name"], f"{parameter['name']}="
        rest = [part for part in needed if not part.startswith(own)]
        for value in share(path, parameter):
            if parameter["in"] == "query":
                is_sane(client, f"{whole}?{'&'.join([*rest, own + value])}")
            elif parameter["in"] == "path" and value:
                elsewhere = [other for other in parameters if other is not parameter]
                begun, _needed = asked(path, elsewhere)
                is_sane(client, begun.replace(f"{{{name}}}", value) + f"?{'&'.join(needed)}")


def share(path: str, parameter: dict[str, Any]) -> list[str]:
    """All values on the first route with this parameter; on each other some, and among them all again.

    What lists have in common is read by the same function everywhere, and asking for everything everywhere takes long.
    """
    with_it = [other for other, parameters in ROUTES if parameter in parameters]
    turn = with_it.index(path)
    return values(parameter) if turn == 0 else values(parameter)[turn % PARTS :: PARTS]


def values(parameter: dict[str, Any]) -> list[str]:
    """The values that may reach something behind this parameter; a choice among words only sees two."""
    schema = json.dumps(parameter.get("schema", {}))
    name = parameter["name"]
    if '"enum"' in schema or '"boolean"' in schema or '"const"' in schema:
        return [HOSTILE["drop"], HOSTILE["nul"]]
    if name == "cursor":
        return [*CURSORS.values(), *STRINGS.values(), "MQ", "-1"]
    if "bbox" in name:
        return [*BOXES.values(), HOSTILE["nul"], HOSTILE["broken_utf8"], HOSTILE["drop"]]
    if '"integer"' in schema or '"number"' in schema:
        return [*NUMBERS.values(), HOSTILE["nul"], HOSTILE["drop"]]
    if '"uuid"' in schema:
        return [HOSTILE["drop"], HOSTILE["nul"], HOSTILE["int8"], HOSTILE["surrogate"], HOSTILE["long"]]
    return [*STRINGS.values(), *DATES.values(), HOSTILE["endless"], HOSTILE["nan"], HOSTILE["absurd_box"]]


@pytest.mark.parametrize("path", [path for path, _parameters in ROUTES])
def test_everything_at_once_and_again(client: TestClient, path: str) -> None:
    """Every parameter with the same nonsense; each twice; and many that nobody knows."""
    parameters = dict(ROUTES)[path]
    whole, _needed = asked(path, parameters)
    names = [parameter["name"] for parameter in parameters if parameter["in"] == "query"]
    for value in (HOSTILE["drop"], HOSTILE["nul"], HOSTILE["int8"], ""):
        is_sane(client, f"{whole}?{'&'.join(f'{name}={value}' for name in names)}")
    for value in (HOSTILE["absurd_box"], HOSTILE["surrogate"]):
        is_sane(client, f"{whole}?{'&'.join(f'{name}={value}&{name}=' for name in names)}")
    is_sane(client, f"{whole}?{'&'.join(f'{name}[]=1&{name}.x=2' for name in [*names, 'x'])}")
    is_sane(client, f"{whole}?{'&'.join(f'x{turn}={turn}' for turn in range(700))}")
    is_sane(client, f"{whole}?%00=%00&%ff=%ff&=&&&=x&;")


@pytest.mark.parametrize("path", [path for path, _parameters in ROUTES])
def test_a_megabyte_of_filter(client: TestClient, path: str) -> None:
    """More than a client's library sends: as the server hands it on."""
    whole, _needed = asked(path, dict(ROUTES)[path])
    status, headers, body = client.portal.call(_raw, client.app, whole, b"filter=" + b"a" * MEGABYTE)
    assert (status, headers[b"content-type"]) == (414, b"application/problem+json")
    assert "8000" in json.loads(body)["detail"]


async def _raw(app: FastAPI, path: str, query: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "root_path": "", "headers": []}
    scope |= {"path": path, "raw_path": path.encode(), "query_string": query, "client": None, "server": ("x", 80)}
    await app(scope | {"asgi": {"version": "3.0"}, "extensions": {}}, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize("name", HOSTILE)
def test_headers_that_nobody_should_send(client: TestClient, name: str) -> None:
    value = HOSTILE[name].encode()
    for header in ("If-None-Match", "Accept", "Accept-Language", "Accept-Encoding", "X-Forwarded-For", "Cookie"):
        answer = client.get("/api/v1/areas?level=asl", headers={header: value})
        assert answer.status_code in (200, 304), header


def test_the_routes_are_all_there() -> None:
    paths = {path for path, _parameters in ROUTES}
    assert {"/health", "/api/v1/services", "/api/v1/services/{service_id}", "/api/v1/coverage"} <= paths
    assert len(ROUTES) >= 25


def test_nothing_was_written(client: TestClient, loaded: Engine) -> None:
    with loaded.connect() as connection:
        assert connection.execute(select(func.count()).select_from(m.Service)).scalar_one() > 0
