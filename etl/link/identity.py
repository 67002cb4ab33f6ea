"""Under which identifier a cluster is published: that of one of its members, and for ever the same. Pure.

Everything a source tells has an identifier of its own. A cluster takes the one of the member that was published under
its own first; of members that never were, the first in a fixed order. So another list changes no identifier, a split
gives each part an identifier of its own, and a split undone gives back the former ones.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

Before: TypeAlias = tuple[uuid.UUID, datetime | None]
Order: TypeAlias = Callable[[uuid.UUID], tuple[Any, ...]]


def assign(
    clusters: Iterable[frozenset[uuid.UUID]],
    members: Collection[uuid.UUID],
    before: Mapping[uuid.UUID, Before],
    order: Order,
) -> dict[uuid.UUID, uuid.UUID]:
    """The identifier under which each member is published.

    Parameters
    ----------
    clusters
        Those of two members and more; every other member stands alone.
    before
        For each member ever known, the identifier under which it was published, and when its own was first published
        (None: never). A cluster whose identifier is that of a member no longer there keeps it.
    order
        Key that puts the members of a cluster in order, where several could give their identifier.

    >>> a, b = uuid.UUID(int=1), uuid.UUID(int=2)
    >>> assign([frozenset({a, b})], [a, b], {b: (b, datetime(2026, 1, 1))}, lambda member: (member,))[a] == b
    True
    """
    known = set(members)
    groups = [group for cluster in clusters if (group := cluster & known)]
    grouped = {member for group in groups for member in group}
    groups += [frozenset({member}) for member in known - grouped]
    heirs = _heirs(groups, known, before, order)
    found: dict[uuid.UUID, uuid.UUID] = {}
    for group in groups:
        entity = _entity(group, heirs, before, order)
        found |= dict.fromkeys(group, entity)
    return found


def redirected(
    assigned: Mapping[uuid.UUID, uuid.UUID], before: Mapping[uuid.UUID, Before]
) -> dict[uuid.UUID, uuid.UUID]:
    """Where members that are no longer there lead to now: to what the thing that they were part of has become."""
    rest: dict[uuid.UUID, set[uuid.UUID]] = {}
    for member, (entity, _since) in before.items():
        if member in assigned:
            rest.setdefault(entity, set()).add(assigned[member])

    def now(entity: uuid.UUID) -> uuid.UUID:
        left = rest.get(entity, set())
        return assigned.get(entity) or (entity if not left or entity in left else min(left))

    return {member: now(entity) for member, (entity, _since) in before.items() if member not in assigned}


def _heirs(
    groups: Iterable[frozenset[uuid.UUID]],
    known: Collection[uuid.UUID],
    before: Mapping[uuid.UUID, Before],
    order: Order,
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Identifiers of members that are gone, by the first of the members that were published under each."""
    claimed: dict[uuid.UUID, uuid.UUID] = {}
    for group in groups:
        for member in group:
            entity = before[member][0] if member in before else member
            if entity not in known and (entity not in claimed or order(member) < order(claimed[entity])):
                claimed[entity] = member
    heirs: dict[uuid.UUID, list[uuid.UUID]] = {}
    for entity, member in claimed.items():
        heirs.setdefault(member, []).append(entity)
    return heirs


def _entity(
    group: frozenset[uuid.UUID],
    heirs: Mapping[uuid.UUID, list[uuid.UUID]],
    before: Mapping[uuid.UUID, Before],
    order: Order,
) -> uuid.UUID:
    published: list[tuple[Any, ...]] = []
    for member in group:
        since = before[member][1] if member in before else None
        if since is not None:
            published.append((since, 1, order(member), member))
        for gone in heirs.get(member, ()):
            lost = before[gone][1] if gone in before else None
            if lost is not None:
                published.append((lost, 0, order(member), gone))
    if published:
        entity: uuid.UUID = min(published)[-1]
        return entity
    return min(group, key=lambda member: (order(member), member))
