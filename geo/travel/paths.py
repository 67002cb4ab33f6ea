"""Least minutes from places to places of a graph, exact, some sources at a time."""

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.arrays import Floats, Positions
from geo.travel.graph import Graph
from geo.travel.snap import Places

DECIMALS = 6
"""Of minutes along the roads: 60 microseconds."""

CELLS = 16_000_000
"""Minutes to the nodes held at once: 128 MB, whatever the number of sources."""


def minutes_between(
    graph: Graph, origins: Places, destinations: Places, *, limit: float, turned: bool | None = None
) -> Iterator[tuple[Positions, Positions, Floats]]:
    """Least minutes from every origin to every destination that is at most `limit` away.

    Yields blocks of (origin positions, destination positions, minutes), together every such pair once; places without
    an edge are in none. Time to walk to the road is not counted.

    The paths are Dijkstra's (:func:`scipy.sparse.csgraph.dijkstra`, stopped at `limit`), from the fewer of the two
    sides: from destinations on the graph turned round. A source is a node of its own, from which one leaves towards
    the ends of its edge; a target is reached from the ends of its edge; two places of one edge have the stretch
    between them besides. `turned` says which side it is to be, true for the destinations; it changes no minute.
    """
    there, here = np.nonzero(destinations.placed)[0], np.nonzero(origins.placed)[0]
    if not len(there) or not len(here):
        return
    sources, row_source = _distinct(origins.take(here))
    targets, row_target = _distinct(destinations.take(there))
    turned = len(targets) < len(sources) if turned is None else turned
    if turned:
        graph, sources, targets = graph.reversed, targets, sources
        row_source, row_target, here, there = row_target, row_source, there, here
    members = _members(row_source, len(sources))
    for first, minutes in _rows(graph, sources, targets, limit):
        for at, reached in enumerate(minutes, start=first):
            full = reached[row_target]
            near = np.nonzero(full <= limit)[0]
            one = np.repeat(here[members[at]], len(near))
            other, taken = np.tile(there[near], len(members[at])), np.tile(full[near], len(members[at]))
            yield (other, one, taken) if turned else (one, other, taken)


def _distinct(places: Places) -> tuple[Places, Positions]:
    """The places without repetition, and which of them each one is: many services stand at one address."""
    key = np.column_stack([places.edge.astype(float), places.fraction])
    _, first, which = np.unique(key, axis=0, return_index=True, return_inverse=True)
    return places.take(first), which.reshape(-1)


def _members(which: Positions, count: int) -> list[Positions]:
    order = np.argsort(which, kind="stable")
    return np.split(order, np.cumsum(np.bincount(which, minlength=count))[:-1])


def _rows(graph: Graph, sources: Places, targets: Places, limit: float) -> Iterator[tuple[int, Floats]]:
    """Minutes from some consecutive sources to every target, with the position of the first; infinite beyond."""
    start, end = graph.start[targets.edge], graph.end[targets.edge]
    ahead = _part(graph.forward[targets.edge], targets.fraction)
    behind = _part(graph.backward[targets.edge], 1.0 - targets.fraction)
    size = max(CELLS // (graph.nodes + 1), 1)
    for first in range(0, len(sources), size):
        rows = np.arange(first, min(first + size, len(sources)))
        some = sources.take(rows)
        indices = graph.nodes + np.arange(len(rows))
        nodes = np.atleast_2d(dijkstra(_with_sources(graph, some), indices=indices, limit=limit))
        minutes = np.minimum(nodes[:, start] + ahead, nodes[:, end] + behind)
        # Minutes added up from the other side differ in their last digits: who else is asked for must not decide them.
        yield first, np.minimum(minutes, _along(graph, some, targets)).round(DECIMALS)


def _with_sources(graph: Graph, places: Places) -> csr_array:
    """The matrix of a graph with one node more for each place, left towards the ends of its edge."""
    base = graph.matrix
    target = np.column_stack([graph.start[places.edge], graph.end[places.edge]])
    minutes = np.column_stack(
        [
            _part(graph.backward[places.edge], places.fraction),
            _part(graph.forward[places.edge], 1.0 - places.fraction),
        ]
    )
    # A loop ends where it starts: the lesser of both ways goes there, and the other is none.
    loop = target[:, 0] == target[:, 1]
    minutes[loop, 0] = minutes[loop].min(axis=1)
    minutes[loop, 1] = np.inf
    leaves = np.isfinite(minutes)
    rows = base.indptr[-1] + np.cumsum(leaves.sum(axis=1))
    size = graph.nodes + len(places)
    return csr_array(
        (
            np.concatenate([base.data, minutes[leaves]]),
            np.concatenate([base.indices, target[leaves].astype(base.indices.dtype)]),
            np.concatenate([base.indptr, rows.astype(base.indptr.dtype)]),
        ),
        shape=(size, size),
    )


def _part(minutes: Floats, fraction: Floats) -> Floats:
    """The share of an edge's minutes; infinite where the direction is forbidden.

    None of an edge takes no time in either direction: a point at the end of a one-way stands at the junction.
    """
    share = np.where(np.isfinite(minutes), np.nan_to_num(minutes, posinf=0.0) * fraction, np.inf)
    return np.where(fraction == 0.0, 0.0, share)


def _along(graph: Graph, sources: Places, targets: Places) -> Floats:
    """Minutes from source to target where both lie on one edge, without leaving it; infinite elsewhere."""
    minutes = np.full((len(sources), len(targets)), np.inf)
    row, column = np.nonzero(sources.edge[:, None] == targets.edge)
    edge, ahead = sources.edge[row], targets.fraction[column] - sources.fraction[row]
    onward = np.where(ahead >= 0, _part(graph.forward[edge], np.maximum(ahead, 0.0)), np.inf)
    back = np.where(ahead <= 0, _part(graph.backward[edge], np.maximum(-ahead, 0.0)), np.inf)
    minutes[row, column] = np.minimum(onward, back)
    return minutes
