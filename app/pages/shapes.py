"""Geometry light enough for a phone: simplified together, so that neighbours keep one common border."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84, to_metric

# Visvalingam tolerance in metres. At the largest zoom of the map (13) a pixel is 13 m wide.
TOLERANCE_M = 90.0
# Four decimals of a degree are 11 m north-south and 8 m east-west here: a pixel at zoom 13.
DECIMALS = 4


def simplify(areas: gpd.GeoSeries, *, tolerance: float = TOLERANCE_M) -> gpd.GeoSeries:
    """Simplify a coverage of polygons without opening gaps or overlaps between neighbours.

    Parameters
    ----------
    areas
        Polygons that tile a territory, any CRS.
    tolerance
        Square root of the area, in metres, of the smallest triangle kept (Visvalingam & Whyatt 1993).

    Returns
    -------
    GeoSeries with the same index, EPSG:4326, longitude first, rounded to ``DECIMALS``.
    """
    metric = to_metric(areas)
    simple = shapely.coverage_simplify(metric.to_numpy(), tolerance)
    degrees = gpd.GeoSeries(simple, index=areas.index, crs=metric.crs).to_crs(WGS84)
    return rounded(degrees)


def dissolve(shapes: gpd.GeoSeries, groups: pd.Series) -> gpd.GeoSeries:
    """Union of simplified shapes by group: its borders run exactly along those of the parts.

    Parameters
    ----------
    shapes
        Simplified polygons.
    groups
        Group of each shape, on the same index; shapes without a group are left out.
    """
    keyed = gpd.GeoDataFrame({"group": groups.reindex(shapes.index)}, geometry=shapes).dropna(subset=["group"])
    return keyed.dissolve("group").geometry


def rounded(shapes: gpd.GeoSeries, *, decimals: int = DECIMALS) -> gpd.GeoSeries:
    """Coordinates rounded to ``decimals`` of a degree; equal vertices of neighbours stay equal."""

    def shorten(coordinates: np.ndarray) -> np.ndarray:
        return np.round(coordinates, decimals)

    return gpd.GeoSeries(shapely.transform(shapes.to_numpy(), shorten), index=shapes.index, crs=shapes.crs)
