"""What a source says of a thing as it stood at one time, as text that can be compared with what it says later.

Of protected places neither address nor point is read, nor any text in which they could stand.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import Connection, RowMapping, text

from etl.link.claim import ServiceClaim
from etl.locate.territory import Municipality
from etl.record import Capacity, Opening

# Of a protected place these are not read; where a place becomes protected they are not compared either.
HIDDEN = frozenset({"address", "position", "note", "description", "alternate_name", "schedule"})
# Fields of a record, and of what a list tells of a body, that are told as they are.
_PLAIN = (
    *("name", "alternate_name", "description", "note", "url", "email", "organization"),
    *("delivery", "supply_status", "expected_on", "valid_from", "valid_to"),
)
_OF_BODIES = ("name", "alternate_name", "description", "email", "tax_id", "legal_status")

# What is public of bodies that nobody names any more.
_CLOSED = text(
    """
    select o.id, o.name, o.closed_on,
        (select concat_ws(', ', a.address_1, a.address_2, a.postal_code, town.name) from area town
            left join location l on l.organization_id = o.id left join address a on a.location_id = l.id
            where town.id = o.municipality_id) as address,
        (select concat_ws(' ', ST_AsText(l.geom, 6), l.precision) from location l where l.organization_id = o.id)
            as position,
        o.alternate_name, o.description, o.email, o.website, o.tax_id, o.legal_status,
        (select string_agg(p.number, '; ' order by p.number) from phone p where p.organization_id = o.id) as phone,
        (select string_agg(i.identifier_type || ' ' || i.identifier, '; ' order by i.identifier_type, i.identifier)
            from organization_identifier i where i.organization_id = o.id) as organization_identifier
    from organization o where o.id = any(:ids) and o.closed_on is not null
    """
)


@dataclass(frozen=True)
class State:
    """What is said of a thing: its name, the day it was closed, its fields as text."""

    name: str
    closed_on: str
    protected: bool
    fields: Mapping[str, str]


def services(claims: Iterable[ServiceClaim], towns: Mapping[str, Municipality]) -> dict[uuid.UUID, State]:
    """State of what is claimed of services."""
    return {claim.id: _service(claim, towns) for claim in claims}


def _service(claim: ServiceClaim, towns: Mapping[str, Municipality]) -> State:
    record = claim.record
    town = towns[claim.position.municipality].name if claim.position.municipality in towns else None
    told: dict[str, object] = {name: getattr(record, name) for name in _PLAIN}
    told |= {
        "address": _joined(
            ", ", (record.address, record.locality, record.postal_code, town) if record.address else (town,)
        ),
        "position": _joined(" ", (_point(claim.position.point), claim.position.precision)),
        "service_type_code": record.service_type,
        "opening_hours": record.osm_hours,
        "phone": _joined("; ", sorted(set(record.phones))),
        "service_capacity": _joined("; ", map(_capacity, sorted(set(record.capacities), key=_by_unit))),
        "schedule": _joined("; ", [*map(_opening, sorted(set(record.openings), key=repr)), record.opening_hours]),
    }
    return _state(record.name, claim.closed_on, told, protected=claim.protected)


def _state(name: str, closed_on: object, told: Mapping[str, object], *, protected: bool = False) -> State:
    shown = {field: _text(value) for field, value in told.items() if not (protected and field in HIDDEN)}
    return State(name, _text(closed_on), protected, shown)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _joined(between: str, parts: Iterable[object]) -> str:
    return between.join(str(part) for part in parts if part is not None)


def _point(point: shapely.Point | None) -> str | None:
    return None if point is None else shapely.to_wkt(point, rounding_precision=6).replace("POINT (", "POINT(")


def _by_unit(capacity: Capacity) -> tuple[str, float]:
    return capacity.unit, capacity.maximum


def _capacity(capacity: Capacity) -> str:
    return f"{capacity.maximum:.15g} {capacity.unit}"


def _opening(opening: Opening) -> str:
    return f"{opening.byday} {opening.opens_at} {opening.closes_at}"


def bodies(told: Mapping[uuid.UUID, Mapping[str, Any]], towns: Mapping[str, Municipality]) -> dict[uuid.UUID, State]:
    """State of bodies, each by what one list tells of it."""
    return {body: _body(fields, towns) for body, fields in told.items()}


def _body(told: Mapping[str, Any], towns: Mapping[str, Municipality]) -> State:
    town = towns.get(told.get("municipality", ""))
    name = None if town is None else town.name
    fields: dict[str, object] = {field: told.get(field) for field in _OF_BODIES}
    at = shapely.Point(told["longitude"], told["latitude"]) if "longitude" in told else None
    fields |= {
        "address": _joined(
            ", ", (told.get("address"), told.get("postal_code"), name) if "address" in told else (name,)
        ),
        "position": _joined(" ", (_point(at), told.get("precision"))),
        "website": told.get("url"),
        "phone": _joined("; ", told.get("phones", [])),
        "organization_identifier": _joined("; ", (" ".join(one) for one in told.get("identifiers", []))),
    }
    return _state(told["name"], told.get("ended"), fields)


def closed_bodies(connection: Connection, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, State]:
    """State of those bodies that are public and closed: a list that names one again reopens it."""
    rows = connection.execute(_CLOSED, {"ids": list(ids)}).mappings()
    return {row["id"]: _state(row["name"], row["closed_on"], _without(row, {"id", "closed_on"})) for row in rows}


def _without(row: RowMapping, names: Collection[str]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in names}
