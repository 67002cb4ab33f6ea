"""The rows of every public table that stand for the services of the directory. Pure: nothing is read or written."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from etl.identity import uid
from etl.link import origins
from etl.locate.territory import Municipality
from etl.publication.model import Publication, TypeOfService, service_identifier
from etl.publication.places import Listed, agree
from etl.record import ServiceRecord
from etl.store.frames import Rows
from geo.travel.estimate import LARGEST_RADIUS

__all__ = ["HSDS_STATUS", "Listed", "build", "service_identifier"]

# HSDS has no word for a service that is planned or awaited: it is not active.
HSDS_STATUS = {
    "attivo": "active",
    "da_verificare": "active",
    "atteso": "inactive",
    "programmato": "inactive",
    "chiuso": "defunct",
}


def build(
    listed: Sequence[Listed], types: Mapping[str, TypeOfService], municipalities: Mapping[str, Municipality]
) -> Publication:
    """Rows of every table, the same whatever the order of the services."""
    publication = Publication()
    locations: set[uuid.UUID] = set()
    for one in agree(listed):
        record, kind = one.golden.record, types[one.golden.record.service_type]
        if one.location_id not in locations:
            locations.add(one.location_id)
            _add_place(publication, one, municipalities[one.golden.position.municipality])
        publication.service.append(_service(one))
        publication.service_at_location.append(_at(one.id, one.location_id))
        publication.service_area += _served(record, one.id)
        _add_contacts(publication, record, one.id, protected=one.protected)
        publication.service_capacity += _capacities(record, one.id, protected=one.protected)
        publication.attribute.append(_attribute(one.id, kind.term_id))
        publication.field_origin += origins.rows(
            one.id, one.golden, [*one.claims, *one.witnesses], protected=one.protected
        )
    return publication


def _add_place(publication: Publication, one: Listed, municipality: Municipality) -> None:
    record, position, protected = one.golden.record, one.golden.position, one.protected
    publication.location.append(
        {
            "id": one.location_id,
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
        hidden = {"location_id": one.location_id, "geom": position.point, "address_1": record.address}
        publication.restricted.append(hidden)
    elif record.address is not None:
        publication.address.append(_address_row(one.location_id, record.address, municipality, record))
    if record.accessibility is not None and not protected:
        publication.accessibility.append(
            {
                "id": uid("accessibility", str(one.location_id)),
                "location_id": one.location_id,
                "description": record.accessibility,
            }
        )


def _address_row(
    location_id: uuid.UUID, address: str, municipality: Municipality, told: ServiceRecord
) -> dict[str, Any]:
    """Row of the address of a place that is not protected."""
    return {
        "id": uid("address", str(location_id)),
        "location_id": location_id,
        "location_protected": False,
        "address_1": address,
        "address_2": told.locality,
        "city": municipality.name,
        "state_province": "TO",
        "postal_code": told.postal_code,
    }


def _service(one: Listed) -> dict[str, Any]:
    record, protected, closed_on = one.golden.record, one.protected, one.closed_on
    # Descriptions, evidence and notes are free text, and could tell a protected place.
    return {
        "id": one.id,
        "organization_id": one.organization_id,
        "name": record.name,
        "alternate_name": None if protected else record.alternate_name,
        "description": None if protected else record.description,
        "url": record.url,
        "email": record.email,
        "status": "defunct" if closed_on is not None else HSDS_STATUS[record.supply_status],
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
        "closed_on": closed_on,
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
