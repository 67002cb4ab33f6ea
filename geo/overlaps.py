"""Overlap of services of one type, and the groups that should sit at one coordination table."""

from typing import Any

import numpy as np
import pandas as pd

from geo.arrays import AnySeries, Bools, Floats, Positions, bools, floats
from geo.catchments import catchments, jaccard, marginal_coverage
from geo.checks import amount, flags, numbers, require, same_labels
from geo.cliques import partition
from geo.compatibility import compatible
from geo.travel.table import TravelTable

__all__ = [
    "KINDS",
    "catchments",
    "compatible",
    "coordination_groups",
    "jaccard",
    "marginal_coverage",
    "overlapping_pairs",
    "partition",
]

KINDS = ("sovrapposti", "da_coordinare", "complementari")

SIMILAR = 0.5
"""Population-weighted Jaccard index from which two catchments are the same in substance."""

SMALLEST = {"sovrapposti": 2, "da_coordinare": 3, "complementari": 2}
"""Services in the smallest group of each kind."""


def overlapping_pairs(
    persons: AnySeries,
    travel: TravelTable,
    services: pd.DataFrame,
    *,
    threshold: float,
    objective: float | None = None,
    between: TravelTable | None = None,
    similar: float = SIMILAR,
) -> pd.DataFrame:
    """Pairs of services of one type whose catchments have a Jaccard index of at least `similar`, and what they are.

    `persons` of the target group, indexed by the origins of `travel`; `services`, indexed by its services: `users`,
    `hours`, `delivery` (see :func:`compatible`), `capacity` (>= 0) and `capacity_known`. `objective`: capacity units
    per person of the capacity rule, None where there is none. `between`: travel from service to service (origins and
    services both those of `travel.services`), cutoff of T/2 or more; of the two directions the longer counts.

    Columns: those of :func:`jaccard` and :func:`compatible`; joint_capacity and needed_capacity (objective for the
    union of the catchments), NaN where no rule or a capacity is unknown; minutes between the two, NaN where beyond
    the cutoff or not given; and kind:

    - complementari: users or hours differ;
    - sovrapposti: compatible, and the joint capacity exceeds what the union of their catchments needs;
    - da_coordinare: compatible, capacity cannot be judged, and they are within T/2 of each other. Only groups of
      three or more are proposed;
    - missing otherwise (also where only the delivery differs, or `between` would be needed and is not given).

    Raises :class:`InvalidInput`: other indexes, missing columns, numbers out of range, a threshold beyond the cutoff;
    `between` missing where there is no objective.
    """
    require(_faults(travel, services, threshold, objective, between))
    pairs = jaccard(persons, travel, threshold=threshold, least=similar)
    pairs = pairs.join(compatible(pairs, services))
    first, second = (travel.services.get_indexer(pd.Index(pairs[name])) for name in ("a", "b"))
    capacity = np.where(bools(services["capacity_known"]), floats(services["capacity"]), np.nan)
    judged = np.isfinite(capacity[first] + capacity[second]) & (objective is not None)
    pairs["joint_capacity"] = np.where(judged, capacity[first] + capacity[second], np.nan)
    pairs["needed_capacity"] = np.where(judged, floats(pairs["union"]) * (objective or 0.0), np.nan)
    pairs["minutes"] = _mutual_minutes(between, first, second)
    pairs["kind"] = _kind(pairs, judged, threshold)
    return pairs


def coordination_groups(
    persons: AnySeries, travel: TravelTable, pairs: pd.DataFrame, *, threshold: float
) -> pd.DataFrame:
    """Groups of services that overlap each with every other, from the pairs of :func:`overlapping_pairs`.

    The pairs of kind sovrapposti, then those of kind da_coordinare and complementari, are parted into cliques (see
    :func:`geo.cliques.partition`): not chains, since in a chain the two ends may have nothing in common. A service is
    in one group of each kind at most. One row per group, the largest first within each kind:

    - kind: sovrapposti (2 services or more), da_coordinare (3 or more) or complementari (2 or more);
    - members: tuple of labels in the order of the services; size;
    - persons: within `threshold` of any member (union of the catchments);
    - jaccard: the lowest index between two members;
    - minutes: the longest between two members, NaN where that of some pair is not known;
    - users_differ, hours_differ: those of some pair do;
    - hours_unknown: the overlap of hours of some pair is assumed;
    - exact: False where the group was found by the greedy way, in a tangle too large to search.

    Raises :class:`InvalidInput` as :func:`jaccard`.

    >>> travel = TravelTable.from_pairs(
    ...     pd.Index(["town"]), pd.Index(["a", "b", "c"]), origin=np.array([0, 0, 0]), service=np.array([0, 1, 2]),
    ...     minutes=np.array([5.0, 6.0, 7.0]), cutoff=30, engine="official", estimated=False)
    >>> services = pd.DataFrame({
    ...     "users": [frozenset()] * 3, "hours": [frozenset()] * 3, "delivery": "sede",
    ...     "capacity": 1.0, "capacity_known": True}, index=["a", "b", "c"])
    >>> people = pd.Series({"town": 100.0})
    >>> pairs = overlapping_pairs(people, travel, services, threshold=10, objective=1 / 80)
    >>> coordination_groups(people, travel, pairs, threshold=10)[["kind", "members", "persons"]].values.tolist()
    [['sovrapposti', ('a', 'b', 'c'), 100.0]]
    """
    reach = catchments(travel, threshold=threshold)
    found = pd.DataFrame(
        [group for kind in SMALLEST for group in _groups(pairs[pairs["kind"] == kind], travel, kind)],
        columns=["kind", "positions", "jaccard", "minutes", "users_differ", "hours_differ", "hours_unknown", "exact"],
    )
    member_of = np.zeros((len(travel.services), len(found)))
    for column, positions in enumerate(found["positions"]):
        member_of[list(positions), column] = 1.0
    found["members"] = [tuple(travel.services.take(list(positions))) for positions in found["positions"]]
    found["size"] = [len(positions) for positions in found["positions"]]
    found["persons"] = floats(persons) @ (np.asarray(reach @ member_of) > 0)
    return found[["kind", "members", "size", "persons", *found.columns[2:8]]]


def _groups(pairs: pd.DataFrame, travel: TravelTable, kind: str) -> list[dict[str, Any]]:
    first, second = (travel.services.get_indexer(pd.Index(pairs[name])) for name in ("a", "b"))
    edges = list(zip(first.tolist(), second.tolist(), strict=True))
    found = partition(edges, smallest=SMALLEST[kind])
    group_of = np.full(len(travel.services), -1)
    for number, (positions, _) in enumerate(found):
        group_of[list(positions)] = number
    # A group is a clique: its pairs are those whose two ends are in it.
    inside = (group_of[first] == group_of[second]) & (group_of[first] >= 0)
    told = pairs[inside].groupby(group_of[first][inside])
    summary = {
        "jaccard": told["jaccard"].min(),
        "minutes": told["minutes"].agg(lambda minutes: minutes.max(skipna=False)),
        "users_differ": ~told["users_overlap"].all(),
        "hours_differ": ~told["hours_overlap"].all(),
        "hours_unknown": told["hours_unknown"].any(),
    }
    return [
        {"kind": kind, "positions": positions, "exact": exact}
        | {name: values[number] for name, values in summary.items()}
        for number, (positions, exact) in enumerate(found)
    ]


def _kind(pairs: pd.DataFrame, judged: Bools, threshold: float) -> AnySeries:
    fit = bools(pairs["compatible"])
    clauses = {
        "complementari": ~bools(pairs["users_overlap"] & pairs["hours_overlap"]),
        "sovrapposti": fit & judged & bools(pairs["joint_capacity"] > pairs["needed_capacity"]),
        "da_coordinare": fit & ~judged & bools(pairs["minutes"] <= threshold / 2.0),
    }
    codes = np.select(list(clauses.values()), list(clauses), default="")
    return pd.Series(codes, index=pairs.index, dtype="str").where(codes != "")


def _mutual_minutes(between: TravelTable | None, first: Positions, second: Positions) -> Floats:
    """The longer of the two directions; NaN where one of them is beyond the cutoff or nothing is given."""
    if between is None or len(first) == 0:  # scipy answers an empty selection with a sparse array
        return np.full(len(first), np.nan)
    # One is added so that 0 minutes differ from an absent pair, which a sparse matrix also reads as 0.
    stored = between.matrix(between.minutes + 1.0)
    there, back = np.asarray(stored[first, second]), np.asarray(stored[second, first])
    return np.where((there > 0) & (back > 0), np.maximum(there, back) - 1.0, np.nan)


def _faults(
    travel: TravelTable,
    services: pd.DataFrame,
    threshold: float,
    objective: float | None,
    between: TravelTable | None,
) -> list[str]:
    faults = same_labels(services.index, travel.services, where="services", of="travel.services")
    for name, check in (("capacity", numbers), ("capacity_known", flags)):
        if name not in services:
            faults.append(f"services: column {name!r} is missing; add it")
        faults += check(services.get(name), where=f"services.{name}")
    if objective is not None:
        faults += amount(objective, where="objective")
    if between is None:
        return faults if objective is not None else [*faults, "between: needed where there is no objective; compute it"]
    faults += same_labels(between.origins, travel.services, where="between.origins", of="travel.services")
    faults += same_labels(between.services, travel.services, where="between.services", of="travel.services")
    if between.cutoff < threshold / 2.0:
        faults.append(f"between: cutoff {between.cutoff:g} is below half the threshold; compute a wider table")
    return faults
