"""Which places are candidates, and where they come from."""

import json

import pytest
from sqlalchemy import text

from etl.derive.siting.candidates import BUILDING, SETTLEMENT, of_a_layer, of_the_atlas
from etl.derive.siting.classes import members
from etl.errors import SourceError
from tests.etl.derive.supply_of import PINEROLO, TORINO, area

SUSA = "001270"


@pytest.fixture(scope="module")
def everywhere(inputs):
    return inputs.points.drop_duplicates("municipality").set_index("municipality").index


@pytest.fixture(scope="module")
def places(atlas, inputs, everywhere):
    with atlas.connect() as connection:
        return of_the_atlas(connection, inputs, everywhere).places


def test_every_municipality_has_a_candidate_buildings_first(places, everywhere):
    assert set(places["municipality"]) == set(everywhere)
    with_buildings = set(places.loc[places["kind"] == BUILDING, "municipality"])
    with_settlements = set(places.loc[places["kind"] == SETTLEMENT, "municipality"])
    assert with_buildings
    assert not with_buildings & with_settlements
    assert places.index.is_unique
    assert list(places.index) == sorted(places.index)


def test_buildings_are_where_public_bodies_run_open_services_at_a_known_point(atlas, places):
    buildings = places[places["kind"] == BUILDING]
    with atlas.connect() as connection:
        rows = connection.execute(
            text(
                "select l.id::text, l.precision, l.location_protected, array_agg(distinct o.name) as bodies,"
                " bool_or(s.supply_status = 'attivo') as open, ST_X(ST_Transform(l.geom, 32632)) as x"
                " from location l join service_at_location x on x.location_id = l.id"
                " join service s on s.id = x.service_id join organization o on o.id = s.organization_id"
                " where l.id = any(cast(:ids as uuid[])) group by l.id"
            ),
            {"ids": list(buildings["location"])},
        ).all()
    assert len(rows) == len(buildings)
    at = buildings.reset_index().set_index("location")
    for row in rows:
        assert row.open
        assert not row.location_protected
        assert row.precision in ("address", "street")
        assert at.loc[row.id, "body"] in row.bodies
        assert at.loc[row.id].geometry.x == pytest.approx(row.x, abs=0.01)
    bodies = set(buildings["body"])
    assert {"ASL Città di Torino", "Comune di Torino", "Agenzia Piemonte Lavoro"} <= bodies
    assert not any("Caritas" in body or "Parrocchia" in body or "Svolta Donna" in body for body in bodies)


def test_two_services_under_one_roof_are_one_candidate(places):
    spots = places[places["kind"] == BUILDING].geometry.map(lambda spot: (round(spot.x), round(spot.y)))
    assert spots.is_unique


def test_minor_centres_are_neither_cities_nor_poles(atlas, inputs, everywhere):
    with atlas.connect() as connection:
        minor = members(connection, inputs, ("minori",))
        rural = members(connection, inputs, ("rurale",))
        assert set(members(connection, inputs, ())) == set(everywhere)
    # One pole in each of the eleven zones; Torino, the only city, is that of its own.
    assert len(everywhere) - len(minor) == 11
    assert area(inputs, "municipality", TORINO) not in minor
    assert area(inputs, "municipality", PINEROLO) not in minor
    assert area(inputs, "municipality", SUSA) in minor
    assert len(rural) == 197


def test_loaded_classes_of_inner_areas_tell_the_poles(loaded_scratch, inputs):
    with loaded_scratch.begin() as connection:
        susa, pinerolo = (area(inputs, "municipality", code) for code in (SUSA, PINEROLO))
        for place, value in ((susa, 2), (pinerolo, 3)):
            connection.execute(
                text(
                    "insert into indicator (area_id, year, name, value, source_id)"
                    " select :area, 2020, 'classe_snai', :value, id from source order by id limit 1"
                ),
                {"area": place, "value": value},
            )
        minor = members(connection, inputs, ("minori",))
    assert susa not in minor
    assert pinerolo in minor


def layer(path, **features):
    shapes = [
        {"type": "Feature", "properties": {"nome": name}, "geometry": {"type": "Point", "coordinates": spot}}
        for name, spot in features.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": shapes}), encoding="utf-8")
    return path


def test_a_layer_gives_its_features_in_the_municipalities_asked_for(atlas, inputs, everywhere, tmp_path):
    path = layer(tmp_path / "luoghi.geojson", Susa=[7.0464, 45.1383], Torino=[7.6789, 45.0694])
    with atlas.connect() as connection:
        found = of_a_layer(connection, inputs, path, everywhere)
        torino = everywhere[everywhere == area(inputs, "municipality", TORINO)]
        only = of_a_layer(connection, inputs, path, torino)
    assert list(found.places.index) == ["livello:Susa", "livello:Torino"]
    assert found.places.loc["livello:Susa", "municipality"] == area(inputs, "municipality", SUSA)
    assert list(only.places["name"]) == ["Torino"]
    assert found.origin["file"] == "luoghi.geojson"
    assert str(tmp_path) not in str(found.origin)


def test_a_layer_tells_its_faults(atlas, inputs, everywhere, tmp_path):
    path = layer(tmp_path / "lontano.geojson", Roma=[12.5, 41.9])
    with pytest.raises(SourceError, match="fuori"), atlas.connect() as connection:
        of_a_layer(connection, inputs, path, everywhere)
