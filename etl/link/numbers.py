"""The members of a grouping as numbers, and what rules, lists and judgements keep apart. Pure."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from networkx.utils import UnionFind

from etl.link.forest import Barriers, Ends, Kind
from etl.link.pair import Judgement, Pair


class Numbers:
    """Members as numbers, in order of their identifiers.

    Attributes
    ----------
    members
        The identifier of each number.
    pairs, judged
        Pairs, in order of their ends, and judgements, by these.
    """

    def __init__(self, pairs: Sequence[Pair], judged: Sequence[Judgement]) -> None:
        found = {end for pair in pairs for end in (pair.left, pair.right)}
        found |= {end for one in judged for end in (one.left, one.right)}
        self.members = sorted(found, key=lambda member: member.int)
        self._of = {member: number for number, member in enumerate(self.members)}
        self.pairs: dict[Ends, Pair] = dict(sorted(((self._ends(one), one) for one in pairs), key=_at))
        self.judged: dict[Ends, Judgement] = {self._ends(one): one for one in judged}

    def _ends(self, one: Pair | Judgement) -> Ends:
        return self._of[one.left], self._of[one.right]


def _at(entry: tuple[Ends, Pair]) -> Ends:
    return entry[0]


def barriers(numbers: Numbers, lists: Mapping[uuid.UUID, str], duplicate_free: Collection[str]) -> Barriers:
    """What keeps members apart: rules, and judgements over them."""
    apart: dict[int, dict[int, Kind]] = defaultdict(dict)

    def part(at: Ends, kind: Kind) -> None:
        apart[at[0]][at[1]] = apart[at[1]][at[0]] = kind

    for at, pair in numbers.pairs.items():
        if pair.verdict == "diverso" and pair.decided_by == "regola":
            part(at, "regola")
    same = {at for at, pair in numbers.pairs.items() if pair.verdict == "stesso"}
    for at, judgement in numbers.judged.items():
        if judgement.verdict == "stesso":
            same.add(at)
            apart[at[0]].pop(at[1], None)
            apart[at[1]].pop(at[0], None)
        else:
            same.discard(at)
            part(at, "giudizio")
    of = {number: lists[member] for number, member in enumerate(numbers.members) if member in lists}
    return Barriers(of, frozenset(duplicate_free), apart, _doubles(same, of))


def _doubles(same: Iterable[Ends], lists: Mapping[int, str]) -> dict[int, int]:
    """Things that a list holds several times: of three entries not every two need have been compared."""
    things: UnionFind[int] = UnionFind()
    within = sorted(at for at in same if at[0] in lists and lists[at[0]] == lists.get(at[1]))
    for at in within:
        things.union(*at)
    return {one: things[one] for at in within for one in at}
