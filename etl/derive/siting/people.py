"""Whose access counts, and what they have already."""

from dataclasses import dataclass

import pandas as pd

from etl.derive.cases import CaseMaker, TypeCase
from etl.derive.inputs import Inputs
from etl.derive.siting.asked import Asked
from geo.arrays import BoolSeries, FloatSeries, Labels
from geo.travel.table import TravelEngine


@dataclass(frozen=True)
class People:
    """The demand of one supply, by demand point.

    Attributes
    ----------
    demand
        Persons whose access counts.
    nearest
        Minutes to the nearest service that counts as open, missing where there is none within the horizon.
    border
        Points whose threshold crosses the boundary: that they are without a service is only probable.
    unknown
        Persons without a service of whom nothing can be said, because the list is not complete where they live.
    """

    demand: FloatSeries
    nearest: FloatSeries
    border: BoolSeries
    unknown: float


def people_of(case: TypeCase, asked: Asked, supply: str, inside: BoolSeries) -> People:
    """The people of a type as a question wants them, on one supply, at the points where ``inside`` is true."""
    confirmed = case.supply["confirmed"].to_numpy(dtype=bool)
    open_ = confirmed | (supply == "tutta")
    nearest = case.travel.select_services(open_).nearest_minutes()
    persons, threshold = case.persons.where(inside, 0.0), case.kind.threshold
    without = ~(nearest <= threshold)
    counted = {
        "everyone": pd.Series(data=True, index=persons.index),
        "no-service": without,
        "shadow": without & case.complete,
    }[asked.demand]
    border = pd.Series(data=False, index=persons.index)
    if case.boundary_minutes is not None:
        border = case.boundary_minutes <= threshold
    unknown = 0.0 if asked.demand != "shadow" else float(persons[without & ~case.complete].sum())
    return People(persons.where(counted, 0.0), nearest, border, unknown)


def case_of(inputs: Inputs, engine: TravelEngine, type_code: str) -> TypeCase:
    """The case of a type."""
    return CaseMaker(inputs, engine).case(inputs.registry.kinds[type_code])


def points_inside(inputs: Inputs, area: str | None) -> BoolSeries:
    """Demand points within an area, by its code; all where there is none."""
    if area is None:
        return pd.Series(data=True, index=inputs.points.index)
    return pd.Series(inputs.points.index.isin(_within(inputs, area)), index=inputs.points.index)


def municipalities_inside(inputs: Inputs, area: str | None) -> Labels:
    """Municipalities within an area, or the one that it is a part of; all where there is none."""
    homes: Labels = inputs.points.drop_duplicates("municipality").set_index("municipality").index
    if area is None:
        return homes
    parts = inputs.points[points_inside(inputs, area)]["municipality"]
    return homes[homes.isin(_within(inputs, area)) | homes.isin(parts)]


def _within(inputs: Inputs, area: str) -> Labels:
    codes = inputs.units.index[inputs.units["code"] == area]
    found: Labels = inputs.within[inputs.within["ancestor"].isin(codes)].set_index("area").index
    return found
