"""Places that are nearly as good as a proposed one: the model knows minutes and people, who decides knows more."""

from typing import Final

import geopandas as gpd
import pandas as pd

from etl.derive.inputs import Inputs
from etl.derive.siting.candidates import BUILDING
from geo.arrays import AnySeries
from geo.siting import Siting

NEARLY: Final = 0.97
"""Part of the persons gained by all proposed sites that must remain when another place stands in for one of them."""
MOST: Final = 4
_MODELS = ("mclp", "lscp")  # of the others persons gained are not what they look for


def alternatives(inputs: Inputs, places: gpd.GeoDataFrame, found: Siting, near: pd.DataFrame) -> AnySeries:
    """Names of municipalities by site: those with a known public building first, then the larger first.

    ``near`` as :func:`geo.siting.replacements` gives it. Other places of the municipality of the site are not named.
    """
    nobody: AnySeries = pd.Series([[] for _site in found.chosen], index=found.chosen, dtype=object)
    if found.model not in _MODELS or found.gained <= 0.0:
        return nobody
    good = near[near["gained"] >= NEARLY * found.gained].drop(columns="gained")
    home = places["municipality"]
    told = good.assign(
        municipality=good["candidate"].map(home),
        building=good["candidate"].map(places["kind"]) == BUILDING,
    )
    told = told[told["municipality"] != told["site"].map(home)]
    residents = inputs.population.groupby("area")["persons"].sum()
    told = told.assign(persons=told["municipality"].map(residents), name=told["municipality"].map(inputs.units["name"]))
    order = ["building", "persons", "name"]
    ranked = told.sort_values(order, ascending=[False, False, True]).drop_duplicates(["site", "municipality"])
    names = ranked.groupby("site")["name"].agg(lambda column: list(column.head(MOST)))
    return nobody.where(~nobody.index.isin(names.index), names.reindex(nobody.index))
