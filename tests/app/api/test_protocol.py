"""What every answer does: versions, compression, errors, documentation."""

import json
import time
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.api import responses, schemas
from app.deps import SessionDep
from app.hot.tags import SECONDS
from app.main import create_app, readers
from app.settings import WebSettings

SNAPSHOT = Path(__file__).parent / "openapi.json"

BAD_REQUESTS = [
    ("/api/v1/gaps", 422, "type"),
    ("/api/v1/gaps?type=bar", 404, "/api/v1/service-types"),
    ("/api/v1/areas?level=via", 422, "municipality"),
    ("/api/v1/areas?limit=0", 422, "almeno 1"),
    ("/api/v1/areas?limit=dieci", 422, "numero intero"),
    ("/api/v1/areas?area=999999", 404, "999999"),
    ("/api/v1/areas?bbox=7,45", 400, "quattro numeri"),
    ("/api/v1/areas?bbox=a,b,c,d", 400, "quattro numeri"),
    ("/api/v1/areas?bbox=8,45,7,46", 400, "ovest"),
    ("/api/v1/areas?bbox=nan,45,8,46", 400, "longitudini"),
    ("/api/v1/areas?cursor=%00", 400, "next"),
    ("/api/v1/services?cursor=Imhh", 400, "next"),
    ("/api/v1/gaps?type=csm&cursor=ImEi", 400, "next"),
    ("/api/v1/services?certainty=forse", 422, "confermata"),
    ("/api/v1/services?q=a", 422, "almeno 2 caratteri"),
    ("/api/v1/services?q=%00ab", 400, "non stampabili"),
    ("/api/v1/services?area=%00", 400, "non stampabili"),
    ("/api/v1/gaps?type=%00", 400, "non stampabili"),
    ("/api/v1/services?cursor=NQ", 400, "next"),
    ("/api/v1/services?cursor=dHJ1ZQ", 400, "next"),
    ("/api/v1/gaps?type=csm&cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ", 400, "next"),
    ("/api/v1/services?certainty=forse&certainty=mai", 422, "certainty: valori ammessi"),
    ("/api/v1/gaps?type=csm&livello=zona", 400, "livello"),
    ("/api/v1/service-types?format=xml", 422, "json"),
    ("/api/v1/services/abc", 422, "UUID"),
    ("/api/v1/services/00000000-0000-0000-0000-000000000000", 404, "00000000"),
    ("/api/v1/niente", 404, "Non trovato"),
]


@pytest.mark.parametrize(("url", "status", "word"), BAD_REQUESTS)
def test_errors_are_problems_that_say_how_to_mend(client: TestClient, url: str, status: int, word: str) -> None:
    answer = client.get(url)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == status
    assert word in body["detail"]


def test_all_faults_come_at_once(client: TestClient) -> None:
    body = client.get("/api/v1/areas?level=via&limit=0").json()
    assert {fault["parameter"] for fault in body["errors"]} == {"level", "limit"}


def test_writing_is_not_offered(client: TestClient) -> None:
    answer = client.post("/api/v1/areas")
    assert answer.status_code == 405
    assert answer.json()["title"] == "Metodo non ammesso"


def test_an_unchanged_answer_costs_no_body(client: TestClient) -> None:
    first = client.get("/api/v1/areas?level=zona_omogenea")
    again = client.get("/api/v1/areas?level=zona_omogenea", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/api/v1/areas?level=asl", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def test_a_change_of_the_data_changes_the_tag(loaded_scratch: Engine) -> None:
    with TestClient(create_app(WebSettings(), engine=loaded_scratch)) as client:
        url = "/api/v1/services?limit=1"
        before = client.get(url).headers["etag"]
        assert client.get(url).headers["etag"] == before
        with loaded_scratch.begin() as connection:
            connection.execute(text("insert into data_version (content_hash, reason) values ('x', 'test')"))
        time.sleep(SECONDS + 0.05)
        assert client.get(url).headers["etag"] != before


def test_large_answers_are_compressed(client: TestClient) -> None:
    answer = client.get("/api/v1/areas?level=municipality", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 0.5 * len(answer.content)


def test_reading_sessions_cannot_write(loaded: Engine) -> None:
    with readers(loaded)() as session, pytest.raises(Exception, match="read-only transaction"):
        session.execute(text("delete from service"))


def test_a_read_that_takes_too_long_is_stopped(loaded: Engine) -> None:
    app = create_app(WebSettings(statement_seconds=0.2), engine=loaded)

    @app.get("/slow")
    def slow(session: SessionDep) -> None:
        session.execute(text("select pg_sleep(5)"))

    with TestClient(app) as client:
        answer = client.get("/slow")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "pg_sleep" not in answer.text


def test_health_names_data_run_and_code(client: TestClient) -> None:
    body = client.get("/health").json()
    assert body["status"] == "ok"
    assert body["run"]["id"] in body["data_version"]


def test_health_before_any_run(scratch: Engine) -> None:
    with TestClient(create_app(WebSettings(), engine=scratch)) as client:
        assert client.get("/health").json()["status"] == "senza_calcolo"


def test_the_documentation_asks_no_other_host(client: TestClient) -> None:
    page = client.get("/api/docs").text
    assert "http://" not in page
    assert "https://" not in page
    assert client.get("/static/vendor/swagger-ui/swagger-ui-bundle.js").status_code == 200
    assert client.get("/static/js/api.js").status_code == 200
    assert "script-src 'self';" in client.get("/api/docs").headers["content-security-policy"]


def test_a_browser_that_loses_its_way_gets_a_page(client: TestClient) -> None:
    answer = client.get("/mapa", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert 'lang="it"' in answer.text


def test_an_unforeseen_error_tells_nothing(loaded: Engine) -> None:
    app = create_app(WebSettings(), engine=loaded)

    @app.get("/broken")
    def broken() -> None:
        message = "secret of the house"
        raise RuntimeError(message)

    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


def test_no_text_of_pydantic_reaches_a_person(client: TestClient) -> None:
    """Every constraint of every parameter, broken: the answer is Italian."""
    for url in ("/api/v1/services?q=" + "a" * 101, "/api/v1/standards?law=forse", "/api/v1/areas?limit=1.5"):
        answer = client.get(url)
        assert answer.status_code == 422
        for english in ("should", "valid", "String", "Input"):
            assert english not in answer.json()["detail"].replace("non valid", "")


def test_every_answer_is_what_it_says(client: TestClient) -> None:
    for url in ("/health", "/api/v1/areas?limit=1", "/api/docs", "/", "/static/ombra.svg"):
        assert client.get(url).headers["x-content-type-options"] == "nosniff", url


@pytest.mark.parametrize("name", responses.EXAMPLES)
def test_the_examples_are_true_to_their_schemas(name: str) -> None:
    recorded = responses.EXAMPLES[name]
    getattr(schemas, name).model_validate(recorded.get("properties", recorded))


def test_openapi_is_the_frozen_contract(application: FastAPI) -> None:
    """A change of the public contract must be seen: write the file again and look at the difference.

    ``python -c "from tests.app.api.test_protocol import write; write()"``
    """
    assert application.openapi() == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_every_list_has_an_example(application: FastAPI) -> None:
    for path, operations in application.openapi()["paths"].items():
        if path.startswith("/api/v1/"):
            contents = operations["get"]["responses"]["200"]["content"]
            assert any("example" in content for content in contents.values()), path


def write() -> None:
    """Write the snapshot of the contract."""
    contract = create_app(WebSettings()).openapi()
    SNAPSHOT.write_text(json.dumps(contract, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
