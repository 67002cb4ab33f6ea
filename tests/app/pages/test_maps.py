"""The Folium document: our files only, nothing restricted, data that stay data."""

import json
import re
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from app.pages import features, maps, shapes
from tests.app.pages import frames

OVERLAPS = pd.DataFrame(
    [
        {
            "kind": "da_coordinare",
            "service_ids": ["uno", "due", "lontano"],
            "names": ["Uno", "Due", "Lontano"],
            "persons": 1234.0,
        }
    ]
)


@pytest.fixture
def scene() -> maps.Scene:
    squares = frames.squares()
    towns = frames.settlements()
    return maps.Scene(
        title="Mappa: servizio di prova",
        level="municipality",
        supply="confermata",
        municipalities=squares,
        membership=pd.Series(squares.index, index=squares.index),
        zones=pd.Series(["A", "A", "B", "B"], index=squares.index),
        gaps=frames.gaps(),
        settlements=towns,
        names=towns,
        services=frames.services(
            frames.service("uno"),
            frames.service("due", lon=7.16, certainty="incerta"),
            frames.service("lontano", precision="municipality", lon=None, lat=None, municipality="Basso"),
            frames.service("</script><script>alert(1)</script>", lon=7.3),
        ),
        overlaps=OVERLAPS,
        places=gpd.GeoSeries(towns.geometry.to_numpy(), index=towns["name"].to_numpy(), crs=towns.crs),
        sources="Fonti di prova",
    )


def document(scene: maps.Scene) -> str:
    return maps.with_nonce(maps.render(maps.build(scene)), "n0nce")


def test_no_address_of_another_host(scene: maps.Scene) -> None:
    html = document(scene)
    addresses = re.findall(r"(?:src|href)=[\"']([^\"']+)", html)
    assert len(addresses) > 5
    assert all(address.startswith("/static/") for address in addresses)
    assert "http" not in html.replace("http-equiv", "")


def test_every_inline_script_has_the_nonce_or_is_data(scene: maps.Scene) -> None:
    html = document(scene)
    inline = [tag for tag in re.findall(r"<script[^>]*>", html) if "src=" not in tag]
    assert sorted(inline) == ['<script nonce="n0nce">', '<script type="application/json" id="ombra-testi">']
    assert maps.NONCE_MARK not in html


def test_a_hostile_name_stays_a_name(scene: maps.Scene) -> None:
    html = document(scene)
    assert "<script>alert" not in html
    assert "<i>" not in html


def test_the_document_can_be_enlarged_and_speaks_italian(scene: maps.Scene) -> None:
    html = document(scene)
    assert '<html lang="it">' in html
    assert "user-scalable=no" not in html
    assert "<title>Mappa: servizio di prova</title>" in html


def test_what_folium_draws_does_not_need_jquery(scene: maps.Scene) -> None:
    assert "$(" not in document(scene)
    assert "$.ajax" not in document(scene)


def test_the_background_of_tiles_is_our_proxy(scene: maps.Scene) -> None:
    tiles = maps.tiles("https://tiles.example.org/{z}/{x}/{y}.png", "© chi fa le mappe")
    html = document(replace(scene, tiles=tiles))
    assert "/tiles/{z}/{x}/{y}.png" in html
    assert "example.org" not in html
    assert maps.tiles(None, "") is None
    assert maps.tiles("", "") is None


def test_larger_areas_are_unions_of_the_parts(scene: maps.Scene) -> None:
    simple = shapes.simplify(scene.municipalities)
    zones = shapes.dissolve(simple, scene.zones)
    assert list(zones.index) == ["A", "B"]
    assert shapely.area(zones.to_numpy()).sum() == pytest.approx(shapely.area(simple.to_numpy()).sum())
    assert shapely.coverage_is_valid(zones.to_numpy())


def test_simplified_neighbours_keep_one_border() -> None:
    wavy = shapely.LineString([(7.1 + 0.002 * (at % 2), 45.0 + 0.001 * at) for at in range(101)])
    left = shapely.Polygon([(7.0, 45.0), *wavy.coords, (7.0, 45.1)])
    right = shapely.Polygon([(7.2, 45.0), *wavy.coords, (7.2, 45.1)])
    simple = shapes.simplify(gpd.GeoSeries([left, right], index=["l", "r"], crs="EPSG:4326"), tolerance=400)
    assert shapely.coverage_is_valid(simple.to_numpy())
    assert shapely.get_num_coordinates(simple.to_numpy()).sum() < shapely.get_num_coordinates([left, right]).sum() / 2
    assert simple.is_valid.all()


def test_areas_say_what_they_are(scene: maps.Scene) -> None:
    drawn = features.areas(scene.municipalities, scene.gaps, level="municipality", shadow="shadow_confirmed")
    said = {one["properties"]["codice"]: one["properties"] for one in drawn["features"]}
    assert said["001"]["voce"] == "Alto: scoperta, 1.000 persone in ombra"
    assert said["002"]["voce"] == "Basso: presente, 0 persone in ombra"
    assert said["003"]["voce"].endswith("senza dati, 1.000 persone senza dati")
    assert said["003"]["ombra"] == "url(#trama-senza_dati)"
    assert len({properties["stato"] for properties in said.values()}) == 4


def test_only_precise_and_public_places_become_pins() -> None:
    services = frames.services(
        frames.service("preciso"),
        frames.service("via", precision="street"),
        frames.service("comune", precision="municipality"),
        frames.service("protetto", location_protected=True),
        frames.service("senza punto", lon=None, lat=None),
    )
    drawn = features.pins(services)["features"]
    assert {one["properties"]["nome"] for one in drawn} == {"preciso", "via"}


def test_services_without_address_are_one_square_per_municipality() -> None:
    services = frames.services(
        frames.service("a", precision="municipality"),
        frames.service("b", precision="municipality"),
        frames.service("c", precision="municipality", municipality="Basso"),
        frames.service("nascosto", precision="municipality", municipality=None, location_protected=True),
    )
    places = gpd.GeoSeries([shapely.Point(7, 45)] * 2, index=["Alto", "Basso"], crs="EPSG:4326")
    drawn = features.squares(services, places)["features"]
    assert [one["properties"]["nome"] for one in drawn] == [
        "Alto: 2 servizi senza indirizzo preciso",
        "Basso: 1 servizio senza indirizzo preciso",
    ]
    assert "nascosto" not in json.dumps(drawn)


def test_groups_are_drawn_around_located_members_only(scene: maps.Scene) -> None:
    [drawn] = features.groups(OVERLAPS, scene.services)["features"]
    assert drawn["geometry"]["type"] == "LineString"
    assert drawn["properties"]["persone"] == "1.234"
    nowhere = OVERLAPS.assign(service_ids=[["uno", "lontano"]])
    assert features.groups(nowhere, scene.services)["features"] == []


def test_circles_grow_with_the_people(scene: maps.Scene) -> None:
    radii = [one["properties"]["raggio"] for one in features.settlements(scene.settlements)["features"]]
    assert radii == sorted(radii, reverse=True)
    assert radii[-1] == 1.0
    assert radii[0] == pytest.approx((50_000 / 700) ** 0.5, abs=0.1)


def test_rows_have_none_for_every_word_of_nothing() -> None:
    frame = pd.DataFrame({"a": [1.5, None], "b": ["x", None], "c": pd.to_datetime(["2026-01-01", None])})
    assert features.records(frame)[1] == {"a": None, "b": None, "c": None}
