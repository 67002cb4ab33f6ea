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

from networkx.utils import UnionFind

from etl.link.contradictions import in_force, refuse
from etl.link.forest import Barriers, Ends, Forest, Kind, ends
from etl.link.pair import DecidedBy, Judgement, Pair
from etl.link.verdicts import CONTESTED, FOLLOWS, INDIRECT, LISTED, RIVAL, STOPPED, as_compared, decide
from etl.link.verdicts import judged as as_judged

EVEN = 1.0  # bits: of two rivals that differ by less the stronger is right in fewer than two cases of three
CLEAR = math.log2(99)  # bits: against a rival that is stronger by more a link is wrong in 99 cases of 100
_BY_RULE = 1_000.0  # bits, more than evidence ever weighs: what a rule decides goes before what the model thinks


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
    compared = sorted((pair for pair in afresh if pair and {pair.left, pair.right} <= known), key=_ends)
    forest = Forest(_barriers(compared, judged, lists, duplicate_free))
    for judgement in judged:
        if judgement.verdict == "stesso":
            forest.join(judgement.left, judgement.right, math.inf)
    contested = _join(forest, compared, {_ends(one) for one in judged})
    final = _Verdicts(forest, {_ends(pair): pair for pair in compared}, contested)
    told = [final.of(pair) for pair in compared]
    told = _with_judgements(told, [one for one in judged if {one.left, one.right} <= known])
    return _asked(forest, told, _clusters(forest, known))


def _ends(pair: Pair | Judgement) -> Ends:
    return pair.left, pair.right


def _force(pair: Pair) -> float:
    return pair.weight + (_BY_RULE if pair.decided_by == "regola" else 0.0)


def _barriers(
    pairs: Iterable[Pair], judged: Sequence[Judgement], lists: Mapping[uuid.UUID, str], duplicate_free: Collection[str]
) -> Barriers:
    """What keeps members apart: rules, and judgements over them."""
    apart: dict[uuid.UUID, dict[uuid.UUID, Kind]] = defaultdict(dict)
    same = {_ends(pair) for pair in pairs if pair.verdict == "stesso"}

    def part(one: Pair | Judgement, kind: Kind) -> None:
        apart[one.left][one.right] = apart[one.right][one.left] = kind

    for pair in pairs:
        if pair.verdict == "diverso" and pair.decided_by == "regola":
            part(pair, "regola")
    for judgement in judged:
        if judgement.verdict == "stesso":
            same.add(_ends(judgement))
            apart[judgement.left].pop(judgement.right, None)
            apart[judgement.right].pop(judgement.left, None)
        else:
            same.discard(_ends(judgement))
            part(judgement, "giudizio")
    return Barriers(lists, frozenset(duplicate_free), apart, _doubles(same, lists))


def _doubles(same: Iterable[Ends], lists: Mapping[uuid.UUID, str]) -> dict[uuid.UUID, uuid.UUID]:
    """Things that a list holds several times: of three entries not every two need have been compared."""
    things: UnionFind[uuid.UUID] = UnionFind()
    within = sorted(at for at in same if at[0] in lists and lists[at[0]] == lists.get(at[1]))
    for at in within:
        things.union(*at)
    return {one: things[one] for at in within for one in at}


# --- links ----------------------------------------------------------------------------------------------


def _join(forest: Forest, pairs: Iterable[Pair], judged: Collection[Ends]) -> set[Ends]:
    """Join along the links, the strongest first; the links that were not, because another is as good."""
    links = [pair for pair in pairs if pair.verdict == "stesso" and _ends(pair) not in judged]
    of: dict[uuid.UUID, list[Pair]] = defaultdict(list)
    for link in links:
        of[link.left].append(link)
        of[link.right].append(link)
    contested = set()
    for link in sorted(links, key=lambda one: (-_force(one), _ends(one))):
        left, right = forest.root(link.left), forest.root(link.right)
        if left == right or forest.clashes(left, right):
            continue
        if _has_rival(forest, of, link, left, right) or _has_rival(forest, of, link, right, left):
            contested.add(_ends(link))
        else:
            forest.join(left, right, _force(link))
    return contested


def _has_rival(
    forest: Forest, of: Mapping[uuid.UUID, Sequence[Pair]], link: Pair, here: uuid.UUID, there: uuid.UUID
) -> bool:
    """Whether a cluster has a link as good to a third that cannot be one with ``there``."""
    for member in forest.members(here):
        for other in of.get(member, ()):
            if _force(other) <= _force(link) - EVEN:
                continue
            third = forest.root(other.right if other.left == member else other.left)
            if third not in (here, there) and forest.clashes(third, there) and not forest.clashes(here, third):
                return True
    return False


def _clusters(forest: Forest, known: Collection[uuid.UUID]) -> tuple[frozenset[uuid.UUID], ...]:
    found = [frozenset(group).intersection(known) for group in forest.clusters()]
    return tuple(sorted((group for group in found if len(group) > 1), key=min))


# --- verdicts -------------------------------------------------------------------------------------------


class _Verdicts:
    """What the clusters say of each pair."""

    def __init__(self, forest: Forest, pairs: Mapping[Ends, Pair], contested: Collection[Ends]) -> None:
        self._forest = forest
        self._pairs = pairs
        self._contested = contested

    def of(self, pair: Pair) -> Pair:
        """The pair with its final verdict."""
        left, right = self._forest.root(pair.left), self._forest.root(pair.right)
        if left == right:
            return pair if pair.verdict == "stesso" else self._joined(pair)
        if pair.verdict == "diverso":
            return pair
        return self._open(pair, self._forest.clashes(left, right))

    @staticmethod
    def _joined(pair: Pair) -> Pair:
        """What the model or a rule tells apart is only ever joined by judgements."""
        by: DecidedBy = "modello" if pair.verdict == "incerto" else "giudizio"
        return decide(pair, "stesso", by, INDIRECT)

    def _open(self, pair: Pair, clashes: Mapping[Ends, Kind]) -> Pair:
        """A pair that is or may be one thing, but was not joined."""
        own = self._of_list(pair, clashes)
        others = {at: kind for at, kind in clashes.items() if ends(*at) != _ends(pair)}
        if "giudizio" in others.values():
            return decide(pair, "diverso", "giudizio", INDIRECT)
        if own:
            return decide(pair, "diverso", "modello", LISTED)
        if self._best_rival(pair, others) >= _force(pair) + CLEAR:
            return decide(pair, "diverso", "modello", RIVAL)
        if pair.verdict == "incerto":
            return pair
        rule = CONTESTED if _ends(pair) in self._contested else STOPPED
        return decide(pair, "incerto", "modello", rule)

    def _of_list(self, pair: Pair, clashes: Mapping[Ends, Kind]) -> bool:
        """Whether the two are of one list that holds nothing twice, and not surely one all the same."""
        itself = clashes.get((pair.left, pair.right)) or clashes.get((pair.right, pair.left))
        barriers = self._forest.barriers
        free = barriers.lists.get(pair.left) in barriers.duplicate_free
        return itself == "elenco" and free and pair.verdict != "stesso"

    def _best_rival(self, pair: Pair, clashes: Iterable[Ends]) -> float:
        """The strongest of the links that would have to be wrong for the pair to be one thing."""
        force = -math.inf
        for at in clashes:
            for end in _ends(pair):
                force = max([force, *(self._tie(end, other) for other in at if self._together(end, other))])
        return force

    def _together(self, one: uuid.UUID, other: uuid.UUID) -> bool:
        return one != other and self._forest.root(one) == self._forest.root(other)

    def _tie(self, one: uuid.UUID, other: uuid.UUID) -> float:
        direct = self._pairs.get(ends(one, other))
        return self._forest.weakest(self._forest.root(one)) if direct is None else _force(direct)


def _with_judgements(pairs: Iterable[Pair], judged: Iterable[Judgement]) -> list[Pair]:
    """The pairs as judged, those that were judged without having been compared among them."""
    found = {_ends(pair): pair for pair in pairs}
    for one in judged:
        found[_ends(one)] = as_judged(one, found.get(_ends(one)))
    return [found[at] for at in sorted(found)]


# --- queue ----------------------------------------------------------------------------------------------


def _asked(forest: Forest, pairs: Sequence[Pair], clusters: tuple[frozenset[uuid.UUID], ...]) -> Clustering:
    """The queue: of several open pairs between two clusters the strongest, whose answer settles the others."""
    strongest: dict[Ends, Pair] = {}
    for pair in pairs:
        if pair.verdict == "incerto" and pair.decided_by != "giudizio":
            between = ends(forest.root(pair.left), forest.root(pair.right))
            strongest[between] = max(pair, strongest.get(between, pair), key=_force)
    queue = sorted(strongest.values(), key=telling)
    asked = {_ends(pair) for pair in queue}
    final = [
        decide(pair, "incerto", pair.decided_by, FOLLOWS)
        if pair.verdict == "incerto" and pair.decided_by != "giudizio" and _ends(pair) not in asked
        else pair
        for pair in pairs
    ]
    return Clustering(clusters, tuple(final), tuple(queue))


def telling(pair: Pair) -> tuple[bool, float, Ends]:
    """Order of a queue: sure links that something stopped first, then the most uncertain first."""
    return pair.rule not in (CONTESTED, STOPPED), abs(pair.weight), _ends(pair)
