"""Requests are counted by client and kind, and the limit is said before it is met."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from app.main import create_app
from app.middleware.rate import DEAR, WINDOW
from app.settings import WebSettings

READING, COMPUTATION = "/api/v1/areas?level=asl", "/api/v1/need/indicators"
PROXY = "192.0.2.1"


def served(engine: Engine, *, address: str = "198.51.100.7", **settings: object) -> TestClient:
    web = WebSettings(rate_readings=3, rate_computations=1, **settings)
    return TestClient(create_app(web, engine=engine), client=(address, 40_000))


@pytest.fixture
def client(loaded: Engine) -> Iterator[TestClient]:
    with served(loaded) as client:
        yield client


def left(answer) -> int:
    return int(re.fullmatch(r'"\w+";r=(\d+);t=\d+', answer.headers["ratelimit"])[1])


def test_what_is_left_is_said_until_nothing_is(client: TestClient) -> None:
    answers = [client.get(READING) for _turn in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert [left(answer) for answer in answers] == [2, 1, 0, 0, 0]
    assert answers[0].headers["ratelimit-policy"] == f'"letture";q=3;w={WINDOW}'
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["title"] == "Troppe richieste"
    assert 1 <= int(refused.headers["retry-after"]) <= WINDOW
    assert refused.headers["retry-after"] in refused.json()["detail"]
    assert refused.headers["cache-control"] == "no-store"
    assert refused.headers["access-control-allow-origin"] == "*"


def test_computations_have_an_account_of_their_own(client: TestClient) -> None:
    assert [client.get(COMPUTATION).status_code for _turn in range(2)] == [200, 429]
    assert client.get(READING).status_code == 200


def test_files_and_state_are_not_counted(client: TestClient) -> None:
    for path in ("/static/ombra.svg", "/health"):
        answers = [client.get(path) for _turn in range(6)]
        assert {answer.status_code for answer in answers} == {200}
        assert "ratelimit" not in answers[0].headers


def test_every_client_has_its_own_account(loaded: Engine) -> None:
    app = create_app(WebSettings(rate_readings=1), engine=loaded)
    with TestClient(app, client=("198.51.100.7", 1)) as first:
        assert [first.get(READING).status_code for _turn in range(2)] == [200, 429]
        statuses = [TestClient(app, client=(host, 1)).get(READING).status_code for host in ("198.51.100.8", "::1")]
        assert statuses == [200, 200]


def test_a_customer_of_ipv6_is_one_client(loaded: Engine) -> None:
    app = create_app(WebSettings(rate_readings=1), engine=loaded)
    with TestClient(app, client=("2001:db8:0:1::1", 1)) as first:
        assert first.get(READING).status_code == 200
        neighbours = [TestClient(app, client=(f"2001:db8:0:{net}::9", 1)) for net in (1, 2)]
        assert [other.get(READING).status_code for other in neighbours] == [429, 200]


def test_who_is_behind_is_only_believed_of_configured_proxies(loaded: Engine) -> None:
    def statuses(client: TestClient) -> list[int]:
        return [
            client.get(COMPUTATION, headers={"X-Forwarded-For": f"203.0.113.{turn}"}).status_code for turn in range(2)
        ]

    with served(loaded, address=PROXY) as client:
        assert statuses(client) == [200, 429]
    with served(loaded, address=PROXY, proxies=f"10.0.0.0/8,{PROXY}") as client:
        assert statuses(client) == [200, 200]
    with served(loaded, proxies=PROXY) as client:
        assert statuses(client) == [200, 429]


def test_a_client_cannot_write_its_own_address_before_the_one_of_the_proxy(loaded: Engine) -> None:
    with served(loaded, address=PROXY, proxies=PROXY) as client:
        told = [f"203.0.113.{turn}, 198.51.100.9" for turn in range(2)]
        assert [client.get(COMPUTATION, headers={"X-Forwarded-For": one}).status_code for one in told] == [200, 429]


def test_what_is_dear_exists(client: TestClient) -> None:
    """A prefix that no address has would count nothing."""
    paths = list(client.app.openapi()["paths"])
    missing = [prefix for prefix in DEAR if not any(path.startswith(prefix) for path in paths)]
    assert missing == []
