"""The rows of every public table that stand for the records of one source. Pure: nothing is read or written."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from etl.identity import slug, uid
from etl.locate.municipality import Municipality, Position
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
FINEST_FIRST = ("address", "street", "municipality")


@dataclass(frozen=True)
class TypeOfService:
    """What publishing needs to know of a service type."""

    protected: bool
    term_id: uuid.UUID


@dataclass
class Publication:
    """Rows by table, in the order in which foreign keys allow them to be written."""

    organization: Rows = field(default_factory=list)
    location: Rows = field(default_factory=list)
    restricted: Rows = field(default_factory=list)
    address: Rows = field(default_factory=list)
    service: Rows = field(default_factory=list)
    service_at_location: Rows = field(default_factory=list)
    service_area: Rows = field(default_factory=list)
    phone: Rows = field(default_factory=list)
    schedule: Rows = field(default_factory=list)
    attribute: Rows = field(default_factory=list)
    field_origin: Rows = field(default_factory=list)

    @property
    def services(self) -> list[uuid.UUID]:
        """Identifiers of the services that the source lists."""
        return [row["id"] for row in self.service]


def build(
    source_id: str,
    records: Sequence[ServiceRecord],
    positions: Mapping[str, Position],
    types: Mapping[str, TypeOfService],
    municipalities: Mapping[str, Municipality],
) -> Publication:
    """Rows of every table for the located records, the same whatever the order of the records."""
    publication = Publication()
    placed = [record for record in records if record.key in positions]
    # Of two records at one place the finer position is kept, of two spellings of a body the first.
    placed.sort(key=lambda record: (FINEST_FIRST.index(positions[record.key].precision), record.key))
    publication.organization = _organizations(placed)
    locations: set[uuid.UUID] = set()
    for record in placed:
        position, kind = positions[record.key], types[record.service_type]
        service_id = uid("service", source_id, record.key)
        location_id = _location_id(source_id, record, position, protected=kind.protected)
        if location_id not in locations:
            locations.add(location_id)
            _add_place(publication, record, position, location_id, municipalities[position.municipality], kind)
        publication.service.append(_service(record, service_id, protected=kind.protected))
        publication.service_at_location.append(_at(service_id, location_id))
        publication.service_area += _served(record, service_id)
        _add_contacts(publication, record, service_id)
        publication.attribute.append(_attribute(service_id, kind.term_id))
        told = _told(record, position, protected=kind.protected)
        evidence = None if kind.protected else record.evidence
        _add_origins(publication, record, told, service_id, uid("source_record", source_id, record.key), evidence)
    return publication


def _organization_id(name: str) -> uuid.UUID:
    return uid("organization", slug(name))


def _organizations(records: Sequence[ServiceRecord]) -> Rows:
    names = sorted({record.organization for record in records if record.organization is not None}, reverse=True)
    by_id = {_organization_id(name): name for name in names}
    return [{"id": key, "name": name, "description": name} for key, name in by_id.items()]


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
            "coord_source": None if protected else record.coord_source,
            "location_protected": protected,
            "municipality_id": municipality.id,
        }
    )
    if protected:
        publication.restricted.append({"location_id": location_id, "geom": position.point, "address_1": record.address})
    elif record.address is not None:
        publication.address.append(_address(location_id, record.address, municipality))


def _address(location_id: uuid.UUID, address: str, municipality: Municipality) -> dict[str, Any]:
    return {
        "id": uid("address", str(location_id)),
        "location_id": location_id,
        "location_protected": False,
        "address_1": address,
        "city": municipality.name,
        "state_province": "TO",
    }


def _service(record: ServiceRecord, service_id: uuid.UUID, *, protected: bool) -> dict[str, Any]:
    # Evidence and notes are free text, and could tell a protected place.
    return {
        "id": service_id,
        "organization_id": None if record.organization is None else _organization_id(record.organization),
        "name": record.name,
        "url": record.url,
        "email": record.email,
        "status": HSDS_STATUS[record.supply_status],
        "service_type_code": record.service_type,
        "delivery": record.delivery,
        "supply_status": record.supply_status,
        "expected_on": record.expected_on,
        "evidence": None if protected else record.evidence,
        "evidence_year": record.evidence_year,
        "note": None if protected else record.note,
        "closed_on": None,
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


def _add_contacts(publication: Publication, record: ServiceRecord, service_id: uuid.UUID) -> None:
    publication.phone += [
        {"id": uid("phone", str(service_id), number), "service_id": service_id, "number": number}
        for number in record.phones
    ]
    if record.opening_hours is not None:
        publication.schedule.append(
            {"id": uid("schedule", str(service_id)), "service_id": service_id, "description": record.opening_hours}
        )


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
        "schedule": record.opening_hours,
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
            "entity": "service",
            "entity_id": service_id,
            "field": name,
            "source_record_id": source_record_id,
            "evidence": evidence,
            "evidence_year": record.evidence_year,
        }
        for name in told
    ]
