"""Members that grow together into clusters, and what keeps two clusters apart.

Members are numbers here: of a million pairs, comparing identifiers would take longer than all the rest.
"""

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["giudizio", "regola", "elenco"]
Ends: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Barriers:
    """What keeps two members apart.

    Attributes
    ----------
    lists
        The list that each member is from.
    duplicate_free
        Lists that hold nothing twice.
    apart
        For each member those that it may never meet, and why.
    doubles
        For members of a list that are decided to be one thing with others of it, the thing that they are.
    """

    lists: Mapping[int, str]
    duplicate_free: Collection[str] = ()
    apart: Mapping[int, Mapping[int, Kind]] = field(default_factory=dict)
    doubles: Mapping[int, Hashable] = field(default_factory=dict)

    def between(self, one: int, other: int) -> Kind | None:
        """Why two members cannot be one thing, None where nothing is known against it."""
        if (known := self.apart.get(one, {}).get(other)) is not None:
            return known
        shared = self.lists.get(one)
        if shared is None or shared != self.lists.get(other):
            return None
        thing = None if shared in self.duplicate_free else self.doubles.get(one)
        return "elenco" if thing is None or thing != self.doubles.get(other) else None


class Forest:
    """Clusters by one of their members, the root; a member that has met nobody is a cluster of its own."""

    def __init__(self, barriers: Barriers) -> None:
        self.barriers = barriers
        self._root: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}
        self._weakest: dict[int, float] = {}

    def root(self, member: int) -> int:
        """The root of a member's cluster."""
        return self._root.get(member, member)

    def members(self, root: int) -> list[int]:
        """All members of the cluster of a root."""
        return self._members.get(root, [root])

    def clusters(self) -> Iterator[list[int]]:
        """Clusters of two and more."""
        yield from self._members.values()

    def weakest(self, root: int) -> float:
        """Weight of the weakest link that a cluster hangs by, infinite where it is one member."""
        return self._weakest.get(root, float("inf"))

    def join(self, one: int, other: int, weight: float) -> None:
        """Make the clusters of two members one."""
        left, right = sorted((self.root(one), self.root(other)))
        if left == right:
            return
        both = sorted([*self.members(left), *self.members(right)])
        weakest = min(self.weakest(left), self.weakest(right), weight)
        for root in (left, right):
            self._members.pop(root, None)
            self._weakest.pop(root, None)
        self._members[left], self._weakest[left] = both, weakest
        for member in both:
            self._root[member] = left

    def clashes(self, one: int, other: int) -> dict[Ends, Kind]:
        """Every pair of members of two clusters, the first's first, that cannot be one thing, and why."""
        return {
            pair: kind
            for pair in product(self.members(one), self.members(other))
            if (kind := self.barriers.between(*pair)) is not None
        }
