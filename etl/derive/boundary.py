"""Minutes to the places beyond which services may stand unlisted, by whatever engine serves a run.

Two kinds of place end what a run knows: the outer boundary of the territory, and points where the list of a type is
not complete. Both are given to the engine as if they were services: of the boundary the spots that are nearest to
demand points, of the others those that are nearest to points with a complete list. An engine that knows none of these
places (a table of minutes between other places) cannot tell; then the estimate from straight distance stands in.
"""

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.arrays import Bools, BoolSeries, FloatSeries
from geo.travel.estimate import Estimate
from geo.travel.table import TravelEngine, TravelTable

GRID = 1_000.0  # metres; of the spots of the boundary in one cell of such a grid one is asked for
NEIGHBOURS = 5  # points with an incomplete list that are asked for, by point with a complete one


@dataclass(frozen=True)
class Boundary:
    """Answers once for all the types that ask the same."""

    engine: TravelEngine
    _kept: dict[tuple[str, float, bytes], FloatSeries] = field(default_factory=dict)

    def minutes(self, origins: gpd.GeoDataFrame, complete: BoolSeries, *, key: str, threshold: float) -> FloatSeries:
        """Minutes to the nearest place beyond which services may be unlisted; infinite beyond ``threshold``.

        Parameters
        ----------
        origins
            Demand points as :attr:`etl.derive.inputs.Inputs.points` gives them, with their ``mode``.
        complete
            Whether the list is complete at each of them.
        key
            Names the modes of ``origins``.
        """
        outer = self._once((key, threshold, b""), origins, _spots(origins), threshold)
        inner = complete.to_numpy(dtype=bool)
        if inner.all() or not inner.any():
            return outer
        frontier = self._once((key, threshold, inner.tobytes()), origins, _frontier(origins, inner), threshold)
        # At a point whose own list is not complete nothing hangs on how near the next such point is.
        return outer.clip(upper=frontier.where(complete, np.inf))

    def _once(
        self, key: tuple[str, float, bytes], origins: gpd.GeoDataFrame, places: gpd.GeoDataFrame, threshold: float
    ) -> FloatSeries:
        if key not in self._kept:
            self._kept[key] = _nearest(self.engine, origins, places, threshold)
        return self._kept[key]


def _nearest(
    engine: TravelEngine, origins: gpd.GeoDataFrame, places: gpd.GeoDataFrame, threshold: float
) -> FloatSeries:
    asked = places.assign(position_radius_m=0.0, located=True)
    table = engine.table(origins, asked, cutoff=threshold)
    if not _knows(table):
        table = Estimate().table(origins, asked, cutoff=threshold)
    return table.nearest_minutes().fillna(np.inf)


def _knows(table: TravelTable) -> bool:
    """Whether the engine could tell; pairs alone do not say so: a table by car leaves those on foot to the estimate."""
    snap = table.service_snap_m
    return len(table) > 0 and (snap is None or not np.isnan(snap).all())


def _spots(origins: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The spots of the outer boundary that are nearest to demand points, each with its height."""
    cells = pd.DataFrame((origins[["boundary_x", "boundary_y"]] // GRID).astype(int), index=origins.index)
    spots = origins[~cells.duplicated()]
    shapes = gpd.points_from_xy(spots["boundary_x"], spots["boundary_y"], crs=origins.crs)
    named = spots.set_geometry(gpd.GeoSeries(shapes, index=spots.index))
    return named.set_index("boundary " + named.index.astype(str))


def _frontier(origins: gpd.GeoDataFrame, inner: Bools) -> gpd.GeoDataFrame:
    """The points where the list is not complete that lie nearest to those where it is."""
    spots = np.column_stack([origins.geometry.x, origins.geometry.y])
    count = min(NEIGHBOURS, int((~inner).sum()))
    _metres, near = cKDTree(spots[~inner]).query(spots[inner], k=count)
    return origins[~inner].iloc[np.unique(near)]
