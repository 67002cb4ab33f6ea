"""Inputs whose identifiers are whole numbers: points and services by their position, areas by a number of their own."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from etl.derive.inputs import Inputs
from geo.arrays import AnySeries, Labels


def coded(inputs: Inputs) -> Inputs:
    """The same inputs in numbers; points and services keep their identifier as ``label``.

    A service without a municipality has none here either. Containment is told of the points only, in the areas above
    them: a point has no area of its own number.
    """
    points, services = inputs.points.index, inputs.services.index
    within = inputs.within[inputs.within["area"].isin(points)]
    homes = (inputs.points, inputs.services, inputs.complete)
    told = [*(frame["municipality"] for frame in homes), inputs.population["area"], within["ancestor"]]
    areas = pd.Index(pd.unique(pd.concat([*told, inputs.service_areas["area"]]).dropna()))
    return replace(
        inputs,
        points=_places(inputs.points, areas),
        services=_places(inputs.services, areas),
        population=inputs.population.assign(area=_numbers(inputs.population["area"], areas)),
        within=pd.DataFrame(
            {"area": _numbers(within["area"], points), "ancestor": _numbers(within["ancestor"], areas)}
        ),
        service_areas=_of_services(inputs.service_areas, services).assign(
            area=lambda frame: _numbers(frame["area"], areas)
        ),
        capacities=_of_services(inputs.capacities, services),
        complete=inputs.complete.assign(municipality=_numbers(inputs.complete["municipality"], areas)),
    )


def _places(frame: gpd.GeoDataFrame, areas: Labels) -> gpd.GeoDataFrame:
    home = _numbers(frame["municipality"], areas)
    known = home if (home >= 0).all() else np.where(home < 0, np.nan, home)
    return frame.assign(label=frame.index, municipality=known).set_axis(pd.RangeIndex(len(frame)))


def _of_services(frame: pd.DataFrame, services: Labels) -> pd.DataFrame:
    """The rows of some of these services, by number."""
    return frame[frame["service"].isin(services)].assign(service=lambda kept: _numbers(kept["service"], services))


def _numbers(values: AnySeries, labels: Labels) -> "np.ndarray":
    return labels.get_indexer(pd.Index(values))
