"""Make the public tables of services agree with what the claims of all sources become."""

import uuid
from collections.abc import Collection

from sqlalchemy import ARRAY, UUID, Connection, bindparam, delete, func, text, update

from etl.publication.model import Publication
from etl.store import models as m
from etl.store.frames import Missing, Row, merge

_EMPTY = text(
    "delete from location l where l.organization_id is null"
    " and not exists (select from service_at_location s where s.location_id = l.id)"
)
# What hangs on a service without a foreign key.
_LEAVE = (
    "delete from attribute where link_entity = 'service' and link_id = any(:gone)",
    "delete from field_origin where entity = 'service' and entity_id = any(:gone)",
    "delete from service where id = any(:gone)",
)


def publish(connection: Connection, publication: Publication, *, gone: Collection[uuid.UUID]) -> None:
    """Write the services of the directory, and all that hangs on them; the bodies are written already.

    ``gone`` are published under the identifier of another now, and are taken out. ``last_modified`` changes exactly
    where a service, its place or something that hangs on it does.
    """
    _forget_addresses(connection, publication)
    moved = merge(connection, m.Location, publication.location, tell="id").told
    places = [row["id"] for row in publication.location]
    of_place = Missing("t.location_id = any(%(places)s)", {"places": places})
    merge(connection, m.RestrictedPosition, publication.restricted, missing=of_place)
    moved |= merge(connection, m.Address, publication.address, missing=of_place, tell="location_id").told
    moved |= merge(connection, m.Accessibility, publication.accessibility, missing=of_place, tell="location_id").told
    services = merge(connection, m.Service, publication.service, touch="last_modified", tell="id")
    altered = _hang(connection, publication)
    altered |= {row["service_id"] for row in publication.service_at_location if row["location_id"] in moved}
    _touch(connection, altered - services.told)
    for statement in _LEAVE if gone else ():
        connection.execute(text(statement).bindparams(bindparam("gone", type_=ARRAY(UUID))), {"gone": list(gone)})
    connection.execute(_EMPTY)


def _forget_addresses(connection: Connection, publication: Publication) -> None:
    """Take the address of places that become protected: while it is there the database lets none be protected."""
    hidden = [row["id"] for row in publication.location if row["location_protected"]]
    connection.execute(delete(m.Address).where(m.Address.location_id.in_(hidden)))


def _hang(connection: Connection, publication: Publication) -> set[uuid.UUID]:
    """Replace what hangs on the services; the identifiers of the services where something differed."""
    own: Row = {"kept": publication.services}
    of_service = Missing("t.service_id = any(%(kept)s)", own)
    of_link = Missing("t.link_entity = 'service' and t.link_id = any(%(kept)s)", own)
    of_entity = Missing("t.entity = 'service' and t.entity_id = any(%(kept)s)", own)
    at = merge(connection, m.ServiceAtLocation, publication.service_at_location, missing=of_service, tell="service_id")
    altered = set(at.told)
    altered |= merge(connection, m.ServiceArea, publication.service_area, missing=of_service, tell="service_id").told
    altered |= merge(connection, m.Phone, publication.phone, missing=of_service, tell="service_id").told
    altered |= merge(connection, m.Schedule, publication.schedule, missing=of_service, tell="service_id").told
    capacity = merge(connection, m.ServiceCapacity, publication.service_capacity, missing=of_service, tell="service_id")
    altered |= capacity.told
    altered |= merge(connection, m.Attribute, publication.attribute, missing=of_link, tell="link_id").told
    merge(connection, m.FieldOrigin, publication.field_origin, missing=of_entity)
    return altered


def _touch(connection: Connection, services: Collection[uuid.UUID]) -> None:
    statement = update(m.Service).where(m.Service.id.in_(services)).values(last_modified=func.now())
    if services:
        connection.execute(statement)
