"""Coordinate reference systems: degrees for storage and exchange, metres for every measure."""

from typing import TypeVar

import geopandas as gpd

from geo.errors import InvalidInput

WGS84 = "EPSG:4326"
METRIC = "EPSG:32632"
"""UTM zone 32 north on WGS 84: x east and y north in metres. Scale error over the metropolitan city is below 0.1 %."""

Geographic = TypeVar("Geographic", gpd.GeoSeries, gpd.GeoDataFrame)


def to_metric(geometry: Geographic) -> Geographic:
    """`geometry` in EPSG:32632 (metres); unchanged where it already is.

    Axis order is (x, y), that is (longitude, latitude) in degrees.

    Raises :class:`InvalidInput` when the reference system is not declared: it is never assumed.

    >>> from shapely import Point
    >>> city = gpd.GeoSeries([Point(7.6862, 45.0704)], crs=WGS84)
    >>> [round(value, -1) for value in to_metric(city).iloc[0].coords[0]]
    [396580.0, 4991610.0]
    """
    if geometry.crs is None:
        raise InvalidInput(["geometry: no coordinate reference system; declare it with set_crs before measuring"])
    return geometry if geometry.crs == METRIC else geometry.to_crs(METRIC)
