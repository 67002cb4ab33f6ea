"""How unequally access is shared among people: Gini, Theil between and within groups, concentration against need.

Every person counts once: a place with n persons weighs as n rows of one person each would. Values are of any unit, all
of one sign (minutes, scores, shares) and known everywhere: who has no known value is left out by the caller, who says
so.

References
----------
C. Gini, Variabilità e mutabilità, 1912. H. Theil, Economics and Information Theory, 1967. N. Kakwani, A. Wagstaff, E.
van Doorslaer, Socioeconomic inequalities in health, J. Econometrics 77, 1997. O. O'Donnell, E. van Doorslaer, A.
Wagstaff, M. Lindelow, Analyzing Health Equity Using Household Survey Data, World Bank, 2008, chapters 7 and 8. G.
Erreygers, Correcting the concentration index, J. Health Economics 28, 2009.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from geo.arrays import AnySeries, Floats, FloatSeries, floats
from geo.checks import numbers, require, same_labels

_ROUNDING: Final = 1e-12


@dataclass(frozen=True)
class Theil:
    """Theil's T and its exact decomposition: `total` = `between` + `within`, all in nats, >= 0.

    Attributes
    ----------
    groups
        By group, in the order of their names: `persons`; `mean` of the value; `population_share` and `value_share`
        (0-1); `theil` inside the group (NaN where its values are all zero); `within` and `between`, what the group
        adds to either part: they sum to the totals. A group below the general mean adds less than nothing to `between`.
    """

    total: float
    between: float
    within: float
    groups: pd.DataFrame


@dataclass(frozen=True)
class Concentration:
    """How far a value goes with need.

    Attributes
    ----------
    index
        -1 to 1: above zero where people in greater need have the greater values (more minutes: they are farther);
        NaN where all values are zero.
    corrected
        The index of Erreygers for a value that has bounds, -1 to 1: alike for a share and for its complement, where
        `index` changes with the mean. None without bounds.
    """

    index: float
    corrected: float | None


def gini(values: AnySeries, persons: AnySeries) -> float:
    """Gini's index of `values` (>= 0) over `persons` (>= 0), 0 to 1; NaN where all values are zero.

    Of the whole population and not of a sample: without the factor n / (n - 1).

    Raises :class:`InvalidInput`: another index, missing or negative numbers, nobody at all.

    >>> gini(pd.Series([10.0, 30.0]), pd.Series([3.0, 1.0]))
    0.25
    """
    require(people_faults(values, persons))
    ordered = np.argsort(floats(values), kind="stable")
    share = _shares(floats(persons)[ordered])
    total = np.cumsum(share * floats(values)[ordered])
    if total[-1] == 0.0:
        return float("nan")
    lorenz = total / total[-1]
    # Twice the area between the diagonal and Lorenz's curve, by trapezes.
    return float(1.0 - np.sum(share * (lorenz + np.concatenate([[0.0], lorenz[:-1]]))))


def theil(values: AnySeries, persons: AnySeries, groups: AnySeries) -> Theil:
    """Theil's T of `values` (>= 0) over `persons` (>= 0), between and within `groups` (one for every row).

    A value of zero adds nothing (x ln x tends to 0); all are NaN where every value is zero.

    Raises :class:`InvalidInput`: another index, missing or negative numbers, a row without group, nobody at all.

    >>> found = theil(pd.Series([10.0, 10.0, 40.0]), pd.Series([1.0, 1.0, 2.0]), pd.Series(["a", "a", "b"]))
    >>> found.within, round(found.between, 6) == round(found.total, 6)
    (0.0, True)
    """
    require(people_faults(values, persons), group_faults(groups, values))
    share, told = _shares(floats(persons)), floats(values)
    mean = float(np.sum(share * told))
    table = _by_group(values, persons, groups)
    table["value_share"] = table["population_share"] * table["mean"].fillna(0.0) / (mean or np.nan)
    own = floats(groups.map(table["mean"]))
    # Without the mean of the group as divisor: a group of zeros adds nothing and has no T of its own.
    added = pd.Series(share * _entropy(told, own), index=values.index).groupby(groups).sum()
    table["within"] = added / (mean or np.nan)
    table["theil"] = table["within"] / table["value_share"].where(table["value_share"] > 0)
    table["between"] = table["population_share"] * _entropy(floats(table["mean"].fillna(0.0)), mean) / (mean or np.nan)
    total = float(np.sum(share * _entropy(told, mean)) / (mean or np.nan))
    between, within = (float(table[name].sum(skipna=False)) for name in ("between", "within"))
    order = ["persons", "mean", "population_share", "value_share", "theil", "within", "between"]
    return Theil(total, between, within, table[order])


def _by_group(values: AnySeries, persons: AnySeries, groups: AnySeries) -> pd.DataFrame:
    """Persons, their share of all, and their mean value (NaN where a group has nobody), by group."""
    sums = pd.DataFrame({"persons": floats(persons), "sum": floats(persons) * floats(values)}, index=values.index)
    table = sums.groupby(groups).sum()
    table["mean"] = table.pop("sum") / table["persons"].where(table["persons"] > 0)
    table["population_share"] = table["persons"] / table["persons"].sum()
    return table


def fractional_ranks(need: AnySeries, persons: AnySeries) -> FloatSeries:
    """Where each place stands between the least need (0) and the greatest (1), its people in the middle of themselves.

    Places of equal need share the mean of their ranks (O'Donnell et al. 2008, 8.2), so that no order of the rows
    counts. The mean over people is one half.

    Raises :class:`InvalidInput`: another index, missing numbers, negative persons, nobody at all.

    >>> fractional_ranks(pd.Series([5.0, 9.0, 5.0]), pd.Series([1.0, 2.0, 1.0])).tolist()
    [0.25, 0.75, 0.25]
    """
    require(people_faults(need, persons, low=-np.inf))
    share = pd.Series(_shares(floats(persons)), index=need.index)
    tied = share.groupby(need).sum()  # in the order of need
    return need.map(tied.cumsum() - tied / 2.0).astype("float64").rename("rank")


def concentration(
    values: AnySeries, need: AnySeries, persons: AnySeries, *, bounds: tuple[float, float] | None = None
) -> Concentration:
    """The concentration index of `values` (>= 0) against `need` (any number) over `persons` (>= 0).

    Twice the covariance over people of value and fractional rank of need, divided by the mean value. `bounds` are the
    least and the greatest that a value can be, such as (0, 1) for a share; with them also Erreygers' index.

    Raises :class:`InvalidInput`: another index, missing or negative numbers, values outside bounds, nobody at all.

    >>> concentration(pd.Series([10.0, 30.0]), pd.Series([1.0, 2.0]), pd.Series([3.0, 1.0])).index
    0.25
    """
    require(
        people_faults(values, persons),
        people_faults(need, persons, low=-np.inf, where="need"),
        _bound_faults(values, bounds),
    )
    share, told = _shares(floats(persons)), floats(values)
    mean = float(np.sum(share * told))
    twice = 2.0 * float(np.sum(share * (told - mean) * (floats(fractional_ranks(need, persons)) - 0.5)))
    corrected = None if bounds is None else 4.0 * twice / (bounds[1] - bounds[0])
    return Concentration(twice / mean if mean > 0 else float("nan"), corrected)


def mean_of(values: AnySeries, persons: AnySeries) -> float:
    """The mean over people.

    >>> mean_of(pd.Series([10.0, 30.0]), pd.Series([3.0, 1.0]))
    15.0
    """
    require(people_faults(values, persons))
    return float(np.sum(_shares(floats(persons)) * floats(values)))


def quantile(values: AnySeries, persons: AnySeries, part: float = 0.5) -> float:
    """The least value that at least a part (0-1) of the people have at most; the median for a half.

    Raises :class:`InvalidInput`: another index, missing numbers, negative persons, nobody at all.

    >>> quantile(pd.Series([10.0, 30.0]), pd.Series([3.0, 1.0]))
    10.0
    """
    require(people_faults(values, persons, low=-np.inf))
    told, people = floats(values), floats(persons)
    ordered = np.argsort(told, kind="stable")
    so_far = np.cumsum(people[ordered])
    # The sum of many parts is not the whole to the last digit.
    return float(told[ordered][np.searchsorted(so_far, part * so_far[-1] * (1.0 - _ROUNDING))])


def _shares(persons: Floats) -> Floats:
    return persons / np.sum(persons)


def _entropy(values: Floats, mean: Floats | float) -> Floats:
    """The terms x ln(x / mean), 0 where x is 0; also where the mean is of nobody, whose term nobody weighs."""
    ratio = np.divide(values, mean, out=np.ones_like(values), where=(values > 0) & (np.asarray(mean) > 0))
    return values * np.log(ratio)


def people_faults(values: AnySeries, persons: AnySeries, *, low: float = 0.0, where: str = "values") -> list[str]:
    """What keeps a measure over people from being made: another index, missing or low numbers, nobody at all."""
    faults = same_labels(persons.index, values.index, where="persons", of=where)
    faults += numbers(values, where=where, low=low) + numbers(persons, where="persons")
    if not faults and not floats(persons).sum() > 0:
        faults.append("persons: nobody at all; give persons above zero")
    return faults


def group_faults(groups: AnySeries, values: AnySeries) -> list[str]:
    """Rows without a group, or groups of other rows."""
    faults = same_labels(groups.index, values.index, where="groups", of="values")
    if groups.isna().any():
        faults.append(f"groups: {int(groups.isna().sum())} rows have no group; name one for every row")
    return faults


def _bound_faults(values: AnySeries, bounds: tuple[float, float] | None) -> list[str]:
    if bounds is None:
        return []
    least, most = bounds
    if not least < most:
        return [f"bounds: {bounds} leave no room; the first must be below the second"]
    outside = int(((values < least) | (values > most)).sum())
    return [f"values: {outside} values outside {bounds}; widen the bounds or correct the values"] if outside else []
