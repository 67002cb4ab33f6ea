"""Catchments of services: who lives within reach, whom two services share, who has no other."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array, triu

from geo.access import owner_faults, threshold_faults
from geo.arrays import AnySeries, FloatSeries, floats
from geo.checks import numbers, require, same_labels
from geo.travel.table import TravelTable


def catchments(
    travel: TravelTable, *, threshold: float, owners: AnySeries | None = None
) -> csr_array[Any, tuple[int, int]]:
    """Origins by services: 1.0 where the origin is within `threshold` minutes (central time) of the service.

    `owners`, indexed by the services of `travel`, names what each of them belongs to (a service at several places):
    there is then one column for each owner, in order of first appearance.

    Raises :class:`InvalidInput` for a threshold beyond the cutoff of the table, and for owners of another index or
    missing.
    """
    require(threshold_faults(travel, threshold), owner_faults(owners, travel.services))
    near = travel.within(threshold)
    if owners is None:
        return near.matrix()
    codes, names = pd.factorize(owners)
    pairs = np.unique(np.stack([near.origin, codes[near.service]]), axis=1)
    return csr_array((np.ones(pairs.shape[1]), (pairs[0], pairs[1])), shape=(len(travel.origins), len(names)))


def marginal_coverage(
    persons: AnySeries, travel: TravelTable, *, threshold: float, owners: AnySeries | None = None
) -> FloatSeries:
    """Persons, by service, for whom it is the only service within `threshold` minutes.

    Exactly these would have none if it closed. `persons` (>= 0) is indexed by the origins of `travel`; the result by
    its services, 0.0 where everybody has an alternative; with `owners` as in :func:`catchments` by owner. It is a fact
    about the map, never a verdict on the service.

    Raises :class:`InvalidInput`: another index, negative or missing persons, a threshold beyond the cutoff.

    >>> travel = TravelTable.from_pairs(
    ...     pd.Index(["town", "village"]), pd.Index(["a", "b"]),
    ...     origin=np.array([0, 0, 1]), service=np.array([0, 1, 1]), minutes=np.array([5.0, 9.0, 7.0]),
    ...     cutoff=30, engine="official", estimated=False)
    >>> people = pd.Series({"town": 90, "village": 10})
    >>> marginal_coverage(people, travel, threshold=10).to_dict()
    {'a': 0.0, 'b': 10.0}
    >>> marginal_coverage(people, travel, threshold=10, owners=pd.Series({"a": "x", "b": "x"})).to_dict()
    {'x': 100.0}
    """
    require(_person_faults(persons, travel))
    reach = catchments(travel, threshold=threshold, owners=owners)
    alone = np.diff(reach.indptr) == 1
    total = np.where(alone, floats(persons), 0.0) @ reach
    labels = travel.services if owners is None else pd.Index(pd.unique(owners))
    return pd.Series(total, index=labels, name="marginal")


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
