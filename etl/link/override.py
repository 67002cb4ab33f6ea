"""Values made by hand over those that sources tell. Pure."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import shapely

from etl.clean.hours import openings
from etl.link.alike import alike
from etl.link.fields import FIELDS
from etl.link.survivor import Golden, HandValue, Origin
from etl.locate.position import Position
from etl.record import Capacity

# Fields of the place, which other services of the same site would otherwise share.
_OF_PLACE = frozenset({"address", "postal_code", "locality", "position", "accessibility"})
# What sources tell beside a value falls with it.
_FALLS = {
    "supply_status": ("valid_from", "valid_to", "expected_on", "evidence", "evidence_year"),
    "address": ("postal_code", "locality"),
}
_DATES = frozenset({"valid_from", "valid_to", "expected_on"})


def override(golden: Golden, by_hand: Mapping[str, HandValue], today: date | None = None) -> Golden:
    """The golden record with values made by hand over it; what they replace loses by the rule ``a_mano``.

    ``today`` is that of :func:`etl.link.golden.survive`.
    """
    shown = _shown(by_hand)
    values = {name: value for field, told in shown.items() for name, value in _attributes(field, told).items()}
    body = golden.body
    if "organization" in shown:
        told = shown["organization"]
        body = None if told is None else uuid.UUID(told["id"])
    position = golden.position
    if (place := _place(by_hand)) is not None:
        position = _position(place, position)
        values |= _point(position)
    origins = [_beaten(origin, shown) if origin.field in shown else origin for origin in golden.origins]
    origins += _by_hand(shown, by_hand)
    origins.sort(key=lambda origin: (FIELDS.index(origin.field), not origin.survives))
    return replace(
        golden,
        record=replace(golden.record, **values),
        position=position,
        body=body,
        origins=tuple(origins),
        closed_on=_closed_on(golden, by_hand, today),
        own_place=bool(_OF_PLACE & by_hand.keys()),
    )


def _closed_on(golden: Golden, by_hand: Mapping[str, HandValue], today: date | None) -> date | None:
    """A state, or an end, told by hand counts whatever sources list."""
    state, end = by_hand.get("supply_status"), by_hand.get("valid_to")
    told = None if end is None or end.value is None else date.fromisoformat(end.value)
    if end is not None and told is not None and told <= (today or end.made_at.date()):
        return told
    if state is not None:
        return (golden.closed_on or state.made_at.date()) if state.value == "chiuso" else None
    return golden.closed_on if end is None or golden.closed_on != golden.record.valid_to else None


def _shown(by_hand: Mapping[str, HandValue]) -> dict[str, Any]:
    """What is published of each field that changes, as claims would tell it; None where it is empty now."""
    fallen = {name for head, hand in by_hand.items() if not _respelt(hand) for name in _FALLS.get(head, ())}
    shown: dict[str, Any] = dict.fromkeys(fallen)
    shown |= {field: hand.value for field, hand in by_hand.items()}
    if shown.get("address") is not None:
        shown["address"] = shown["address"]["address"]
    if (place := _place(by_hand)) is not None:
        shown["position"] = place if place["latitude"] is not None else None
    return shown


def _respelt(hand: HandValue) -> bool:
    """Whether an address is only written otherwise: it stays where the sources say, with their postal code."""
    return hand.field == "address" and hand.value is not None and hand.value["position"] is None


def _place(by_hand: Mapping[str, HandValue]) -> Any:  # noqa: ANN401  JSON
    """The position that a person has told, or that follows from an address that a person has told."""
    if "position" in by_hand:
        return by_hand["position"].value
    address = by_hand.get("address")
    return None if address is None or address.value is None else address.value["position"]


def _position(told: Mapping[str, Any], before: Position) -> Position:
    nowhere = told["latitude"] is None
    point = None if nowhere else shapely.Point(told["longitude"], told["latitude"])
    return Position(before.municipality, point, told["precision"], told["radius_m"], told["coord_source"])


def _point(position: Position) -> dict[str, Any]:
    point = position.point
    return {
        "precision": position.precision,
        "latitude": None if point is None else point.y,
        "longitude": None if point is None else point.x,
        "coord_source": position.coord_source,
    }


def _attributes(field: str, told: Any) -> dict[str, Any]:  # noqa: ANN401  JSON
    """Attributes of the record that a value makes."""
    match field:
        case "position":
            return {}
        case "organization":
            told = told or {"name": None, "tax_id": None}
            return {"organization": told["name"], "organization_tax_id": told["tax_id"]}
        case "schedule":
            told = told or {"text": None, "osm": None}
            weekly = openings(told["osm"]) if told["osm"] else ()
            return {"opening_hours": told["text"], "osm_hours": told["osm"], "openings": weekly}
        case "phone":
            return {"phones": tuple(told or ())}
        case "service_capacity":
            return {"capacities": tuple(Capacity(**one) for one in told or ())}
        case _:
            return {field: date.fromisoformat(told) if field in _DATES and told is not None else told}


def _beaten(origin: Origin, shown: Mapping[str, Any]) -> Origin:
    """A value of a source beside the one made by hand."""
    if origin.rule == "non_elencata":
        return origin
    published = shown[origin.field]
    same = _within(origin.value, published)
    agrees = same or alike(origin.field, origin.value, published)
    return replace(origin, survives=same, rule="concordi" if agrees else "a_mano")


def _within(value: Any, published: Any) -> bool:  # noqa: ANN401  JSON
    if isinstance(value, list) and isinstance(published, list):
        return all(one in published for one in value)
    return bool(value == published)


def _by_hand(shown: Mapping[str, Any], by_hand: Mapping[str, HandValue]) -> list[Origin]:
    told = {**by_hand}
    if "position" in shown and "position" not in told:
        told["position"] = by_hand["address"]  # it follows from the address
    return [
        Origin(field, None, hand.id, shown[field], True, "a_mano", hand.made_at.date())
        for field, hand in sorted(told.items())
    ]
