"""Whether two services of one type are for the same people, at the same hours, in the same way."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from geo.arrays import AnySeries, Bools, Positions, bools
from geo.checks import columns, known_labels, require, unique_labels


def compatible(pairs: pd.DataFrame, services: pd.DataFrame) -> pd.DataFrame:
    """Which pairs of services could serve the same people in the same way.

    `pairs` has the columns `a` and `b`, labels of `services`, whose columns are: `users` (set of user groups; empty
    or missing = everybody), `hours` (set of weekly opening slots, of any hashable kind; empty or missing = unknown),
    `delivery` (a code; missing equals only missing). The result has the index of `pairs` and the columns
    users_overlap, hours_overlap, delivery_overlap, hours_unknown and compatible (all three overlap). Unknown hours
    count as overlapping, and hours_unknown says so.

    Raises :class:`InvalidInput`: missing columns, unknown services, values of users or hours that are not sets.

    >>> services = pd.DataFrame({
    ...     "users": [frozenset({"minors"}), frozenset({"minors", "adults"}), frozenset({"elderly"})],
    ...     "hours": [frozenset({"mon 9-10"}), frozenset(), frozenset()], "delivery": "sede"}, index=["a", "b", "c"])
    >>> found = compatible(pd.DataFrame({"a": ["a", "a"], "b": ["b", "c"]}), services)
    >>> found[["users_overlap", "hours_unknown", "compatible"]].values.tolist()
    [[True, True, True], [False, True, False]]
    """
    require(_faults(pairs, services))
    first, second = (services.index.get_indexer(pd.Index(pairs[name])) for name in ("a", "b"))
    users, hours = _sets(services["users"]), _sets(services["hours"])
    delivery = pd.factorize(services["delivery"])[0]
    found = pd.DataFrame(index=pairs.index)
    found["users_overlap"] = _share(users, first, second)
    found["hours_overlap"] = _share(hours, first, second)
    found["delivery_overlap"] = delivery[first] == delivery[second]
    found["hours_unknown"] = _empty(hours)[first] | _empty(hours)[second]
    found["compatible"] = found[["users_overlap", "hours_overlap", "delivery_overlap"]].all(axis=1)
    return found


def _sets(values: AnySeries) -> csr_array[Any, tuple[int, int]]:
    """Services by elements: 1.0 where the element is in the set of the service."""
    elements = values.reset_index(drop=True).map(_listed).explode().dropna()
    codes, names = pd.factorize(elements)
    rows = elements.index.to_numpy()
    return csr_array((np.ones(len(codes)), (rows, codes)), shape=(len(values), max(len(names), 1)))


def _share(sets: csr_array[Any, tuple[int, int]], first: Positions, second: Positions) -> Bools:
    """Pairs with a common element, or where either set is empty."""
    common = np.asarray(sets[first].multiply(sets[second]).sum(axis=1)) > 0
    return common | _empty(sets)[first] | _empty(sets)[second]


def _empty(sets: csr_array[Any, tuple[int, int]]) -> Bools:
    return bools(np.diff(sets.indptr) == 0)


def _is_set(value: object) -> bool:
    return isinstance(value, set | frozenset)


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - a cell may hold anything, that is the point of asking
    return list(value) if _is_set(value) else []


def _faults(pairs: pd.DataFrame, services: pd.DataFrame) -> list[str]:
    faults = columns(pairs, ["a", "b"], where="pairs") + unique_labels(services.index, where="services")
    for name in ("a", "b"):
        faults += known_labels(pairs.get(name), services.index, where=f"pairs.{name}", of="services")
    faults += columns(services, ["users", "hours", "delivery"], where="services")
    for name in ("users", "hours"):
        if name in services and not (services[name].map(_is_set) | services[name].isna()).all():
            faults.append(f"services.{name}: values that are not sets; give a set, empty where it says nothing")
    return faults
