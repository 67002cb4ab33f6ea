"""The shapes of HSDS 3.0 and 3.1 as read without trust: what is of another type counts as not there.

https://docs.openreferral.org/en/v3.1/hsds/schema_reference.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from etl.identity import content_hash
from etl.received_rows import masked
from etl.sources.base import Raw

Thing = Mapping[str, Any]

# Fields that name persons, or the history of changes with the names of who made them.
PERSONAL = frozenset({"attention", "assurer_email", "metadata", "updated_by", "logo"})
LISTS = (
    *("phones", "schedules", "service_areas", "service_at_locations", "languages", "cost_options"),
    *("required_documents", "contacts", "capacities", "attributes", "addresses", "accessibility"),
)


def text(thing: Thing, name: str) -> str:
    """The text of a field, also of a number; empty where there is none or it is something else."""
    value = thing.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def things(thing: Thing, name: str) -> list[Thing]:
    """The objects of a list; none where the field is no list."""
    value = thing.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def inner(thing: Thing, name: str) -> Thing:
    """An object within; an empty one where the field is none."""
    value = thing.get(name)
    return value if isinstance(value, dict) else {}


def misfits(thing: Thing) -> list[str]:
    """Names of fields that should be lists of objects and are not."""
    found = []
    for name in LISTS:
        value = thing.get(name)
        if value is not None and not (isinstance(value, list) and all(isinstance(one, dict) for one in value)):
            found.append(name)
    return found


def rows(services: Sequence[object]) -> Iterator[tuple[str, Raw]]:
    """A row for each service at each of its locations, by ``service/location``; raw but for what names persons."""
    for service in services:
        identity = text(service, "id") if isinstance(service, dict) else ""
        if not isinstance(service, dict) or not identity:
            yield f"illeggibile/{content_hash(masked(service))[:16]}", {"testo": str(service)[:500]}
            continue
        plain = without_persons(service)
        places = things(plain, "service_at_locations")
        own = {name: value for name, value in plain.items() if name != "service_at_locations"}
        if not places:
            yield identity, {"service": own}
        for place in places:
            where = text(inner(place, "location"), "id") or text(place, "id") or content_hash(place)[:16]
            yield f"{identity}/{where}", {"service": own, "service_at_location": place}


def without_persons(value: Any) -> Any:  # noqa: ANN401  any JSON
    """A copy without the names of persons, and without the e-mail and phones of contacts that have a name."""
    if isinstance(value, list):
        return [without_persons(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {name: one for name, one in value.items() if name not in PERSONAL}
    if "contacts" in kept:
        kept["contacts"] = [_office(contact) for contact in things(kept, "contacts")]
    return {name: without_persons(one) for name, one in kept.items()}


def _office(contact: Thing) -> dict[str, Any]:
    """What a contact says of an office; one with a name is a person, whose e-mail and phone are personal too."""
    names = ("id", "title", "department") if text(contact, "name") else ("id", "title", "department", "email", "phones")
    return {name: contact[name] for name in names if name in contact}
