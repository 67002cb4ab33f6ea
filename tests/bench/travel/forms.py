"""Ways to make minutes out of distance and terrain, and how their coefficients are found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import least_squares

from geo.arrays import Floats, floats
from geo.travel.curve import CAR, Curve
from geo.travel.terrain import Terrain

BREAKS = (3_000.0, 15_000.0)
FASTEST = 0.5
"""Minutes a kilometre of straight line: 120 km/h, which the highway code's 130 allow on a way 8 % longer than that."""

_SOFT = 2.0  # minutes from which on an error counts by its size and no longer by its square
_RATES = (2.9, 1.2, 0.8)


@dataclass(frozen=True)
class Form:
    """A formula with coefficients; ``low`` and ``high`` bound them, ``start`` is where the search begins."""

    name: str
    formula: Callable[[Floats, pd.DataFrame], Floats]
    start: Sequence[float] = ()
    low: Sequence[float] = ()
    high: Sequence[float] = ()

    def fit(self, seen: pd.DataFrame) -> Floats:
        """Coefficients for the pairs of :func:`tests.bench.travel.material.pairs`; none where there is nothing to fit.

        Least squares with a soft loss: a few valleys that no formula reaches shall not bend it for all others.
        """
        if not self.start:
            return np.zeros(0)
        official = floats(seen["minutes"])

        def errors(coefficients: Floats) -> Floats:
            return self.formula(coefficients, seen) - official

        found = least_squares(
            errors,
            self.start,
            bounds=(self.low, self.high),
            loss="soft_l1",
            f_scale=_SOFT,
        )
        return floats(found.x)


def terrain(coefficients: Floats) -> Terrain:
    """The engine's own object with three rates, the share of hills and mountains, minutes for 100 m of height."""
    first, second, third, rugged, climb = (float(value) for value in coefficients)
    return Terrain(Curve(breaks=BREAKS, rates=(first, second, third)), rugged=rugged, climb=climb)


def _with_terrain(coefficients: Floats, pairs: pd.DataFrame) -> Floats:
    made = terrain(coefficients)
    plain = made.curve.minutes(floats(pairs["metres"]))
    return plain * made.factor(floats(pairs["rugged"])) + made.climb * floats(pairs["climb"])


def _three_pieces(coefficients: Floats, pairs: pd.DataFrame) -> Floats:
    first, second, third = (float(value) for value in coefficients)
    return Curve(breaks=BREAKS, rates=(first, second, third)).minutes(floats(pairs["metres"]))


def _published(_coefficients: Floats, pairs: pd.DataFrame) -> Floats:
    return CAR.minutes(floats(pairs["metres"]))


def _fifty(_coefficients: Floats, pairs: pd.DataFrame) -> Floats:
    return floats(floats(pairs["metres"]) * (1.3 / 1000.0 / 50.0 * 60.0))


def _grade(coefficients: Floats, pairs: pd.DataFrame) -> Floats:
    grade = floats(pairs["climb"]) / np.maximum(floats(pairs["metres"]) / 1000.0, 1.0)
    return floats(_three_pieces(coefficients[:3], pairs) * (1.0 + coefficients[3] * grade))


def _power(coefficients: Floats, pairs: pd.DataFrame) -> Floats:
    scale, exponent, rugged, climb = coefficients
    plain = scale * (floats(pairs["metres"]) / 1000.0) ** exponent
    return floats(plain * (1.0 + rugged / 2.0 * floats(pairs["rugged"])) + climb * floats(pairs["climb"]))


def _rates(*more: float, low: float = FASTEST) -> dict[str, Sequence[float]]:
    """Start and bounds of three rates and of coefficients from 0 to 9 that start at `more`."""
    return {
        "start": [*_RATES, *more],
        "low": [low] * 3 + [0.0] * len(more),
        "high": [6.0] * 3 + [9.0] * len(more),
    }


FIFTY = Form("1,3 × distanza a 50 km/h", _fifty)
PUBLISHED = Form("tre tratti, come pubblicati", _published)
THREE = Form("tre tratti, ricalcolati", _three_pieces, **_rates(low=0.1))
TERRAIN = Form("tre tratti e rilievo", _with_terrain, **_rates(0.1, 1.0))

TRIED = (
    PUBLISHED,
    THREE,
    Form("solo dislivello", lambda c, p: _with_terrain(np.insert(c, 3, 0.0), p), **_rates(1.0)),
    Form("solo collina e montagna", lambda c, p: _with_terrain(np.append(c, 0.0), p), **_rates(0.1)),
    Form("dislivello per km", _grade, **_rates(0.1)),
    Form("rilievo, ultimo tratto libero", _with_terrain, **_rates(0.1, 1.0, low=0.1)),
    Form("potenza e rilievo", _power, [3.0, 0.7, 0.1, 1.0], [0.5, 0.3, 0.0, 0.0], [9.0, 1.0, 9.0, 9.0]),
    TERRAIN,
)
"""What the form was chosen among. The power and the free last stretch err less, and were left out: they end in speeds
that no road allows (150 to 200 km/h in a straight line at 60 km), and the power starts standing still."""
