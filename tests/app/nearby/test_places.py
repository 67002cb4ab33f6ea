"""Places by name: slips, beginnings, several that may be meant, the municipality at the end of an address."""

import asyncio

import pytest
from sqlalchemy import Engine

from app.hot.pool import opened
from app.nearby.geocoding import geocode
from app.nearby.known import Known
from app.nearby.places import Place, meant
from app.settings import WebSettings


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Susa", "Susa"),
        ("torinno", "Torino"),
        ("LEINI'", "Leini"),
        ("leini", "Leini"),
        ("San Mauro", "San Mauro Torinese"),
        ("Pinerollo", "Pinerolo"),
        ("Mirafiori Sud", "Mirafiori Sud"),
    ],
)
def test_a_place_is_found_as_people_write_it(known: Known, text: str, name: str) -> None:
    assert [place.name for place in meant(known.gazetteer.named(text))] == [name]


@pytest.mark.parametrize("text", ["", "  ", "zzzz qqqq", "Parigi", "'; drop table area; --"])
def test_what_is_no_place_is_none(known: Known, text: str) -> None:
    assert meant(known.gazetteer.named(text)) == []


def test_several_that_may_be_meant_are_all_told(known: Known) -> None:
    names = {place.name for place in meant(known.gazetteer.named("Castel"))} | {
        place.name for place in meant(known.gazetteer.named("San Giorio"))
    }
    assert names == {"San Giorio di Susa"} or len(names) > 1


def test_a_municipality_is_at_its_main_inhabited_place(known: Known) -> None:
    """The middle of the surface of Bardonecchia lies on a mountain, kilometres from the town."""
    [place] = meant(known.gazetteer.named("Bardonecchia"))
    town = known.territory.by_code[str(place.code)]
    assert (place.longitude, place.latitude) == (town.longitude, town.latitude)
    assert place.bbox is not None
    west, south, east, north = place.bbox
    assert west < town.longitude < east
    assert south < town.latitude < north


@pytest.mark.parametrize(
    ("text", "line", "town"),
    [
        ("Via Roma 10, Susa", "Via Roma 10", "Susa"),
        ("via pacchiotti 4 torino", "via pacchiotti 4", "Torino"),
        ("Corso San Mauro 5", "Corso San Mauro 5", None),
        ("Susa", "Susa", None),
    ],
)
def test_the_municipality_at_the_end_of_an_address(known: Known, text: str, line: str, town: str | None) -> None:
    found, municipality = known.gazetteer.split(text)
    assert (found, None if municipality is None else municipality.name) == (line, town)


def places(engine: Engine, known: Known, text: str) -> list[Place]:
    async def ask() -> list[Place]:
        async with opened(engine.url, WebSettings()) as hot:
            return await geocode(hot, known.gazetteer, text, limit=10)

    return asyncio.run(ask())


def test_an_address_of_the_gazetteer_is_found_with_its_precision(loaded: Engine, known: Known) -> None:
    [first, *_others] = places(loaded, known, "via pacchiotti 4, torino")
    assert (first.kind, first.precision, first.municipality) == ("address", "address", "Torino")
    assert known.territory.at(first.longitude or 0, first.latitude or 0) == known.territory.by_code["001272"]


def test_services_come_by_name_after_places(loaded: Engine, known: Known) -> None:
    found = places(loaded, known, "susa")
    assert (found[0].kind, found[0].name) == ("municipality", "Susa")
    assert any(place.kind == "service" and "Susa" in place.name for place in found)


def test_streets_come_by_name_and_municipality(databases, filled: str, known: Known) -> None:
    with databases.clone(filled, "streets_nearby") as engine:
        with engine.begin() as connection:
            connection.exec_driver_sql(
                "insert into street (osm_id, kind, name, geom) values"
                " (1, 'residential', 'Via dei Molini', 'SRID=4326;LINESTRING(7.046 45.136, 7.048 45.137)'),"
                " (2, 'residential', 'Via dei Molini', 'SRID=4326;LINESTRING(7.68 45.07, 7.681 45.071)')"
            )
        found = [place for place in places(engine, known, "via dei mulini, Susa") if place.kind == "street"]
        assert [(place.name, place.municipality) for place in found] == [("Via dei Molini", "Susa")]
        both = [place.municipality for place in places(engine, known, "via dei molini") if place.kind == "street"]
        assert sorted(map(str, both)) == ["Susa", "Torino"]
