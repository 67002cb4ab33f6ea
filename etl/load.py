"""Publish the records of a source: build the rows of every table, then merge them in one transaction."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import shapely
from sqlalchemy import ARRAY, UUID, Connection, bindparam, text

from etl.identity import slug, uid
from etl.locate.municipality import Position
from etl.record import ServiceRecord
from etl.store import models as m
from etl.store.frames import Merged, merge

Rows = list[dict[str, Any]]

# HSDS has no word for a service that is planned or awaited: it is not active.
HSDS_STATUS = {
    "attivo": "active",
    "da_verificare": "active",
    "atteso": "inactive",
    "programmato": "inactive",
    "chiuso": "defunct",
}


@dataclass
class Publication:
    """Rows by table, in the order in which foreign keys allow them to be written."""

    organization: Rows = field(default_factory=list)
    location: Rows = field(default_factory=list)
    restricted: Rows = field(default_factory=list)
    address: Rows = field(default_factory=list)
    service: Rows = field(default_factory=list)
    service_at_location: Rows = field(default_factory=list)
    phone: Rows = field(default_factory=list)
    schedule: Rows = field(default_factory=list)
    attribute: Rows = field(default_factory=list)
    field_origin: Rows = field(default_factory=list)


def build(
    source_id: str,
    records: Sequence[ServiceRecord],
    positions: Mapping[str, Position],
    types: pd.DataFrame,
    municipalities: pd.DataFrame,
) -> Publication:
    """Rows of every table for the located records.

    Parameters
    ----------
    types
        Service types by code, with ``protected`` and ``term_id``.
    municipalities
        Index ISTAT code; ``id`` and ``name``.
    """
    publication = Publication()
    organizations: dict[uuid.UUID, dict[str, Any]] = {}
    locations: dict[uuid.UUID, None] = {}
    for record in records:
        position = positions.get(record.key)
        if position is None:
            continue
        protected = bool(types.loc[record.service_type, "protected"])
        service_id = uid("service", source_id, record.key)
        organization = _organization(record)
        if organization is not None:
            organizations[organization["id"]] = organization
        location_id = _location_id(source_id, record, position, protected)
        if location_id not in locations:
            locations[location_id] = None
            _add_place(publication, record, position, location_id, municipalities, protected=protected)
        publication.service.append(_service(record, service_id, organization))
        publication.service_at_location.append(
            {
                "id": uid("service_at_location", str(service_id), str(location_id)),
                "service_id": service_id,
                "location_id": location_id,
            }
        )
        _add_contacts(publication, record, service_id)
        publication.attribute.append(_attribute(service_id, types.loc[record.service_type, "term_id"]))
        _add_origins(publication, record, service_id, uid("source_record", source_id, record.key))
    publication.organization = list(organizations.values())
    return publication


def _organization(record: ServiceRecord) -> dict[str, Any] | None:
    if record.organization is None:
        return None
    return {
        "id": uid("organization", slug(record.organization)),
        "name": record.organization,
        "description": record.organization,
    }


def _location_id(source_id: str, record: ServiceRecord, position: Position, protected: bool) -> uuid.UUID:
    """Services of one source at one located address share a place; an unlocated service has its own."""
    if protected or position.precision == "municipality" or record.address is None:
        return uid("location", source_id, record.key)
    return uid("location", source_id, position.municipality, slug(record.address))


def _add_place(
    publication: Publication,
    record: ServiceRecord,
    position: Position,
    location_id: uuid.UUID,
    municipalities: pd.DataFrame,
    *,
    protected: bool,
) -> None:
    point = None if position.longitude is None else shapely.Point(position.longitude, position.latitude)
    publication.location.append(
        {
            "id": location_id,
            "geom": None if protected else point,
            "precision": position.precision,
            "position_radius_m": position.radius_m,
            "coord_source": None if protected else record.coord_source,
            "location_protected": protected,
            "municipality_id": municipalities.loc[position.municipality, "id"],
        }
    )
    if protected:
        publication.restricted.append({"location_id": location_id, "geom": point, "address_1": record.address})
    elif record.address is not None:
        publication.address.append(
            {
                "id": uid("address", str(location_id)),
                "location_id": location_id,
                "location_protected": False,
                "address_1": record.address,
                "city": municipalities.loc[position.municipality, "name"],
                "state_province": "TO",
            }
        )


def _service(record: ServiceRecord, service_id: uuid.UUID, organization: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "id": service_id,
        "organization_id": None if organization is None else organization["id"],
        "name": record.name,
        "url": record.url,
        "email": record.email,
        "status": HSDS_STATUS[record.supply_status],
        "service_type_code": record.service_type,
        "delivery": record.delivery,
        "supply_status": record.supply_status,
        "expected_on": record.expected_on,
        "evidence": record.evidence,
        "evidence_year": record.evidence_year,
        "note": record.note,
        "closed_on": None,
    }


def _add_contacts(publication: Publication, record: ServiceRecord, service_id: uuid.UUID) -> None:
    if record.phone is not None:
        publication.phone.append(
            {"id": uid("phone", str(service_id), record.phone), "service_id": service_id, "number": record.phone}
        )
    if record.opening_hours is not None:
        publication.schedule.append(
            {
                "id": uid("schedule", str(service_id)),
                "service_id": service_id,
                "description": record.opening_hours,
            }
        )


def _attribute(service_id: uuid.UUID, term_id: uuid.UUID) -> dict[str, Any]:
    return {
        "id": uid("attribute", str(service_id), str(term_id)),
        "link_id": service_id,
        "link_entity": "service",
        "taxonomy_term_id": term_id,
    }


def _add_origins(
    publication: Publication, record: ServiceRecord, service_id: uuid.UUID, source_record_id: uuid.UUID
) -> None:
    told = {
        "name": record.name,
        "organization": record.organization,
        "email": record.email,
        "url": record.url,
        "supply_status": record.supply_status,
        "address": record.address,
        "position": record.latitude,
        "phone": record.phone,
        "schedule": record.opening_hours,
    }
    publication.field_origin += [
        {
            "entity": "service",
            "entity_id": service_id,
            "field": name,
            "source_record_id": source_record_id,
            "evidence": record.evidence,
            "evidence_year": record.evidence_year,
        }
        for name, value in told.items()
        if value is not None
    ]


# Rows that hang on a service are replaced with it; the service itself is never deleted.
_OF_SOURCE = (
    "select o.entity_id from field_origin o join source_record r on r.id = o.source_record_id"
    " where o.entity = 'service' and r.source_id = %(source)s"
)


def publish(connection: Connection, source_id: str, publication: Publication) -> Merged:
    """Merge the rows of a source into the public tables and close the services it no longer lists.

    Returns the changes to the services themselves: new, altered, closed.
    """
    own = {"source": source_id}
    hanging = f"t.service_id in ({_OF_SOURCE})"
    merge(connection, m.Organization, publication.organization)
    merge(connection, m.Location, publication.location)
    merge(connection, m.RestrictedPosition, publication.restricted)
    merge(connection, m.Address, publication.address)
    services = merge(connection, m.Service, publication.service, touch="last_modified")
    closed = _close_missing(connection, source_id, [row["id"] for row in publication.service])
    merge(connection, m.ServiceAtLocation, publication.service_at_location, within=hanging, parameters=own)
    merge(connection, m.Phone, publication.phone, within=hanging, parameters=own)
    merge(connection, m.Schedule, publication.schedule, within=hanging, parameters=own)
    merge(
        connection,
        m.Attribute,
        publication.attribute,
        within=f"t.link_entity = 'service' and t.link_id in ({_OF_SOURCE})",
        parameters=own,
    )
    merge(
        connection,
        m.FieldOrigin,
        publication.field_origin,
        within="t.entity = 'service' and t.source_record_id in"
        " (select id from source_record where source_id = %(source)s)",
        parameters=own,
    )
    return Merged(services.inserted, services.updated, closed)


def _close_missing(connection: Connection, source_id: str, kept: Sequence[uuid.UUID]) -> int:
    statement = text(
        "update service set closed_on = current_date, status = 'defunct', last_modified = now()"
        " where closed_on is null and id != all(:kept) and id in"
        " (select o.entity_id from field_origin o join source_record r on r.id = o.source_record_id"
        " where o.entity = 'service' and r.source_id = :source)"
    ).bindparams(bindparam("kept", type_=ARRAY(UUID)))
    return connection.execute(statement, {"source": source_id, "kept": list(kept)}).rowcount
