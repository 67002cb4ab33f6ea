"""An upper bound on what k sites can give, and the columns that no better choice than a known one can have.

With prices u on the rule that each row is served once, the problem falls apart into columns:

    L(u) = sum_i u_i + sum of the k largest sum_i max(0, b_ij - u_i)

Every L(u) is a bound; the least over u is that of the linear relaxation, found by subgradients (Cornuejols, Fisher &
Nemhauser 1977).
"""

from dataclasses import dataclass

import numpy as np

from geo.arrays import Bools, Floats, floats
from geo.siting.benefit import ROUNDING, Benefit

_STEPS = 2_000
_FEWEST_STEPS = 300
_PAIRS = 2_000_000_000  # looked at in all; a minute or so
_PATIENCE = 30  # steps without a better bound before they get shorter
_BETTER = 1e-5  # relative
_SHORTEST = 1e-4
_DEFLECTED = 1.5


@dataclass(frozen=True, eq=False)
class Bound:
    """A bound on the total, and by column whether a choice better than the known one may have it."""

    most: float
    open: Bools


def bound(benefit: Benefit, k: int, chosen: list[int]) -> Bound:
    """The bound, given the columns of the best choice that is known.

    Each step goes along the subgradient, turned away from the last direction where the two are at odds (Camerini,
    Fratta & Maffioli 1975); where no better bound comes for a while, steps half as long start again from the best
    prices.
    """
    known = benefit.total(chosen)
    prices = best = benefit.best(chosen)
    direction, least = np.zeros(benefit.rows), np.inf
    length, waited = 1.0, 0
    for _step in range(max(min(_STEPS, _PAIRS // max(len(benefit.row), 1)), _FEWEST_STEPS)):
        worth, total = _priced(benefit, k, prices)
        waited = 0 if total < least - _BETTER * abs(total) else waited + 1
        if total < least:
            least, best = total, prices
        if waited > _PATIENCE:
            length, waited, prices = length / 2.0, 0, best
            direction = np.zeros(benefit.rows)
            worth, total = _priced(benefit, k, prices)
        direction = _turned(_slope(benefit, _largest(worth, k), prices), direction)
        # A price of 0 cannot fall.
        moved = np.where((prices <= 0.0) & (direction > 0.0), 0.0, direction)
        steepness = float(moved @ moved)
        if least <= known * (1.0 + ROUNDING) or length < _SHORTEST or steepness == 0.0:
            break
        prices = np.maximum(prices - length * (total - known) / steepness * moved, 0.0)
    return Bound(max(least, known), _open(benefit, k, best, known))


def _slope(benefit: Benefit, taken: Bools, prices: Floats) -> Floats:
    """How the bound changes with each price: by how much less than once its row is served."""
    served = taken[benefit.column] & (benefit.value > prices[benefit.row])
    return floats(1.0 - np.bincount(benefit.row, weights=served.astype(np.float64), minlength=benefit.rows))


def _turned(slope: Floats, last: Floats) -> Floats:
    against, size = float(slope @ last), float(last @ last)
    return slope - _DEFLECTED * against / size * last if against < 0.0 and size > 0.0 else slope


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
