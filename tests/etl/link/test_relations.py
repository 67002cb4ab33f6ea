"""What two services have in common that are not one."""

import uuid

import pytest
import shapely

from etl.link.claim import ServiceClaim
from etl.link.pair import Pair
from etl.link.relations import relate
from etl.locate.position import Position
from etl.record import ServiceRecord

ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
SHARED, OTHER = uuid.UUID(int=8), uuid.UUID(int=9)


def pair(question="service"):
    return Pair(question, ONE, TWO, 0.1, -3.0, (), "diverso")


def claim(number, name, organization=None, kind="nido"):
    record = ServiceRecord(
        key=str(number),
        service_type=kind,
        name=name,
        organization=organization,
        municipality="001272",
        supply_status="attivo",
        precision="address",
        latitude=45.0,
        longitude=7.6,
    )
    position = Position("001272", shapely.Point(7.6, 45.0), "address", 138.0)
    own = uuid.UUID(int=number)
    return ServiceClaim(
        id=own, source_id="x", key=str(number), location_id=own, organization_id=None, record=record, position=position
    )


def relation(*, service=False, site=False, body=False, claims=()):
    services, sites, bodies = ({ONE: SHARED, TWO: SHARED if same else OTHER} for same in (service, site, body))
    [found] = relate([pair()], services, sites, bodies, claims={one.id: one for one in claims})
    return found.relation


@pytest.mark.parametrize(
    ("common", "told"),
    [
        ({"service": True, "site": True, "body": True}, "stesso_servizio"),
        ({"site": True, "body": True}, "stesso_ente_e_sede"),
        ({"site": True}, "stessa_sede"),
        ({"body": True}, "stesso_ente"),
        ({}, "nessuna"),
    ],
)
def test_the_closest_relation_is_told(common, told):
    assert relation(**common) == told


@pytest.mark.parametrize(
    ("left", "right", "told"),
    [
        (("Nido Girotondo",), ("Asilo nido Girotondo",), "nessuna"),
        (("Il Bosco Incantato",), ("Nido Il Bosco Incantato",), "catena"),
        (("Primavera", "Cooperativa Il Melograno"), ("Le Rondini", "Il Melograno s.c.s."), "catena"),
        (("Casa Gnomi Blu", "Cooperativa Alfa Uno"), ("Casa Gnomi Blu", "Cooperativa Beta Due"), "nessuna"),
    ],
)
def test_a_chain_is_of_one_provider_or_of_one_telling_name(left, right, told):
    assert relation(claims=[claim(1, *left), claim(2, *right)]) == told


def test_a_library_and_a_school_named_after_one_person_are_no_chain():
    claims = [claim(1, "Biblioteca Primo Levi", kind="biblioteca"), claim(2, "Scuola Primo Levi", kind="scuola")]
    assert relation(claims=claims) == "nessuna"


def test_services_that_name_no_body_have_none_in_common():
    [found] = relate([pair()], {ONE: ONE, TWO: TWO}, {}, {})
    assert found.relation == "nessuna"


def test_sites_and_bodies_have_no_relation():
    [found] = relate([pair("location")], {}, {}, {})
    assert found.relation is None
