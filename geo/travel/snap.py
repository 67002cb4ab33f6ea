"""Where on a road a trip begins or ends: the nearest point of the nearest stretch that the mode may use."""

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely

from geo.arrays import Bools, Floats, Positions
from geo.travel.graph import Graph, Lines, Shapes

RADII = (50.0, 250.0)
"""Metres looked at first: nearly every point of a town finds its road within them, and few lines are compared."""

CANDIDATES = 20_000
"""Points looked for at once, so that the lines near all of them need not be held together."""


@dataclass(frozen=True, eq=False)
class Places:
    """Points on the edges of a graph.

    `edge` is the position of the edge (-1: no road near enough), `fraction` how far along its line the point lies
    (0 at its start, 1 at its end), `metres` the straight distance from the given point (NaN where there is none).
    """

    edge: Positions
    fraction: Floats
    metres: Floats

    def __len__(self) -> int:
        """Number of points."""
        return len(self.edge)

    @property
    def placed(self) -> Bools:
        """Which points have a road."""
        return self.edge >= 0

    def take(self, which: Bools | Positions) -> "Places":
        """Some of the points."""
        return Places(self.edge[which], self.fraction[which], self.metres[which])


@dataclass(frozen=True, eq=False)
class Roads:
    """Lines that can be searched by place; the index is made once for all modes.

    >>> roads = Roads(Lines.of([[(0, 0), (100, 0)], [(0, 30), (100, 30)]]))
    >>> graph = Graph(
    ...     nodes=4, start=np.array([0, 2]), end=np.array([1, 3]), line=np.array([0, 1]), forward=np.array([1.0, 1.0]),
    ...     backward=np.array([1.0, 1.0]), stops=np.array([True, False]))
    >>> there = roads.nearest(gpd.GeoSeries.from_xy([25, 500], [20, 500], crs=32632), graph, farthest=200)
    >>> there.edge.tolist(), there.fraction.tolist(), there.metres.tolist()
    ([0, -1], [0.25, nan], [20.0, nan])
    """

    lines: Lines

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.lines.shapes)

    def nearest(self, points: gpd.GeoSeries, graph: Graph, *, farthest: float) -> Places:
        """The nearest place of `graph` where a trip may begin or end, for each point, at most `farthest` metres away.

        `points` are in EPSG:32632. Of edges equally near the first is taken.
        """
        found = Places(
            np.full(len(points), -1, dtype=np.intp), np.full(len(points), np.nan), np.full(len(points), np.nan)
        )
        edge_of = np.full(len(self.lines), -1, dtype=np.intp)
        edge_of[graph.line[graph.stops]] = np.nonzero(graph.stops)[0]
        geometry = points.to_numpy()
        for radius in (*(near for near in RADII if near < farthest), farthest):
            left = np.nonzero(~found.placed)[0]
            for first in range(0, len(left), CANDIDATES):
                self._within(found, geometry, left[first : first + CANDIDATES], edge_of, radius)
        return found

    def metres(self, points: gpd.GeoSeries, graph: Graph) -> Floats:
        """Metres from each point to the nearest edge of `graph` where a trip may begin or end; infinite without any."""
        found = np.full(len(points), np.inf)
        lines = self.lines.shapes[graph.line[graph.stops]]
        if len(lines) and len(points):
            (row, _line), metres = shapely.STRtree(lines).query_nearest(
                points.to_numpy(), return_distance=True, all_matches=False
            )
            found[row] = metres
        return found

    def _within(self, found: Places, geometry: Shapes, rows: Positions, edge_of: Positions, radius: float) -> None:
        """Fill in the points of `rows` that have an edge within `radius`; the nearest there is the nearest of all."""
        row, line = self._tree.query(geometry[rows], predicate="dwithin", distance=radius)
        usable = edge_of[line] >= 0
        row, line = rows[row[usable]], line[usable]
        metres = shapely.distance(geometry[row], self.lines.shapes[line])
        order = np.lexsort((edge_of[line], metres, row))
        row, line, metres = row[order], line[order], metres[order]
        first = np.unique(row, return_index=True)[1]
        row, line, metres = row[first], line[first], metres[first]
        along = shapely.line_locate_point(self.lines.shapes[line], geometry[row], normalized=True)
        found.edge[row] = edge_of[line]
        # A line of no length has no share of it.
        found.fraction[row] = np.clip(np.nan_to_num(along), 0.0, 1.0)
        found.metres[row] = metres
