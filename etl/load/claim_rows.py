"""What a source says of a service as JSON and back: the columns ``record`` and ``position`` of a claim. Pure."""

import math
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

import shapely

from etl.link.claim import ServiceClaim
from etl.locate.position import Position
from etl.record import Capacity, Opening, ServedArea, ServiceRecord

_UNTOLD: Mapping[str, Any] = {"organization": None, "latitude": None, "longitude": None}


def record_json(record: ServiceRecord) -> dict[str, Any]:
    """What a record says; fields of which it says nothing are left out."""
    return {name: _json(value) for name, value in vars(record).items() if value is not None and value != ()}


def record_of(told: Mapping[str, Any]) -> ServiceRecord:
    """The record that :func:`record_json` was made of."""
    read = {name: _READ[name](value) if name in _READ else value for name, value in told.items()}
    return ServiceRecord(**{**_UNTOLD, **read})


def position_json(position: Position) -> dict[str, Any]:
    """A position; ``point`` is longitude, latitude in EPSG:4326, perhaps null."""
    point = position.point
    return vars(position) | {"point": None if point is None else [point.x, point.y]}


def position_of(told: Mapping[str, Any]) -> Position:
    """The position that :func:`position_json` was made of."""
    point = told["point"]
    return Position(**{**told, "point": None if point is None else shapely.Point(point)})


def claim_row(claim: ServiceClaim, source_record_id: object) -> dict[str, Any]:
    """Row of ``service_claim``, without what was compared of it."""
    told = {name: value for name, value in vars(claim).items() if name not in ("record", "position")}
    return told | {
        "source_record_id": source_record_id,
        "record": record_json(claim.record),
        "position": position_json(claim.position),
    }


def _json(value: Any) -> Any:  # noqa: ANN401  whatever a field of a record holds
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    if isinstance(value, Opening | Capacity | ServedArea):
        return {name: _json(told) for name, told in vars(value).items() if told is not None}
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _opening(told: Mapping[str, Any]) -> Opening:
    return Opening(
        byday=told["byday"],
        opens_at=time.fromisoformat(told["opens_at"]),
        closes_at=time.fromisoformat(told["closes_at"]),
        valid_from=_day(told.get("valid_from")),
        valid_to=_day(told.get("valid_to")),
    )


def _day(told: str | None) -> date | None:
    return None if told is None else date.fromisoformat(told)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "expected_on": date.fromisoformat,
    "valid_from": date.fromisoformat,
    "valid_to": date.fromisoformat,
    "phones": tuple,
    "openings": lambda told: tuple(_opening(one) for one in told),
    "capacities": lambda told: tuple(
        Capacity(one["unit"], float(one["maximum"]), one.get("description")) for one in told
    ),
    "service_areas": lambda told: tuple(ServedArea(**one) for one in told),
}
