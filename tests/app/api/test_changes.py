"""The feed of changes, and crawls that go on while loads come."""

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from app.main import create_app
from app.settings import WebSettings
from tests.etl.files import CHANGES, go, rows, write
from tests.etl.tools import frame


def column(engine: Engine, statement: str) -> list[str]:
    return frame(engine, statement).iloc[:, 0].tolist()


def crawl(client: TestClient, since: int = 0, limit: int = 7) -> Iterator[dict]:
    """The feed from a number on, until there is nothing more."""
    more = True
    while more:
        body = client.get(f"/api/v1/changes?since={since}&limit={limit}").json()
        yield from body["changes"]
        since, more = body["next"], body["more"]


def test_the_first_crawl_gives_every_service_once_in_order(client: TestClient, loaded: Engine) -> None:
    told = list(crawl(client, limit=50))
    numbers = [one["seq"] for one in told]
    assert numbers == sorted(set(numbers))
    assert sorted(one["id"] for one in told) == column(loaded, "select id::text from service_listing order by 1")
    assert {one["kind"] for one in told} == {"nuovo"}
    assert client.get(told[0]["href"].removeprefix("http://testserver")).json()["id"] == told[0]["id"]


def test_at_the_end_there_is_a_number_to_come_back_with(client: TestClient) -> None:
    last = list(crawl(client, limit=500))[-1]["seq"]
    answer = client.get(f"/api/v1/changes?since={last}")
    assert answer.json() == {"changes": [], "next": last, "more": False}
    assert f"since={last}" in answer.headers["link"]
    assert (
        client.get(f"/api/v1/changes?since={last}", headers={"If-None-Match": answer.headers["etag"]}).status_code
        == 304
    )


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("since=-1", 422, "almeno 0"),
        ("since=x", 422, "numero intero"),
        ("since=9223372036854775808", 422, "al massimo"),
        ("since=9223372036854775807", 400, "ricominciare da 0"),
        ("limit=0", 422, "almeno 1"),
        ("limit=5001", 422, "al massimo 5000"),
        ("da=3", 400, "since"),
    ],
)
def test_what_cannot_be_read_says_so(client: TestClient, query: str, status: int, word: str) -> None:
    answer = client.get(f"/api/v1/changes?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert word in answer.json()["detail"]


def test_crawls_during_three_loads_miss_nothing_and_see_nothing_twice(loaded_scratch: Engine, tmp_path) -> None:
    """Services that are there all the time are seen once; the feed, followed to its end, gives what is there then."""
    editions = [rows(), CHANGES, rows(n003=None, n006=None, n007={"nome": "Farmacia Settima"})]
    before = set(column(loaded_scratch, "select id::text from service_listing"))
    loads = threading.Thread(target=load, args=(loaded_scratch, tmp_path, editions))
    seen: list[str] = []
    followed: list[dict] = []
    with TestClient(create_app(WebSettings(), engine=loaded_scratch)) as client:
        loads.start()
        turns = 0
        while loads.is_alive() or turns == 0:
            seen = [feature["id"] for feature in pages(client)]
            assert max(Counter(seen).values()) == 1
            assert before <= set(seen)
            followed += crawl(client, since=followed[-1]["seq"] if followed else 0)
            turns += 1
        loads.join()
        followed += crawl(client, since=followed[-1]["seq"])
        listed = {feature["id"] for feature in pages(client)}
    numbers = [one["seq"] for one in followed]
    assert numbers == sorted(set(numbers))
    state = {one["id"]: one["kind"] for one in followed}  # the last word on each
    assert {one for one, kind in state.items() if kind in ("nuovo", "cambiato")} == listed
    gone = frame(loaded_scratch, "select service_id::text as id from service_change where kind in ('chiuso', 'unito')")
    assert {one for one, kind in state.items() if kind == "chiuso"} == set(gone["id"])
    assert len(gone) >= 2


def load(engine: Engine, folder, editions: list) -> None:
    for year, table in enumerate(editions, start=2024):
        write(folder, f"farmacie-{year}.csv", table)
        go(engine, folder)


def pages(client: TestClient) -> Iterator[dict]:
    """All services, page by page along the links."""
    url = "/api/v1/services?limit=9"
    while url:
        body = client.get(url).json()
        yield from body["features"]
        url = next(
            (link["href"].removeprefix("http://testserver") for link in body["links"] if link["rel"] == "next"), ""
        )
