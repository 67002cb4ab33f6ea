"""Putting records in municipalities: by geometry, with a remark where source and map disagree."""

import math
from dataclasses import replace

import pytest
from shapely import Point

from etl.issues import IssueLog
from etl.locate.municipality import ADDRESS_RADIUS_M, STREET_RADIUS_ELSEWHERE_M, STREET_RADIUS_M, locate, read_gazetteer
from etl.record import ServiceRecord

TORINO, MONCALIERI, SUSA = "001272", "001156", "001270"
CITY = ServiceRecord(
    key="k", service_type="csm", name="CSM", organization=None, municipality=TORINO, supply_status="attivo",
    precision="address", latitude=45.0704, longitude=7.6862, address="Piazza Castello 1",
)  # fmt: skip


@pytest.fixture(scope="module")
def gazetteer(loaded):
    with loaded.connect() as connection:
        return read_gazetteer(connection)


def place(gazetteer, **changes):
    log = IssueLog()
    found = locate([replace(CITY, **changes)], gazetteer, log)
    return found.get("k"), [(entry.kind, entry.severity) for entry in log.entries]


def test_every_municipality_is_known(gazetteer):
    assert len(gazetteer.municipalities) == len(gazetteer.polygons) == 312
    assert gazetteer.municipalities[TORINO].name == "Torino"
    assert gazetteer.municipalities[TORINO].radius_m == pytest.approx(4_289, abs=20)


@pytest.mark.parametrize(
    ("precision", "municipality", "point", "radius"),
    [
        ("address", TORINO, (45.0704, 7.6862), ADDRESS_RADIUS_M),
        ("street", TORINO, (45.0704, 7.6862), STREET_RADIUS_M["citta"]),
        ("street", SUSA, (45.1386, 7.0594), STREET_RADIUS_ELSEWHERE_M),
    ],
)
def test_a_point_in_its_municipality_keeps_its_precision(gazetteer, precision, municipality, point, radius):
    found, remarks = place(
        gazetteer, precision=precision, municipality=municipality, latitude=point[0], longitude=point[1]
    )
    assert (found.precision, found.radius_m) == (precision, radius)
    assert found.point == Point(point[1], point[0])
    assert remarks == []


def test_a_point_elsewhere_is_withdrawn_with_a_remark(gazetteer):
    log = IssueLog()
    found = locate([replace(CITY, municipality=MONCALIERI)], gazetteer, log)["k"]
    assert (found.municipality, found.point, found.precision) == (MONCALIERI, None, "municipality")
    [entry] = log.entries
    assert (entry.kind, entry.severity, entry.field) == ("fuori_comune", "scartato", "lat/lon")
    assert (entry.value, TORINO in entry.message, MONCALIERI in entry.message) == ("45.0704 7.6862", True, True)


def test_a_point_outside_the_territory_is_withdrawn(gazetteer):
    found, remarks = place(gazetteer, latitude=41.9, longitude=12.5)
    assert found.point is None
    assert remarks == [("fuori_comune", "scartato")]


def test_a_point_on_a_border_belongs_to_both_sides(gazetteer):
    shared = gazetteer.polygons[TORINO].boundary.intersection(gazetteer.polygons[MONCALIERI].boundary)
    corner = shared.geoms[0].coords[0]
    for code in (TORINO, MONCALIERI):
        found, remarks = place(gazetteer, municipality=code, longitude=corner[0], latitude=corner[1])
        assert (found.precision, remarks) == ("address", [])


@pytest.mark.parametrize("missing", [None, math.nan, math.inf])
def test_a_record_without_a_point_is_known_by_its_municipality(gazetteer, missing):
    found, remarks = place(gazetteer, latitude=missing)
    assert (found.point, found.precision, found.radius_m) == (
        None, "municipality", gazetteer.municipalities[TORINO].radius_m,
    )  # fmt: skip
    assert remarks == [("senza_posizione", "dubbio")]


def test_an_unknown_municipality_is_rejected(gazetteer):
    found, remarks = place(gazetteer, municipality="058091")
    assert found is None
    assert remarks == [("comune_sconosciuto", "scartato")]


def test_nothing_to_place(gazetteer):
    assert locate([], gazetteer, IssueLog()) == {}
