"""Which municipality a point lies in, by the boundaries of the reference data; no database."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import shapely

from etl.reference import boundaries


class MunicipalityFinder:
    """Points to ISTAT codes of the municipalities of today; coordinates in degrees, EPSG:4326."""

    def __init__(self) -> None:
        frame = boundaries.municipalities().sort_index()
        self._codes: list[str] = [str(code) for code in frame.index]
        self._polygons = frame.geometry.to_numpy()
        shapely.prepare(self._polygons)
        self._tree = shapely.STRtree(self._polygons)
        west, south, east, north = frame.total_bounds.tolist()
        self.bounds: tuple[float, float, float, float] = (west, south, east, north)
        self.names = dict(zip(self._codes, frame["name"].tolist(), strict=True))

    def at(self, longitudes: Sequence[float], latitudes: Sequence[float]) -> list[str | None]:
        """Code for each point, none outside the territory; on a border the lower of the two codes."""
        points = np.empty(len(longitudes), dtype=object)
        points[:] = shapely.points(np.asarray(longitudes, dtype=float), np.asarray(latitudes, dtype=float))
        # Boxes first, then prepared polygons: the tree alone would prepare the points instead, ten times as slow.
        at, polygon = self._tree.query(points)
        inside = shapely.intersects(self._polygons[polygon], points[at])
        found: list[str | None] = [None] * len(points)
        for row, place in sorted(zip(at[inside].tolist(), polygon[inside].tolist(), strict=True), reverse=True):
            found[row] = self._codes[place]
        return found


@cache
def finder() -> MunicipalityFinder:
    """The one finder; the boundaries take about a second to read."""
    return MunicipalityFinder()
