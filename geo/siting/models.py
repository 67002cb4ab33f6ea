"""The four models of siting on one table of minutes."""

from collections.abc import Callable
from functools import partial

import numpy as np

from geo.access import threshold_faults
from geo.arrays import AnySeries, Floats
from geo.checks import amount
from geo.siting import covering, programs, room
from geo.siting.benefit import ROUNDING, Benefit, greedy, interchange
from geo.siting.center import center
from geo.siting.instance import Instance, Limits, instance
from geo.siting.lagrange import bound
from geo.siting.programs import Flow
from geo.siting.result import Found, Siting, coverage, told, told_with_room
from geo.travel.table import TravelTable

DEFAULT = Limits()


def lscp(
    travel: TravelTable,
    demand: AnySeries,
    *,
    threshold: float,
    existing: AnySeries | None = None,
    capacity: AnySeries | None = None,
    limits: Limits = DEFAULT,
) -> Siting:
    """The fewest candidates that bring everybody within `threshold` minutes (Toregas et al. 1971).

    `travel`: from demand points to candidates (its services), by central time. `demand`: persons at each origin (>= 0).
    `existing`: minutes from each origin to the nearest service that is there already, NaN where there is none; people
    within the threshold of one need no other. `capacity`: persons that each candidate can take, infinite where it does
    not matter; people of one origin may divide. Whom no candidate reaches, or all together have no room for, is told
    in the result, and the others are served.

    Beyond `limits` the greedy choice, at most H(d) times the fewest, d the origins of the largest site (Chvatal 1979).
    Among sets that are as good the order of the labels decides, never that of the rows.

    Raises :class:`InvalidInput` with all faults.
    """
    case = instance(travel, demand, existing=existing, capacity=capacity, faults=threshold_faults(travel, threshold))
    near = case.within(threshold)
    if case.limited:
        served = near.only(~np.isfinite(near.base[near.row]))
        return _with_room(
            served, np.ones(len(served.row)), partial(room.fewest, "lscp", limits=limits), travel, threshold
        )
    covered = coverage(near)
    rows, row = np.unique(covered.row, return_inverse=True)
    cover = covering.fewest(len(rows), row, covered.column, limits=limits)
    found = Found("lscp", cover.chosen, float(len(cover.chosen)), float(cover.least), cover.proven)
    return told(found, case, origins=travel.origins, threshold=threshold, benefit=covered)


def mclp(
    travel: TravelTable,
    demand: AnySeries,
    *,
    threshold: float,
    k: int,
    existing: AnySeries | None = None,
    capacity: AnySeries | None = None,
    limits: Limits = DEFAULT,
) -> Siting:
    """The `k` candidates that bring most persons within `threshold` minutes (Church & ReVelle 1974).

    Arguments as of :func:`lscp`. Fewer are chosen where no other adds anybody. Beyond `limits` the greedy choice with
    interchange, at least 1 - 1/e of the most (with room for everybody), and a bound from the Lagrangian relaxation.

    Raises :class:`InvalidInput` with all faults.
    """
    faults = [*threshold_faults(travel, threshold), *_count_faults(k)]
    case = instance(travel, demand, existing=existing, capacity=capacity, faults=faults)
    near = case.within(threshold)
    if case.limited:
        served = near.only(~np.isfinite(near.base[near.row]))
        solve = partial(room.best_k, "mclp", k=k, limits=limits)
        return _with_room(served, np.ones(len(served.row)), solve, travel, threshold)
    covered = coverage(near)
    found = _best_k("mclp", covered, k, limits)
    return told(found, case, origins=travel.origins, threshold=threshold, benefit=covered)


def p_median(
    travel: TravelTable,
    demand: AnySeries,
    *,
    threshold: float,
    k: int,
    existing: AnySeries | None = None,
    capacity: AnySeries | None = None,
    limits: Limits = DEFAULT,
) -> Siting:
    """The `k` candidates that leave the least person-minutes to the nearest service (Hakimi 1964).

    Arguments as of :func:`lscp`; `threshold` decides nothing but which persons are counted as gained. Who reaches
    nothing within the cutoff of the table counts as if it took the cutoff, the least that it can take.

    Raises :class:`InvalidInput` with all faults.
    """
    faults = [*threshold_faults(travel, threshold), *_count_faults(k)]
    case = instance(travel, demand, existing=existing, capacity=capacity, faults=faults)
    base = np.minimum(case.base, case.cutoff)
    saved = base[case.row] - case.minutes
    nearer, saved = case.only(saved > 0.0), saved[saved > 0.0]
    whole = float(case.demand @ base)
    if case.limited:

        def solve(flow: Flow) -> tuple[Found, Floats]:
            found, persons = room.best_k("p-median", flow, k=k, limits=limits)
            return _from_saved(found, whole), persons

        return _with_room(nearer, saved, solve, travel, threshold)
    worth = case.demand[nearer.row] * saved
    benefit = Benefit(len(case.demand), len(case.sites), nearer.row, nearer.column, worth)
    found = _from_saved(_best_k("p-median", benefit, k, limits), whole)
    return told(found, case, origins=travel.origins, threshold=threshold, benefit=benefit)


def p_center(
    travel: TravelTable,
    demand: AnySeries,
    *,
    threshold: float,
    k: int,
    existing: AnySeries | None = None,
    limits: Limits = DEFAULT,
) -> Siting:
    """The `k` candidates that leave the fewest minutes to who is farthest off (Hakimi 1964).

    Arguments as of :func:`p_median`. Origins that nothing reaches within the cutoff at all have no part in the minutes.
    Found by halving among the minutes of the table, for each a covering problem. Sites that the farthest do not need
    go where they bring most persons within the threshold.

    Raises :class:`InvalidInput` with all faults.
    """
    faults = [*threshold_faults(travel, threshold), *_count_faults(k)]
    case = instance(travel, demand, existing=existing, capacity=None, faults=faults)
    covered = coverage(case.within(threshold))
    found = center(case, k, spare=covered, limits=limits)
    return told(found, case, origins=travel.origins, threshold=threshold, benefit=covered)


def _count_faults(k: int) -> list[str]:
    return amount(k, where="k", low=1.0, strict=False) or ([] if float(k).is_integer() else [f"k: {k!r} is not whole"])


def _best_k(model: str, benefit: Benefit, k: int, limits: Limits) -> Found:
    """Greedy, interchange, bound; then exactly over the columns that could still be in something better."""
    chosen, most = greedy(benefit, k)
    chosen = interchange(benefit, chosen)
    total = benefit.total(chosen)
    relaxed = bound(benefit, k, chosen)
    most = min(most, relaxed.most)
    exact = total >= most * (1.0 - ROUNDING)
    left = benefit.only(relaxed.open)
    if not exact and len(left.row) <= limits.pairs:
        answer = programs.best_k(left, k, seconds=limits.seconds)
        exact = answer.proven
        most = min(most, max(answer.bound, total)) if np.isfinite(answer.bound) else most
        if answer.chosen is not None and benefit.total(answer.chosen) > total * (1.0 + ROUNDING):
            chosen, total = answer.chosen, benefit.total(answer.chosen)
    return Found(model, chosen, total, max(most, total), exact)


def _from_saved(found: Found, whole: float) -> Found:
    """Person-minutes that are left, out of those that are saved."""
    return Found(found.model, found.chosen, whole - found.objective, whole - found.bound, found.exact)


def _with_room(
    case: Instance,
    value: Floats,
    solve: Callable[[Flow], tuple[Found, Floats]],
    travel: TravelTable,
    threshold: float,
) -> Siting:
    """The answer where room is limited; each person of a pair has a `value`."""
    kept = case.room[case.column] > 0.0
    case = case.only(kept)
    flow = Flow(case.demand, case.room, case.row, case.column, value[kept])
    found, persons = solve(flow)
    return told_with_room(found, case, persons, flow.value, origins=travel.origins, threshold=threshold)
