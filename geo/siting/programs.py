"""Programs in whole numbers and linear ones, as HiGHS takes them (Huangfu & Hall 2018); sparse throughout."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from geo.arrays import Floats, Positions
from geo.siting.benefit import Benefit

_HALF = 0.5


@dataclass(frozen=True)
class Answer:
    """Columns that a program chose, None where it found none in time; the bound on its objective; if it is proven."""

    chosen: list[int] | None
    bound: float
    proven: bool


def best_k(benefit: Benefit, k: int, *, seconds: float) -> Answer:
    """The `k` columns of most benefit; the bound is an upper one.

    A row has a variable for each level of benefit and not for each pair: it says that nothing as good is chosen, and
    costs the fall to the next level (after Cornuejols, Nemhauser & Wolsey 1980). The relaxation is as tight as with
    pairs.
    """
    columns, place = np.unique(benefit.column, return_inverse=True)
    order = np.lexsort((-benefit.value, benefit.row))
    row, value, place = benefit.row[order], benefit.value[order], place[order]
    new_row = np.diff(row, prepend=-1) != 0
    new_level = new_row | (np.diff(value, prepend=np.inf) != 0)
    level = np.cumsum(new_level) - 1
    starts = np.flatnonzero(new_level)
    levels, sites, first = len(starts), len(columns), new_row[starts]
    best, last = value[starts], np.append(first[1:], True)
    falls = best - np.where(last, 0.0, np.append(best[1:], 0.0))
    scale = float(falls.max())
    before = np.flatnonzero(~first)
    matrix = _sparse(
        [(np.arange(levels), sites + np.arange(levels), 1.0), (level, place, 1.0), (before, sites + before - 1, -1.0)],
        (levels, sites + levels),
    )
    count = _sparse([(np.zeros(sites, dtype=np.intp), np.arange(sites), 1.0)], (1, sites + levels))
    found = _solved(
        np.concatenate([np.zeros(sites), falls / scale]),
        np.concatenate([np.ones(sites), np.full(levels, np.inf)]),
        [LinearConstraint(matrix, first.astype(np.float64), np.inf), LinearConstraint(count, 0.0, float(k))],
        whole=sites,
        seconds=seconds,
    )
    answer = _answer(found, sites, columns)
    return Answer(answer.chosen, float(best[first].sum()) - scale * answer.bound, answer.proven)


def cover(rows: int, row: Positions, column: Positions, *, seconds: float) -> Answer:
    """The fewest columns that have a pair with every one of `rows`; the bound is a lower one."""
    columns, place = np.unique(column, return_inverse=True)
    matrix = _sparse([(row, place, 1.0)], (rows, len(columns)))
    whole = len(columns)
    found = _solved(
        np.ones(whole), np.ones(whole), [LinearConstraint(matrix, 1.0, np.inf)], whole=whole, seconds=seconds
    )
    return _answer(found, len(columns), columns)


@dataclass(frozen=True, eq=False)
class Flow:
    """Persons who may go from `row` to `column`, each with a `value` above 0; rows have `demand`, columns `room`."""

    demand: Floats
    room: Floats
    row: Positions
    column: Positions
    value: Floats

    @property
    def most(self) -> Floats:
        """The most persons of each pair."""
        return np.minimum(self.demand[self.row], self.room[self.column])

    def only(self, chosen: list[int]) -> "Flow":
        """The pairs of some columns."""
        mask = np.isin(self.column, chosen)
        return Flow(self.demand, self.room, self.row[mask], self.column[mask], self.value[mask])


def best_flow(flow: Flow) -> tuple[Floats, float]:
    """Persons of each pair such that their value is most, and that value."""
    if not len(flow.row):
        return np.zeros(0), 0.0
    pairs = np.arange(len(flow.row))
    shape = (len(flow.demand) + len(flow.room), len(pairs))
    limits = np.concatenate([flow.demand, np.minimum(flow.room, flow.demand.sum())])
    matrix = _sparse([(flow.row, pairs, 1.0), (len(flow.demand) + flow.column, pairs, 1.0)], shape)
    found = _solved(-flow.value, flow.most, [LinearConstraint(matrix, -np.inf, limits)], whole=0, seconds=np.inf)
    persons = np.clip(np.asarray(found.x, dtype=np.float64), 0.0, flow.most)
    return persons, float(persons @ flow.value)


def best_k_with_room(flow: Flow, k: int, *, seconds: float) -> Answer:
    """The `k` columns whose best flow is worth most; the bound is an upper one."""
    sites = len(flow.room)
    count = _sparse([(np.zeros(sites, dtype=np.intp), np.arange(sites), 1.0)], (1, sites + len(flow.row)))
    worth = flow.value * flow.most
    scale = float(worth.max())
    weights = np.concatenate([np.zeros(sites), -worth / scale])
    found = _with_room(flow, weights, [LinearConstraint(count, 0.0, float(k))], seconds)
    answer = _answer(found, sites, np.arange(sites))
    return Answer(answer.chosen, -scale * answer.bound, answer.proven)


def fewest_with_room(flow: Flow, persons: float, *, seconds: float) -> Answer:
    """The fewest columns that take `persons` in all; the bound is a lower one."""
    sites = len(flow.room)
    pairs = np.arange(len(flow.row))
    shape = (1, sites + len(pairs))
    served = _sparse([(np.zeros(len(pairs), dtype=np.intp), sites + pairs, flow.most / persons)], shape)
    weights = np.concatenate([np.ones(sites), np.zeros(len(pairs))])
    found = _with_room(flow, weights, [LinearConstraint(served, 1.0, np.inf)], seconds)
    return _answer(found, sites, np.arange(sites))


def _with_room(flow: Flow, weights: Floats, also: list[LinearConstraint], seconds: float) -> Any:  # noqa: ANN401  of scipy
    """Variables: sites, then for each pair the part of its most persons."""
    pairs, sites, rows = np.arange(len(flow.row)), len(flow.room), len(flow.demand)
    most, shape = flow.most, sites + len(flow.row)
    room = np.minimum(flow.room, flow.demand.sum())
    full = room[flow.column]
    once = _sparse([(flow.row, sites + pairs, most / flow.demand[flow.row])], (rows, shape))
    fits = _sparse(
        [(flow.column, sites + pairs, most / full), (np.arange(sites), np.arange(sites), -1.0)], (sites, shape)
    )
    opened = _sparse([(pairs, sites + pairs, 1.0), (pairs, flow.column, -1.0)], (len(pairs), shape))
    rules = [
        LinearConstraint(once, -np.inf, 1.0),
        LinearConstraint(fits, -np.inf, 0.0),
        LinearConstraint(opened, -np.inf, 0.0),
    ]
    return _solved(weights, np.ones(shape), [*rules, *also], whole=sites, seconds=seconds)


def _solved(weights: Floats, upper: Floats, rules: list[LinearConstraint], *, whole: int, seconds: float) -> Any:  # noqa: ANN401  of scipy
    """The least weight of variables from 0 to `upper`, of which the first are whole numbers."""
    return milp(
        weights,
        integrality=(np.arange(len(weights)) < whole).astype(np.int8),
        bounds=Bounds(0.0, upper),
        constraints=rules,
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )


def _answer(found: Any, sites: int, columns: Positions) -> Answer:  # noqa: ANN401  of scipy
    """What HiGHS found: 0 is proven, the others ended early."""
    bound = getattr(found, "mip_dual_bound", None)
    chosen = None if found.x is None else [int(one) for one in columns[np.asarray(found.x)[:sites] > _HALF]]
    told = -np.inf if bound is None or not np.isfinite(bound) else float(bound)
    return Answer(chosen, told, proven=found.status == 0)


def _sparse(
    parts: list[tuple[Positions, Positions, float | Floats]], shape: tuple[int, int]
) -> "csr_array[Any, tuple[int, int]]":
    rows, columns = (np.concatenate([part[place] for part in parts]) for place in (0, 1))
    values = np.concatenate([np.broadcast_to(np.asarray(part[2], dtype=np.float64), len(part[0])) for part in parts])
    return csr_array(coo_array((values, (rows, columns)), shape=shape))
