"""Which lists there are of each type of service, what they claim to cover, and which services each one holds."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import Connection, and_, func, select
from sqlalchemy.orm import aliased

from etl.store import models as m

EXISTING = ("attivo", "da_verificare")  # what is only announced, or has ended, is in no list of what there is


@dataclass(frozen=True)
class Entry:
    """A service that a list holds: its published identifier, the municipality where it is, the day it was told of."""

    service: uuid.UUID
    municipality: uuid.UUID
    told_on: date | None


@dataclass(frozen=True)
class ServiceList:
    """What one source lists of one type of service.

    ``scope`` are the widest areas over which it claims to list all services of the type, whether or not it is believed
    to hold them all today; empty where it claims nothing of the kind.
    """

    service_type: str
    source: str
    title: str
    publisher: str
    scope: frozenset[uuid.UUID]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Territory:
    """Areas and what lies in them; ``whole`` is the metropolitan city."""

    whole: uuid.UUID
    ancestors: Mapping[uuid.UUID, frozenset[uuid.UUID]]

    def inside(self, part: uuid.UUID, area: uuid.UUID) -> bool:
        """Whether an area lies in another, or is it."""
        return area in self.ancestors.get(part, frozenset({part}))

    def widest(self, areas: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
        """Those that lie in no other of them."""
        return frozenset(one for one in areas if not any(other != one and self.inside(one, other) for other in areas))


def territory(connection: Connection) -> Territory | None:
    """The areas that are loaded; None before the territory is."""
    whole = connection.execute(select(m.Area.id).where(m.Area.level == "metropolitan_city")).scalar()
    if whole is None:
        return None
    wider = func.array_agg(m.AreaWithin.ancestor_id)
    rows = connection.execute(select(m.AreaWithin.area_id, wider).group_by(m.AreaWithin.area_id))
    return Territory(whole, {area: frozenset(found) for area, found in rows})


def read(connection: Connection, around: Territory, *, today: date) -> list[ServiceList]:
    """Lists of types that more than one source lists, by type and source; protected services are in none."""
    scopes = _scopes(connection)
    told = {row.id: row for row in connection.execute(select(m.Source.id, m.Source.title, m.Source.publisher))}
    lists = []
    for (kind, source), entries in _entries(connection, today).items():
        scope = around.widest(scopes.get((source, kind), frozenset()))
        lists.append(ServiceList(kind, source, told[source].title, told[source].publisher, scope, entries))
    return lists


def _scopes(connection: Connection) -> dict[tuple[str, str], frozenset[uuid.UUID]]:
    declared = m.SourceCoverage
    keys = (declared.source_id, declared.service_type_code)
    rows = connection.execute(select(*keys, func.array_agg(declared.area_id)).group_by(*keys))
    return {(source, kind): frozenset(areas) for source, kind, areas in rows}


def _entries(connection: Connection, today: date) -> dict[tuple[str, str], tuple[Entry, ...]]:
    """Services by type and source, each once a list: what a list holds twice is one service."""
    claim, known, town = m.ServiceClaim, m.Identity, aliased(m.Area)
    kind = claim.record["service_type"].astext
    is_open = claim.closed_on.is_(None) | (claim.closed_on > today)
    counted = (is_open, ~claim.protected, claim.record["supply_status"].astext.in_(EXISTING))
    shared = select(kind).where(*counted).group_by(kind).having(func.count(claim.source_id.distinct()) > 1)
    service = func.coalesce(known.entity_id, claim.id)
    statement = (
        select(kind, claim.source_id, service, town.id, claim.told_on)
        .outerjoin(known, and_(known.entity == "service", known.member_id == claim.id))
        .join(town, and_(town.level == "municipality", town.code == claim.position["municipality"].astext))
        .where(*counted, kind.in_(shared))
        .order_by(kind, claim.source_id, service, claim.key)
    )
    rows = connection.execute(statement).all()
    return {
        key: tuple({row[2]: Entry(*row[2:]) for row in group}.values())
        for key, group in groupby(rows, key=lambda row: (row[0], row[1]))
    }
