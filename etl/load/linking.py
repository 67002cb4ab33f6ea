"""One question answered over everything that is claimed: which members are one, and under which identifier."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection

from etl.link import engine, judgements
from etl.link.claim import Question
from etl.link.clusters import Clustering, cluster
from etl.link.identity import Order, assign, redirected
from etl.link.pair import Judgement, Pair
from etl.load import identities, pairs
from etl.load.identities import Known


@dataclass(frozen=True)
class Asked:
    """What is asked.

    Attributes
    ----------
    members
        All of them; only those in ``features``, hashes of what is compared, are ever one with another.
    compare
        Gives the pairs with one of the members told, or all where None is told.
    lists
        The list that each member is from.
    order
        Which of several members gives the identifier, where none was published before.
    """

    question: Question
    members: Collection[uuid.UUID]
    features: Mapping[uuid.UUID, str]
    compare: Callable[[Collection[uuid.UUID] | None], Sequence[Pair]]
    lists: Mapping[uuid.UUID, str]
    order: Order
    duplicate_free: Collection[str] = ()


@dataclass(frozen=True)
class Linked:
    """What was answered: ``now`` is the identifier under which each member is published."""

    question: Question
    before: Known
    clustering: Clustering
    now: Mapping[uuid.UUID, uuid.UUID]
    compared: Mapping[uuid.UUID, str]

    @cached_property
    def leads(self) -> Mapping[uuid.UUID, uuid.UUID]:
        """Where every identifier ever known leads now, those of members that are gone too."""
        return dict(self.now) | redirected(self.now, {member: told[:2] for member, told in self.before.items()})

    @property
    def gone(self) -> list[uuid.UUID]:
        """Identifiers that are published under another."""
        return [member for member, entity in self.leads.items() if member != entity]


def answer(connection: Connection, asked: Asked) -> Linked:
    """Compare what has changed since it was last compared, and group all.

    Without the engine what was compared before stays as it is, and what is new stands alone.
    """
    before = identities.read(connection, asked.question)
    comparable = set(asked.features)
    changed = {one for one, told in asked.features.items() if one not in before or before[one].feature_hash != told}
    able = engine.available()
    known = [pair for pair in pairs.read(connection, asked.question) if {pair.left, pair.right} <= comparable]
    if able and changed:
        known = [pair for pair in known if changed.isdisjoint((pair.left, pair.right))]
        known += asked.compare(None if len(changed) == len(comparable) else changed)
    judged = judgements.in_force(connection, asked.question)
    clustering = cluster(
        comparable, known, _between(judged, set(asked.members) - comparable), asked.lists, asked.duplicate_free
    )
    now = assign(clustering.clusters, asked.members, {one: told[:2] for one, told in before.items()}, asked.order)
    return Linked(asked.question, before, clustering, now, asked.features if able else _last(before, comparable))


def _last(before: Known, comparable: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Of what is compared still, the hashes as they were; of all else the pairs are gone, and their hashes too."""
    known = ((one, before[one].feature_hash) for one in comparable if one in before)
    return {one: told for one, told in known if told is not None}


def _between(judged: Sequence[Judgement], apart: Collection[uuid.UUID]) -> list[Judgement]:
    """Judgements of what may be compared: a place that has become protected is one with nothing any more."""
    return [one for one in judged if one.left not in apart and one.right not in apart]
