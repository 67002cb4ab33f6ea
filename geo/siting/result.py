"""What a model of siting answers, and how it is told from the columns that were chosen."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import AnySeries, Floats, FloatSeries, Labels, Positions
from geo.siting.benefit import ROUNDING, Benefit
from geo.siting.instance import Instance


@dataclass(frozen=True, eq=False, kw_only=True)
class Siting:
    """Where services should open, and what that gives to whom.

    Attributes
    ----------
    model
        ``lscp``, ``mclp``, ``p-median`` or ``p-center``.
    sites
        The chosen candidates by label, the one that contributes most first and each after those above it: ``gained``
        (persons who had no service within the threshold and then have one; they add up), ``assigned`` (persons who
        would go there) and ``value`` (what it adds to the objective: persons, person-minutes saved; of p-center and
        LSCP the persons gained). With limited room ``gained`` are the persons that the site takes.
    objective, bound
        Sites (LSCP), persons gained (MCLP), person-minutes (p-median), minutes (p-center; infinite where so few sites
        cannot bring everybody within the cutoff); nothing can be better than the bound.
    exact
        Whether it is proven that nothing is better. ``gap`` is 0 then.
    assignment
        By origin the site that most of its people would go to; missing where they keep a service that is there
        already, or reach none.
    flows
        ``origin``, ``site``, ``persons``: how people would divide; one row for each origin with a site, or several
        where room is limited.
    threshold
        Minutes within which a person counts as served.
    persons, served
        All demand, and those of it who are within the threshold of a service that is there already.
    unreachable
        By origin the persons whom no candidate and no service reaches within the threshold; they are part of ``left``.
    """

    model: str
    sites: pd.DataFrame
    objective: float
    bound: float
    exact: bool
    assignment: AnySeries
    flows: pd.DataFrame
    threshold: float
    persons: float
    served: float
    unreachable: FloatSeries

    @property
    def chosen(self) -> Labels:
        """Labels of the chosen candidates, in the order of their contribution."""
        return self.sites.index

    @property
    def gained(self) -> float:
        """Persons who get a service within the threshold."""
        return float(self.sites["gained"].sum())

    @property
    def left(self) -> float:
        """Persons who still have none."""
        return max(self.persons - self.served - self.gained, 0.0)

    @property
    def gap(self) -> float:
        """How far the objective may be from the best there is, in parts of the larger of the two."""
        if self.exact or self.objective == self.bound:
            return 0.0
        return abs(self.objective - self.bound) / max(abs(self.objective), abs(self.bound))


@dataclass(frozen=True)
class Found:
    """What a model chose, by column, before it is told."""

    model: str
    chosen: list[int]
    objective: float
    bound: float
    exact: bool


def told(found: Found, case: Instance, *, origins: Labels, threshold: float, benefit: Benefit) -> Siting:
    """The answer where sites have room for everybody: people go to the nearest service, old or new."""
    near = case.within(threshold)
    covered = coverage(near)
    order, values = _by_contribution(benefit, found.chosen)
    minutes, site = _nearest_of(case, order)
    goes = minutes < case.base
    persons = np.where(goes, case.demand, 0.0)
    frame = _sites(
        case,
        order,
        gained=marginal(covered, order),
        assigned=np.array([persons[goes & (site == place)].sum() for place in range(len(order))]),
        value=values,
    )
    rows = np.flatnonzero(goes)
    labels = frame.index.take(site[rows])
    flows = pd.DataFrame({"origin": case.origins.take(rows), "site": labels, "persons": case.demand[rows]})
    return _siting(found, case, frame, flows, origins=origins, threshold=threshold)


def told_with_room(
    found: Found, case: Instance, persons: Floats, value: Floats, *, origins: Labels, threshold: float
) -> Siting:
    """The answer where room is limited; ``persons`` go by each pair of the instance, each with a ``value``."""
    chosen = np.array(found.chosen, dtype=np.intp)
    # Who had a service within the threshold already gains none by going elsewhere.
    newly = (case.minutes <= threshold) & (case.base[case.row] > threshold)
    taken, worth, gained = (
        np.bincount(case.column, weights=each, minlength=len(case.sites)).astype(np.float64)[chosen]
        for each in (persons, persons * value, np.where(newly, persons, 0.0))
    )
    order = np.lexsort((chosen, -worth))
    frame = _sites(case, chosen[order].tolist(), gained=gained[order], assigned=taken[order], value=worth[order])
    used = np.flatnonzero(persons > ROUNDING)
    flows = pd.DataFrame(
        {
            "origin": case.origins.take(case.row[used]),
            "site": case.sites.take(case.column[used]),
            "persons": persons[used],
        }
    )
    return _siting(found, case, frame, flows, origins=origins, threshold=threshold)


def coverage(near: Instance) -> Benefit:
    """Persons without a service that each candidate reaches, out of a problem cut to the threshold."""
    open_ = ~np.isfinite(near.base[near.row])
    row, column = near.row[open_], near.column[open_]
    return Benefit(len(near.demand), len(near.sites), row, column, near.demand[row])


def _siting(
    found: Found, case: Instance, frame: pd.DataFrame, flows: pd.DataFrame, *, origins: Labels, threshold: float
) -> Siting:
    most = flows.sort_values("persons", ascending=False, kind="stable").drop_duplicates("origin")
    near = case.within(threshold)
    nowhere = ~np.isfinite(np.minimum(near.base, near.nearest()))
    return Siting(
        model=found.model,
        sites=frame,
        objective=found.objective,
        bound=found.objective if found.exact else found.bound,
        exact=found.exact,
        assignment=most.set_index("origin")["site"].reindex(origins),
        flows=flows,
        threshold=threshold,
        persons=float(case.demand.sum()),
        served=float(case.demand[np.isfinite(near.base)].sum()),
        unreachable=pd.Series(case.demand[nowhere], index=case.origins[nowhere], name="persons"),
    )


def _sites(case: Instance, order: list[int], *, gained: Floats, assigned: Floats, value: Floats) -> pd.DataFrame:
    columns = {"gained": gained, "assigned": assigned, "value": value}
    return pd.DataFrame(columns, index=case.sites.take(np.array(order, dtype=np.intp)), dtype="float64")


def _by_contribution(benefit: Benefit, chosen: list[int]) -> tuple[list[int], Floats]:
    """The chosen columns, the one that adds most first, and what each adds to those before it."""
    left, order, values = sorted(chosen), [], []
    got = np.zeros(benefit.rows)
    while left:
        # Of a few columns each is looked at alone: the others of many candidates need not be.
        gains = [float((np.maximum(got, benefit.best([column])) - got).sum()) for column in left]
        place = int(np.argmax(gains))
        values.append(gains[place])
        order.append(left.pop(place))
        got = np.maximum(got, benefit.best([order[-1]]))
    return order, np.array(values, dtype=np.float64)


def marginal(covered: Benefit, order: list[int]) -> Floats:
    """Persons that each column covers beside those before it."""
    totals = [covered.total(order[:count]) for count in range(len(order) + 1)]
    return np.diff(np.array(totals, dtype=np.float64))


def _nearest_of(case: Instance, order: list[int]) -> tuple[Floats, Positions]:
    """Minutes to the nearest of the columns, and which of them it is; of equal ones the first label's."""
    minutes, site = np.full(len(case.demand), np.inf), np.zeros(len(case.demand), dtype=np.intp)
    for column in sorted(order):
        start, end = np.searchsorted(case.column, [column, column + 1])
        row, times = case.row[start:end], case.minutes[start:end]
        nearer = times < minutes[row]
        minutes[row[nearer]], site[row[nearer]] = times[nearer], order.index(column)
    return minutes, site
