"""An upper bound on what k sites can give, and the columns that no better choice than a known one can have.

With prices u on the rule that each row is served once, the problem falls apart into columns:

    L(u) = sum_i u_i + sum of the k largest sum_i max(0, b_ij - u_i)

Every L(u) is a bound; the least over u is that of the linear relaxation, found by subgradients (Cornuejols, Fisher &
Nemhauser 1977).
"""

from dataclasses import dataclass

import numpy as np

from geo.arrays import Bools, Floats
from geo.siting.benefit import ROUNDING, Benefit

_STEPS = 600
_PATIENCE = 15  # steps without a better bound before they get shorter
_SHORTEST = 1e-4


@dataclass(frozen=True, eq=False)
class Bound:
    """A bound on the total, and by column whether a choice better than the known one may have it."""

    most: float
    open: Bools


def bound(benefit: Benefit, k: int, chosen: list[int]) -> Bound:
    """The bound, given the columns of the best choice that is known."""
    known = benefit.total(chosen)
    prices = benefit.best(chosen)
    best, least = prices, np.inf
    length, waited = 1.0, 0
    for _step in range(_STEPS):
        worth, total = _priced(benefit, k, prices)
        if total < least - ROUNDING * max(abs(total), 1.0):
            least, best, waited = total, prices, 0
        else:
            waited += 1
        if waited > _PATIENCE:
            length, waited = length / 2.0, 0
        taken = _largest(worth, k)
        slope = 1.0 - np.bincount(
            benefit.row,
            weights=(taken[benefit.column] & (benefit.value > prices[benefit.row])).astype(np.float64),
            minlength=benefit.rows,
        )
        # A price of 0 cannot fall.
        slope[(prices <= 0.0) & (slope > 0.0)] = 0.0
        steepness = float((slope**2).sum())
        if least <= known * (1.0 + ROUNDING) or length < _SHORTEST or steepness == 0.0:
            break
        prices = np.maximum(prices - length * (total - known) / steepness * slope, 0.0)
    return Bound(max(least, known), _open(benefit, k, best, known))


def _priced(benefit: Benefit, k: int, prices: Floats) -> tuple[Floats, float]:
    worth = benefit.gains(prices)
    return worth, float(prices.sum() + np.sort(worth)[::-1][:k].sum())


def _largest(worth: Floats, k: int) -> Bools:
    taken = np.zeros(len(worth), dtype=np.bool_)
    taken[np.argsort(-worth, kind="stable")[:k]] = True
    return taken


def _open(benefit: Benefit, k: int, prices: Floats, known: float) -> Bools:
    """A column whose bound, where it must be chosen, is below what is known already has no part in anything better."""
    worth, total = _priced(benefit, k, prices)
    in_it = np.sort(worth)[::-1][:k]
    forced = total + np.minimum(worth - in_it[-1], 0.0)
    kept: Bools = forced >= known * (1.0 - ROUNDING)
    return kept
