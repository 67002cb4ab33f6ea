"""Which records place the addresses of others."""

import pytest

from etl.locate.contribute import contributions
from etl.locate.points import DECLARED, SURVEYED, AddressPoint
from etl.record import AddressRecord, OrganizationRecord
from tests.etl.locate.samples import MONCALIERI, TORINO, degrees, service

LONGITUDE, LATITUDE = degrees(350.0)


def given(records, municipalities, trust="rilevate", **options):
    return contributions("fonte", trust, records, municipalities, **options)


def test_a_located_record_places_its_address(municipalities):
    record = service("k", "C.so Francia, 35/A", east=350.0)
    expected = AddressPoint("fonte", TORINO, "corso francia", "35/a", LONGITUDE, LATITUDE, SURVEYED)
    assert given([record], municipalities) == [expected]
    assert given([record], municipalities, "dichiarate")[0].rank == DECLARED
    assert given([record], municipalities, "scarse") == []


def test_a_body_places_its_address_too(municipalities):
    body = OrganizationRecord(
        key="o", name="Comune", municipality=TORINO, address="Via Roma 1", precision="address",
        longitude=LONGITUDE, latitude=LATITUDE,
    )  # fmt: skip
    assert [point.street for point in given([body], municipalities)] == ["via roma"]


def test_a_register_places_its_numbers(municipalities):
    row = AddressRecord("r", TORINO, "PIAZZA XII MAGGIO 1944", "8 BIS", LATITUDE, LONGITUDE)
    [point] = given([row], municipalities)
    assert (point.street, point.number) == ("piazza 12 maggio 1944", "8/bis")


@pytest.mark.parametrize(
    "record",
    [
        service("senza punto", "Via Roma 1"),
        service("senza indirizzo", None, east=350.0),
        service("senza civico", "Via Roma", east=350.0),
        service("via", "Via Roma 1", east=350.0, precision="street"),
        service("comune", "Via Roma 1", east=350.0, precision="municipality"),
        service("altro comune", "Via Roma 1", east=350.0, municipality=MONCALIERI),
        service("comune ignoto", "Via Roma 1", east=350.0, municipality="058091"),
        OrganizationRecord(key="senza comune", name="Ente", address="Via Roma 1", latitude=45.07, longitude=7.68),
        AddressRecord("snc", TORINO, "VIA ROMA", "SNC", LATITUDE, LONGITUDE),
        AddressRecord("fuori", TORINO, "VIA ROMA", "1", 41.9, 12.5),
        AddressRecord("nan", TORINO, "VIA ROMA", "1", float("nan"), 12.5),
    ],
    ids=lambda record: record.key,
)
def test_what_does_not_know_an_address_places_nobody(municipalities, record):
    assert given([record], municipalities) == []


def test_points_that_stand_for_many_addresses_place_nobody(municipalities):
    addresses = ["Via Roma 1", "Via Po 3", "Corso Francia 35"]
    assert given([service(address, address, east=1.0) for address in addresses], municipalities) == []


def test_a_protected_address_places_nobody(municipalities):
    assert given([service("casa", "Via Roma 1", east=1.0)], municipalities, leave_out={"casa"}) == []


def test_the_points_are_sorted_and_each_is_there_once(municipalities):
    records = [service("b", "Via Roma 3", east=9.0), service("a", "Via Roma 1", east=1.0)]
    twice = [*records, service("c", "VIA ROMA, 1", east=1.0)]
    points = given(twice, municipalities)
    assert points == given(twice[::-1], municipalities) == sorted(set(points))
    assert len(points) == 2
