"""What sources say, as it is kept: claims of services and of bodies, read and written."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, select, text, update

from etl.identity import uid
from etl.link.claim import BodyClaim, ServiceClaim
from etl.load.claim_rows import claim_row, position_of, record_of
from etl.outcome import Event
from etl.publication import bodies
from etl.publication.model import Claim
from etl.store import models as m
from etl.store.frames import merge

_PLAIN = (
    *("id", "source_id", "key", "location_id", "organization_id"),
    *("told_on", "protected", "closed_on", "withheld"),
)

_END = text(
    "update restricted.service_claim c set closed_on = cast(c.record->>'valid_to' as date)"
    " where c.closed_on is null and cast(c.record->>'valid_to' as date) <= :today"
    " returning c.id, c.source_id, c.record->>'name' as name, c.record->>'valid_to' as day"
)


def read(
    connection: Connection,
    *,
    source_id: str | None = None,
    ids: Collection[uuid.UUID] | None = None,
    sites: Collection[uuid.UUID] | None = None,
) -> list[ServiceClaim]:
    """What all sources say of services, in order of identifiers; closed claims too.

    With ``source_id``, ``ids`` or ``sites`` only the claims of a source, of some identifiers, or at some own sites.
    """
    claim = m.ServiceClaim
    statement = select(*(getattr(claim, name) for name in _PLAIN), claim.record, claim.position).order_by(claim.id)
    if source_id is not None:
        statement = statement.where(claim.source_id == source_id)
    if ids is not None:
        statement = statement.where(claim.id.in_(ids))
    if sites is not None:
        statement = statement.where(claim.location_id.in_(sites))
    return [
        ServiceClaim(
            record=record_of(row.record),
            position=position_of(row.position),
            **{name: getattr(row, name) for name in _PLAIN},
        )
        for row in connection.execute(statement)
    ]


def keep(
    connection: Connection,
    source_id: str,
    claims: Sequence[ServiceClaim],
    stay: Collection[uuid.UUID],
    today: date,
) -> None:
    """Make the claims of a source those of an edition; those it no longer lists are closed on ``today``.

    Those of ``stay`` are left as they are. Nothing is deleted.
    """
    merge(
        connection,
        m.ServiceClaim,
        [claim_row(claim, uid("source_record", source_id, claim.key)) for claim in claims],
    )
    gone = open_claims(connection, source_id) - {claim.id for claim in claims} - set(stay)
    statement = update(m.ServiceClaim).where(m.ServiceClaim.id.in_(gone)).values(closed_on=today)
    if gone:
        connection.execute(statement)


def end(connection: Connection, today: date) -> list[Event]:
    """Close the claims whose own end has come since they were told, each on that day, and tell which."""
    done = connection.execute(_END, {"today": today}).all()
    return [Event(one.source_id, "service", one.id, one.name, "chiuso", "closed_on", "", one.day) for one in done]


def open_claims(connection: Connection, source_id: str) -> set[uuid.UUID]:
    """Claims of a source that are not closed."""
    claim = m.ServiceClaim
    statement = select(claim.id).where(claim.source_id == source_id, claim.closed_on.is_(None))
    return set(connection.execute(statement).scalars())


# --- bodies ---------------------------------------------------------------------------------------------

Told = dict[uuid.UUID, list[tuple[str, Claim]]]


def told_of_bodies(connection: Connection) -> Told:
    """What every source says of every body, with its name, by the body's own identifier."""
    claim = m.OrganizationClaim
    statement = select(claim.organization_id, claim.source_id, claim.rank, claim.source_record_id, claim.told)
    found: Told = {}
    for body, source, rank, record, told in connection.execute(statement.order_by(claim.organization_id)):
        found.setdefault(body, []).append((source, Claim(body, rank, record, told)))
    return found


def read_bodies(
    connection: Connection, *, told: Mapping[uuid.UUID, Sequence[tuple[str, Claim]]] | None = None
) -> list[BodyClaim]:
    """Bodies as all sources tell them, in order of identifiers."""
    known = told_of_bodies(connection) if told is None else told
    towns = _towns(connection)
    return [_body(body, claims, towns.get(body, frozenset())) for body, claims in sorted(known.items())]


def _body(body: uuid.UUID, claims: Sequence[tuple[str, Claim]], towns: frozenset[str]) -> BodyClaim:
    fields, _origins = bodies.first_told(claims)
    seat = fields.get("municipality")
    return BodyClaim(
        id=body,
        told={name: value for name, value in fields.items() if value is not None},
        sources={source: claim.rank == 0 for source, claim in sorted(claims, key=lambda one: one[0])},
        municipalities=towns if seat is None else frozenset({seat}),
    )


def _towns(connection: Connection) -> dict[uuid.UUID, frozenset[str]]:
    """Municipalities of the services that name each body; not those of protected places."""
    claim = m.ServiceClaim
    town = claim.position["municipality"].astext
    statement = select(claim.organization_id, town).where(claim.organization_id.is_not(None), ~claim.protected)
    found: dict[uuid.UUID, set[str]] = {}
    for body, code in connection.execute(statement.distinct()):
        found.setdefault(body, set()).add(code)
    return {body: frozenset(codes) for body, codes in found.items()}
