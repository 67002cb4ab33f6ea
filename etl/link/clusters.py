"""Which claims are one thing: judgements first, then the links of the model from the strongest down. Pure.

The result depends on the members, their pairs and the judgements only, never on the order in which they are given.
One thing of a list has at most one partner in another list that holds nothing twice: the best, and only if it is
clearly the best. Compare ``cluster_using_single_best_links`` of Splink, which knows neither judgements nor vetoes.
"""

import math
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from etl.link.contradictions import in_force, refuse
from etl.link.forest import Ends, Forest, Kind
from etl.link.numbers import Numbers, barriers
from etl.link.pair import DecidedBy, Judgement, Pair
from etl.link.verdicts import CONTESTED, FOLLOWS, INDIRECT, LISTED, RIVAL, STOPPED, as_compared, decide
from etl.link.verdicts import judged as as_judged

EVEN = 1.0  # bits: of two rivals that differ by less the stronger is right in fewer than two cases of three
CLEAR = math.log2(99)  # bits: against a rival that is stronger by more a link is wrong in 99 cases of 100
_BY_RULE = 1_000.0  # bits, more than evidence ever weighs: what a rule joins goes before what the model joins


@dataclass(frozen=True)
class Clustering:
    """What is one, and what is open.

    Attributes
    ----------
    clusters
        Those of two members and more, in order of their least member.
    pairs
        Every pair with its final verdict, in order of its ends: ``stesso`` where its two ends are in one cluster.
    queue
        Pairs that a person must judge, the most telling first; at most one for each two clusters.
    """

    clusters: tuple[frozenset[uuid.UUID], ...]
    pairs: tuple[Pair, ...]
    queue: tuple[Pair, ...]


def cluster(
    members: Collection[uuid.UUID],
    pairs: Sequence[Pair],
    judgements: Sequence[Judgement],
    lists: Mapping[uuid.UUID, str],
    duplicate_free: Collection[str] = (),
) -> Clustering:
    """Group members into things.

    Parameters
    ----------
    members
        Identifiers of what may be grouped; pairs and judgements of others are left aside, but a judgement that joins
        two members by way of a third that is gone still joins them.
    pairs
        Of one question, each at most once, as compared or as a former grouping left them. ``stesso`` are links,
        ``incerto`` are for a person to judge, those that a rule tells apart are never in one cluster.
    judgements
        Of the same question. They win over rules, lists and model.
    lists
        The list that each member is from. Two members of one list are in one cluster only if they are decided to be
        one thing; of a list in ``duplicate_free`` only if a person has said so.

    Raises
    ------
    Contradictory
        Judgements contradict each other.
    """
    judged = in_force(judgements)
    refuse(judged)
    known = set(members)
    afresh = (as_compared(pair) for pair in pairs)
    numbers = Numbers([pair for pair in afresh if pair and pair.left in known and pair.right in known], judged)
    forest = Forest(barriers(numbers, lists, duplicate_free))
    for at, judgement in numbers.judged.items():
        if judgement.verdict == "stesso":
            forest.join(*at, math.inf)
    final = _Verdicts(forest, numbers.pairs, _join(forest, numbers))
    told = {at: final.of(at, pair) for at, pair in numbers.pairs.items()}
    here = {at: one for at, one in numbers.judged.items() if one.left in known and one.right in known}
    told |= {at: as_judged(one, told.get(at)) for at, one in here.items()}
    final_pairs, queue = _asked(forest, told)
    return Clustering(_clusters(forest, numbers, known), final_pairs, queue)


def _ordered(one: int, other: int) -> Ends:
    return (one, other) if one < other else (other, one)


def _force(pair: Pair) -> float:
    by_rule = pair.decided_by == "regola" and pair.verdict == "stesso"
    return pair.weight + (_BY_RULE if by_rule else 0.0)


# --- links ----------------------------------------------------------------------------------------------


def _join(forest: Forest, numbers: Numbers) -> set[Ends]:
    """Join along the links, the strongest first; the links that were not, because another is as good."""
    links = {at: _force(pair) for at, pair in numbers.pairs.items() if pair.verdict == "stesso"}
    for at in numbers.judged:
        links.pop(at, None)
    of: dict[int, list[int]] = defaultdict(list)
    for left, right in links:
        of[left].append(right)
        of[right].append(left)
    contested = set()
    for at in sorted(links, key=lambda at: (-links[at], at)):
        left, right = map(forest.root, at)
        if left == right or forest.clashes(left, right):
            continue
        beaten = links[at] - EVEN
        if any(_has_rival(forest, of, links, beaten, *way) for way in ((left, right), (right, left))):
            contested.add(at)
        else:
            forest.join(left, right, links[at])
    return contested


def _has_rival(
    forest: Forest, of: Mapping[int, Sequence[int]], links: Mapping[Ends, float], beaten: float, here: int, there: int
) -> bool:
    """Whether a cluster has a link above ``beaten`` to a third that cannot be one with ``there``."""
    for member in forest.members(here):
        for other in of.get(member, ()):
            third = forest.root(other)
            if third in (here, there) or links[_ordered(member, other)] <= beaten:
                continue
            if forest.clashes(third, there) and not forest.clashes(here, third):
                return True
    return False


def _clusters(forest: Forest, numbers: Numbers, known: Collection[uuid.UUID]) -> tuple[frozenset[uuid.UUID], ...]:
    named = ([numbers.members[number] for number in sorted(group)] for group in forest.clusters())
    kept = ([member for member in group if member in known] for group in named)
    found = sorted((group for group in kept if len(group) > 1), key=lambda group: group[0].int)
    return tuple(frozenset(group) for group in found)


# --- verdicts -------------------------------------------------------------------------------------------


class _Verdicts:
    """What the clusters say of each pair."""

    def __init__(self, forest: Forest, pairs: Mapping[Ends, Pair], contested: Collection[Ends]) -> None:
        self._forest = forest
        self._pairs = pairs
        self._contested = contested

    def of(self, at: Ends, pair: Pair) -> Pair:
        """The pair with its final verdict."""
        left, right = map(self._forest.root, at)
        if left == right:
            return pair if pair.verdict == "stesso" else self._joined(pair)
        if pair.verdict == "diverso":
            return pair
        return self._open(at, pair, self._forest.clashes(left, right))

    @staticmethod
    def _joined(pair: Pair) -> Pair:
        """What the model or a rule tells apart is only ever joined by judgements."""
        by: DecidedBy = "modello" if pair.verdict == "incerto" else "giudizio"
        return decide(pair, "stesso", by, INDIRECT)

    def _open(self, at: Ends, pair: Pair, clashes: Mapping[Ends, Kind]) -> Pair:
        """A pair that is or may be one thing, but was not joined."""
        others = {each: kind for each, kind in clashes.items() if _ordered(*each) != at}
        if "giudizio" in others.values():
            return decide(pair, "diverso", "giudizio", INDIRECT)
        if pair.verdict != "stesso" and len(others) < len(clashes) and self._of_list(at):
            return decide(pair, "diverso", "modello", LISTED)
        if self._best_rival(at, others) >= _force(pair) + CLEAR:
            return decide(pair, "diverso", "modello", RIVAL)
        if pair.verdict == "incerto":
            return pair
        return decide(pair, "incerto", "modello", CONTESTED if at in self._contested else STOPPED)

    def _of_list(self, at: Ends) -> bool:
        """Whether the two are of one list that holds nothing twice."""
        barriers = self._forest.barriers
        return barriers.between(*at) == "elenco" and barriers.lists.get(at[0]) in barriers.duplicate_free

    def _best_rival(self, at: Ends, clashes: Iterable[Ends]) -> float:
        """The strongest of the links that would have to be wrong for the pair to be one thing."""
        force = -math.inf
        for clash in clashes:
            for end in at:
                force = max([force, *(self._tie(end, other) for other in clash if self._together(end, other))])
        return force

    def _together(self, one: int, other: int) -> bool:
        return one != other and self._forest.root(one) == self._forest.root(other)

    def _tie(self, one: int, other: int) -> float:
        direct = self._pairs.get(_ordered(one, other))
        return self._forest.weakest(self._forest.root(one)) if direct is None else _force(direct)


# --- queue ----------------------------------------------------------------------------------------------


def _asked(forest: Forest, told: Mapping[Ends, Pair]) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """All pairs, and the queue: of several open pairs between two clusters the strongest, which settles the others."""
    strongest: dict[Ends, Ends] = {}
    waiting = {at for at, pair in told.items() if pair.verdict == "incerto" and pair.decided_by != "giudizio"}
    for at in sorted(waiting):
        between = _ordered(*map(forest.root, at))
        strongest[between] = max(at, strongest.get(between, at), key=lambda one: _force(told[one]))
    asked = set(strongest.values())
    final = [
        decide(told[at], "incerto", told[at].decided_by, FOLLOWS) if at in waiting and at not in asked else told[at]
        for at in sorted(told)
    ]
    return tuple(final), tuple(sorted((told[at] for at in asked), key=telling))


def telling(pair: Pair) -> tuple[bool, float, uuid.UUID, uuid.UUID]:
    """Order of a queue: sure links that something stopped first, then the most uncertain first."""
    return pair.rule not in (CONTESTED, STOPPED), abs(pair.weight), pair.left, pair.right
