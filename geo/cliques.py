"""Partition of a graph into cliques: groups in which everybody overlaps with everybody."""

import heapq
from collections.abc import Iterable, Sequence
from itertools import islice

import networkx as nx

MOST_CLIQUES = 20_000
"""Maximal cliques listed in one connected part before the greedy way is taken: their number can grow as 3^(n/3) (Moon
& Moser 1965)."""


def partition(
    edges: Iterable[tuple[int, int]], *, smallest: int = 2, most: int = MOST_CLIQUES
) -> list[tuple[tuple[int, ...], bool]]:
    """Disjoint cliques of at least `smallest` nodes, largest first, each with whether it was found exactly.

    The largest clique of the graph is taken, its nodes leave, and so on; among equals the one whose sorted nodes come
    first. So a chain a-b-c, where a and c do not overlap, gives the pair (a, b), never the three. A node belongs to
    one group at most, and to none when too few are left around it. Connected parts with more than `most` maximal
    cliques are grown from the node with most neighbours instead (exact False): still cliques, perhaps not the
    largest. The result depends only on the edges, not on their order.

    >>> partition([(1, 2), (2, 3), (1, 3), (3, 4), (4, 5)])
    [((1, 2, 3), True), ((4, 5), True)]
    """
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from(sorted((min(edge), max(edge)) for edge in edges))
    found: list[tuple[tuple[int, ...], bool]] = []
    for nodes in nx.connected_components(graph):
        part = graph.subgraph(sorted(nodes))
        maximal = [tuple(sorted(clique)) for clique in islice(nx.find_cliques(part), most + 1)]
        exact = len(maximal) <= most
        groups = _largest_first(maximal, smallest) if exact else _grown(part, smallest)
        found += [(group, exact) for group in groups]
    return sorted(found, key=lambda item: (-len(item[0]), item[0]))


def _largest_first(maximal: Sequence[tuple[int, ...]], smallest: int) -> list[tuple[int, ...]]:
    """Take the largest clique, strike its nodes from the others, repeat.

    What remains of the maximal cliques contains every maximal clique of the graph that remains, so nothing is listed
    again. A clique in the queue may be out of date; it is brought up to date when it comes first.
    """
    queue = [(-len(clique), clique) for clique in maximal]
    heapq.heapify(queue)
    taken: set[int] = set()
    groups = []
    while queue:
        _, clique = heapq.heappop(queue)
        left = tuple(node for node in clique if node not in taken)
        if len(left) < smallest:
            continue
        if len(left) < len(clique):
            heapq.heappush(queue, (-len(left), left))
            continue
        groups.append(left)
        taken.update(left)
    return groups


def _grown(graph: "nx.Graph[int]", smallest: int) -> list[tuple[int, ...]]:
    """Cliques grown one node at a time from the node with most neighbours; quick, not always the largest."""
    left = nx.Graph(graph)
    groups = []
    while left.number_of_edges():
        group: list[int] = []
        candidates = set(left)
        while candidates:
            best = min(candidates, key=lambda node: (-left.degree(node), node))
            group.append(best)
            candidates &= set(left[best])
        left.remove_nodes_from(group)
        if len(group) >= smallest:
            groups.append(tuple(sorted(group)))
    return groups
