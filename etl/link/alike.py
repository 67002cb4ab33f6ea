"""Whether two values of a field say the same, though they may be written otherwise."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import shapely

from etl.identity import slug
from etl.locate.address import parse
from etl.locate.suspicious import distance_m

Parts: TypeAlias = Mapping[str, Any]  # a JSON object


def alike(field: str, one: Any, other: Any) -> bool:  # noqa: ANN401  JSON of any field
    """Whether two values (:func:`etl.link.fields.told`) say the same; a value never says the same as none.

    Letter case, accents and punctuation do not count; addresses are compared by street and number, points by whether
    they lie within the error of the other, phones in any order.
    """
    if one is None or other is None:
        return False
    return bool(one == other) or _COMPARED.get(field, _same_text)(one, other)


def _same_text(one: Any, other: Any) -> bool:  # noqa: ANN401
    return isinstance(one, str) and isinstance(other, str) and slug(one) == slug(other) != ""


def _same_address(one: str, other: str) -> bool:
    return parse(one) is not None and parse(one) == parse(other)


def _same_place(one: Parts, other: Parts) -> bool:
    points = [shapely.Point(place["longitude"], place["latitude"]) for place in (one, other)]
    return distance_m(*points) <= float(max(one["radius_m"], other["radius_m"]))


def _same_numbers(one: list[str], other: list[str]) -> bool:
    return set(one) == set(other)


def _same_body(one: Parts, other: Parts) -> bool:
    return _same_text(one["name"], other["name"]) and None in {one["tax_id"], other["tax_id"]}


def _same_hours(one: Parts, other: Parts) -> bool:
    return one["osm"] is not None and one["osm"] == other["osm"]


def _same_amounts(one: list[Parts], other: list[Parts]) -> bool:
    amounts = [sorted((capacity["unit"], capacity["maximum"]) for capacity in told) for told in (one, other)]
    return amounts[0] == amounts[1]


_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "address": _same_address,
    "position": _same_place,
    "phone": _same_numbers,
    "organization": _same_body,
    "schedule": _same_hours,
    "service_capacity": _same_amounts,
}
