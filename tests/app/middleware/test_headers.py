"""Headers of every answer, reading by scripts of other sites, HEAD and OPTIONS."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from app.main import create_app
from app.settings import WebSettings

PATHS = [
    "/api/v1/areas?level=asl",
    "/api/v1/areas?level=asl&format=csv",
    "/api/v1/service-types",
    "/api/openapi.json",
    "/api/docs",
    "/health",
    "/",
    "/servizi",
    "/static/ombra.svg",
]
ORIGIN = {"Origin": "https://example.org"}


@pytest.mark.parametrize("path", [*PATHS, "/api/v1/niente", "/niente", "/api/v1/areas?level=via"])
def test_every_answer_is_safe_and_says_how_long_it_is_good(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["cache-control"]
    for name in ("x-content-type-options", "referrer-policy", "cache-control"):
        assert len(headers.get_list(name)) == 1, name


@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_without_the_body(client: TestClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    changing = {"ratelimit", "content-security-policy", "date"}
    assert {name: head.headers[name] for name in head.headers if name not in changing} == {
        name: got.headers[name] for name in got.headers if name not in changing
    }


def test_head_of_an_unknown_address(client: TestClient) -> None:
    head = client.head("/api/v1/services/00000000-0000-0000-0000-000000000000")
    assert (head.status_code, head.content) == (404, b"")


@pytest.mark.parametrize("path", ["/api/v1/areas", "/api/v1/services", "/health", "/"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"])
def test_other_methods_are_refused_with_those_that_are_offered(client: TestClient, path: str, method: str) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/v1/areas", "/health", "/", "/static/ombra.svg"])
def test_options_tell_the_methods(client: TestClient, path: str) -> None:
    answer = client.options(path)
    assert (answer.status_code, answer.content, answer.headers["allow"]) == (204, b"", "GET, HEAD, OPTIONS")


def test_options_of_an_unknown_address(client: TestClient) -> None:
    assert client.options("/api/v1/niente").status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/areas?level=asl", "/api/v1/niente", "/api/v1/areas?level=via"])
def test_scripts_of_other_sites_may_read_what_is_for_machines(client: TestClient, path: str) -> None:
    headers = client.get(path, headers=ORIGIN).headers
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers
    exposed = {name.strip().lower() for name in headers["access-control-expose-headers"].split(",")}
    assert {"etag", "link", "retry-after", "ratelimit", "ratelimit-policy"} <= exposed


@pytest.mark.parametrize("path", ["/", "/servizi", "/static/ombra.svg", "/health"])
def test_scripts_of_other_sites_may_not_read_pages(client: TestClient, path: str) -> None:
    assert not [name for name in client.get(path, headers=ORIGIN).headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", ["/api/v1/areas", "/hsds/services", "/ogc/collections"])
def test_a_preflight_allows_reading_and_nothing_else(client: TestClient, path: str) -> None:
    asked = ORIGIN | {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
    answer = client.options(path, headers=asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert answer.headers["access-control-allow-headers"] == "*"


def test_faults_are_never_kept_and_state_neither(client: TestClient) -> None:
    for path in ("/health", "/api/v1/niente", "/api/v1/areas?level=via", "/niente"):
        assert client.get(path).headers["cache-control"] == "no-store", path


def test_the_description_of_the_api_has_a_version(client: TestClient) -> None:
    first = client.get("/api/openapi.json")
    again = client.get("/api/openapi.json", headers={"If-None-Match": first.headers["etag"]})
    assert (first.json()["openapi"][:2], again.status_code, again.content) == ("3.", 304, b"")


@pytest.fixture
def broken(loaded: Engine) -> FastAPI:
    app = create_app(WebSettings(), engine=loaded)

    @app.get("/api/broken")
    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError

    return app


def test_an_unforeseen_error_is_a_problem_for_machines_and_a_page_for_readers(broken: FastAPI) -> None:
    with TestClient(broken, raise_server_exceptions=False) as client:
        machine = client.get("/api/broken", headers={"Accept": "text/html"})
        person = client.get("/broken", headers={"Accept": "text/html"})
    assert (machine.status_code, person.status_code) == (500, 500)
    assert machine.headers["content-type"] == "application/problem+json"
    assert person.headers["content-type"].startswith("text/html")
    for answer in (machine, person):
        assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")
    assert machine.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/api/v1/niente", "/api", "/hsds/niente", "/ogc/niente"])
def test_machines_get_problems_even_when_they_accept_pages(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html,*/*"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
