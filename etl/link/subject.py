"""A published service with everything that is said of it: its claims, the values made by hand, what survives."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from etl.errors import NotFound
from etl.i18n import _
from etl.link.claim import Question
from etl.link.golden import survive
from etl.link.order import tie
from etl.link.survivor import Golden, HandValue
from etl.link.trust import trust
from etl.load import claims as stored
from etl.store import models as m

_HAND = ("id", "member_id", "field", "value", "author", "made_at", "note")


@dataclass(frozen=True)
class Subject:
    """A service as it is published now.

    ``id`` is its present identifier; ``member`` the own identifier of the claim that values made by hand hang on, so
    that they follow the service through merges and splits.
    """

    id: uuid.UUID
    member: uuid.UUID
    golden: Golden
    protected: bool
    by_hand: Mapping[str, HandValue]


def present(connection: Connection, entity: Question, member_id: uuid.UUID) -> uuid.UUID:
    """The identifier under which a claim, a site or a body is published; its own where nothing else is known."""
    statement = select(m.Identity.entity_id).where(m.Identity.entity == entity, m.Identity.member_id == member_id)
    found: uuid.UUID | None = connection.execute(statement).scalar()
    return found or member_id


def find(connection: Connection, service_id: uuid.UUID) -> Subject:
    """The service of an identifier, present or former.

    Raises
    ------
    NotFound
        There is none.
    """
    entity = present(connection, "service", service_id)
    claims = stored.read(connection, ids=_members(connection, entity))
    if not claims:
        raise NotFound(_("Nessun servizio ha l'identificativo {id}.").format(id=service_id))
    by_hand = chosen([claim.id for claim in claims], in_force(connection, "service"))
    ids = [claim.id for claim in claims]
    return Subject(
        entity,
        entity if entity in ids else min(claims, key=tie).id,
        survive(claims, trust(connection), by_hand),
        any(claim.protected for claim in claims),
        by_hand,
    )


def in_force(connection: Connection, entity: Question) -> dict[uuid.UUID, dict[str, HandValue]]:
    """Values made by hand that nobody has released, by the member that they were given to and by field."""
    table = m.HandValue
    statement = (
        select(*(getattr(table, name) for name in _HAND))
        .where(table.entity == entity, table.released_at.is_(None))
        .order_by(table.made_at, table.id)
    )
    found: dict[uuid.UUID, dict[str, HandValue]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.member_id, {})[row.field] = HandValue(**row._asdict())
    return found


def chosen(members: Collection[uuid.UUID], values: Mapping[uuid.UUID, Mapping[str, HandValue]]) -> dict[str, HandValue]:
    """The values made by hand that count for a service of these members; of two for one field the later."""
    made = [hand for member in members for hand in values.get(member, {}).values()]
    return {hand.field: hand for hand in sorted(made, key=lambda hand: (hand.made_at, str(hand.id)))}


def _members(connection: Connection, entity: uuid.UUID) -> set[uuid.UUID]:
    identity = m.Identity
    statement = select(identity.member_id).where(identity.entity == "service", identity.entity_id == entity)
    return {*connection.execute(statement).scalars(), entity}
