"""A protected place is told by no collection, no tile and no filter: only its zone and its contacts are."""

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.main import create_app
from app.ogc.catalogue import COLLECTIONS
from app.settings import WebSettings
from tests.app.test_protected import LATITUDE, LONGITUDE, MUNICIPALITY, NAME, STREET, _leaks

HERE = f"S_INTERSECTS(geom, BBOX({LONGITUDE - 0.05}, {LATITUDE - 0.05}, {LONGITUDE + 0.05}, {LATITUDE + 0.05}))"
# Questions whose number would tell where the place is, were it other than nought.
QUESTIONS = (
    f"municipality_code = '{MUNICIPALITY}'",
    "municipality = 'Monastero di Lanzo'",
    "CASEI(municipality) LIKE CASEI('monastero%')",
    "municipality IS NOT NULL",
    "municipality_code IS NOT NULL",
    "address IS NOT NULL",
    f"address LIKE '%{STREET[4:12]}%'",
    "evidence IS NOT NULL",
    "note IS NOT NULL",
    "hours LIKE '%Segreti%'",
    HERE,
    "S_INTERSECTS(geom, BBOX(-180, -90, 180, 90))",
    "NOT S_DISJOINT(geom, BBOX(-180, -90, 180, 90))",
)


@pytest.fixture(scope="module")
def asked(guarded: Engine) -> Iterator[TestClient]:
    with TestClient(create_app(WebSettings(), engine=guarded)) as client:
        yield client


def test_no_collection_tells_it(asked: TestClient) -> None:
    for name in COLLECTIONS:
        query = "" if not name.startswith("gaps") else "&type=casa_rifugio"
        address = f"/ogc/collections/{name}/items?limit=10000{query}"
        answer = asked.get(address)
        assert answer.status_code == 200
        # The points of settlements and the boundaries of areas are public, also of that municipality.
        told = [feature | {"geometry": None} for feature in answer.json()["features"]]
        assert not _leaks(json.dumps(told)), name


def test_the_service_has_its_zone_only(asked: TestClient) -> None:
    [found] = asked.get("/ogc/collections/services/items?type=casa_rifugio").json()["features"]
    one = asked.get(f"/ogc/collections/services/items/{found['id']}").json()
    for feature in (found, one):
        assert feature["geometry"] is None
        told = feature["properties"]
        assert (told["name"], told["zone"]) == (NAME, "Ciriacese-Valli di Lanzo")
        assert not any(told[name] for name in ("address", "municipality", "municipality_code", "evidence", "note"))
        assert not _leaks(json.dumps(feature))


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_filter_answers(asked: TestClient, question: str) -> None:
    query = {"filter": f"type = 'casa_rifugio' AND {question}", "limit": "1"}
    assert asked.get("/ogc/collections/services/items", params=query).json()["numberMatched"] == 0


def test_no_box_no_order_and_no_tile_does(asked: TestClient) -> None:
    items = "/ogc/collections/services/items?type=casa_rifugio"
    assert asked.get(f"{items}&bbox=7.4,45.3,7.5,45.4").json()["numberMatched"] == 0
    assert asked.get(f"{items}&zone_code=07").json()["numberMatched"] == 1
    assert asked.get(f"{items}&municipality_code={MUNICIPALITY}").json()["numberMatched"] == 0
    tiles = "/ogc/collections/services/tiles/WebMercatorQuad"
    for z, y, x in ((0, 0, 0), (8, 91, 133), (9, 183, 266), (9, 184, 266), (12, 1465, 2132)):
        assert NAME.encode() not in asked.get(f"{tiles}/{z}/{y}/{x}?type=casa_rifugio").content
        assert NAME.encode() not in asked.get(f"{tiles}/{z}/{y}/{x}").content


def test_results_of_its_type_differ_by_zone_only(asked: TestClient, guarded: Engine) -> None:
    """Within a zone every municipality is told the same of a protected type, minutes none."""
    columns = "minutes_confirmed, minutes_confirmed_max, minutes_all"
    with guarded.connect() as connection:
        minutes = connection.execute(
            text(f"select distinct {columns} from ogc.gaps_municipality where type = 'casa_rifugio'")
        ).all()
        shares = connection.execute(
            text(
                "select distinct parent_code, shadow_confirmed > 0 as shadow, unknown > 0 as unknown"
                " from ogc.gaps_municipality where type = 'casa_rifugio' and persons > 0"
            )
        ).all()
    assert {value for row in minutes for value in row} <= {None, 0.0}
    assert len(shares) == len({row.parent_code for row in shares})
    assert asked.get("/ogc/collections/overlaps/items?type=casa_rifugio").json()["numberMatched"] == 0
