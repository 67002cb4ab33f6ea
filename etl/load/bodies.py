"""Keep what a source says of bodies, and write the rows that follow from what all sources say."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, UUID, Connection, bindparam, select, text, update

from etl.locate.territory import Municipality
from etl.publication import bodies
from etl.publication.model import Claim
from etl.store import models as m
from etl.store.frames import Missing, Rows, merge

# What refers to a body that is published under another identifier now, and what goes with it.
_MOVE = (
    "update {table} t set {column} = i.entity_id from identity i"
    " where i.entity = 'organization' and i.member_id = t.{column} and t.{column} = any(:gone)"
)
_LEAVE = (
    _MOVE.format(table="service", column="organization_id"),
    _MOVE.format(table="organization", column="parent_organization_id"),
    "delete from location where organization_id = any(:gone)",
    "delete from field_origin where entity = 'organization' and entity_id = any(:gone)",
    "delete from organization where id = any(:gone)",
)


def keep(connection: Connection, source_id: str, claims: Sequence[Claim]) -> None:
    """Replace what a source says of bodies."""
    rows = [vars(claim) | {"source_id": source_id} for claim in claims]
    merge(connection, m.OrganizationClaim, rows, missing=Missing("t.source_id = %(source)s", {"source": source_id}))


def told(connection: Connection, source_id: str) -> dict[uuid.UUID, Mapping[str, Any]]:
    """What a source says of bodies, by their own identifiers."""
    claim = m.OrganizationClaim
    rows = connection.execute(select(claim.organization_id, claim.told).where(claim.source_id == source_id))
    return {row[0]: row[1] for row in rows}


def claiming_rows(connection: Connection, source_id: str) -> set[uuid.UUID]:
    """Raw records of a list of bodies that name one."""
    statement = select(m.OrganizationClaim.source_record_id).where(m.OrganizationClaim.source_id == source_id)
    return {row for row in connection.execute(statement).scalars() if row is not None}


def standing(
    connection: Connection, source_id: str, stay: Collection[uuid.UUID], fresh: Sequence[Claim]
) -> list[Claim]:
    """Claims of a source as they are, of raw records or services that stay and of whose body nothing new is told."""
    claim = m.OrganizationClaim
    named = select(m.ServiceClaim.organization_id).where(m.ServiceClaim.id.in_(stay))
    statement = select(claim.organization_id, claim.rank, claim.source_record_id, claim.told).where(
        claim.source_id == source_id,
        claim.source_record_id.in_(stay) | (claim.source_record_id.is_(None) & claim.organization_id.in_(named)),
        claim.organization_id.not_in([one.organization_id for one in fresh]),
    )
    return [Claim(*row) for row in connection.execute(statement)]


# --- the directory --------------------------------------------------------------------------------------


def publish(
    connection: Connection,
    listed: Mapping[uuid.UUID, Sequence[tuple[str, Claim]]],
    towns: Mapping[str, Municipality],
    *,
    today: date,
) -> None:
    """Write the public rows of bodies, and what hangs on them.

    A body that no source names any more is closed on ``today``, and is open again as soon as one does.

    Parameters
    ----------
    listed
        By published identifier, what every source says of the body.
    """
    known = [(body, claims, *bodies.first_told(claims)) for body, claims in sorted(listed.items())]
    ours: dict[str, Any] = {"bodies": list(listed)}
    of_body = Missing("t.organization_id = any(%(bodies)s)", ours)
    places = [bodies.place_rows(body, fields, towns) for body, _claims, fields, _origins in known]
    merge(connection, m.Organization, [bodies.organization_row(one[0], one[2], towns) for one in known])
    merge(connection, m.OrganizationIdentifier, _flat(bodies.identifier_rows, known), missing=of_body)
    merge(connection, m.Phone, _flat(bodies.phone_rows, known), missing=of_body)
    merge(connection, m.Location, [row for rows, _addresses in places for row in rows], missing=of_body)
    of_place = Missing(
        "exists (select from location l where l.id = t.location_id and l.organization_id = any(%(bodies)s))", ours
    )
    merge(connection, m.Address, [row for _rows, addresses in places for row in addresses], missing=of_place)
    origins = [row for body, claims, _fields, told_by in known for row in bodies.origin_rows(body, claims, told_by)]
    of_entity = Missing("t.entity = 'organization' and t.entity_id = any(%(bodies)s)", ours)
    merge(connection, m.FieldOrigin, origins, missing=of_entity)
    _close(connection, listed.keys(), today)


def leave(connection: Connection, gone: Collection[uuid.UUID]) -> None:
    """Take out bodies that are published under the identifier of another; what refers to them refers to that."""
    for statement in _LEAVE if gone else ():
        bound = text(statement).bindparams(bindparam("gone", type_=ARRAY(UUID)))
        connection.execute(bound, {"gone": list(gone)})


def _flat(make: Any, known: Sequence[tuple[uuid.UUID, Any, dict[str, Any], Any]]) -> Rows:  # noqa: ANN401
    return [row for body, _claims, fields, _origins in known for row in make(body, fields)]


def _close(connection: Connection, listed: Collection[uuid.UUID], today: date) -> None:
    """Close the bodies that no source names."""
    connection.execute(
        update(m.Organization)
        .where(m.Organization.id.not_in(listed), m.Organization.closed_on.is_(None))
        .values(closed_on=today)
    )
