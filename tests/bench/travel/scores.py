"""How far minutes are from the official ones, and how sure one may be of it."""

from dataclasses import dataclass

import numpy as np

from geo.arrays import Floats

SIDES = (20.0, 30.0)
DRAWS = 4_000
_SEED = 7


@dataclass(frozen=True)
class Spread:
    """A mean over pairs with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """The figure with its interval, in Italian."""
        return f"{self.value:.2f} [{self.low:.2f}; {self.high:.2f}]".replace(".", ",")


def spread(by_pair: Floats) -> Spread:
    """Mean of one figure a pair, and between which means 95 % of redrawn sets of pairs lie (percentile bootstrap).

    >>> print(spread(np.full(9, 2.0)))
    2,00 [2,00; 2,00]
    """
    drawn = np.random.default_rng(_SEED).integers(0, len(by_pair), (DRAWS, len(by_pair)))
    low, high = np.quantile(by_pair[drawn].mean(axis=1), [0.025, 0.975])
    return Spread(float(by_pair.mean()), float(low), float(high))


@dataclass(frozen=True)
class Scores:
    """Errors of minutes (repeats by pairs) against the official ones (pairs), each a mean over repeats by pair."""

    minutes: Floats
    official: Floats

    @property
    def absolute(self) -> Floats:
        """Absolute error."""
        return np.asarray(np.abs(self.minutes - self.official).mean(axis=0))

    @property
    def signed(self) -> Floats:
        """Error: above 0 where the estimate is too long."""
        return np.asarray((self.minutes - self.official).mean(axis=0))

    def wrong_side(self, limit: float) -> Floats:
        """1 where estimate and official time lie on two sides of `limit` (which itself is within), else 0."""
        return np.asarray(((self.minutes <= limit) != (self.official <= limit)).mean(axis=0))
