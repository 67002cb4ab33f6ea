"""Under which identifier everything is published, as it is kept."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from etl.link.claim import Question
from etl.store import models as m
from etl.store.frames import merge


class Kept(NamedTuple):
    """What is kept of a member (:class:`etl.store.models.linkage.Identity`)."""

    entity_id: uuid.UUID
    published_at: datetime | None
    feature_hash: str | None = None


Known = Mapping[uuid.UUID, Kept]


def read(connection: Connection, entity: Question) -> dict[uuid.UUID, Kept]:
    """What is kept of every member ever known."""
    identity = m.Identity
    columns = (identity.member_id, identity.entity_id, identity.published_at, identity.feature_hash)
    rows = connection.execute(select(*columns).where(identity.entity == entity))
    return {row[0]: Kept(row[1], row[2], row[3]) for row in rows}


def write(
    connection: Connection,
    entity: Question,
    leads: Mapping[uuid.UUID, uuid.UUID],
    *,
    before: Known,
    public: Collection[uuid.UUID],
    compared: Mapping[uuid.UUID, str],
    moment: datetime,
) -> None:
    """Keep where every identifier leads; nothing is forgotten, so that former ones lead somewhere for ever.

    ``public`` are those that the public tables hold since ``moment`` or before.
    """
    first = {member: kept.published_at for member, kept in before.items()}
    rows = [
        {
            "entity": entity,
            "member_id": member,
            "entity_id": published,
            "published_at": first.get(member) or (moment if member in public else None),
            "feature_hash": compared.get(member),
        }
        for member, published in leads.items()
    ]
    merge(connection, m.Identity, rows)


def united(before: Known, leads: Mapping[uuid.UUID, uuid.UUID]) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Identifiers that were published until now, each with the one that it leads to from now on."""
    published = (one for one, kept in before.items() if kept.entity_id == one and kept.published_at is not None)
    return sorted((one, leads[one]) for one in published if leads[one] != one)


def divided(
    before: Known, leads: Mapping[uuid.UUID, uuid.UUID], public: Collection[uuid.UUID]
) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Identifiers that are published from now on and led elsewhere before, each with the one that it led to."""
    own = (one for one, entity in leads.items() if entity == one and one in public and one in before)
    return sorted((one, before[one].entity_id) for one in own if before[one].entity_id != one)
