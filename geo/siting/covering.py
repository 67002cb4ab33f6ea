"""The fewest columns that serve every row: greedy with its bounds, and exactly."""

import math
from dataclasses import dataclass

import numpy as np

from geo.arrays import Positions
from geo.siting import programs
from geo.siting.instance import Limits

_SLACK = 1e-6  # of a number of columns; what the solver calls equal


@dataclass(frozen=True)
class Cover:
    """Columns that serve every row; nothing does with fewer than `least`."""

    chosen: list[int]
    least: int

    @property
    def proven(self) -> bool:
        """Whether there is no smaller one."""
        return len(self.chosen) <= self.least


def fewest(rows: int, row: Positions, column: Positions, *, limits: Limits, enough: int = 0) -> Cover:
    """The fewest columns such that every one of `rows` has a pair with one; every row must have a pair.

    Pairs sorted by column and row. The search stops at `enough` columns or fewer, and where more are needed for sure.
    """
    if not rows:
        return Cover([], 0)
    chosen, least = _greedy(rows, row, column)
    found = Cover(_pruned(rows, row, column, chosen), least)
    decided = enough > 0 and (len(found.chosen) <= enough or least > enough)
    if found.proven or decided or len(row) > limits.pairs:
        return found
    answer = programs.cover(rows, row, column, seconds=limits.seconds)
    least = max(least, math.ceil(answer.bound - _SLACK)) if np.isfinite(answer.bound) else least
    better = answer.chosen is not None and len(answer.chosen) < len(found.chosen)
    chosen = answer.chosen if answer.chosen is not None and better else found.chosen
    return Cover(chosen, len(chosen) if answer.proven else least)


def _greedy(rows: int, row: Positions, column: Positions) -> tuple[list[int], int]:
    """The column that serves most of the rows left, one after the other; and a number that no cover is below.

    A row that is served together with n - 1 others bears a price of 1/n. No column bears more than H(d) in all, d its
    rows (Chvatal 1979); divided by the most that one does bear, the prices are a solution of the dual, so that the
    bound is never worse than the greedy number over H(d).
    """
    columns = int(column.max()) + 1
    left, price, chosen = np.ones(rows, dtype=np.bool_), np.zeros(rows), []
    while left.any():
        counts = np.bincount(column[left[row]], minlength=columns)
        best = int(counts.argmax())
        served = row[column == best]
        served = served[left[served]]
        price[served], left[served] = 1.0 / counts[best], False
        chosen.append(best)
    borne = np.bincount(column, weights=price[row], minlength=columns).max()
    return chosen, math.ceil(len(chosen) / borne - _SLACK)


def _pruned(rows: int, row: Positions, column: Positions, chosen: list[int]) -> list[int]:
    """Without the columns whose rows the others serve; those taken last go first."""
    kept = list(chosen)
    served = [row[column == one] for one in chosen]
    times = np.bincount(np.concatenate(served), minlength=rows)
    for one, own in reversed(list(zip(chosen, served, strict=True))):
        if (times[own] > 1).all():
            kept.remove(one)
            times[own] -= 1
    return kept
