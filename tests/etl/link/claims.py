"""Claims of invented services, for tests of what is compared; no database."""

import shapely

from etl.identity import uid
from etl.link.claim import BodyClaim, ServiceClaim
from etl.locate.position import Position
from etl.record import Capacity, ServiceRecord

TORINO = "001272"


def claim(source, key, name, address=None, *, service_type="asilo_nido", at=None, **told):
    """A service in Torino; ``at`` is (longitude, latitude), precise."""
    protected = told.pop("protected", False)
    seats = told.pop("seats", None)
    body = told.pop("body", None)
    town = told.pop("town", TORINO)
    record = ServiceRecord(
        key=key,
        service_type=service_type,
        name=name,
        organization=told.pop("organization", None),
        municipality=town,
        supply_status="attivo",
        precision="address",
        latitude=None,
        longitude=None,
        address=address,
        capacities=() if seats is None else (Capacity("posti", float(seats)),),
        **told,
    )
    point = None if at is None else shapely.Point(*at)
    position = Position(town, point, "municipality" if at is None else "address", 138.0 if at else 4_000.0, source)
    return ServiceClaim(
        id=uid("service", source, key),
        source_id=source,
        key=key,
        location_id=uid("location", source, address or key),
        organization_id=body,
        record=record,
        position=position,
        protected=protected,
    )


def body(source, key, name, *, towns=(TORINO,), **told):
    """A body that a list names."""
    told = {"name": name, "identifiers": [], "phones": []} | told
    return BodyClaim(id=uid("body", source, key), told=told, sources={source: True}, municipalities=frozenset(towns))
