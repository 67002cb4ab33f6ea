"""The list of services and a single one, held against the Select of before, which joins the tables itself."""

import asyncio
import csv
import io
import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.api.output import feature
from app.hot.pool import opened
from app.hot.statements import prepared
from app.main import create_app
from app.paging import PageRequest, paginate
from app.queries import listing
from app.queries.listing import Filters
from app.queries.services import services
from app.settings import WebSettings

BOX = (7.6, 45.0, 7.75, 45.12)
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("", {}),
    ("bbox=7.6,45.0,7.75,45.12", {"bbox": BOX}),
    ("bbox=6.5,44,8.5,46", {"bbox": (6.5, 44.0, 8.5, 46.0)}),
    ("bbox=1,1,2,2", {"bbox": (1.0, 1.0, 2.0, 2.0)}),
    ("area=001272", {"within": "001272"}),
    ("area=05", {"within": "05"}),
    ("type=csm", {"type_codes": ["csm"]}),
    ("type=csm&area=001272", {"type_codes": ["csm"], "within": "001272"}),
    ("certainty=incerta", {"certainties": ["incerta"]}),
    ("certainty=incerta&certainty=programmata", {"certainties": ["incerta", "programmata"]}),
    ("type=centro_impiego&certainty=confermata&bbox=7.6,45.0,7.75,45.12",
     {"type_codes": ["centro_impiego"], "certainties": ["confermata"], "bbox": BOX}),
]  # fmt: skip


def expected(engine: Engine, filters: dict[str, Any], limit: int = 10_000) -> tuple[list[dict[str, Any]], int]:
    with Session(engine) as session:
        page = paginate(session, services(**filters), PageRequest(limit), key="id")
        return [as_told(json.loads(feature(row._asdict(), key="id"))) for row in page.rows], page.matched


def as_told(one: dict[str, Any]) -> dict[str, Any]:
    """Moments as moments: two writers of the same one differ in trailing zeros."""
    moment = datetime.fromisoformat(one["properties"]["last_modified"])
    return one | {"properties": one["properties"] | {"last_modified": moment}}


@pytest.mark.parametrize(("query", "filters"), ASKED)
def test_answers_are_those_of_the_tables(client: TestClient, loaded: Engine, query: str, filters: dict) -> None:
    body = client.get(f"/api/v1/services?limit=10000&{query}").json()
    rows, matched = expected(loaded, filters)
    assert [as_told(one) for one in body["features"]] == rows
    assert (body["numberMatched"], body["numberReturned"]) == (matched, len(rows))
    assert rows or query == "bbox=1,1,2,2"


def test_of_a_protected_place_no_more_is_told_than_before(guarded: Engine) -> None:
    with TestClient(create_app(WebSettings(), engine=guarded)) as client:
        body = client.get("/api/v1/services?limit=10000").json()
        rows, _matched = expected(guarded, {})
        assert [as_told(one) for one in body["features"]] == rows
        hidden = [one for one in rows if one["properties"]["location_protected"]]
        assert hidden
        for one in hidden:
            assert as_told(client.get(f"/api/v1/services/{one['id']}").json()) == one


def test_the_table_holds_the_same(client: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/api/v1/services?limit=10000&format=csv").text)))
    body = client.get("/api/v1/services?limit=10000").json()
    assert [row["id"] for row in rows] == [one["id"] for one in body["features"]]
    assert [row["certainty"] for row in rows] == [one["properties"]["certainty"] for one in body["features"]]


@pytest.mark.parametrize("bound", [0, 5, 10_000])
@pytest.mark.parametrize(("filters", "values"), [
    (Filters(), {}),
    (Filters(bbox=True), {"west": 7.6, "south": 45.0, "east": 7.75, "north": 45.12}),
    (Filters(type=True), {"type": "csm"}),
], ids=["all", "box", "type"])  # fmt: skip
def test_few_and_many_hits_are_the_same_list(
    loaded: Engine, monkeypatch: pytest.MonkeyPatch, bound: int, filters: Filters, values: dict[str, Any]
) -> None:
    monkeypatch.setattr(listing, "COUNTED", bound)
    statement = prepared(listing.page(filters), planned_once=True)
    given = {"bbox": BOX} if filters.bbox else {"type_codes": ["csm"]} if filters.type else {}
    rows, matched = expected(loaded, given)

    async def walked() -> list[uuid.UUID]:
        found: list[uuid.UUID] = []
        async with opened(loaded.url, WebSettings()) as hot:
            while page := await hot.rows(statement, rows=7, after=found[-1] if found else listing.FIRST, **values):
                if page[0]["id"] is None:
                    return found
                assert page[0]["matched"] == min(matched, bound + 1)
                found += [row["id"] for row in page]
        return found

    assert [str(one) for one in asyncio.run(walked())] == [row["id"] for row in rows]


def test_a_point_on_the_border_lies_in_the_box(client: TestClient, loaded: Engine) -> None:
    rows, _matched = expected(loaded, {"bbox": BOX})
    x, y = rows[0]["geometry"]["coordinates"]
    with loaded.connect() as connection:
        point = "select ST_X(geom), ST_Y(geom) from service_listing where id = :id"
        x, y = connection.execute(text(point), {"id": rows[0]["id"]}).one()
    for box in ((x, y, x + 0.01, y + 0.01), (x - 0.01, y - 0.01, x, y)):
        body = client.get(f"/api/v1/services?bbox={','.join(map(repr, box))}").json()
        assert rows[0]["id"] in [one["id"] for one in body["features"]]
        assert body["numberMatched"] == expected(loaded, {"bbox": box})[1]


@pytest.fixture(scope="module")
def few(loaded: Engine) -> Iterator[TestClient]:
    with TestClient(create_app(WebSettings(page_limit=3), engine=loaded)) as client:
        yield client


def test_a_count_beyond_the_bound_is_left_out(few: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert few.get("/api/v1/services").json()["numberMatched"] > 100
    monkeypatch.setattr(listing, "COUNTED", 100)
    body = few.get("/api/v1/services").json()
    assert "numberMatched" not in body
    assert body["numberReturned"] == 3


def test_codes_that_nothing_has_are_slips(client: TestClient) -> None:
    for query, word in (("type=bar", "/api/v1/service-types"), ("area=999999", "999999"), ("type=", "tipo")):
        answer = client.get(f"/api/v1/services?{query}")
        assert answer.status_code == 404
        assert word in answer.json()["detail"]
    assert client.get("/api/v1/services?type=csm&bbox=1,1,2,2").json()["features"] == []
