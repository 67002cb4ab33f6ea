"""Whom services are for: the municipalities that each of them serves, and of some only a part.

A declared area binds (methods: honoured everywhere). Without one a service at a place is for whoever lives in its
municipality's unit, and counts where it stands; of one that comes to people nobody knows whom it serves, and a place
that is protected is told by its area only: without an area neither counts anywhere.
"""

import geopandas as gpd
import pandas as pd

from etl.derive.inputs import Inputs
from geo.arrays import AnySeries, FloatSeries

_PAIR = ["service", "municipality"]


def served(inputs: Inputs) -> pd.DataFrame:
    """``service`` (row of the services), ``municipality``, ``point``: missing where all of a municipality is served.

    Of a part of a municipality, such as a quarter, there is a row for each of its demand points; a part that holds none
    stands for its municipality. What is declared beyond the territory is nowhere.
    """
    services, declared = inputs.services, inputs.service_areas
    towns = inputs.units.index[inputs.units["level"] == "municipality"]
    whole, parts, pieces = _by_area(inputs, declared[declared["service"].isin(services.index)], towns)
    silent = services[~services.index.isin(declared["service"]) & ~services["area_wide"].astype(bool)]
    standing = pd.DataFrame({"service": silent.index, "municipality": silent["municipality"].to_numpy()})
    everywhere = pd.concat([standing.dropna(), whole, pieces]).drop_duplicates()
    # Who serves a municipality serves its quarters: they are not counted again.
    known = pd.MultiIndex.from_frame(everywhere[_PAIR])
    parts = parts[~pd.MultiIndex.from_frame(parts[_PAIR]).isin(known)].drop_duplicates()
    return pd.concat([everywhere.assign(point=None), parts], ignore_index=True).astype(object)


def persons(pairs: pd.DataFrame, base: FloatSeries, placed: FloatSeries) -> FloatSeries:
    """Persons behind each row of :func:`served`: of the municipality (``base``), or of the point (``placed``)."""
    there = pairs["municipality"].map(base).astype("float64")
    return there.where(pairs["point"].isna(), pairs["point"].map(placed).astype("float64")).fillna(0.0)


def shares(pairs: pd.DataFrame) -> AnySeries:
    """The part of its service that each row with ``persons`` has: they add up to 1, equal ones where nobody lives."""
    by_service = pairs.groupby("service")["persons"]
    total, count = by_service.transform("sum"), by_service.transform("size")
    return (pairs["persons"] / total.where(total > 0)).where(total > 0, 1.0 / count)


def of_nowhere(inputs: Inputs, services: gpd.GeoDataFrame) -> bool:
    """Whether some service comes to people, or is protected, and nobody has told which area it covers."""
    return bool((services["area_wide"].astype(bool) & ~services.index.isin(inputs.service_areas["service"])).any())


def in_parts(inputs: Inputs) -> frozenset[str]:
    """Service types of which some service is for a part of a municipality."""
    towns = inputs.units.index[inputs.units["level"] == "municipality"]
    wide = inputs.within.loc[inputs.within["area"].isin(towns), "ancestor"]
    declared = inputs.service_areas
    services = declared.loc[~declared["area"].isin(wide), "service"]
    return frozenset(inputs.services.loc[inputs.services.index.isin(services), "type"])


def _by_area(
    inputs: Inputs, declared: pd.DataFrame, towns: "pd.Index[str]"
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Municipalities in declared areas, points of smaller areas, and municipalities around small ones without any."""
    within, points = inputs.within, inputs.points["municipality"]
    inside = within[within["area"].isin(towns)].rename(columns={"area": "municipality", "ancestor": "area"})
    whole = declared.merge(inside, on="area")
    smaller = declared[~declared["area"].isin(inside["area"])]
    spots = within[within["area"].isin(points.index)].rename(columns={"area": "point", "ancestor": "area"})
    parts = smaller.merge(spots, on="area")
    parts = parts.assign(municipality=parts["point"].map(points))
    around = within[within["ancestor"].isin(towns)].rename(columns={"ancestor": "municipality"})
    pieces = smaller[~smaller["area"].isin(spots["area"])].merge(around, on="area")
    return whole[_PAIR], parts[[*_PAIR, "point"]], pieces[_PAIR]
