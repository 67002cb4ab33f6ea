"""The published fields of a service: their names, what a claim tells of each as JSON, which move together."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

from etl.link.claim import ServiceClaim
from etl.locate.position import Position
from etl.record import Capacity, ServiceRecord

Told: TypeAlias = Any  # JSON

# Each is chosen on its own; the name of a field that heads a group is the name under which its source is trusted.
PLAIN = (
    *("name", "alternate_name", "delivery", "email", "url", "accessibility", "description", "note"),
    *("organization", "schedule", "service_area"),
)
SUPPLY = ("supply_status", "valid_from", "valid_to", "expected_on", "evidence", "evidence_year")
PLACE = ("address", "postal_code", "locality", "municipality", "position")
FIELDS = (
    *("name", "alternate_name", "service_type", "organization", *SUPPLY, "delivery", *PLACE),
    *("phone", "email", "url", "schedule", "service_capacity", "accessibility", "description", "note", "service_area"),
)
"""Every field that is published of a service, in the order in which people read them."""
TRUSTED = frozenset({*PLAIN, "service_type", "supply_status", "address", "phone", "service_capacity"})
"""The fields by which sources are trusted (``data/linkage/trust.csv``); the others move with one of these."""
# Of a protected place these could tell where it is: no value of them is kept or told.
SECRET = frozenset(
    {*PLACE, "alternate_name", "description", "note", "schedule", "accessibility", "evidence", "service_area"}
)

# Attributes of the record that a field consists of, where they are not named like it.
_ATTRIBUTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "organization": ("organization", "organization_tax_id"),
        "schedule": ("opening_hours", "osm_hours", "openings"),
        "service_area": ("service_areas",),
        "phone": ("phones",),
        "service_capacity": ("capacities",),
        "position": ("precision", "latitude", "longitude", "coord_source"),
    }
)


def attributes(record: ServiceRecord, field: str) -> dict[str, Any]:
    """The attributes of a record that a field consists of, with their values."""
    return {name: getattr(record, name) for name in _ATTRIBUTES.get(field, (field,))}


def told(claim: ServiceClaim, field: str) -> Told:
    """What a claim tells of a field (:func:`published`)."""
    return published(claim.record, claim.position, field)


def published(record: ServiceRecord, position: Position, field: str) -> Told:
    """The value of a field as JSON; None where there is none.

    Phones are a list; ``organization`` has ``name`` and ``tax_id``, ``schedule`` ``text`` and ``osm``,
    ``service_capacity`` a list of ``unit``, ``maximum`` and ``description``, ``service_area`` a list of ``level`` and
    ``code``, ``position`` as :func:`place_told`; dates are in ISO form; the rest is text or a number.
    """
    if field == "municipality":
        return position.municipality
    if field == "position":
        return place_told(position)
    if field in _TOLD:
        return _TOLD[field](record)
    value = getattr(record, field)
    return value.isoformat() if isinstance(value, date) else value


def _organization(record: ServiceRecord) -> Told:
    named = record.organization
    return None if named is None else {"name": named, "tax_id": record.organization_tax_id}


def _schedule(record: ServiceRecord) -> Told:
    text, osm = record.opening_hours, record.osm_hours
    return None if text is None and osm is None else {"text": text, "osm": osm}


def _capacities(record: ServiceRecord) -> Told:
    return [capacity_told(one) for one in sorted(set(record.capacities), key=repr)] or None


def _areas(record: ServiceRecord) -> Told:
    return [{"level": one.level, "code": one.code} for one in sorted(set(record.service_areas))] or None


def capacity_told(capacity: Capacity) -> dict[str, Any]:
    """A capacity as JSON."""
    return {"unit": capacity.unit, "maximum": capacity.maximum, "description": capacity.description}


def place_told(position: Position) -> dict[str, Any] | None:
    """A position as JSON: ``latitude``, ``longitude`` (EPSG:4326), ``precision``, ``radius_m``, ``coord_source``.

    None where only the municipality is known: its point would be taken for a place.
    """
    if position.point is None or position.precision == "municipality":
        return None
    return {
        "latitude": position.point.y,
        "longitude": position.point.x,
        "precision": position.precision,
        "radius_m": position.radius_m,
        "coord_source": position.coord_source,
    }


_TOLD: Mapping[str, Callable[[ServiceRecord], Told]] = MappingProxyType(
    {
        "organization": _organization,
        "schedule": _schedule,
        "phone": lambda record: list(dict.fromkeys(record.phones)) or None,
        "service_capacity": _capacities,
        "service_area": _areas,
    }
)


def as_text(field: str, value: Told) -> str:
    """A value in one line, for the book of changes and for tables that machines read; empty where there is none.

    >>> as_text("service_capacity", [{"unit": "posti", "maximum": 24.0, "description": None}])
    '24 posti'
    """
    if value is None:
        return ""
    write = _WRITTEN.get(field, _plain_text)
    return write(value)


def _plain_text(value: Told) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value)


_WRITTEN: Mapping[str, Callable[[Told], str]] = MappingProxyType(
    {
        "organization": lambda value: " ".join(filter(None, (value["name"], value["tax_id"]))),
        "schedule": lambda value: value["text"] or value["osm"] or "",
        "service_capacity": lambda value: "; ".join(f"{one['maximum']:g} {one['unit']}" for one in value),
        "service_area": lambda value: "; ".join(f"{one['level']} {one['code']}" for one in value),
        "position": lambda value: f"POINT({value['longitude']:.6f} {value['latitude']:.6f}) {value['precision']}",
    }
)
