"""The rows of every public table that stand for the services of one source. Pure: nothing is read or written."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from etl.identity import slug, uid
from etl.locate.position import Position
from etl.locate.territory import Municipality
from etl.publication.model import FINEST_FIRST, Claim, Publication, TypeOfService, named_body
from etl.record import ServiceRecord
from etl.store.frames import Rows
from geo.travel.estimate import LARGEST_RADIUS

# HSDS has no word for a service that is planned or awaited: it is not active.
HSDS_STATUS = {
    "attivo": "active",
    "da_verificare": "active",
    "atteso": "inactive",
    "programmato": "inactive",
    "chiuso": "defunct",
}


def service_identifier(source_id: str, key: str) -> uuid.UUID:
    """Identifier of the service that a row of a source tells."""
    return uid("service", source_id, key)


def build(
    source_id: str,
    records: Sequence[ServiceRecord],
    positions: Mapping[str, Position],
    types: Mapping[str, TypeOfService],
    municipalities: Mapping[str, Municipality],
    *,
    today: date,
) -> Publication:
    """Rows of every table for the located records, the same whatever the order of the records.

    A service whose validity has ended by ``today`` is closed on the day of its end.
    """
    publication = Publication()
    placed = [record for record in records if record.key in positions]
    # Of two records at one place the finer position is kept, of two spellings of a body the first.
    placed.sort(key=lambda record: (FINEST_FIRST.index(positions[record.key].precision), record.key))
    publication.claims = _claims(placed)
    locations: set[uuid.UUID] = set()
    for record in placed:
        position, kind = positions[record.key], types[record.service_type]
        service_id = service_identifier(source_id, record.key)
        location_id = _location_id(source_id, record, position, protected=kind.protected)
        if location_id not in locations:
            locations.add(location_id)
            _add_place(publication, record, position, location_id, municipalities[position.municipality], kind)
        publication.service.append(_service(record, service_id, today, protected=kind.protected))
        publication.service_at_location.append(_at(service_id, location_id))
        publication.service_area += _served(record, service_id)
        _add_contacts(publication, record, service_id, protected=kind.protected)
        publication.service_capacity += _capacities(record, service_id, protected=kind.protected)
        publication.attribute.append(_attribute(service_id, kind.term_id))
        told = _told(record, position, protected=kind.protected)
        evidence = None if kind.protected else record.evidence
        _add_origins(publication, record, told, service_id, uid("source_record", source_id, record.key), evidence)
    return publication


def _claims(records: Sequence[ServiceRecord]) -> list[Claim]:
    """The bodies that services name; of several spellings of one the first."""
    told: dict[uuid.UUID, dict[str, Any]] = {}
    for record in sorted(records, key=lambda record: record.organization or "", reverse=True):
        if record.organization is not None:
            body = named_body(record.organization, record.organization_tax_id)
            told[body] = {"name": record.organization, "tax_id": record.organization_tax_id}
    return [Claim(body, 1, None, fields) for body, fields in told.items()]


def _location_id(source_id: str, record: ServiceRecord, position: Position, *, protected: bool) -> uuid.UUID:
    """Services of one source at one located address share a place; an unlocated service has its own."""
    if protected or position.precision == "municipality" or record.address is None:
        return uid("location", source_id, record.key)
    return uid("location", source_id, position.municipality, slug(record.address))


def _add_place(
    publication: Publication,
    record: ServiceRecord,
    position: Position,
    location_id: uuid.UUID,
    municipality: Municipality,
    kind: TypeOfService,
) -> None:
    protected = kind.protected
    publication.location.append(
        {
            "id": location_id,
            "geom": None if protected else position.point,
            # The radius follows from the surface of the municipality, and would name it.
            "position_radius_m": LARGEST_RADIUS if protected else position.radius_m,
            "precision": "municipality" if protected else position.precision,
            "coord_source": None if protected or position.point is None else position.coord_source,
            "location_protected": protected,
            "municipality_id": municipality.id,
        }
    )
    if protected:
        publication.restricted.append({"location_id": location_id, "geom": position.point, "address_1": record.address})
    elif record.address is not None:
        publication.address.append(address_row(location_id, record.address, municipality, record))
    if record.accessibility is not None and not protected:
        publication.accessibility.append(
            {
                "id": uid("accessibility", str(location_id)),
                "location_id": location_id,
                "description": record.accessibility,
            }
        )


def address_row(
    location_id: uuid.UUID, address: str, municipality: Municipality, told: ServiceRecord | None = None
) -> dict[str, Any]:
    """Row of the address of a place that is not protected."""
    return {
        "id": uid("address", str(location_id)),
        "location_id": location_id,
        "location_protected": False,
        "address_1": address,
        "address_2": None if told is None else told.locality,
        "city": municipality.name,
        "state_province": "TO",
        "postal_code": None if told is None else told.postal_code,
    }


def _service(record: ServiceRecord, service_id: uuid.UUID, today: date, *, protected: bool) -> dict[str, Any]:
    ended = record.valid_to is not None and record.valid_to <= today
    body = None if record.organization is None else named_body(record.organization, record.organization_tax_id)
    # Descriptions, evidence and notes are free text, and could tell a protected place.
    return {
        "id": service_id,
        "organization_id": body,
        "name": record.name,
        "alternate_name": None if protected else record.alternate_name,
        "description": None if protected else record.description,
        "url": record.url,
        "email": record.email,
        "status": "defunct" if ended else HSDS_STATUS[record.supply_status],
        "service_type_code": record.service_type,
        "delivery": record.delivery,
        "supply_status": record.supply_status,
        "expected_on": record.expected_on,
        "evidence": None if protected else record.evidence,
        "evidence_year": record.evidence_year,
        "note": None if protected else record.note,
        "opening_hours": record.osm_hours,
        "valid_from": record.valid_from,
        "valid_to": record.valid_to,
        "closed_on": record.valid_to if ended else None,
    }


def _at(service_id: uuid.UUID, location_id: uuid.UUID) -> dict[str, Any]:
    return {
        "id": uid("service_at_location", str(service_id), str(location_id)),
        "service_id": service_id,
        "location_id": location_id,
    }


def _served(record: ServiceRecord, service_id: uuid.UUID) -> Rows:
    return [
        {
            "id": uid("service_area", str(service_id), area.level, area.code),
            "service_id": service_id,
            "area_id": uid("area", area.level, area.code),
            "description": area.evidence,
        }
        for area in record.service_areas
    ]


def _add_contacts(publication: Publication, record: ServiceRecord, service_id: uuid.UUID, *, protected: bool) -> None:
    publication.phone += [
        {"id": uid("phone", str(service_id), number), "service_id": service_id, "number": number}
        for number in sorted(set(record.phones))
    ]
    publication.schedule += _schedules(record, service_id, protected=protected)


def _schedules(record: ServiceRecord, service_id: uuid.UUID, *, protected: bool) -> Rows:
    """One row for each weekly opening, and one with the source's own text, which may tell a protected place."""
    blank = dict.fromkeys(("freq", "byday", "opens_at", "closes_at", "valid_from", "valid_to", "description"))
    rows: Rows = [
        blank
        | {"id": uid("schedule", str(service_id), repr(opening)), "service_id": service_id, "freq": "WEEKLY"}
        | vars(opening)
        for opening in sorted(set(record.openings), key=repr)
    ]
    if record.opening_hours is not None and not protected:
        told = {"id": uid("schedule", str(service_id)), "service_id": service_id}
        rows.append(blank | told | {"description": record.opening_hours})
    return rows


def _capacities(record: ServiceRecord, service_id: uuid.UUID, *, protected: bool) -> Rows:
    """How much there is of what; in a protected place without the source's own words."""
    return [
        {
            "id": uid("service_capacity", str(service_id), repr(capacity)),
            "service_id": service_id,
            "unit": capacity.unit,
            "maximum": capacity.maximum,
            "description": None if protected else capacity.description,
        }
        for capacity in sorted(set(record.capacities), key=repr)
    ]


def _attribute(service_id: uuid.UUID, term_id: uuid.UUID) -> dict[str, Any]:
    return {
        "id": uid("attribute", str(service_id), str(term_id)),
        "link_id": service_id,
        "link_entity": "service",
        "taxonomy_term_id": term_id,
    }


def _told(record: ServiceRecord, position: Position, *, protected: bool) -> list[str]:
    """Names of the published fields that the record fills."""
    values: dict[str, object] = {
        "name": record.name,
        "organization": record.organization,
        "email": record.email,
        "url": record.url,
        "supply_status": record.supply_status,
        "address": None if protected else record.address,
        "position": None if protected else position.point,
        "phone": record.phones or None,
        "schedule": None if protected else record.opening_hours,
        "service_capacity": record.capacities or None,
    }
    return [name for name, value in values.items() if value is not None]


def _add_origins(
    publication: Publication,
    record: ServiceRecord,
    told: Sequence[str],
    service_id: uuid.UUID,
    source_record_id: uuid.UUID,
    evidence: str | None,
) -> None:
    publication.field_origin += [
        {
            "id": uid("field_origin", "service", str(service_id), name, str(source_record_id)),
            "entity": "service",
            "entity_id": service_id,
            "field": name,
            "source_record_id": source_record_id,
            "evidence": evidence,
            "evidence_year": record.evidence_year,
        }
        for name in told
    ]
