"""The municipalities as locating needs them: who they are, where they lie, how large."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import Connection, func, select

from etl.store import models as m
from etl.store.frames import read_geoframe, records
from geo.travel.estimate import municipality_radius


@dataclass(frozen=True)
class Municipality:
    """A municipality as far as locating needs it; ``radius_m`` is the error of a point known only by it, in metres."""

    id: uuid.UUID
    name: str
    degurba: str | None
    radius_m: float


@dataclass(frozen=True)
class MunicipalityMap:
    """The municipalities by ISTAT code, and their polygons (EPSG:4326) with the same index."""

    municipalities: Mapping[str, Municipality]
    polygons: gpd.GeoSeries

    def name(self, code: str) -> str:
        """Name of a municipality; the code itself where it is none of these."""
        known = self.municipalities.get(code)
        return code if known is None else known.name

    def containing(self, points: Mapping[str, shapely.Point]) -> dict[str, set[str]]:
        """Codes of the municipalities that each point lies in; a point on a border lies in both."""
        keys, codes = list(points), list(self.polygons.index)
        found: dict[str, set[str]] = defaultdict(set)
        pairs = self.polygons.sindex.query(np.array(list(points.values()), dtype=object), predicate="intersects")
        for point, polygon in zip(*pairs.tolist(), strict=True):
            found[keys[point]].add(codes[polygon])
        return found

    @cached_property
    def centroids(self) -> dict[str, shapely.Point]:
        """Centroid of each polygon (EPSG:4326): where a source puts what it could place only by municipality."""
        projected = self.polygons.to_crs(32632).centroid.to_crs(4326)
        return dict(zip(projected.index, projected, strict=True))


def read_municipalities(connection: Connection) -> MunicipalityMap:
    """The municipalities in the database."""
    geometry = func.ST_AsBinary(m.Area.geom).label("geometry")
    statement = select(m.Area.code, m.Area.id, m.Area.name, m.Area.degurba, m.Area.area_km2, geometry).where(
        m.Area.level == "municipality"
    )
    frame = read_geoframe(connection, statement.order_by(m.Area.code))
    radius = municipality_radius(frame["area_km2"].to_numpy(dtype=float) * 1e6)
    rows = records(frame[["code", "id", "name", "degurba"]].assign(radius_m=radius))
    by_code = {row["code"]: Municipality(row["id"], row["name"], row["degurba"], row["radius_m"]) for row in rows}
    return MunicipalityMap(by_code, frame.set_index("code").geometry)
