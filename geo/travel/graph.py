"""A road network of one mode of travel: places joined by stretches of road, with minutes along and against each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.arrays import Bools, Floats
from geo.checks import require

Ints: TypeAlias = npt.NDArray[np.int32]
Shapes: TypeAlias = npt.NDArray[np.object_]

SMALLEST_ISLAND = 100
"""Nodes of a part of the network that is kept though it hangs together with nothing else."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Lines:
    """The shapes of stretches of road, shared by the graphs of all modes.

    `points` are coordinates in EPSG:32632 (x east, y north, metres), shape (p, 2); line i goes through
    ``points[starts[i]:starts[i + 1]]``, at least two of them. `starts` has one value more than there are lines.

    Raises :class:`InvalidInput` where the shapes cannot be drawn.
    """

    points: Floats
    starts: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        """Refuse shapes that cannot be drawn."""
        faults = []
        if self.points.ndim != 2 or self.points.shape[1:] != (2,) or not np.isfinite(self.points).all():
            faults.append("lines.points: give finite coordinates in metres, one row of two per point")
        elif self.starts.ndim != 1 or not len(self.starts) or (self.starts[[0, -1]] != (0, len(self.points))).any():
            faults.append("lines.starts: give where each line starts in the points, from 0, and last their number")
        elif (np.diff(self.starts) < 2).any():
            faults.append("lines.starts: a line has fewer than two points; leave it out")
        require(faults)

    def __len__(self) -> int:
        """Number of lines."""
        return len(self.starts) - 1

    @classmethod
    def of(cls, shapes: Sequence[Sequence[tuple[float, float]]]) -> Self:
        """Lines from lists of (x, y) in metres.

        >>> Lines.of([[(0, 0), (3, 4)], [(0, 0), (0, 1), (5, 1)]]).metres.tolist()
        [5.0, 6.0]
        """
        starts = np.cumsum([0, *map(len, shapes)], dtype=np.int64)
        return cls(points=np.array([p for shape in shapes for p in shape], dtype=float).reshape(-1, 2), starts=starts)

    @cached_property
    def metres(self) -> Floats:
        """Length of each line in metres."""
        steps = np.hypot(*np.diff(self.points, axis=0).T)
        steps[self.starts[1:-1] - 1] = 0.0  # from the end of one line to the start of the next
        return np.add.reduceat(steps, self.starts[:-1]) if len(self) else np.empty(0)

    @cached_property
    def shapes(self) -> Shapes:
        """The lines as shapely LineStrings."""
        which = np.repeat(np.arange(len(self)), np.diff(self.starts))
        return np.asarray(shapely.linestrings(self.points, indices=which), dtype=object)


@dataclass(frozen=True, eq=False, kw_only=True)
class Graph:
    """Stretches of road that a mode may use.

    Edge i joins node `start[i]` to node `end[i]` (0 to `nodes` - 1) along line `line[i]` of the :class:`Lines`, the
    first point of the line being the start; no line is used twice. `forward` are the minutes from start to end and
    `backward` those from end to start, 0 or more, infinite where that direction is forbidden; speed is uniform along
    an edge. A trip may begin or end anywhere on an edge with `stops` true (not, say, on a motorway). Two edges may
    join the same nodes.

    Raises :class:`InvalidInput` where the arrays do not fit together.
    """

    nodes: int
    start: Ints
    end: Ints
    line: Ints
    forward: Floats
    backward: Floats
    stops: Bools

    def __post_init__(self) -> None:
        """Refuse a graph that would mislead, with all faults."""
        arrays = (self.start, self.end, self.line, self.forward, self.backward, self.stops)
        if len({array.shape for array in arrays}) != 1 or self.start.ndim != 1:
            require(["graph: start, end, line, forward, backward and stops must be arrays of one length"])
        faults = [
            f"graph.{name}: edges at nodes outside 0-{self.nodes - 1}; correct them"
            for name, ends in (("start", self.start), ("end", self.end))
            if len(ends) and (ends.min() < 0 or ends.max() >= self.nodes)
        ]
        if len(np.unique(self.line)) < len(self.line) or (len(self.line) and self.line.min() < 0):
            faults.append("graph.line: give each edge a line of its own, counted from 0")
        for name, minutes in (("forward", self.forward), ("backward", self.backward)):
            if not (minutes >= 0).all():
                faults.append(f"graph.{name}: minutes missing or below 0; give infinity where one may not go")
        if not np.isfinite(np.minimum(self.forward, self.backward)).all():
            faults.append("graph: edges that can be used in no direction; leave them out")
        require(faults)

    def __len__(self) -> int:
        """Number of edges."""
        return len(self.start)

    @cached_property
    def matrix(self) -> csr_array[Any, tuple[int, int]]:
        """Minutes from node to node, the least where several edges join two; a stored 0 is an edge of no length."""
        source = np.concatenate([self.start, self.end])
        target = np.concatenate([self.end, self.start])
        minutes = np.concatenate([self.forward, self.backward])
        kept = np.isfinite(minutes) & (source != target)
        source, target, minutes = source[kept], target[kept], minutes[kept]
        order = np.lexsort((minutes, target, source))
        source, target, minutes = source[order], target[order], minutes[order]
        # Built from columns, not from pairs: pairs given twice would be added up.
        first = np.ones(len(source), dtype=np.bool_)
        first[1:] = (source[1:] != source[:-1]) | (target[1:] != target[:-1])
        rows = np.concatenate([[0], np.cumsum(np.bincount(source[first], minlength=self.nodes))]).astype(np.int32)
        return csr_array((minutes[first], target[first], rows), shape=(self.nodes, self.nodes))

    @cached_property
    def reversed(self) -> "Graph":
        """The same roads with every direction turned round: minutes to a node become minutes from it."""
        return replace(self, forward=self.backward, backward=self.forward)

    def without_islands(self, smallest: int = SMALLEST_ISLAND) -> tuple["Graph", Bools]:
        """The graph without small parts that one cannot leave or cannot enter, and which edges were kept.

        Parts are strongly connected components. The largest stays, and every other of at least `smallest` nodes: a
        point snapped to the stub of a road cut off by a gate, or by the edge of the extract, would reach nothing.
        """
        if not len(self):
            return self, np.ones(0, dtype=np.bool_)
        _, part = connected_components(self.matrix, directed=True, connection="strong")
        size = np.bincount(part)
        large = size >= smallest
        large[np.argmax(size)] = True
        kept = large[part[self.start]] & large[part[self.end]]
        used = np.zeros(self.nodes, dtype=np.bool_)
        used[self.start[kept]] = used[self.end[kept]] = True
        number = (np.cumsum(used) - 1).astype(np.int32)
        return self.subset(kept, nodes=int(used.sum()), number=number), kept

    def subset(self, kept: Bools, *, nodes: int, number: Ints) -> "Graph":
        """The edges where `kept` is true, node i becoming node ``number[i]`` of `nodes`."""
        return Graph(
            nodes=nodes,
            start=number[self.start[kept]],
            end=number[self.end[kept]],
            line=self.line[kept],
            forward=self.forward[kept],
            backward=self.backward[kept],
            stops=self.stops[kept],
        )
