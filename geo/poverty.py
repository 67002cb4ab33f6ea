"""Poverty of access: how many people are on the wrong side of a line, how far, and how unequally.

The measures of Foster, Greer and Thorbecke (A class of decomposable poverty measures, Econometrica 52, 1984) on a
thing other than income. For a score of access the poor are those below the line and the gap is (line - value) / line,
0 to 1. For minutes they are those above the line and the gap is (value - line) / line, which has no upper end: 1 means
twice the minutes of the line. Over people, in groups that add up.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from geo.arrays import AnySeries, Bools, Floats, bools, floats
from geo.checks import amount, flags, require, same_labels
from geo.equity import group_faults, people_faults

Side = Literal["above", "below"]
FIGURES: Final = ("p0", "p1", "p2")


@dataclass(frozen=True)
class Poverty:
    """P0, P1 and P2 of everybody and by group.

    Attributes
    ----------
    p0
        Share of the people who are poor of access, 0-1.
    p1
        Mean gap over all people, 0 for who is not poor: how much is missing, in parts of the line.
    p2
        Mean squared gap: greater where the same gap weighs on few.
    persons
        People who are poor.
    at_least
        Some value is only known to be at least (minutes) what is given: p1 and p2 are lower bounds.
    groups
        By group, in the order of their names: `persons`, `poor`, `p0`, `p1`, `p2`, and `part_p0`, `part_p1`, `part_p2`:
        the share of each measure that comes from the group; they sum to 1, NaN where the measure is 0.
    """

    p0: float
    p1: float
    p2: float
    persons: float
    at_least: bool
    groups: pd.DataFrame


def access_poverty(
    values: AnySeries,
    persons: AnySeries,
    groups: AnySeries,
    *,
    line: float,
    poor: Side,
    capped: AnySeries | None = None,
) -> Poverty:
    """Foster, Greer and Thorbecke's measures of `values` (>= 0) over `persons` (>= 0), by `groups`.

    Parameters
    ----------
    line
        Above zero. Who is exactly on it is not poor.
    poor
        ``above`` where a greater value is worse (minutes), ``below`` where a lesser one is (a score).
    capped
        True where the value is only a lower bound: no service within the range of a computation, whose end stands for
        it. For ``above`` only.

    Raises :class:`InvalidInput`: another index, missing or negative numbers, a row without group, nobody at all, a line
    of zero, a lower bound that does not reach the line or is of values whose low side is poor.

    >>> minutes, people = pd.Series([20.0, 45.0, 60.0]), pd.Series([2.0, 1.0, 1.0])
    >>> found = access_poverty(minutes, people, pd.Series(["a", "a", "b"]), line=30.0, poor="above")
    >>> found.p0, found.p1, found.p2
    (0.5, 0.375, 0.3125)
    >>> found.groups["part_p1"].round(3).to_dict()
    {'a': 0.333, 'b': 0.667}
    """
    require(
        people_faults(values, persons),
        group_faults(groups, values),
        amount(line, where="line"),
        _cap_faults(values, capped, line, poor),
    )
    told, people = floats(values), floats(persons)
    is_poor: Bools = told > line if poor == "above" else told < line
    gap: Floats = np.where(is_poor, np.abs(told - line) / line, 0.0)
    sums = pd.DataFrame(
        {"persons": people, "poor": people * is_poor, "p1": people * gap, "p2": people * gap**2}, index=values.index
    )
    table = sums.groupby(groups).sum()
    table.insert(2, "p0", table["poor"])
    whole = {name: float(table[name].sum()) for name in FIGURES}
    for name in FIGURES:
        table[f"part_{name}"] = table[name] / whole[name] if whole[name] else np.nan
        table[name] /= table["persons"].where(table["persons"] > 0)
    everybody = float(people.sum())
    p0, p1, p2 = (whole[name] / everybody for name in FIGURES)
    return Poverty(
        p0=p0,
        p1=p1,
        p2=p2,
        persons=whole["p0"],
        at_least=capped is not None and bool((people * bools(capped)).sum() > 0),
        groups=table,
    )


def _cap_faults(values: AnySeries, capped: AnySeries | None, line: float, poor: Side) -> list[str]:
    if capped is None:
        return []
    faults = same_labels(capped.index, values.index, where="capped", of="values") + flags(capped, where="capped")
    if faults or not capped.any():
        return faults
    if poor == "below":
        return ["capped: a lower bound says nothing of who is below a line; leave these rows out and say so"]
    if bool((values[capped] <= line).any()):
        faults.append("capped: a lower bound at the line or below does not tell who is poor; widen the computation")
    return faults
