"""Sites that take only so many persons: the k that give most, and the fewest that take everybody."""

import numpy as np

from geo.arrays import Floats, Positions
from geo.siting import programs
from geo.siting.benefit import ROUNDING, Benefit, greedy
from geo.siting.instance import Limits
from geo.siting.programs import Flow
from geo.siting.result import Found

_SLACK = 1e-6  # parts of the persons; what the solver calls equal


def best_k(model: str, flow: Flow, *, k: int, limits: Limits) -> tuple[Found, Floats]:
    """The `k` columns whose best flow is worth most, and the flow; the objective is its value."""
    chosen = _greedy(flow, k)
    persons, value = _flow(flow, chosen)
    # With room for everybody nobody would get less.
    _free, most = greedy(_without_limits(flow), k)
    exact = value >= most * (1.0 - ROUNDING)
    if not exact and len(flow.row) <= limits.pairs:
        answer = programs.best_k_with_room(flow, k, seconds=limits.seconds)
        exact, most = answer.proven, min(most, answer.bound) if np.isfinite(answer.bound) else most
        if answer.chosen is not None:
            others, better = _flow(flow, answer.chosen)
            if better > value * (1.0 + ROUNDING):
                chosen, persons, value = answer.chosen, others, better
    used = np.bincount(flow.column, weights=persons, minlength=len(flow.room)) > ROUNDING
    return Found(model, [one for one in sorted(chosen) if used[one]], value, max(most, value), exact), persons


def fewest(model: str, flow: Flow, *, limits: Limits) -> tuple[Found, Floats]:
    """The fewest columns that take all whom all of them together can take, and the flow."""
    everything = list(range(len(flow.room)))
    _persons, served = _flow(flow, everything)
    if served <= 0.0:
        return Found(model, [], 0.0, 0.0, exact=True), np.zeros(len(flow.row))
    chosen = _pruned(flow, _greedy(flow, len(everything), until=served), served)
    least = _least(flow, served)
    exact = len(chosen) <= least
    if not exact and len(flow.row) <= limits.pairs:
        answer = programs.fewest_with_room(flow, served, seconds=limits.seconds)
        least = max(least, int(np.ceil(answer.bound - _SLACK))) if np.isfinite(answer.bound) else least
        if answer.chosen is not None and len(answer.chosen) < len(chosen) and _takes(flow, answer.chosen, served):
            chosen = answer.chosen
        exact = answer.proven
    persons, _value = _flow(flow, chosen)
    return Found(model, sorted(chosen), float(len(chosen)), float(least), exact), persons


def _flow(flow: Flow, chosen: list[int]) -> tuple[Floats, float]:
    persons = np.zeros(len(flow.row))
    mask = np.isin(flow.column, chosen)
    persons[mask], value = programs.best_flow(flow.only(chosen))
    return persons, value


def _takes(flow: Flow, chosen: list[int], persons: float) -> bool:
    return _flow(flow, chosen)[1] >= persons * (1.0 - _SLACK)


def _greedy(flow: Flow, k: int, *, until: float = np.inf) -> list[int]:
    """The column that adds most with what is left of the demand, one after the other; nobody is moved again."""
    order = np.lexsort((-flow.value, flow.column))
    row, column, value = flow.row[order], flow.column[order], flow.value[order]
    left, room, taken = flow.demand.copy(), flow.room.copy(), 0.0
    chosen: list[int] = []
    while len(chosen) < k and taken < until * (1.0 - _SLACK):
        persons = _filled(left[row], column, room)
        worth = np.bincount(column, weights=persons * value, minlength=len(flow.room))
        best = int(worth.argmax())
        if worth[best] <= ROUNDING:
            break
        own = column == best
        left[row[own]] -= persons[own]
        room[best] = 0.0
        taken += float(persons[own].sum())
        chosen.append(best)
    return chosen


def _filled(wanting: Floats, column: Positions, room: Floats) -> Floats:
    """Persons of each pair when each column fills up by itself in the order of its pairs; sorted by column."""
    before = np.cumsum(wanting) - wanting
    starts = np.flatnonzero(np.diff(column, prepend=-1))
    first = np.zeros(len(column))
    first[starts] = np.diff(before[starts], prepend=0.0)
    return np.clip(room[column] - (before - np.cumsum(first)), 0.0, wanting)


def _pruned(flow: Flow, chosen: list[int], persons: float) -> list[int]:
    """Without the columns that the others can do without; where steps fell short, every column stands in."""
    kept = list(chosen) if _takes(flow, chosen, persons) else list(range(len(flow.room)))
    for one in reversed(list(kept)):
        fewer = [other for other in kept if other != one]
        if _takes(flow, fewer, persons):
            kept = fewer
    return kept


def _least(flow: Flow, persons: float) -> int:
    """The largest columns that together have room for so many."""
    offered = np.minimum(flow.room, np.bincount(flow.column, flow.demand[flow.row], minlength=len(flow.room)))
    filled = np.cumsum(np.sort(offered)[::-1])
    return int(np.searchsorted(filled, persons * (1.0 - _SLACK)) + 1)


def _without_limits(flow: Flow) -> Benefit:
    worth = flow.value * flow.demand[flow.row]
    return Benefit(len(flow.demand), len(flow.room), flow.row, flow.column, worth)
