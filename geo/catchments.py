"""Catchments of services: who lives within reach, whom two services share, who has no other."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array, triu

from geo.access import threshold_faults
from geo.arrays import AnySeries, FloatSeries, floats
from geo.checks import numbers, require, same_labels
from geo.travel.table import TravelTable


def catchments(travel: TravelTable, *, threshold: float) -> csr_array[Any, tuple[int, int]]:
    """Origins by services: 1.0 where the origin is within `threshold` minutes (central time) of the service.

    Raises :class:`InvalidInput` for a threshold beyond the cutoff of the table.
    """
    require(threshold_faults(travel, threshold))
    return travel.within(threshold).matrix()


def marginal_coverage(persons: AnySeries, travel: TravelTable, *, threshold: float) -> FloatSeries:
    """Persons, by service, for whom it is the only service within `threshold` minutes.

    Exactly these would have none if it closed. `persons` (>= 0) is indexed by the origins of `travel`; the result by
    its services, 0.0 where everybody has an alternative. It is a fact about the map, never a verdict on the service.

    Raises :class:`InvalidInput`: another index, negative or missing persons, a threshold beyond the cutoff.

    >>> travel = TravelTable.from_pairs(
    ...     pd.Index(["town", "village"]), pd.Index(["a", "b"]),
    ...     origin=np.array([0, 0, 1]), service=np.array([0, 1, 1]), minutes=np.array([5.0, 9.0, 7.0]),
    ...     cutoff=30, engine="official", estimated=False)
    >>> marginal_coverage(pd.Series({"town": 90, "village": 10}), travel, threshold=10).to_dict()
    {'a': 0.0, 'b': 10.0}
    """
    require(_person_faults(persons, travel), threshold_faults(travel, threshold))
    near = travel.within(threshold)
    alone = near.counts().to_numpy() == 1
    values = np.where(alone, floats(persons), 0.0)[near.origin]
    total = np.bincount(near.service, weights=values, minlength=len(near.services)).astype(np.float64)
    return pd.Series(total, index=travel.services, name="marginal")


def jaccard(persons: AnySeries, travel: TravelTable, *, threshold: float, least: float = 0.0) -> pd.DataFrame:
    """How much of their catchments each two services share, weighted by people.

    One row per pair of services that share anybody and whose index is at least `least`, in the order of the services:
    `a`, `b` (labels, a before b), `shared` and `union` (persons within `threshold` minutes of both, of either),
    `jaccard` = shared / union, in (0, 1].

    Raises :class:`InvalidInput` as :func:`marginal_coverage`.

    >>> travel = TravelTable.from_pairs(
    ...     pd.Index(["town", "village"]), pd.Index(["a", "b"]),
    ...     origin=np.array([0, 0, 1]), service=np.array([0, 1, 1]), minutes=np.array([5.0, 9.0, 7.0]),
    ...     cutoff=30, engine="official", estimated=False)
    >>> jaccard(pd.Series({"town": 90, "village": 10}), travel, threshold=10).values.tolist()
    [['a', 'b', 90.0, 100.0, 0.9]]
    """
    require(_person_faults(persons, travel), threshold_faults(travel, threshold))
    reach, weight = catchments(travel, threshold=threshold), floats(persons)
    common = coo_array(triu(reach.T @ reach.multiply(weight[:, None]), k=1))
    first, second, shared = common.row, common.col, common.data
    catchment = np.asarray(reach.T @ weight)
    union = catchment[first] + catchment[second] - shared
    kept = (shared > 0) & (shared >= least * union)
    order = np.lexsort((second[kept], first[kept]))
    first, second, shared, union = (array[kept][order] for array in (first, second, shared, union))
    return pd.DataFrame(
        {
            "a": travel.services.take(first),
            "b": travel.services.take(second),
            "shared": shared,
            "union": union,
            "jaccard": shared / union,
        }
    )


def _person_faults(persons: AnySeries, travel: TravelTable) -> list[str]:
    faults = same_labels(persons.index, travel.origins, where="persons", of="travel.origins")
    return faults + numbers(persons, where="persons")
