"""From a record's own point and its address to its position: kept, replaced, found or withdrawn, and always told."""

import math
import random
from dataclasses import replace

import pytest
from shapely import Point

from etl.issues import IssueLog
from etl.locate.index import AddressIndex
from etl.locate.points import DECLARED, FirstOf
from etl.locate.position import ADDRESS_RADIUS_M, STREET_RADIUS_ELSEWHERE_M, STREET_RADIUS_M
from etl.locate.run import __doc__ as kinds_table
from etl.locate.run import locate
from etl.record import OrganizationRecord
from tests.etl.locate.samples import MONCALIERI, TORINO, metres, point, service

SUSA = "001270"
CASTELLO = {"latitude": 45.0704, "longitude": 7.6862}
EMPTY = AddressIndex([])


def settle(records, municipalities, index=EMPTY, **options):
    log = IssueLog()
    located = locate(records, municipalities, index, log, **options)
    assert {record.key for record in records} == located.accepted | located.rejected
    assert all(entry.kind in kinds_table for entry in log.entries), "a kind is missing in the table"
    return located, log.entries


def settle_one(record, municipalities, index=EMPTY, **options):
    located, entries = settle([record], municipalities, index, **options)
    return located.positions.get(record.key), [(entry.kind, entry.severity) for entry in entries]


@pytest.mark.parametrize(
    ("precision", "municipality", "own", "radius"),
    [
        ("address", TORINO, CASTELLO, ADDRESS_RADIUS_M),
        ("street", TORINO, CASTELLO, STREET_RADIUS_M["citta"]),
        ("street", SUSA, {"latitude": 45.1386, "longitude": 7.0594}, STREET_RADIUS_ELSEWHERE_M),
    ],
)
def test_a_point_in_its_municipality_keeps_its_precision(municipalities, precision, municipality, own, radius):
    record = replace(service("k", None, precision=precision, municipality=municipality), **own, coord_source="rilievo")
    found, remarks = settle_one(record, municipalities)
    assert (found.precision, found.radius_m, found.coord_source) == (precision, radius, "rilievo")
    assert found.point == Point(own["longitude"], own["latitude"])
    assert remarks == []


def test_a_point_elsewhere_is_withdrawn_with_a_remark(municipalities):
    record = replace(service("k", None, municipality=MONCALIERI), **CASTELLO)
    located, [entry] = settle([record], municipalities)
    found = located.positions["k"]
    assert (found.municipality, found.point, found.precision) == (MONCALIERI, None, "municipality")
    assert (entry.kind, entry.severity, entry.field) == ("fuori_comune", "scartato", "lat/lon")
    assert entry.value == "45.0704 7.6862"
    assert entry.message.startswith("Il punto cade nel comune di Torino, e il comune dichiarato è Moncalieri:")


def test_a_point_elsewhere_is_replaced_by_that_of_the_address(municipalities, index):
    record = replace(service("k", "Corso Francia 35"), latitude=41.9, longitude=12.5)
    located, [withdrawn, found] = settle([record], municipalities, index)
    assert (withdrawn.kind, found.kind, found.value) == ("fuori_comune", "posizione_trovata", "41.9 12.5")
    assert withdrawn.message.startswith("Il punto cade fuori dal territorio, e il comune dichiarato è Torino:")
    position = located.positions["k"]
    assert (position.precision, position.coord_source) == ("address", "rilievo: stesso civico")
    assert found.mended == f"{position.point.y} {position.point.x}"


@pytest.mark.parametrize("missing", [None, math.nan, math.inf])
def test_a_service_without_a_point_is_known_by_its_municipality(municipalities, missing):
    record = replace(service("k", "Via Mai Sentita 3"), latitude=missing, longitude=7.6)
    found, remarks = settle_one(record, municipalities)
    assert (found.point, found.precision, found.radius_m) == (None, "municipality", 4_000.0)
    assert remarks == [("senza_posizione", "dubbio")]


def test_a_service_without_a_point_is_placed_by_its_address(municipalities, index):
    found, remarks = settle_one(service("k", "C.so Francia, 35"), municipalities, index)
    assert (found.precision, round(metres(found.point)[0])) == ("address", 350)
    assert remarks == [("posizione_trovata", "modificato")]


def test_an_unknown_municipality_is_rejected(municipalities):
    located, [entry] = settle([service("k", "Via Roma 1", municipality="058091")], municipalities)
    assert (located.rejected, located.positions, located.unplaced) == ({"k"}, {}, set())
    assert (entry.kind, entry.severity, entry.value) == ("comune_sconosciuto", "scartato", "058091")


def test_a_body_without_municipality_is_accepted_without_a_place(municipalities):
    located, entries = settle([OrganizationRecord(key="o", name="Cooperativa")], municipalities)
    assert (located.unplaced, located.accepted, located.positions, entries) == ({"o"}, {"o"}, {}, [])


def test_a_body_known_by_its_municipality_needs_no_remark(municipalities):
    found, remarks = settle_one(OrganizationRecord(key="o", name="Comune", municipality=SUSA), municipalities)
    assert (found.precision, found.point, remarks) == ("municipality", None, [])


def test_a_body_is_placed_by_its_address(municipalities, index):
    record = OrganizationRecord(key="o", name="Cooperativa", municipality=TORINO, address="Via Capelli 8")
    found, remarks = settle_one(record, municipalities, index)
    assert (found.precision, remarks) == ("address", [("posizione_trovata", "modificato")])


def test_a_point_of_the_municipality_gives_way_to_the_address(municipalities, index):
    record = service("k", "Corso Francia 35", east=4_000.0, north=-800.0, precision="municipality")
    found, remarks = settle_one(record, municipalities, index)
    assert (found.precision, remarks) == ("address", [("posizione_trovata", "modificato")])
    found, remarks = settle_one(record, municipalities)
    assert (found.precision, remarks) == ("municipality", [("posizione_solo_comune", "dubbio")])
    assert found.point is not None


def test_a_point_of_the_street_gives_way_to_the_address_only(municipalities, index):
    record = service("k", "Corso Francia 35", east=300.0, precision="street")
    assert settle_one(record, municipalities, index)[1] == [("posizione_migliorata", "modificato")]
    found, remarks = settle_one(replace(record, address="Corso Francia 25"), municipalities, index)
    assert (found.radius_m, remarks) == (STREET_RADIUS_M["citta"], [])


@pytest.mark.parametrize(
    ("trust", "away", "kinds"),
    [
        ("rilevate", 900, []),
        ("rilevate", 1_500, ["lontano_da_indirizzo"]),
        ("dichiarate", 400, []),
        ("dichiarate", 700, ["lontano_da_indirizzo", "posizione_trovata"]),
        ("scarse", 100, ["posizione_migliorata"]),
        ("scarse", 300, ["lontano_da_indirizzo", "posizione_trovata"]),
    ],
)
def test_far_from_the_own_address_by_trust(municipalities, index, trust, away, kinds):
    record = service("k", "Corso Francia 35", east=350.0 + away)
    located, entries = settle([record], municipalities, index, trust=trust)
    assert [entry.kind for entry in entries] == kinds
    moved = any(kind.startswith("posizione_") for kind in kinds)
    assert round(metres(located.positions["k"].point)[0]) == (350 if moved else 350 + away)


def test_a_declared_point_does_not_give_way_to_a_declared_one(municipalities):
    index = AddressIndex([point("via roma", "1", rank=DECLARED)])
    located, [entry] = settle([service("k", "Via Roma 1", east=2_000.0)], municipalities, index)
    assert (entry.kind, entry.severity) == ("lontano_da_indirizzo", "dubbio")
    assert round(metres(located.positions["k"].point)[0]) == 2_000


def test_a_fallback_point_is_given_up(municipalities, index):
    addresses = ["Corso Francia 35", "Via Mai Sentita 3", "Via Capelli 8", "Piazza Ignota 1"]
    records = [service(f"k{number}", address, east=2_000.0) for number, address in enumerate(addresses)]
    located, entries = settle(records, municipalities, index)
    assert [located.positions[f"k{n}"].precision for n in range(4)] == [
        "address", "municipality", "address", "municipality",
    ]  # fmt: skip
    told = [(entry.record_key, entry.kind) for entry in entries]
    assert told.count(("k1", "punto_di_ripiego")) == told.count(("k0", "posizione_trovata")) == 1
    assert ("k1", "senza_posizione") not in told


def test_a_poor_source_is_believed_for_the_street_at_most(municipalities):
    found, remarks = settle_one(service("k", "Via Mai Sentita 3", east=10.0), municipalities, trust="scarse")
    assert (found.precision, found.radius_m) == ("street", STREET_RADIUS_ELSEWHERE_M)
    assert remarks == [("posizione_grossolana", "dubbio")]


class Outside:
    """A geocoder beyond this machine, that keeps what it was asked."""

    def __init__(self):
        self.asked = []

    def find(self, municipality, address):
        self.asked.append(address)


def test_a_protected_address_never_leaves_the_machine(municipalities, index):
    records = [service("casa", "Via Segreta 1"), service("sportello", "Via Nota 2"), service("c", "Corso Francia 35")]
    both = FirstOf((index, outside := Outside()))
    settle(records, municipalities, both, protected={"casa"})
    assert outside.asked == ["Via Nota 2"]
    settle(records, municipalities, alone := Outside(), protected={"casa"})
    assert "Via Segreta 1" not in alone.asked


def test_a_protected_address_is_found_at_home(municipalities, index):
    both = FirstOf((index, Outside()))
    found, _remarks = settle_one(service("casa", "Corso Francia 35"), municipalities, both, protected={"casa"})
    assert found.precision == "address"


def test_geocoders_are_asked_until_one_knows_the_address(index):
    outside = Outside()
    both = FirstOf((index, outside))
    assert both.find(TORINO, "Corso Francia 35").precision == "address"
    assert both.find(TORINO, "Corso Francia 37").precision == "street"
    assert outside.asked == ["Corso Francia 37"]


def test_a_point_on_a_border_belongs_to_both_sides(municipalities):
    polygons = municipalities.polygons
    corner = polygons[TORINO].boundary.intersection(polygons[MONCALIERI].boundary).geoms[0].coords[0]
    for code in (TORINO, MONCALIERI):
        record = replace(service("k", None, municipality=code), longitude=corner[0], latitude=corner[1])
        assert settle_one(record, municipalities)[0].precision == "address"


def test_the_order_of_records_does_not_matter(municipalities, index):
    chance = random.Random(5)
    addresses = ["Corso Francia 35", "Corso Francia 16", "Via Capelli 8", "Via Mai Sentita 3", None]
    records = [
        service(f"k{n:02}", chance.choice(addresses), east=chance.choice([None, 10.0, 350.0, 2_000.0]))
        for n in range(40)
    ]
    results = []
    for _ in range(3):
        chance.shuffle(records)
        located, entries = settle(records, municipalities, index)
        results.append((located, sorted(map(repr, entries))))
    assert results[0] == results[1] == results[2]


def test_nothing_to_place(municipalities):
    assert settle([], municipalities) == (type(settle([], municipalities)[0])(), [])
