"""Requests beyond reason are refused with the reason."""

import time
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from app.main import create_app
from app.middleware.limits import LARGEST_BODY, LONGEST_ADDRESS, LONGEST_HEADERS, MOST_HEADERS
from app.settings import WebSettings


@pytest.fixture(scope="module")
def client(loaded: Engine) -> Iterator[TestClient]:
    app = create_app(WebSettings(request_seconds=0.3), engine=loaded)
    with_bodies_and_waiting(app)
    with TestClient(app) as client:
        yield client


def with_bodies_and_waiting(app: FastAPI) -> None:
    from asyncio import sleep

    from starlette.responses import StreamingResponse

    @app.post("/api/length")
    async def length(request: Request) -> int:
        return len(await request.body())

    @app.post("/api/read")
    async def read(asked: dict[str, str]) -> int:
        return len(asked)

    @app.get("/api/asleep")
    async def asleep() -> None:
        await sleep(20)

    @app.get("/api/threaded")
    def threaded() -> None:
        time.sleep(0.6)

    @app.get("/api/streaming")
    def streaming() -> StreamingResponse:
        async def slowly():
            for _turn in range(4):
                yield b"row\n"
                await sleep(0.15)

        return StreamingResponse(slowly())


def is_problem(answer, status: int, word: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["status"], word in answer.json()["detail"]) == (status, True)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_address_may_have_eight_thousand_bytes(client: TestClient) -> None:
    path, query = "/api/v1/services", "q="
    fill = LONGEST_ADDRESS - len(path) - len(query)
    assert client.get(f"{path}?{query}{'a' * fill}").status_code == 422
    is_problem(client.get(f"{path}?{query}{'a' * (fill + 1)}"), 414, "8000")
    is_problem(client.get(f"/api/{'a' * LONGEST_ADDRESS}"), 414, "8000")
    is_problem(client.get(f"{path}?filter={'a' * 60_000}"), 414, "8000")


def test_headers_have_an_end(client: TestClient) -> None:
    is_problem(client.get("/health", headers={f"X-{turn}": "a" for turn in range(MOST_HEADERS)}), 431, "100")
    is_problem(client.get("/health", headers={"Cookie": "a" * LONGEST_HEADERS}), 431, "32768")
    assert client.get("/health", headers={"Cookie": "a" * 1_000}).status_code == 200


@pytest.mark.parametrize("path", ["/api/length", "/api/read"])
def test_a_body_has_an_end_also_where_its_length_is_not_told(client: TestClient, path: str) -> None:
    def pieces() -> Iterator[bytes]:
        yield from (b"a" * 65_536 for _turn in range(5))

    is_problem(client.post(path, content=b"a" * (LARGEST_BODY + 1)), 413, str(LARGEST_BODY))
    is_problem(client.post(path, content=pieces()), 413, str(LARGEST_BODY))


def test_a_body_of_the_greatest_length_is_read(client: TestClient) -> None:
    assert client.post("/api/length", content=b"a" * LARGEST_BODY).json() == LARGEST_BODY


def test_a_length_that_is_no_number_does_no_harm(client: TestClient) -> None:
    for told in ("-1", "many", "9" * 5_000):
        answer = client.get("/api/v1/areas?level=asl", headers={"Content-Length": told})
        assert answer.status_code in (200, 413), told


@pytest.mark.parametrize("path", ["/api/asleep", "/api/threaded"])
def test_an_answer_must_begin_in_time(client: TestClient, path: str) -> None:
    begun = time.monotonic()
    answer = client.get(path)
    assert time.monotonic() - begun < 5
    is_problem(answer, 503, "secondi")


def test_an_answer_that_has_begun_may_take_its_time(client: TestClient) -> None:
    assert client.get("/api/streaming").text == "row\n" * 4
