"""Keep what a source says of bodies, and make their public rows follow from what all sources say."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select, update

from etl.locate.territory import Municipality
from etl.publication import bodies
from etl.publication.model import Claim
from etl.store import models as m
from etl.store.frames import Missing, Rows, merge


def publish(
    connection: Connection, source_id: str, claims: Sequence[Claim], towns: Mapping[str, Municipality], *, today: date
) -> None:
    """Replace what a source says of bodies.

    A body that no source names any more is closed on ``today``, and is open again as soon as one does.
    """
    own = {claim.organization_id: claim for claim in claims}
    touched = claimed(connection, source_id) | own.keys()
    told = _of_others(connection, source_id, touched)
    for body, claim in own.items():
        told.setdefault(body, []).append((source_id, claim))
    _write(connection, told, towns)
    merge(connection, m.OrganizationClaim, _claim_rows(source_id, claims), missing=_of_source(source_id))
    _close(connection, touched - told.keys(), today)


def claimed(connection: Connection, source_id: str) -> set[uuid.UUID]:
    """Bodies that a source names."""
    statement = select(m.OrganizationClaim.organization_id).where(m.OrganizationClaim.source_id == source_id)
    return set(connection.execute(statement).scalars())


def claiming_rows(connection: Connection, source_id: str) -> set[uuid.UUID]:
    """Raw records of a list of bodies that name one."""
    statement = select(m.OrganizationClaim.source_record_id).where(m.OrganizationClaim.source_id == source_id)
    return {row for row in connection.execute(statement).scalars() if row is not None}


def standing(
    connection: Connection, source_id: str, stay: Collection[uuid.UUID], fresh: Sequence[Claim]
) -> list[Claim]:
    """Claims of a source as they are, of raw records or services that stay and of whose body nothing new is told."""
    claim = m.OrganizationClaim
    named = select(m.Service.organization_id).where(m.Service.id.in_(stay))
    statement = select(claim.organization_id, claim.rank, claim.source_record_id, claim.told).where(
        claim.source_id == source_id,
        claim.source_record_id.in_(stay) | (claim.source_record_id.is_(None) & claim.organization_id.in_(named)),
        claim.organization_id.not_in([one.organization_id for one in fresh]),
    )
    return [Claim(*row) for row in connection.execute(statement)]


def _of_source(source_id: str) -> Missing:
    return Missing("t.source_id = %(source)s", {"source": source_id})


def _claim_rows(source_id: str, claims: Sequence[Claim]) -> Rows:
    return [vars(claim) | {"source_id": source_id} for claim in claims]


def _of_others(
    connection: Connection, source_id: str, touched: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[tuple[str, Claim]]]:
    claim = m.OrganizationClaim
    statement = select(claim.organization_id, claim.source_id, claim.rank, claim.source_record_id, claim.told).where(
        claim.organization_id.in_(touched), claim.source_id != source_id
    )
    found: dict[uuid.UUID, list[tuple[str, Claim]]] = {}
    for body, source, rank, record, told in connection.execute(statement):
        found.setdefault(body, []).append((source, Claim(body, rank, record, told)))
    return found


def _write(
    connection: Connection,
    told: Mapping[uuid.UUID, Sequence[tuple[str, Claim]]],
    towns: Mapping[str, Municipality],
) -> None:
    """Write the public rows of bodies, and what hangs on them."""
    known = [(body, *bodies.first_told(claims)) for body, claims in sorted(told.items())]
    ours: dict[str, Any] = {"bodies": list(told)}
    of_body = Missing("t.organization_id = any(%(bodies)s)", ours)
    places = [bodies.place_rows(body, fields, towns) for body, fields, _origins in known]
    merge(connection, m.Organization, [bodies.organization_row(body, fields, towns) for body, fields, _ in known])
    merge(connection, m.OrganizationIdentifier, _flat(bodies.identifier_rows, known), missing=of_body)
    merge(connection, m.Phone, _flat(bodies.phone_rows, known), missing=of_body)
    merge(connection, m.Location, [row for rows, _addresses in places for row in rows], missing=of_body)
    of_place = Missing(
        "exists (select from location l where l.id = t.location_id and l.organization_id = any(%(bodies)s))", ours
    )
    merge(connection, m.Address, [row for _rows, addresses in places for row in addresses], missing=of_place)
    origins = [row for body, _fields, told_by in known for row in bodies.origin_rows(body, told_by)]
    of_entity = Missing("t.entity = 'organization' and t.entity_id = any(%(bodies)s)", ours)
    merge(connection, m.FieldOrigin, origins, missing=of_entity)


def _flat(make: Any, known: Sequence[tuple[uuid.UUID, dict[str, Any], Any]]) -> Rows:  # noqa: ANN401
    return [row for body, fields, _origins in known for row in make(body, fields)]


def _close(connection: Connection, forgotten: Collection[uuid.UUID], today: date) -> None:
    connection.execute(
        update(m.Organization)
        .where(m.Organization.id.in_(forgotten), m.Organization.closed_on.is_(None))
        .values(closed_on=today)
    )
