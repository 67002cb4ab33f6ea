"""Streets behind the map: which lines for which part and zoom, and the layer that asks for them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.main import create_app
from app.pages import maps
from app.queries import streets as queries
from app.settings import WebSettings
from etl.streets import load_streets
from tests.app.pages.test_maps import document, scene  # noqa: F401  a fixture

SAMPLE = Path(__file__).parents[2] / "etl" / "sources" / "strade_di_prova.osm"
TORINO = "7.60,45.00,7.80,45.15"
SUSA = "7.0,45.1,7.1,45.2"


@pytest.fixture
def paved(loaded_scratch: Engine) -> Engine:
    load_streets(loaded_scratch, SAMPLE)
    return loaded_scratch


@pytest.fixture
def streets(paved: Engine) -> Iterator[TestClient]:
    with TestClient(create_app(WebSettings(), engine=paved)) as client:
        yield client


def classes(client: TestClient, query: str) -> list[str]:
    answer = client.get(f"/mappa/strade?{query}")
    assert answer.status_code == 200, answer.text
    return [one["properties"]["classe"] for one in answer.json()["features"]]


def test_each_zoom_has_the_streets_that_can_be_told_apart(streets: TestClient) -> None:
    assert classes(streets, f"zoom=8&bbox={TORINO}") == []
    assert classes(streets, f"zoom=9&bbox={TORINO}") == ["motorway", "primary"]
    assert classes(streets, f"zoom=11&bbox={SUSA}") == ["secondary"]
    assert classes(streets, f"zoom=12&bbox={TORINO}") == ["motorway", "primary", "tertiary"]
    assert classes(streets, f"zoom=14&bbox={TORINO}") == ["motorway", "primary", "tertiary", "residential"]


def test_only_what_meets_the_part_asked_for_is_given(streets: TestClient) -> None:
    assert classes(streets, f"zoom=17&bbox={SUSA}") == ["secondary"]
    assert classes(streets, "zoom=17&bbox=7.0,44.9,7.01,44.91") == []
    assert len(classes(streets, "zoom=17")) == 5


def test_lines_are_geojson_with_the_name_as_it_stands(streets: TestClient) -> None:
    answer = streets.get(f"/mappa/strade?zoom=14&bbox={TORINO}")
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    [local] = [one for one in answer.json()["features"] if one["properties"]["classe"] == "residential"]
    assert local["properties"]["nome"] == "Via di prova in città"
    # Two ways of one name that touch are one line.
    assert local["geometry"]["type"] == "LineString"
    assert sorted(local["geometry"]["coordinates"]) == [[7.6862, 45.0704], [7.6874, 45.0712], [7.689, 45.072]]


def test_lines_are_simpler_from_afar(paved: Engine) -> None:
    wavy = (
        "insert into street (osm_id, kind, name, geom) select 1, 'trunk', 'Via a onde', ST_SetSRID(ST_MakeLine("
        "ST_MakePoint(7.3 + n * 0.001, 45.2 + (n % 2) * 0.0005) order by n), 4326) from generate_series(0, 100) n"
    )
    with paved.begin() as connection:
        connection.execute(text(wavy))
        points = {
            zoom: json.loads(row.geojson)["coordinates"]
            for zoom in (9, 13, 17)
            for row in connection.execute(queries.streets(zoom=zoom))
            if row.kind == "trunk"
        }
    assert {zoom: len(found) for zoom, found in points.items()} == {9: 2, 13: 101, 17: 101}


def test_an_answer_has_a_limit_and_the_widest_streets_come_first(paved: Engine) -> None:
    with paved.connect() as connection:
        rows = connection.execute(queries.streets(zoom=14, most=2)).all()
    assert [row.kind for row in rows] == ["motorway", "primary"]


@pytest.mark.parametrize(
    ("query", "status", "why"),
    [
        ("zoom=12&bbox=7.6,45.0,7.8", 400, "quattro numeri"),
        ("zoom=12&bbox=7.6,45.0,7.8,nan", 400, "latitudini"),
        ("zoom=12&bbox=7.8,45.0,7.6,45.1", 400, "ovest prima di est"),
        ("zoom=12&bbox=qui", 400, "quattro numeri"),
        (f"bbox={TORINO}", 422, "zoom: manca"),
        (f"zoom=99&bbox={TORINO}", 422, "al massimo 20"),
        (f"zoom=9.5&bbox={TORINO}", 422, "numero intero"),
    ],
)
def test_faults_are_problems_with_a_sentence(streets: TestClient, query: str, status: int, why: str) -> None:
    answer = streets.get(f"/mappa/strade?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert why in answer.json()["detail"]


def test_the_same_streets_are_not_sent_twice(streets: TestClient, paved: Engine, tmp_path: Path) -> None:
    address = f"/mappa/strade?zoom=12&bbox={TORINO}"
    tag = streets.get(address).headers["etag"]
    assert streets.get(address, headers={"If-None-Match": tag}).status_code == 304
    other = tmp_path / "altro.osm"
    other.write_text(SAMPLE.read_text("utf-8").replace("Autostrada", "Superstrada"), encoding="utf-8")
    load_streets(paved, other)
    assert streets.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_the_map_has_the_layer_only_where_there_are_streets(client: TestClient, streets: TestClient) -> None:
    with_streets = streets.get("/mappa/documento").text
    assert '"/mappa/strade"' in with_streets
    assert r"\u00a9 OpenStreetMap contributors (ODbL)" in with_streets
    assert "js/streets.js" in with_streets
    assert '"Strade"' in with_streets
    without = client.get("/mappa/documento").text
    assert not any(word in without for word in ("/mappa/strade", "OpenStreetMap", "streets.js", '"Strade"'))


def test_the_layer_stands_below_the_areas_and_names_no_host(scene: maps.Scene) -> None:  # noqa: F811
    html = document(replace(scene, streets=True))
    assert '"pane": "strade"' in html
    assert "zIndex = 250" in html.replace("\n", " ")
    assert "http" not in html.replace("http-equiv", "")


def test_main_streets_of_a_whole_territory_come_in_time(paved: Engine) -> None:
    """Ten thousand pieces, as a real extract has: by the indexes and under a second."""
    fill = (
        "insert into street (osm_id, kind, name, geom) select n, case when n % 20 = 0 then 'primary' else 'residential'"
        " end, 'Via di prova ' || n % 400, ST_SetSRID(ST_MakeLine(ST_MakePoint(7 + n / 2e5, 45 + n % 300 / 1e3),"
        " ST_MakePoint(7.002 + n / 2e5, 45.001 + n % 300 / 1e3)), 4326) from generate_series(1, 200000) n"
    )
    with paved.begin() as connection:
        connection.execute(text(fill))
        connection.execute(text("analyze street"))
        connection.execute(text("set local statement_timeout = '3s'"))
        wide = connection.execute(queries.streets(zoom=9, bbox=(6.5, 44.6, 8.3, 45.6))).all()
        near = connection.execute(queries.streets(zoom=14, bbox=(7.30, 45.05, 7.36, 45.09))).all()
    assert 0 < len(wide) <= queries.LINES
    assert 0 < len(near) <= queries.LINES
