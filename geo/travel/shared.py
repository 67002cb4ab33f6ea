"""Ways along roads between places that are asked for again and again: each is looked for once.

Tables of many types of service start from the same people, and many services stand at one address. Places are kept on
their roads, and minutes along the roads between all of them, for each mode that is asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats, Labels, Positions, floats
from geo.travel.graph import Graph
from geo.travel.paths import minutes_between
from geo.travel.snap import Places, Roads

MOST = 64_000_000
"""Minutes kept for each mode: 512 MB. Between more places than that every table looks for its own ways."""

BLOCK = 4_000_000
"""Minutes looked at at once."""


@dataclass(eq=False, kw_only=True)
class _Ways:
    """Minutes from starts (rows) to ends (columns) by one mode, as far as rows are `known`, within `limit`."""

    starts: Places
    ends: Places
    minutes: Floats
    known: Bools
    limit: float = -1.0

    def fill(self, graph: Graph, rows: Positions, limit: float, reserve: float) -> None:
        """Look for the ways from `rows` that are not known up to `limit`; with the reserve, where any must be."""
        if limit > self.limit:
            self.known[:] = False
            self.limit = limit + reserve
        missing = np.unique(rows[~self.known[rows]])
        if not len(missing):
            return
        # From the ends every start is reached at no greater cost, those that nobody has asked for included.
        turned = len(self.ends) < len(missing)
        if turned:
            missing = np.flatnonzero(~self.known)
        self.minutes[missing] = np.inf
        some = self.starts.take(missing)
        for one, other, along in minutes_between(graph, some, self.ends, limit=self.limit, turned=turned):
            self.minutes[missing[one], other] = along
        self.known[missing] = True


@dataclass(frozen=True, eq=False, kw_only=True)
class Shared:
    """Places that tables will be asked of, and what was found between them; `starts` and `ends` are coordinates.

    `radius_m` is how far the true position of a service may lie at most: tables look so much farther.
    """

    starts: Labels
    ends: Labels
    roads: Roads
    farthest_m: float
    radius_m: float
    _ways: dict[str, _Ways] = field(default_factory=dict)

    @classmethod
    def of(
        cls, origins: gpd.GeoSeries, services: gpd.GeoSeries, roads: Roads, *, farthest_m: float, radius_m: float
    ) -> Self | None:
        """What tables from `origins` to `services`, points in EPSG:32632, may share; None between too many places."""
        starts, ends = _spots(origins).unique(), _spots(services).unique()
        if len(starts) * len(ends) > MOST:
            return None
        return cls(starts=starts, ends=ends, roads=roads, farthest_m=farthest_m, radius_m=radius_m)

    def located(self, origins: gpd.GeoSeries, services: gpd.GeoSeries) -> tuple[Positions, Positions] | None:
        """The positions of some origins and services among the shared ones; None where any is not among them."""
        rows = self.starts.get_indexer(_spots(origins))
        columns = self.ends.get_indexer(_spots(services))
        return None if (rows < 0).any() or (columns < 0).any() else (rows, columns)

    def places(self, mode: str, graph: Graph) -> tuple[Places, Places]:
        """All starts and ends on the roads of a mode."""
        ways = self._of_mode(mode, graph)
        return ways.starts, ways.ends

    def minutes_between(
        self, mode: str, graph: Graph, rows: Positions, columns: Positions, *, limit: float, reserve: float
    ) -> Iterator[tuple[Positions, Positions, Floats]]:
        """As :func:`geo.travel.paths.minutes_between`, from the starts at `rows` to the ends at `columns`.

        `reserve`: how many minutes more than `limit` another table of this mode may ask for.
        """
        ways = self._of_mode(mode, graph)
        ways.fill(graph, rows, limit, reserve)
        size = max(BLOCK // max(len(columns), 1), 1)
        for first in range(0, len(rows), size):
            near = ways.minutes[np.ix_(rows[first : first + size], columns)]
            one, other = np.nonzero(near <= limit)
            yield first + one, other, near[one, other]

    def _of_mode(self, mode: str, graph: Graph) -> _Ways:
        if mode not in self._ways:
            starts, ends = (
                self.roads.nearest(_points(spots), graph, farthest=self.farthest_m)
                for spots in (self.starts, self.ends)
            )
            self._ways[mode] = _Ways(
                starts=starts,
                ends=ends,
                minutes=np.empty((len(starts), len(ends))),
                known=np.zeros(len(starts), dtype=np.bool_),
            )
        return self._ways[mode]


def _spots(geometry: gpd.GeoSeries) -> Labels:
    """Coordinates as one number each, x + iy, so that a spot can be looked up."""
    return pd.Index(floats(geometry.x) + 1j * floats(geometry.y))


def _points(spots: Labels) -> gpd.GeoSeries:
    values = spots.to_numpy()
    return gpd.GeoSeries.from_xy(values.real, values.imag)
