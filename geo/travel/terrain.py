"""What hills and mountains add to the minutes by car, from the height and the altimetric zone of both ends."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from geo.arrays import Floats, Positions, floats
from geo.checks import amount, choices, numbers, require
from geo.travel.curve import Curve

PLAIN = "pianura"
ZONES = ("montagna_interna", "montagna_litoranea", "collina_interna", "collina_litoranea", PLAIN)
"""Altimetric zones of ISTAT."""

_DEEPEST = -100.0
"""Metres: no municipality lies lower."""


@dataclass(frozen=True)
class Ends:
    """How places lie, one value per place.

    `rugged` is 1.0 in hills and mountains and 0.0 in the plain, `altitude` is in metres; NaN where either is unknown.
    """

    rugged: Floats
    altitude: Floats

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Self:
        """The places of a frame, by its columns `altimetric_zone` and `altitude_m`, of which either may be missing.

        >>> Ends.of(pd.DataFrame({"altimetric_zone": ["pianura", "collina_interna", None], "altitude_m": [240.0] * 3}))
        Ends(rugged=array([ 0.,  1., nan]), altitude=array([240., 240.,  nan]))
        """
        if "altimetric_zone" not in frame or "altitude_m" not in frame:
            nothing = np.full(len(frame), np.nan)
            return cls(nothing, nothing)
        rugged = (frame["altimetric_zone"] != PLAIN).to_numpy(dtype=np.float64)
        altitude = floats(frame["altitude_m"])
        unknown = np.isnan(altitude) | frame["altimetric_zone"].isna().to_numpy()
        return cls(np.where(unknown, np.nan, rugged), np.where(unknown, np.nan, altitude))

    def take(self, positions: Positions) -> "Ends":
        """The places at `positions`."""
        return Ends(self.rugged[positions], self.altitude[positions])


@dataclass(frozen=True)
class Terrain:
    """Minutes by car where it is known how both ends lie.

    `curve` holds between two ends in the plain at one height. `rugged` (>= 0) is the share that is added where both
    ends lie in hills or mountains, half of it where one does: roads wind, and are slower. `climb` (>= 0) are the
    minutes for each 100 m of height between the two ends: at 6 % they need 1.7 km of road.

    So the minutes are at least those of the curve, which bounds how far a place may be within given minutes, and rise
    strictly with distance where the ends stay as they are.

    >>> slow = Terrain(Curve(breaks=(), rates=(1.0,)), rugged=0.2, climb=2.0)
    >>> valley, top = Ends(np.array([0.0]), np.array([300.0])), Ends(np.array([1.0]), np.array([800.0]))
    >>> factor, lift = slow.between(valley, top)
    >>> (slow.curve.minutes(np.array([20_000.0])) * factor + lift).tolist()
    [32.0]
    """

    curve: Curve
    rugged: float
    climb: float

    def __post_init__(self) -> None:
        """Refuse a terrain that would shorten the way."""
        require(
            amount(self.rugged, where="terrain.rugged", strict=False),
            amount(self.climb, where="terrain.climb", strict=False),
        )

    def between(self, start: Ends, end: Ends) -> tuple[Floats, Floats]:
        """By how much the curve's minutes are multiplied, and what is added then, pair by pair; NaN where unknown."""
        factor = self.factor(start.rugged + end.rugged)
        return factor, np.abs(start.altitude - end.altitude) * (self.climb / 100.0)

    def factor(self, rugged_ends: Floats) -> Floats:
        """By how much the curve's minutes are multiplied with none, one or two ends in hills or mountains."""
        return 1.0 + rugged_ends * (self.rugged / 2.0)

    def describe(self) -> dict[str, Any]:
        """The coefficients, as JSON values."""
        return {"curve": self.curve.describe(), "rugged": self.rugged, "climb_per_100m": self.climb}


TERRAIN = Terrain(Curve(breaks=(3_000.0, 15_000.0), rates=(2.75, 0.93, 0.50)), rugged=0.19, climb=1.85)
"""Car, with terrain: in the plain 2.75 min/km up to 3 km, 0.93 from 3 to 15 km, 0.50 beyond.

Fitted by ``python -m tests.bench.travel.fit`` on the same 150 official times as :data:`geo.travel.curve.CAR`, between
the main demand points of the municipalities. The last rate is held at 0.50, which is 120 km/h in a straight line: with
heights in the formula the few long ways, all along one motorway, would ask for speeds that no road allows.

All the poles of these ways lie in the plain or at the foot of the hills. Ways between two valleys are therefore
extrapolated, and too short where a ridge divides places of one height: nothing here knows of ridges.
"""


def terrain_faults(frame: pd.DataFrame, *, where: str) -> list[str]:
    """What is wrong with the columns `altitude_m` and `altimetric_zone`; they may be absent and have gaps."""
    zone = frame.get("altimetric_zone")
    faults = numbers(_measured(frame), where=f"{where}.altitude_m", low=_DEEPEST, missing=True)
    return faults + choices(None if zone is None else zone.dropna(), ZONES, where=f"{where}.altimetric_zone")


def _measured(frame: pd.DataFrame) -> "pd.Series[Any] | None":
    """The heights; None where there are none at all, whatever the type of the empty column."""
    altitude = frame.get("altitude_m")
    return None if altitude is None or altitude.isna().all() else altitude
