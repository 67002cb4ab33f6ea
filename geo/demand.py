"""People by place and target group."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geo.arrays import AnySeries, FloatSeries, floats
from geo.checks import choices, columns, examples, numbers, require, unique_labels

OLDEST = 100
"""The age that stands for 100 and over, as in the municipal population by single year of age of ISTAT."""


def target_population(
    population: pd.DataFrame, *, age_min: int | None = None, age_max: int | None = None, sex: str | None = None
) -> FloatSeries:
    """Persons of a target group by area: everyone, an age band (both ends included), one sex.

    `population` has one row per `area`, `sex` ('F' or 'M') and `age` (whole years, 100 = 100 and over) with `persons`
    >= 0. The result is indexed by area, in order of first appearance, and holds 0.0 where nobody belongs to the
    group. `age_max` of 100 or more includes the open class.

    Raises :class:`InvalidInput`: missing columns, unknown sex, ages outside 0-100 or fractional, negative or missing
    persons, an area, sex and age given twice, an empty age band.

    >>> people = pd.DataFrame(
    ...     {"area": ["A", "A", "B"], "sex": ["F", "M", "F"], "age": [2, 70, 100], "persons": [5, 8, 1]})
    >>> target_population(people, age_min=65).to_dict()
    {'A': 8.0, 'B': 1.0}
    >>> target_population(people, sex="F", age_max=2).to_dict()
    {'A': 5.0, 'B': 0.0}
    """
    require(_population_faults(population), _band_faults(age_min, age_max, sex))
    inside = pd.Series(True, index=population.index)
    if age_min is not None:
        inside &= population["age"] >= age_min
    if age_max is not None:
        inside &= population["age"] <= age_max
    if sex is not None:
        inside &= population["sex"] == sex
    persons = population["persons"].astype(np.float64).where(inside, 0.0)
    return persons.groupby(population["area"], sort=False).sum().rename("persons")


def allocate(population: AnySeries, points: pd.DataFrame) -> FloatSeries:
    """Persons at each point: each area's people shared among its points in proportion to their weight.

    `population` is indexed by area (persons >= 0); `points` has the columns `area` and `weight` (>= 0, any unit:
    residents of a settlement at another date). The result has the index of `points`; the sum over an area's points
    equals the area's people within 1e-9 relative. Where all of an area's weights are zero its points share equally,
    since nothing tells them apart.

    Raises :class:`InvalidInput`: negative or missing numbers, a point of an unknown area, an area with people and no
    point.

    >>> towns = pd.DataFrame({"area": ["A", "A", "B"], "weight": [3, 1, 0]}, index=["a1", "a2", "b1"])
    >>> allocate(pd.Series({"A": 100, "B": 7}), towns).to_dict()
    {'a1': 75.0, 'a2': 25.0, 'b1': 7.0}
    """
    require(_allocation_faults(population, points))
    weight = points["weight"].astype(np.float64)
    total = weight.groupby(points["area"]).transform("sum")
    count = weight.groupby(points["area"]).transform("size").astype(np.float64)
    share = (weight / total.where(total > 0)).where(total > 0, 1.0 / count)
    people = floats(points["area"].map(population.astype(np.float64)))
    return pd.Series(share.to_numpy() * people, index=points.index, name="persons")


def allocate_parts(parts: Mapping[str, AnySeries], points: pd.DataFrame) -> FloatSeries:
    """Persons at each point, each part of an area's people shared out by its own weights.

    `parts`: by name, persons (>= 0) by area; each part a group of ages, say, that lives elsewhere than the others.
    `points` has the columns `area` and `weight`, as in :func:`allocate`, and for any part a column `weight_<name>` (>=
    0, missing where unknown). A part is shared by its own weights in the areas where they are known at all points and
    not all zero, elsewhere by `weight`. The sum over an area's points equals the area's people within 1e-9 relative.

    Raises :class:`InvalidInput` as :func:`allocate`, with the faults of all parts at once.

    >>> towns = pd.DataFrame({"area": ["A", "A"], "weight": [3.0, 1.0], "weight_old": [0.0, 2.0]}, index=["a1", "a2"])
    >>> allocate_parts({"old": pd.Series({"A": 10}), "young": pd.Series({"A": 40})}, towns).to_dict()
    {'a1': 30.0, 'a2': 20.0}
    """
    own = {name: points.get(f"weight_{name}", pd.Series(np.nan, points.index)) for name in parts}
    require(
        *(_allocation_faults(population, points) for population in parts.values()),
        *(numbers(weight, where=f"points.weight_{name}", missing=True) for name, weight in own.items()),
    )
    total = pd.Series(0.0, index=points.index, name="persons")
    for name, population in parts.items():
        by_area = own[name].groupby(points["area"])
        known = (by_area.transform("count") == by_area.transform("size")) & (by_area.transform("sum") > 0)
        weight = own[name].where(known, points["weight"])
        total += allocate(population, points[["area"]].assign(weight=weight))
    return total


def _population_faults(population: pd.DataFrame) -> list[str]:
    keys = ["area", "sex", "age"]
    faults = columns(population, [*keys, "persons"], where="population")
    faults += choices(population.get("sex"), ("F", "M"), where="population.sex")
    faults += numbers(population.get("persons"), where="population.persons")
    ages = population.get("age")
    faults += numbers(ages, where="population.age")
    if ages is not None and pd.api.types.is_numeric_dtype(ages) and ((ages > OLDEST) | (ages % 1 != 0)).any():
        faults.append(f"population.age: ages must be whole years from 0 to {OLDEST} (100 = 100 and over)")
    if "area" in population and population["area"].isna().any():
        faults.append("population.area: missing areas; name the area of every row")
    if not columns(population, keys, where="") and population.duplicated(keys).any():
        rows = population.index[population.duplicated(keys)]
        faults.append(f"population: area, sex and age repeated (rows {examples(rows)}); keep one row for each")
    return faults


def _band_faults(age_min: int | None, age_max: int | None, sex: str | None) -> list[str]:
    faults = []
    if sex not in (None, "F", "M"):
        faults.append(f"sex: {sex!r} is unknown; use 'F', 'M' or None for both")
    if age_min is not None and age_min > OLDEST:
        faults.append(f"age_min: nobody can be told apart above {OLDEST}; use {OLDEST} for 100 and over")
    if age_min is not None and age_max is not None and age_min > age_max:
        faults.append(f"age band: {age_min}-{age_max} is empty; exchange the two ends")
    return faults


def _allocation_faults(population: AnySeries, points: pd.DataFrame) -> list[str]:
    faults = unique_labels(population.index, where="population")
    faults += numbers(population, where="population")
    faults += unique_labels(points.index, where="points")
    faults += columns(points, ["area", "weight"], where="points")
    faults += numbers(points.get("weight"), where="points.weight")
    if "area" not in points:
        return faults
    unknown = points.index[~points["area"].isin(population.index)]
    if len(unknown):
        faults.append(f"points.area: areas without population (points {examples(unknown)}); add them to population")
    if pd.api.types.is_numeric_dtype(population):
        pointless = population.index[(population > 0).to_numpy() & ~population.index.isin(points["area"])]
        if len(pointless):
            faults.append(f"points: areas with people and no point ({examples(pointless)}); give each at least one")
    return faults
