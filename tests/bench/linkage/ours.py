"""Ombra's own linkage, as the directory uses it: compare, group, ask; with other thresholds where asked."""

import uuid
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from etl.link import bodies as link_bodies
from etl.link import services
from etl.link.claim import ServiceClaim
from etl.link.clusters import Clustering, cluster
from etl.link.pair import Pair, Verdict
from tests.bench.linkage.labels import PairOfRows, ordered
from tests.bench.linkage.material import Material, Row


@dataclass(frozen=True)
class Around:
    """What the directory knows before it compares services: which bodies are one, which lists hold nothing twice."""

    bodies: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    duplicate_free: Collection[str] = ()


def around(material: Material) -> Around:
    """What is known of the material once its bodies are linked."""
    grouped = bodies(material)
    leads = {member: min(members) for members in grouped.clusters for member in members}
    return Around(leads, material.duplicate_free)


def bodies(material: Material) -> Clustering:
    """Link the bodies."""
    homes = {one.id: min(one.sources, key=lambda name: (not one.sources[name], name)) for one in material.bodies}
    return cluster(list(homes), link_bodies.compare(material.bodies), [], homes, material.duplicate_free)


def compare(claims: Sequence[ServiceClaim], known: Around) -> list[Pair]:
    """Score the services of some claims."""
    return services.compare(claims, bodies=known.bodies)


@dataclass(frozen=True)
class Linked:
    """Pairs of rows that are one without asking, and those that a person is asked about."""

    together: frozenset[PairOfRows]
    queue: frozenset[PairOfRows]

    def with_judge(self, true: Collection[Hashable]) -> frozenset[PairOfRows]:
        """What is one once a person has judged the queue rightly."""
        return self.together | {pair for pair in self.queue if pair in true}


def link(claims: Sequence[ServiceClaim], known: Around) -> Linked:
    """Link the services of some claims as Ombra is delivered."""
    return group(claims, compare(claims, known), known)


def group(claims: Iterable[ServiceClaim], pairs: Sequence[Pair], known: Around) -> Linked:
    """Group claims by their pairs."""
    lists = {claim.id: (claim.source_id, claim.key) for claim in claims}
    homes = {one: name for one, (name, _key) in lists.items()}
    return told(cluster(list(lists), pairs, [], homes, known.duplicate_free), lists)


def told(clustering: Clustering, rows: Mapping[uuid.UUID, Row]) -> Linked:
    """A clustering in the words of labels."""
    together = (pair for members in clustering.clusters for pair in combinations(members, 2))
    asked = ((pair.left, pair.right) for pair in clustering.queue)
    return Linked(*(frozenset(ordered(rows[a], rows[b]) for a, b in pairs) for pairs in (together, asked)))


def with_thresholds(pairs: Iterable[Pair], *, merge: float, review: float) -> list[Pair]:
    """The same scores under other thresholds, in bits; what a rule decided stays."""
    found = []
    for pair in pairs:
        if pair.decided_by == "modello":
            verdict: Verdict = "stesso" if pair.weight >= merge else "incerto" if pair.weight >= review else "diverso"
            pair = replace(pair, verdict=verdict)  # noqa: PLW2901
        found.append(pair)
    return found
