"""Merge the rows of a source into the public tables, and close the services it no longer lists."""

import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy import ARRAY, UUID, Connection, bindparam, delete, func, select, text, update

from etl.publication.model import Publication
from etl.store import models as m
from etl.store.frames import Merged, Missing, Row, merge

_IDS = ARRAY(UUID)


def publish(
    connection: Connection,
    source_id: str,
    publication: Publication,
    *,
    today: date,
    stay: Collection[uuid.UUID] = (),
) -> Merged:
    """Make the public tables agree with what a source lists now; the bodies are written already.

    Nothing else of a service that the source no longer lists is touched: it is closed on ``today``, and is open again
    as soon as the source lists it. Those of ``stay`` are left as they are. ``last_modified`` changes exactly where the
    service, its place or something that hangs on it does.

    Returns
    -------
    Merged
        Services new, altered and closed.
    """
    kept = publication.services
    _forget_addresses(connection, publication)
    moved = merge(connection, m.Location, publication.location, tell="id").told
    places = [row["id"] for row in publication.location]
    of_place = Missing("t.location_id = any(%(places)s)", {"places": places})
    merge(connection, m.RestrictedPosition, publication.restricted, missing=of_place)
    moved |= merge(connection, m.Address, publication.address, missing=of_place, tell="location_id").told
    moved |= merge(connection, m.Accessibility, publication.accessibility, missing=of_place, tell="location_id").told
    services = merge(connection, m.Service, publication.service, touch="last_modified", tell="id")
    closed = _close_missing(connection, source_id, {*kept, *stay}, today)
    altered = _hang(connection, publication, kept)
    altered |= {row["service_id"] for row in publication.service_at_location if row["location_id"] in moved}
    altered -= services.told
    _touch(connection, altered)
    return Merged(services.inserted, services.updated + len(altered), closed)


def _forget_addresses(connection: Connection, publication: Publication) -> None:
    """Take the address of places that become protected: while it is there the database lets none be protected."""
    hidden = [row["id"] for row in publication.location if row["location_protected"]]
    connection.execute(delete(m.Address).where(m.Address.location_id.in_(hidden)))


def _hang(connection: Connection, publication: Publication, kept: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Replace what hangs on the services listed; the identifiers of the services where something differed."""
    own: Row = {"kept": list(kept)}
    of_service = Missing("t.service_id = any(%(kept)s)", own)
    of_link = Missing("t.link_entity = 'service' and t.link_id = any(%(kept)s)", own)
    of_entity = Missing("t.entity = 'service' and t.entity_id = any(%(kept)s)", own)
    places = _places(connection, kept)
    at = merge(connection, m.ServiceAtLocation, publication.service_at_location, missing=of_service, tell="service_id")
    altered = set(at.told)
    altered |= merge(connection, m.ServiceArea, publication.service_area, missing=of_service, tell="service_id").told
    altered |= merge(connection, m.Phone, publication.phone, missing=of_service, tell="service_id").told
    altered |= merge(connection, m.Schedule, publication.schedule, missing=of_service, tell="service_id").told
    capacity = merge(connection, m.ServiceCapacity, publication.service_capacity, missing=of_service, tell="service_id")
    altered |= capacity.told
    altered |= merge(connection, m.Attribute, publication.attribute, missing=of_link, tell="link_id").told
    merge(connection, m.FieldOrigin, publication.field_origin, missing=of_entity)
    drop_empty(connection, places)
    return altered


def open_services(connection: Connection, source_id: str) -> set[uuid.UUID]:
    """Services of a source that are not closed."""
    statement = (
        select(m.Service.id)
        .join(m.FieldOrigin, (m.FieldOrigin.entity == "service") & (m.FieldOrigin.entity_id == m.Service.id))
        .join(m.SourceRecord, m.SourceRecord.id == m.FieldOrigin.source_record_id)
        .where(m.SourceRecord.source_id == source_id, m.Service.closed_on.is_(None))
        .distinct()
    )
    return set(connection.execute(statement).scalars())


def _close_missing(connection: Connection, source_id: str, kept: Collection[uuid.UUID], today: date) -> int:
    gone = open_services(connection, source_id) - set(kept)
    statement = text(
        "update service set closed_on = :today, status = 'defunct', last_modified = now() where id = any(:gone)"
    ).bindparams(bindparam("gone", type_=_IDS))
    connection.execute(statement, {"gone": list(gone), "today": today})
    return len(gone)


def _touch(connection: Connection, services: Collection[uuid.UUID]) -> None:
    statement = update(m.Service).where(m.Service.id.in_(services)).values(last_modified=func.now())
    if services:
        connection.execute(statement)


def _places(connection: Connection, services: Collection[uuid.UUID]) -> list[uuid.UUID]:
    statement = select(m.ServiceAtLocation.location_id).where(m.ServiceAtLocation.service_id.in_(services))
    return list(connection.execute(statement).scalars())


def drop_empty(connection: Connection, places: Collection[uuid.UUID]) -> None:
    """Remove the places that a service has just left and where no service is, open or closed."""
    statement = text(
        "delete from location l where l.id = any(:places)"
        " and l.organization_id is null"
        " and not exists (select from service_at_location s where s.location_id = l.id)"
    ).bindparams(bindparam("places", type_=_IDS))
    connection.execute(statement, {"places": list(places)})
