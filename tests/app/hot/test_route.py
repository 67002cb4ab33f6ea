"""Routes that cost little: documented, checked and tagged as the others."""

import time
import uuid
from collections.abc import Iterator
from typing import Annotated, Literal

import pytest
from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import PlainTextResponse, Response
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field
from sqlalchemy import Engine, text

from app.hot.route import HotRoute
from app.hot.tags import SECONDS
from app.main import create_app
from app.settings import WebSettings


class Asked(BaseModel):
    """What the route of these tests may be asked."""

    limit: int = Field(default=10, ge=1, description="Quanti.")
    kind: list[Literal["a", "b"]] | None = None
    word: str | None = Field(default=None, min_length=2)


async def hot(request: Request, key: uuid.UUID, asked: Annotated[Asked, Query()]) -> Response:
    return PlainTextResponse(f"{key} {asked.limit} {asked.kind} {asked.word}")


async def plain(request: Request, key: uuid.UUID, asked: Annotated[Asked, Query()]) -> Response:
    return await hot(request, key, asked)


KEY = "00000000-0000-0000-0000-000000000001"


@pytest.fixture(scope="module")
def both(loaded: Engine) -> Iterator[TestClient]:
    with TestClient(app_on(loaded)) as client:
        yield client


def app_on(engine: Engine) -> FastAPI:
    app = create_app(WebSettings(), engine=engine)
    app.router.routes.insert(0, HotRoute("/hot/{key}", hot, methods=["GET"]))
    router = APIRouter(route_class=HotRoute)
    router.add_api_route("/included/{key}", hot, methods=["GET"])
    app.include_router(router)
    other = APIRouter()
    other.add_api_route("/plain/{key}", plain, methods=["GET"])
    app.include_router(other)
    return app


@pytest.mark.parametrize(
    "asked",
    [
        f"{KEY}",
        f"{KEY}?limit=3&kind=a&kind=b&word=due%20parole",
        f"{KEY}?kind=a",
        f"{KEY}?limit=3&limit=4",
        f"{KEY}?limit=0&word=x&kind=c",
        "abc?limit=no",
        f"{KEY}?limit=",
        f"{KEY}?word=%00%C3%A8",
    ],
)
def test_answers_and_faults_are_those_of_fastapi(both: TestClient, asked: str) -> None:
    ours, theirs = both.get(f"/hot/{asked}"), both.get(f"/plain/{asked}")
    assert (ours.status_code, ours.text) == (theirs.status_code, theirs.text)
    assert both.get(f"/included/{asked}").text == ours.text
    assert ours.headers["content-type"] == theirs.headers["content-type"]
    if ours.status_code == 200:
        assert (ours.headers["cache-control"], ours.headers["vary"]) == ("no-cache", "Accept-Encoding, Accept-Language")


def test_unknown_parameters_are_refused_by_name(both: TestClient) -> None:
    answer = both.get(f"/hot/{KEY}?livello=1&limit=2")
    assert answer.status_code == 400
    assert "livello" in answer.json()["detail"]
    assert "kind, limit, word" in answer.json()["detail"]


def test_documentation_is_that_of_fastapi(both: TestClient) -> None:
    paths = both.app.openapi()["paths"]
    ours, theirs = (paths[f"/{name}/{{key}}"]["get"] for name in ("hot", "plain"))
    assert ours["parameters"] == theirs["parameters"]
    assert len(ours["parameters"]) == 4


def test_an_unchanged_answer_has_no_body(both: TestClient) -> None:
    first = both.get(f"/hot/{KEY}")
    again = both.get(f"/hot/{KEY}", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert both.get(f"/hot/{KEY}?limit=2", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_other_methods_are_not_offered(both: TestClient) -> None:
    answer = both.post(f"/hot/{KEY}")
    assert (answer.status_code, answer.json()["title"]) == (405, "Metodo non ammesso")


def test_an_endpoint_that_asks_for_more_is_refused_at_once() -> None:
    async def two(request: Request, first: str, second: str) -> Response:
        return PlainTextResponse(first + second)

    async def without() -> Response:
        return PlainTextResponse("")

    for endpoint in (two, without):
        with pytest.raises(TypeError, match=endpoint.__name__):
            HotRoute("/x", endpoint, methods=["GET"])


def test_a_change_of_the_data_is_seen_within_a_second(loaded_scratch: Engine) -> None:
    with TestClient(app_on(loaded_scratch)) as client:
        before = client.get(f"/hot/{KEY}").headers["etag"]
        with loaded_scratch.begin() as connection:
            connection.execute(text("insert into data_version (content_hash, reason) values ('x', 'test')"))
        time.sleep(SECONDS + 0.05)
        answer = client.get(f"/hot/{KEY}", headers={"If-None-Match": before})
        assert answer.status_code == 200
        assert answer.headers["etag"] != before
