"""From ways of OpenStreetMap to a graph for each mode: ways broken where they meet, and where a barrier stands."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from pyproj import Transformer

from etl.travel.osm_read import Extract, Floats, Numbers
from etl.travel.osm_rules import MODES, Passage
from geo.arrays import Bools
from geo.crs import METRIC, WGS84
from geo.travel.graph import SMALLEST_ISLAND, Graph, Lines


@dataclass(frozen=True)
class Roads:
    """Graphs by mode on common lines, and what was left out of them, by mode."""

    lines: Lines
    graphs: dict[str, Graph]
    summary: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class _Pieces:
    """Pieces of ways: consecutive nodes from one break to the next."""

    way: Numbers
    start: Numbers  # position of the first node in Extract.nodes
    end: Numbers
    lines: Lines


def build(extract: Extract, *, smallest_island: int = SMALLEST_ISLAND) -> Roads:
    """The graph of every mode.

    A way is broken at its ends, at nodes that it shares with another way or passes twice, at barriers, and where a
    node is missing because the extract ends there. At a node where a barrier stops a mode, every piece of that mode
    has an end of its own: one comes up to the bollard from both sides and passes from neither.
    """
    pieces = _pieces(extract)
    graphs, summary = {}, {}
    for at, mode in enumerate(MODES):
        whole = _graph(extract, pieces, at)
        graphs[mode], kept = whole.without_islands(smallest_island)
        metres = pieces.lines.metres[whole.line]
        summary[mode] = {
            "nodes": graphs[mode].nodes,
            "edges": len(graphs[mode]),
            "km": round(float(metres[kept].sum()) / 1_000, 1),
            "islands_dropped_edges": int((~kept).sum()),
            "islands_dropped_km": round(float(metres[~kept].sum()) / 1_000, 1),
            "barriers": len(extract.barriers[mode]),
        }
    return Roads(pieces.lines, graphs, summary)


def _pieces(extract: Extract) -> _Pieces:
    way = np.repeat(np.arange(len(extract.kind)), np.diff(extract.starts))
    node, present = _positions(extract.nodes, extract.refs)
    way, node = way[present], node[present]
    # Where nodes are missing between two others, there is no road between them that is known.
    order = np.nonzero(present)[0]
    joined = (way[1:] == way[:-1]) & (np.diff(order) == 1) if len(order) else np.empty(0, dtype=np.bool_)
    # A node given twice in a row is one place: leave the step out, but let the way go on.
    moved = ~(joined & (node[1:] == node[:-1])) if len(order) else joined
    stay = np.concatenate([np.ones(min(len(order), 1), dtype=np.bool_), moved])
    way, node = way[stay], node[stay]
    joined = _joined_after(joined, stay)
    first = np.nonzero(joined & _breaks(extract, node, joined)[:-1])[0] if len(joined) else np.empty(0, dtype=np.intp)
    return _cut(extract, way, node, joined, first)


def _joined_after(joined: Bools, stay: Bools) -> Bools:
    """Whether kept nodes that follow each other are joined: every step between them was."""
    gaps = np.concatenate([[0], np.cumsum(~joined)])[: len(stay)][stay]
    same: Bools = np.diff(gaps) == 0
    return same


def _positions(nodes: Numbers, refs: Numbers) -> tuple[Numbers, Bools]:
    """Positions of node numbers, and which of them there are."""
    if not len(nodes):
        return np.zeros(len(refs), dtype=np.int64), np.zeros(len(refs), dtype=np.bool_)
    at = np.minimum(np.searchsorted(nodes, refs), len(nodes) - 1)
    return at, nodes[at] == refs


def _breaks(extract: Extract, node: Numbers, joined: Bools) -> Bools:
    """At which of the nodes a piece begins or ends."""
    alone = np.concatenate([[True], ~joined]) | np.concatenate([~joined, [True]])
    shared = np.bincount(node, minlength=len(extract.nodes)) > 1
    for numbers in extract.barriers.values():
        at, present = _positions(extract.nodes, numbers)
        shared[at[present]] = True
    found: Bools = alone | shared[node]
    return found


def _cut(extract: Extract, way: Numbers, node: Numbers, joined: Bools, first: Numbers) -> _Pieces:
    """The pieces that begin at ``first``."""
    piece = np.zeros(len(joined), dtype=np.int64)
    piece[first] = 1
    steps = np.bincount((np.cumsum(piece) - 1)[joined], minlength=len(first)) if len(first) else np.empty(0, np.int64)
    # The steps of a piece follow each other without a gap: it goes from its first node over so many.
    starts = np.concatenate([[0], np.cumsum(steps + 1)]).astype(np.int64)
    passed = node[np.repeat(first - starts[:-1], steps + 1) + np.arange(starts[-1])]
    metric = Transformer.from_crs(WGS84, METRIC, always_xy=True)
    x, y = metric.transform(extract.longitude[passed], extract.latitude[passed])
    points: Floats = np.column_stack([x, y])
    return _Pieces(way[first], node[first], node[first + steps], Lines(points=points, starts=starts))


def _graph(extract: Extract, pieces: _Pieces, mode: int) -> Graph:
    forward, backward, stops = _minutes(extract, pieces, mode)
    used = np.nonzero(np.isfinite(np.minimum(forward, backward)))[0]
    ends = np.column_stack([pieces.start[used], pieces.end[used]])
    at, present = _positions(extract.nodes, extract.barriers[MODES[mode]])
    blocked = np.zeros(len(extract.nodes), dtype=np.bool_)
    blocked[at[present]] = True
    apart = blocked[ends]
    ends[apart] = len(extract.nodes) + np.arange(apart.sum())
    nodes, number = np.unique(ends, return_inverse=True)
    start, end = number.reshape(ends.shape).T
    return Graph(
        nodes=len(nodes),
        start=np.array(start, dtype=np.int32),
        end=np.array(end, dtype=np.int32),
        line=used.astype(np.int32),
        forward=forward[used],
        backward=backward[used],
        stops=stops[used],
    )


def _minutes(extract: Extract, pieces: _Pieces, mode: int) -> tuple[Floats, Floats, Bools]:
    passages: list[Passage | None] = [passage[mode] for passage in extract.passages]
    kind = extract.kind[pieces.way]

    def minutes(kmh: list[float | None]) -> Floats:
        pace = np.array([np.inf if speed is None else 0.06 / speed for speed in kmh])
        per_metre = pace[kind] if len(pace) else np.empty(0)
        # No length in a forbidden direction stays forbidden: 0 times infinity is no number.
        return np.where(np.isfinite(per_metre), pieces.lines.metres * np.nan_to_num(per_metre, posinf=0.0), np.inf)

    stops = np.array([passage is not None and passage.stops for passage in passages], dtype=np.bool_)
    return (
        minutes([None if passage is None else passage.forward for passage in passages]),
        minutes([None if passage is None else passage.backward for passage in passages]),
        stops[kind] if len(stops) else np.empty(0, dtype=np.bool_),
    )
