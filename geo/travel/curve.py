"""Minutes as a function of straight distance: the curves of the modes, and the assumptions behind them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo.arrays import Floats
from geo.checks import amount, require

_BEYOND = 1e9
"""Metres: farther than any two places; where the last stretch of a curve is told by its end."""


@dataclass(frozen=True)
class Curve:
    """Minutes as a piecewise linear, strictly increasing function of straight distance, 0 at 0.

    `breaks` are ascending distances in metres; `rates` are the marginal minutes per km before, between and after them
    (one more than the breaks), all above 0.

    >>> Curve(breaks=(3_000.0,), rates=(2.0, 1.0)).minutes(np.array([1_500.0, 5_000.0])).tolist()
    [3.0, 8.0]
    """

    breaks: tuple[float, ...]
    rates: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse a curve that could not be inverted."""
        faults = []
        if len(self.rates) != len(self.breaks) + 1 or not all(0 < rate < np.inf for rate in self.rates):
            faults.append("curve.rates: give one finite rate above 0 per stretch, one more than the breaks")
        if any(high <= low for low, high in zip((0.0, *self.breaks), self.breaks, strict=False)):
            faults.append("curve.breaks: give ascending distances above 0 metres")
        require(faults)

    def minutes(self, metres: Floats) -> Floats:
        """Minutes for straight distances in metres (>= 0), element by element; infinite where they are."""
        ends, reached = self._knots
        return np.interp(metres, ends, reached, right=np.inf)

    def metres(self, minutes: float | Floats) -> Floats:
        """The straight distances in metres covered in `minutes` (>= 0): the inverse of :meth:`minutes`."""
        ends, reached = self._knots
        return np.interp(np.asarray(minutes, dtype=np.float64), reached, ends, right=np.inf)

    def describe(self) -> dict[str, list[float]]:
        """Breaks and rates, as JSON values."""
        return {"breaks": list(self.breaks), "rates": list(self.rates)}

    @cached_property
    def _knots(self) -> tuple[Floats, Floats]:
        """Distances where stretches start or end, and the minutes at each: made once, asked for at every search."""
        ends = np.array([0.0, *self.breaks, _BEYOND])
        return ends, np.concatenate([[0.0], np.cumsum(np.diff(ends) * np.array(self.rates) / 1000.0)])


CAR = Curve(breaks=(3_000.0, 15_000.0), rates=(2.94, 1.45, 0.72))
"""Car, whatever the terrain: 2.94 min/km of straight distance up to 3 km, 1.45 from 3 to 15 km, 0.72 beyond.

Fitted on 150 official road times from a municipality of the metropolitan city of Torino to its prevailing pole (map
of inner areas, SNAI 2020: half of the pairs, stratified by zone). Mean absolute error 4.7 minutes on the half not
used for fitting, against 6.8 for 1.3 times the distance at 50 km/h. The residual is terrain, which
:data:`geo.travel.terrain.TERRAIN` adds where the heights of both ends are known.
The pairs are 2 to 68 km apart: nothing is known inside towns, where walking is the default for proximity services.
"""


def walking(*, detour: float = 1.3, speed_kmh: float = 4.8) -> Curve:
    """Walking: straight distance times `detour` at `speed_kmh`; by default 16.25 minutes per km.

    Working assumptions, not calibrated here. 4.8 km/h (1.33 m/s) lies within the comfortable gait speed of adults,
    1.27 to 1.46 m/s by sex and age up to the seventies (Bohannon 1997, Age and Ageing 26, 15-19): older people are
    slower, so for them the estimate is short. Street networks of dense cities lengthen a straight line by about 1.2
    to 1.4 (O'Sullivan & Morrall 1996, Transportation Research Record 1538, 19-26, find 1.2 for walks to stations);
    1.3 is the middle.

    Uphill costs nothing more. Rules for slopes (Naismith, Tobler) want the slope of the path; all that is known here
    is the height of the seat of each municipality, which within walking distance says nothing of the two points.

    >>> round(float(walking().metres(15)))
    923
    """
    return _straight(detour, speed_kmh)


def cycling(*, detour: float = 1.3, speed_kmh: float = 15.0) -> Curve:
    """Cycling: straight distance times `detour` at `speed_kmh`; by default 5.2 minutes per km.

    Working assumptions, not calibrated here. 15 km/h is what people keep up on their own bicycles in everyday traffic,
    stops included (Schleinitz et al. 2017, Safety Science 92, 290-297: 17,000 km of ninety riders in Germany, where
    pedelecs were about 2 km/h faster). The detour is that of :func:`walking`; uphill costs nothing more, as there.

    >>> cycling().minutes(np.array([3_000.0])).round(1).tolist()
    [15.6]
    """
    return _straight(detour, speed_kmh)


def _straight(detour: float, speed_kmh: float) -> Curve:
    require(amount(detour, where="detour", low=1.0, strict=False), amount(speed_kmh, where="speed_kmh"))
    return Curve(breaks=(), rates=(detour * 60.0 / speed_kmh,))
