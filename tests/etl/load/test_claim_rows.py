"""A claim comes back from the database as it went in."""

import json
from datetime import date, time

import pytest
import shapely

from etl.load.claim_rows import position_json, position_of, record_json, record_of
from etl.locate.position import Position
from etl.record import Capacity, Opening, ServedArea, ServiceRecord

BARE = ServiceRecord(
    key="a", service_type="csm", name="Centro", organization=None, municipality="001272", supply_status="attivo",
    precision="address", latitude=None, longitude=None,
)  # fmt: skip
FULL = ServiceRecord(
    key="b",
    service_type="farmacia",
    name="Farmacia Ñ",
    organization="ASL",
    municipality="001272",
    supply_status="attivo",
    precision="address",
    latitude=45.071_131_7,
    longitude=7.1,
    address="Via Po 1",
    expected_on=date(2027, 1, 1),
    valid_from=date(2020, 1, 1),
    valid_to=date(2028, 2, 3),
    phones=("+390114439190", "+390114439191"),
    osm_hours="Mo 08:00-12:30",
    openings=(
        Opening("MO", time(8), time(12, 30)),
        Opening("TU", time(8), time(12), date(2026, 6, 1), date(2026, 9, 1)),
    ),
    capacities=(Capacity("posti", 20.5), Capacity("letti", 3, "x")),
    evidence_year=2024,
    service_areas=(ServedArea("municipality", "001272", "x"),),
)


@pytest.mark.parametrize("record", [BARE, FULL], ids=["bare", "full"])
def test_a_record_comes_back_as_it_was(record):
    assert record_of(json.loads(json.dumps(record_json(record)))) == record


@pytest.mark.parametrize("point", [None, shapely.Point(7.123_456_789_012_3, 45.1)])
def test_a_position_comes_back_as_it_was(point):
    position = Position("001272", point, "address", 138.0, "osm")
    assert position_of(json.loads(json.dumps(position_json(position)))) == position


def test_what_a_source_does_not_say_is_not_kept():
    assert record_json(BARE).keys() == {
        "key", "service_type", "name", "municipality", "supply_status", "precision", "delivery",
    }  # fmt: skip
