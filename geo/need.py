"""Need by area: ratios of ages, a composite of several indicators where somebody asks for one, and classes.

An indicator of age says how many people of an age there are for each so many of another; it measures the pressure on
services, not anybody's condition. A composite is a choice and never a fact or a law: what goes in, with which weight,
is told wherever it is shown.

References
----------
ISTAT, Indicatori demografici: indice di vecchiaia, indici di dipendenza. United Nations, World Population Ageing 2013:
parent support ratio, persons of 85 and over per 100 of 50 to 64. OECD and JRC, Handbook on Constructing Composite
Indicators, 2008, steps 5 (normalisation) and 6 (weighting).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from geo.arrays import AnySeries, FloatSeries
from geo.checks import choices, columns, numbers, require, unique_labels
from geo.demand import target_population
from geo.equity import fractional_ranks, quantile

Ages = tuple[tuple[int, int | None], ...]
Scaling = Literal["z", "ranks"]

_EVERYBODY: Final[Ages] = ((0, None),)
_CHILDREN: Final[Ages] = ((0, 14),)
_WORKING: Final[Ages] = ((15, 64),)
_OLD: Final[Ages] = ((65, None),)


@dataclass(frozen=True)
class AgeRatio:
    """Persons of the ages `above` for every `per` persons of the ages `below`; bands with both ends included."""

    above: Ages
    below: Ages
    per: float = 100.0


AGE_RATIOS: Final[Mapping[str, AgeRatio]] = {
    "indice_vecchiaia": AgeRatio(_OLD, _CHILDREN),
    "dipendenza_strutturale": AgeRatio((*_CHILDREN, *_OLD), _WORKING),
    "dipendenza_anziani": AgeRatio(_OLD, _WORKING),
    "dipendenza_giovani": AgeRatio(_CHILDREN, _WORKING),
    "sostegno_genitori": AgeRatio(((85, None),), ((50, 64),)),
    "quota_0_2": AgeRatio(((0, 2),), _EVERYBODY),
    "quota_0_14": AgeRatio(_CHILDREN, _EVERYBODY),
    "quota_65": AgeRatio(_OLD, _EVERYBODY),
    "quota_75": AgeRatio(((75, None),), _EVERYBODY),
    "quota_80": AgeRatio(((80, None),), _EVERYBODY),
    "quota_90": AgeRatio(((90, None),), _EVERYBODY),
}
"""Indicators of age by code: the ones of ISTAT, the parent support ratio, and shares of all residents."""


def age_indicator(population: pd.DataFrame, code: str) -> pd.DataFrame:
    """An indicator of :data:`AGE_RATIOS` by area: `value` = `numerator` / `denominator` * per.

    `population` as :func:`geo.demand.target_population` takes it. `value` is NaN where nobody is of the ages below: of
    a village without children the ratio says nothing.

    Raises :class:`InvalidInput`: an unknown code, and the faults of `population`.

    >>> people = pd.DataFrame({"area": "A", "sex": "F", "age": [3, 40, 70, 80], "persons": [10, 50, 20, 5]})
    >>> age_indicator(people, "indice_vecchiaia").loc["A"].to_dict()
    {'value': 250.0, 'numerator': 25.0, 'denominator': 10.0}
    """
    require(choices(pd.Series([code]), list(AGE_RATIOS), where="code"))
    ratio = AGE_RATIOS[code]
    above, below = _persons(population, ratio.above), _persons(population, ratio.below)
    value = ratio.per * above / below.where(below > 0)
    return pd.DataFrame({"value": value, "numerator": above, "denominator": below})


def age_indicators(population: pd.DataFrame) -> pd.DataFrame:
    """The values of all :data:`AGE_RATIOS`, areas by codes."""
    return pd.DataFrame({code: age_indicator(population, code)["value"] for code in AGE_RATIOS})


def composite(
    indicators: pd.DataFrame, *, scaling: Scaling = "z", weights: Mapping[str, float] | None = None
) -> FloatSeries:
    """One figure out of several indicators (areas by names), greater where need is.

    Parameters
    ----------
    scaling
        ``z``: each indicator as standard deviations from its mean over areas; far values count in full. ``ranks``: as
        the share of areas that it exceeds, 0-1, half of those that it equals; only the order counts.
    weights
        By name; below zero where more of an indicator is less need (an income). Only their proportions count. Without
        them all weigh alike. Areas count alike, whatever their people.

    Returns
    -------
    By area: the weighted mean of the scaled indicators; NaN where one of them is missing, since a mean of the others
    would be of another thing.

    Raises :class:`InvalidInput`: no indicator, names of the weights that are not those of the indicators, weights that
    are all zero, values that are no numbers, an indicator that is the same everywhere or known nowhere.

    >>> table = pd.DataFrame({"old": [10.0, 20.0, 30.0], "income": [9.0, 8.0, 1.0]}, index=["a", "b", "c"])
    >>> composite(table, scaling="ranks", weights={"old": 1, "income": -1}).round(3).to_dict()
    {'a': 0.167, 'b': 0.5, 'c': 0.833}
    """
    chosen = dict.fromkeys(indicators.columns, 1.0) if weights is None else dict(weights)
    require(_composite_faults(indicators, chosen))
    whole = sum(map(abs, chosen.values()))
    total = pd.Series(0.0, index=indicators.index, name="composite")
    complete = indicators.dropna()
    for name, weight in chosen.items():
        values = complete[name].astype("float64")
        if scaling == "z":
            scaled = np.sign(weight) * (values - values.mean()) / values.std(ddof=0)
        else:
            scaled = fractional_ranks(np.sign(weight) * values, pd.Series(1.0, index=values.index))
        total += abs(weight) / whole * scaled.reindex(total.index)
    return total


@dataclass(frozen=True)
class Thirds:
    """Three classes: of equal size, as far as equal values allow (:func:`thirds`), or by given breaks.

    Attributes
    ----------
    third
        0 (least), 1, 2 (greatest) by area; missing where the value is.
    breaks
        The greatest value of the first class and of the second.
    """

    third: AnySeries
    breaks: tuple[float, float]


def thirds(values: AnySeries, persons: AnySeries | None = None) -> Thirds:
    """The third of each area by its value: a third of the areas, or of the people with `persons`.

    A break is the least value that at least a third (two thirds) have at most, and belongs to the class below it.
    Areas of one value are in one class, so that the classes may be unequal, and the last ones empty.

    Raises :class:`InvalidInput`: another index, no value at all, negative persons.

    >>> found = thirds(pd.Series([7.0, 1.0, 1.0, 9.0]))
    >>> found.third.tolist(), found.breaks
    ([1, 0, 0, 2], (1.0, 7.0))
    """
    weight = pd.Series(1.0, index=values.index) if persons is None else persons
    require(numbers(values, where="values", low=-np.inf, missing=True))
    known = values.dropna().astype("float64")
    low, high = (quantile(known, weight[known.index], part) for part in (1.0 / 3.0, 2.0 / 3.0))
    return classes(values, (low, high))


def classes(values: AnySeries, breaks: tuple[float, float]) -> Thirds:
    """Classes by given breaks, each the greatest value of the class below it; missing where the value is.

    Raises :class:`InvalidInput`: values that are no numbers, breaks that do not rise.

    >>> classes(pd.Series([0.0, 0.5, 0.6]), (0.0, 0.5)).third.tolist()
    [0, 1, 2]
    """
    require(numbers(values, where="values", low=-np.inf, missing=True))
    require([f"breaks: {breaks} do not rise; give the lower first"] * (not breaks[0] <= breaks[1]))
    known = values.dropna().astype("float64")
    third = (known > breaks[0]).astype("Int64") + (known > breaks[1]).astype("Int64")
    return Thirds(third.reindex(values.index), breaks)


def _persons(population: pd.DataFrame, ages: Ages) -> FloatSeries:
    bands = [target_population(population, age_min=low, age_max=high) for low, high in ages]
    total = bands[0]
    for band in bands[1:]:
        total = total + band
    return total


def _composite_faults(indicators: pd.DataFrame, weights: Mapping[str, float]) -> list[str]:
    faults = unique_labels(indicators.index, where="indicators")
    faults += columns(indicators, list(weights), where="indicators")
    extra = [str(name) for name in indicators.columns if name not in weights]
    if extra:
        faults.append(f"weights: none for {', '.join(extra)}; give one or drop the column")
    if not sum(map(abs, weights.values())) > 0:
        faults.append("weights: all zero or none; give one above or below zero")
    for name in indicators.columns.intersection(list(weights)):
        where = f"indicators.{name}"
        faults += numbers(indicators[name], where=where, low=-np.inf, missing=True)
    if not faults and not len(complete := indicators.dropna()):
        faults.append("indicators: no area has them all; leave one out")
    elif not faults:
        same = [str(name) for name in complete if complete[name].nunique() < 2]
        faults += [f"indicators.{name}: the same everywhere; leave it out" for name in same]
    return faults
