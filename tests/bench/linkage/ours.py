"""Ombra's own linkage, as the directory uses it: compare, group, ask; with other thresholds where asked."""

import uuid
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from etl.link import services
from etl.link.claim import ServiceClaim
from etl.link.clusters import Clustering, cluster
from etl.link.pair import Pair, Verdict
from tests.bench.linkage.labels import PairOfRows, ordered
from tests.bench.linkage.material import Row

# Of a list of records of one kind, as the publishers declare none, nothing is taken to hold no duplicates.
DUPLICATE_FREE: Collection[str] = ()


@dataclass(frozen=True)
class Linked:
    """Pairs of rows that are one without asking, and those that a person is asked about."""

    together: frozenset[PairOfRows]
    queue: frozenset[PairOfRows]

    def with_judge(self, true: Collection[Hashable]) -> frozenset[PairOfRows]:
        """What is one once a person has judged the queue rightly."""
        return self.together | {pair for pair in self.queue if pair in true}


def link(claims: Sequence[ServiceClaim]) -> Linked:
    """Link the services of some claims as Ombra is delivered."""
    return group(claims, services.compare(claims))


def group(claims: Iterable[ServiceClaim], pairs: Sequence[Pair]) -> Linked:
    """Group claims by their pairs."""
    known = list(claims)
    rows = {claim.id: (claim.source_id, claim.key) for claim in known}
    lists = {claim.id: claim.source_id for claim in known}
    return told(cluster(list(rows), pairs, [], lists, DUPLICATE_FREE), rows)


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
