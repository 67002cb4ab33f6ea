"""What sites that somebody has chosen give, whatever they were chosen for."""

import numpy as np
import pandas as pd

from geo.access import threshold_faults
from geo.arrays import AnySeries, FloatSeries, Labels
from geo.checks import known_labels, unique_labels
from geo.siting.benefit import swaps
from geo.siting.instance import instance
from geo.siting.programs import Flow, best_flow
from geo.siting.result import coverage, marginal
from geo.travel.table import TravelTable


def gains(
    travel: TravelTable,
    demand: AnySeries,
    sites: Labels,
    *,
    threshold: float,
    existing: AnySeries | None = None,
    capacity: AnySeries | None = None,
) -> FloatSeries:
    """Persons who get a service within `threshold` minutes from each of `sites` beside those before it.

    Arguments as of :func:`geo.siting.lscp`; `sites` are candidates (services of `travel`), each once. With limited room
    the persons that each takes when as many as possible are served. The gains add up to those of all sites together.

    Raises :class:`InvalidInput` with all faults.
    """
    faults = [*threshold_faults(travel, threshold), *unique_labels(sites, where="sites")]
    faults += known_labels(pd.Series(sites), travel.services, where="sites", of="travel.services")
    near = instance(travel, demand, existing=existing, capacity=capacity, faults=faults).within(threshold)
    order = near.sites.get_indexer(sites)
    if not near.limited:
        return pd.Series(marginal(coverage(near), order.tolist()), index=sites, name="gained")
    case = near.only(~np.isfinite(near.base[near.row]) & (near.room[near.column] > 0) & np.isin(near.column, order))
    persons, _served = best_flow(Flow(case.demand, case.room, case.row, case.column, np.ones(len(case.row))))
    taken = np.bincount(case.column, weights=persons, minlength=len(case.sites))
    return pd.Series(taken[order].astype(np.float64), index=sites, name="gained")


def replacements(
    travel: TravelTable,
    demand: AnySeries,
    sites: Labels,
    *,
    threshold: float,
    existing: AnySeries | None = None,
) -> pd.DataFrame:
    """Persons who get a service within `threshold` minutes if a candidate stands in for one of `sites`.

    Arguments as of :func:`gains`; room is for everybody. Columns site, candidate, gained (by all sites together), one
    row for each site and each candidate that is not among them: who decides may prefer a place that is nearly as good.

    Raises :class:`InvalidInput` with all faults.
    """
    faults = [*threshold_faults(travel, threshold), *unique_labels(sites, where="sites")]
    faults += known_labels(pd.Series(sites), travel.services, where="sites", of="travel.services")
    near = instance(travel, demand, existing=existing, capacity=None, faults=faults).within(threshold)
    order = near.sites.get_indexer(sites)
    others = np.setdiff1d(np.arange(len(near.sites)), order)
    worth, total = np.zeros((0, len(near.sites))), 0.0
    if len(order):
        worth, total = swaps(coverage(near), order.tolist())
    return pd.DataFrame(
        {
            "site": np.repeat(np.asarray(sites, dtype=object), len(others)),
            "candidate": np.tile(np.asarray(near.sites.take(others), dtype=object), len(order)),
            "gained": total + worth[:, others].ravel(),
        }
    )
