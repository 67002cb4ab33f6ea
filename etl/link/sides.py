"""What is said of one thing that is compared with another, as a person reads it."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from etl.link.claim import BodyClaim, Question, ServiceClaim
from etl.link.fields import told
from etl.load import claims as stored
from etl.store import models as m

# What a person looks at, in this order.
_OF_SITE = ("name", "service_type", "address", "postal_code", "locality", "municipality")
_OF_SERVICE = (
    *("name", "alternate_name", "service_type", "organization", "address", "postal_code", "locality", "municipality"),
    *("phone", "email", "url", "schedule", "service_capacity", "supply_status", "delivery", "description", "note"),
)
_OF_BODY = (
    *("name", "alternate_name", "tax_id", "legal_status", "address", "postal_code", "municipality"),
    *("phones", "email", "url"),
)


@dataclass(frozen=True)
class Side:
    """One side of a pair.

    Attributes
    ----------
    member, entity
        Its own identifier, and the one that it is published under.
    rows
        Source and key of the rows that tell it.
    fields
        What it says, by the name of the field, in the order in which people read it; nothing of protected places.
    point
        Longitude and latitude (EPSG:4326), None where only the municipality is known.
    """

    member: uuid.UUID
    entity: uuid.UUID
    rows: tuple[tuple[str, str], ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    point: tuple[float, float] | None = None


def sides(connection: Connection, question: Question, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Side]:
    """What is said of members; of one that nothing is known of, or that is protected, only its identifiers."""
    published = _published(connection, question, ids)
    found = {member: Side(member, published.get(member, member)) for member in ids}
    words = _words(connection)
    if question == "organization":
        bodies = [body for body in stored.read_bodies(connection) if body.id in found]
        return found | {body.id: _of_body(body, found[body.id].entity, words) for body in bodies}
    names = _OF_SERVICE if question == "service" else _OF_SITE
    for member, claims in _claims(connection, question, ids).items():
        found[member] = _of_claims(member, found[member].entity, claims, names, words)
    return found


Words = Mapping[str, Mapping[str, str]]


def _of_claims(
    member: uuid.UUID, entity: uuid.UUID, claims: Sequence[ServiceClaim], names: Iterable[str], words: Words
) -> Side:
    """What claims say; several claims of one site each say their own name."""
    fields = {name: _joined(_named(words, name, told(claim, name)) for claim in claims) for name in names}
    days = {"told_on": claims[0].told_on, "closed_on": claims[0].closed_on}
    fields |= {name: "" if day is None else day.isoformat() for name, day in days.items()}
    place = claims[0].position
    located = place.point is not None and place.precision != "municipality"
    point = (place.point.x, place.point.y) if located and place.point is not None else None
    return Side(member, entity, tuple((claim.source_id, claim.key) for claim in claims), _filled(fields), point)


def _of_body(body: BodyClaim, entity: uuid.UUID, words: Words) -> Side:
    fields = {name: _named(words, name, body.told.get(name)) for name in _OF_BODY}
    longitude, latitude = body.told.get("longitude"), body.told.get("latitude")
    fine = longitude is not None and latitude is not None and body.told.get("precision") != "municipality"
    point = (float(longitude), float(latitude)) if fine and longitude is not None and latitude is not None else None
    return Side(body.id, entity, tuple((source, "") for source in sorted(body.sources)), _filled(fields), point)


def _filled(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


def _joined(values: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(value for value in values if value))


def _named(words: Words, name: str, value: Any) -> str:  # noqa: ANN401  JSON
    """A value as text, a code as the name that it stands for."""
    shown = _shown(value)
    return words.get(name, {}).get(shown, shown)


def _shown(value: Any) -> str:  # noqa: ANN401  JSON
    """A value as text: what a mapping holds separated by commas, a list by semicolons."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(text for part in value.values() if (text := _shown(part)))
    if isinstance(value, list | tuple):
        return "; ".join(_shown(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _published(connection: Connection, question: Question, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    identity = m.Identity
    statement = select(identity.member_id, identity.entity_id).where(
        identity.entity == question, identity.member_id.in_(ids)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def _claims(
    connection: Connection, question: Question, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[ServiceClaim]]:
    """The claims that tell services or sites, without those of protected places; in order of source and key."""
    of_services = question == "service"
    claims = stored.read(connection, ids=ids) if of_services else stored.read(connection, sites=ids)
    found: dict[uuid.UUID, list[ServiceClaim]] = {}
    for claim in sorted(claims, key=lambda claim: (claim.source_id, claim.key)):
        if not claim.protected:
            found.setdefault(claim.id if of_services else claim.location_id, []).append(claim)
    return found


def _words(connection: Connection) -> dict[str, dict[str, str]]:
    """Names of what is told by a code, by the field that tells it."""
    towns = select(m.Area.code, m.Area.name).where(m.Area.level == "municipality")
    kinds = select(m.ServiceType.code, m.ServiceType.name_it)
    return {
        "municipality": {row[0]: row[1] for row in connection.execute(towns)},
        "service_type": {row[0]: row[1] for row in connection.execute(kinds)},
    }
