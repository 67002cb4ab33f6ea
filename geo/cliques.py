"""Partition of a graph into cliques: groups in which everybody overlaps with everybody."""

import heapq
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

MOST_CLIQUES = 20_000
"""Maximal cliques listed in one connected part before the greedy way is taken: their number can grow as 3^(n/3) (Moon
& Moser 1965)."""

MOST_STEPS = 2_000_000
"""Neighbourhoods compared while they are listed before the greedy way is taken: one or two seconds."""

Group = tuple[int, ...]


def partition(
    edges: Iterable[tuple[int, int]], *, smallest: int = 2, most: int = MOST_CLIQUES
) -> list[tuple[Group, bool]]:
    """Disjoint cliques of at least `smallest` nodes, largest first, each with whether it was found exactly.

    The largest clique of the graph is taken, its nodes leave, and so on; among equals the one whose sorted nodes come
    first. So a chain a-b-c, where a and c do not overlap, gives the pair (a, b), never the three. A node belongs to
    one group at most, and to none when too few are left around it. Connected parts with more than `most` maximal
    cliques, or in which listing them takes more than `MOST_STEPS`, are grown from the node with most neighbours
    instead (exact False): still cliques, perhaps not the largest. The result depends only on the edges, not on their
    order. A node's edge to itself counts for nothing.

    >>> partition([(1, 2), (2, 3), (1, 3), (3, 4), (4, 5)])
    [((1, 2, 3), True), ((4, 5), True)]
    """
    pairs = np.array([*edges], dtype=np.int64).reshape(-1, 2)
    found: list[tuple[Group, bool]] = []
    for nodes, near in _parts(pairs[pairs[:, 0] != pairs[:, 1]]):
        maximal = _listed(near, most)
        groups = _grown(near, smallest) if maximal is None else _largest_first(maximal, smallest)
        found += [(tuple(nodes[place] for place in group), maximal is not None) for group in groups]
    return sorted(found, key=lambda item: (-len(item[0]), item[0]))


def _parts(pairs: "np.ndarray[tuple[int, int], np.dtype[np.int64]]") -> Iterator[tuple[list[int], list[int]]]:
    """Nodes of each connected part in ascending order, and the neighbours of each as the bits of a number.

    To intersect two sets of a thousand nodes so takes a fraction of a microsecond.
    """
    nodes, places = np.unique(pairs, return_inverse=True)
    first, second = places.reshape(-1, 2).T
    size = len(nodes)
    _count, part = connected_components(coo_array((np.ones(len(first)), (first, second)), shape=(size, size)))
    for number in range(int(part.max(initial=-1)) + 1):
        inside = np.flatnonzero(part == number)
        local = np.full(size, -1)
        local[inside] = np.arange(len(inside))
        own = part[first] == number
        matrix = np.zeros((len(inside), len(inside)), dtype=np.bool_)
        matrix[local[first[own]], local[second[own]]] = True
        matrix |= matrix.T
        rows = np.packbits(matrix, axis=1, bitorder="little")
        yield nodes[inside].tolist(), [int.from_bytes(row.tobytes(), "little") for row in rows]


def _listed(near: Sequence[int], most: int) -> list[Group] | None:
    """All maximal cliques; None where they are too many to list.

    Bron & Kerbosch (1973) with the pivot of Tomita, Tanaka & Takahashi (2006): the node with most neighbours among the
    candidates, whose neighbours need not be tried.
    """
    found: list[Group] = []
    steps = 0
    # Each entry: a clique, the nodes that could join it, those with which all its cliques have been listed.
    stack: list[tuple[Group, int, int]] = [((), (1 << len(near)) - 1, 0)]
    while stack:
        clique, candidates, done = stack.pop()
        if not candidates:
            if not done:
                found.append(tuple(sorted(clique)))
            if len(found) > most:
                return None
            continue
        pivots = _bits(candidates | done)
        steps += len(pivots)
        if steps > MOST_STEPS:
            return None
        pivot = max(pivots, key=lambda node: (candidates & near[node]).bit_count())
        for node in _bits(candidates & ~near[pivot]):
            stack.append(((*clique, node), candidates & near[node], done & near[node]))
            candidates &= ~(1 << node)
            done |= 1 << node
    return found


def _bits(number: int) -> list[int]:
    """Places of the bits of a number, ascending.

    >>> _bits(0b10110)
    [1, 2, 4]
    """
    digits = np.frombuffer(number.to_bytes((number.bit_length() + 7) // 8, "little"), dtype=np.uint8)
    places: list[int] = np.flatnonzero(np.unpackbits(digits, bitorder="little")).tolist()
    return places


def _largest_first(maximal: Sequence[Group], smallest: int) -> list[Group]:
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


def _grown(near: Sequence[int], smallest: int) -> list[Group]:
    """Cliques grown one node at a time from the node with most neighbours; quick, not always the largest."""
    left = (1 << len(near)) - 1
    groups = []
    while group := _clique(near, left):
        left &= ~sum(1 << member for member in group)
        if len(group) >= smallest:
            groups.append(tuple(sorted(group)))
    return groups


def _clique(near: Sequence[int], left: int) -> list[int]:
    """A clique among the nodes that are left, those with most neighbours among them first; none without any edge."""
    degree = {node: (near[node] & left).bit_count() for node in _bits(left)}
    group: list[int] = []
    candidates = left
    for node in sorted(degree, key=lambda one: (-degree[one], one)):
        if candidates >> node & 1:
            group.append(node)
            candidates &= near[node]
    return group if len(group) > 1 else []
