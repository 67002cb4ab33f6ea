"""Judgements that cannot all hold: two members told apart that other judgements make one. Pure."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from etl.errors import FaultsError
from etl.i18n import _
from etl.link.pair import Judgement


class Contradictory(FaultsError):
    """Judgements contradict each other; ``found`` holds every contradiction."""

    def __init__(self, found: "Sequence[Contradiction]", faults: Sequence[str]) -> None:
        self.found = tuple(found)
        super().__init__(
            _("Giudizi che si contraddicono: annullarne uno con «./ombra etl review --undo NUMERO»."), faults
        )


@dataclass(frozen=True)
class Contradiction:
    """``apart`` tells two members apart, the judgements of ``chain`` lead from the one to the other."""

    apart: Judgement
    chain: tuple[Judgement, ...]

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """All that have a part in it."""
        return (self.apart, *self.chain)


def in_force(judgements: Iterable[Judgement]) -> list[Judgement]:
    """The latest judgement of each pair that nobody has undone, in order of the pairs."""
    latest: dict[tuple[str, uuid.UUID, uuid.UUID], Judgement] = {}
    standing = [judgement for judgement in judgements if judgement.undone_at is None]
    for judgement in sorted(standing, key=lambda one: (one.made_at, one.id)):
        latest[judgement.question, judgement.left, judgement.right] = judgement
    return [latest[key] for key in sorted(latest)]


def contradictions(judgements: Iterable[Judgement]) -> list[Contradiction]:
    """Every judgement in force that tells apart what others make one, each with the shortest chain of those."""
    standing = in_force(judgements)
    same: dict[str, nx.Graph[uuid.UUID]] = {}
    for judgement in standing:
        graph = same.setdefault(judgement.question, nx.Graph())
        if judgement.verdict == "stesso":
            graph.add_edge(judgement.left, judgement.right, judgement=judgement)
    found = []
    for judgement in standing:
        graph = same[judgement.question]
        if judgement.verdict != "stesso" and judgement.left in graph and judgement.right in graph:
            chain = _chain(graph, judgement)
            if chain:
                found.append(Contradiction(judgement, chain))
    return found


def _chain(graph: "nx.Graph[uuid.UUID]", apart: Judgement) -> tuple[Judgement, ...]:
    try:
        path = nx.shortest_path(graph, apart.left, apart.right)
    except nx.NetworkXNoPath:
        return ()
    return tuple(graph.edges[step]["judgement"] for step in pairwise(path))


def refuse(judgements: Iterable[Judgement]) -> None:
    """Refuse judgements that contradict each other.

    Raises
    ------
    Contradictory
        With every contradiction, each named by the judgements that have a part in it.
    """
    found = contradictions(judgements)
    if found:
        raise Contradictory(found, [told(one) for one in found])


def told(
    contradiction: Contradiction, names: Mapping[uuid.UUID, str] | None = None, fresh: Collection[uuid.UUID] = ()
) -> str:
    """A contradiction in words: names of the two, and the judgements by number; ``fresh`` are not written yet."""
    apart, known = contradiction.apart, names or {}
    return _("«{left}» e «{right}» sono separati da {apart}, ma uniti da {chain}.").format(
        left=known.get(apart.left, str(apart.left)),
        right=known.get(apart.right, str(apart.right)),
        apart=_named(apart, fresh),
        chain=", ".join(_named(one, fresh) for one in contradiction.chain),
    )


def _named(judgement: Judgement, fresh: Collection[uuid.UUID]) -> str:
    number = _("giudizio nuovo") if judgement.id in fresh else _("giudizio {id}").format(id=str(judgement.id)[:8])
    return f"{number} ({judgement.verdict}, {judgement.author})"
