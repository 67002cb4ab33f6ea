"""Travel minutes estimated from straight distance, where no road network or official table is at hand."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.arrays import AnySeries, Bools, Floats, Positions, bools, floats
from geo.checks import amount, choices, columns, flags, metric_points, numbers, require, unique_labels
from geo.travel.table import TravelTable

MODES = ("car", "foot")
BLOCK = 1_000_000
"""Cells of the distance matrix held at once: some 50 MB with its companions, whatever the size of the whole."""

LARGEST_RADIUS = 5_000.0


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
        if len(self.rates) != len(self.breaks) + 1 or not all(rate > 0 for rate in self.rates):
            faults.append("curve.rates: give one rate above 0 per stretch, one more than the breaks")
        if any(high <= low for low, high in zip((0.0, *self.breaks), self.breaks, strict=False)):
            faults.append("curve.breaks: give ascending distances above 0 metres")
        require(faults)

    def minutes(self, metres: Floats) -> Floats:
        """Minutes for straight distances in metres (>= 0), element by element."""
        starts = (0.0, *self.breaks)
        result = np.zeros_like(metres)
        for start, end, rate in zip(starts, (*self.breaks, np.inf), self.rates, strict=True):
            result += np.clip(metres - start, 0.0, end - start) * (rate / 1000.0)
        return result

    def metres(self, minutes: float) -> float:
        """The straight distance in metres covered in `minutes` (>= 0): the inverse of :meth:`minutes`."""
        left, reached = minutes, 0.0
        for start, end, rate in zip((0.0, *self.breaks), (*self.breaks, np.inf), self.rates, strict=True):
            reached = min(end, start + left * 1000.0 / rate)
            if reached < end:
                break
            left -= (end - start) * rate / 1000.0
        return reached


CAR = Curve(breaks=(3_000.0, 15_000.0), rates=(2.94, 1.45, 0.72))
"""Car, municipality to municipality: 2.94 min/km of straight distance up to 3 km, 1.45 from 3 to 15 km, 0.72 beyond.

Fitted on 150 official road times from a municipality of the metropolitan city of Torino to its prevailing pole (map
of inner areas, SNAI 2020: half of the pairs, stratified by zone). Mean absolute error 4.7 minutes on the half not
used for fitting, against 6.8 for 1.3 times the distance at 50 km/h. The residual is terrain: valleys and ridges.
The pairs are 2 to 68 km apart: nothing is known inside towns, where walking is the default for proximity services.
"""


def walking(*, detour: float = 1.3, speed_kmh: float = 4.8) -> Curve:
    """Walking: straight distance times `detour` at `speed_kmh`; by default 16.25 minutes per km.

    Working assumptions, not calibrated here. 4.8 km/h (1.33 m/s) lies within the comfortable gait speed of adults,
    1.27 to 1.46 m/s by sex and age up to the seventies (Bohannon 1997, Age and Ageing 26, 15-19): older people are
    slower, so for them the estimate is short. Street networks of dense cities lengthen a straight line by about 1.2
    to 1.4 (O'Sullivan & Morrall 1996, Transportation Research Record 1538, 19-26, find 1.2 for walks to stations);
    1.3 is the middle.

    >>> round(walking().metres(15))
    923
    """
    require(amount(detour, where="detour", low=1.0, strict=False), amount(speed_kmh, where="speed_kmh"))
    return Curve(breaks=(), rates=(detour * 60.0 / speed_kmh,))


def municipality_radius(area_m2: npt.ArrayLike) -> Floats:
    """Uncertainty, in metres, of a position known only at municipality precision: ⅔·√(area/π), at most 5 km.

    The mean distance of a point of a disc from its centre is ⅔ of its radius; beyond 5 km a larger municipality is
    mostly uninhabited mountain. `area_m2` is in square metres, >= 0.

    >>> municipality_radius([12_566_371.0, 130_000_000.0, 3e9]).round().tolist()
    [1333.0, 4289.0, 5000.0]
    """
    area = floats(area_m2)
    require(numbers(pd.Series(np.atleast_1d(area)), where="area_m2"))
    return np.minimum(np.sqrt(area / np.pi) * (2.0 / 3.0), LARGEST_RADIUS)


@dataclass(frozen=True)
class Estimate:
    """A travel engine from straight distances; every table it makes is `estimated`.

    >>> from shapely import Point
    >>> home = gpd.GeoDataFrame({"municipality": ["m"], "mode": ["foot"]}, geometry=[Point(0, 0)], crs=32632)
    >>> desk = gpd.GeoDataFrame(
    ...     {"municipality": ["m"], "position_radius_m": [160.0], "located": [True]}, geometry=[Point(800, 0)],
    ...     crs=32632)
    >>> Estimate().table(home, desk, cutoff=15).to_frame()[["low", "minutes", "high"]].round(2).values.tolist()
    [[10.4, 13.0, 15.6]]
    """

    car: Curve = CAR
    foot: Curve = field(default_factory=walking)

    @property
    def name(self) -> str:
        """The name of the engine."""
        return "estimate"

    def describe(self) -> dict[str, Any]:
        """Breaks and rates of every mode, as JSON values."""
        return {"curves": {"car": asdict(self.car), "foot": asdict(self.foot)}}

    def minutes(self, metres: Floats, modes: npt.NDArray[Any] | AnySeries) -> Floats:
        """Minutes for straight distances in metres, each with its mode ('car' or 'foot'); infinite where they are."""
        by_car = np.asarray(modes) == "car"
        result = np.empty(len(metres))
        result[by_car] = self.car.minutes(metres[by_car])
        result[~by_car] = self.foot.minutes(metres[~by_car])
        return result

    def inverse(self, minutes: float) -> dict[str, float]:
        """Straight metres covered in `minutes` (>= 0), by mode.

        >>> {mode: round(metres) for mode, metres in Estimate().inverse(30).items()}
        {'car': 20250, 'foot': 1846}
        """
        require(amount(minutes, where="minutes", strict=False))
        return {"car": self.car.metres(minutes), "foot": self.foot.metres(minutes)}

    def table(self, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame, *, cutoff: float) -> TravelTable:
        """Every pair that may take `cutoff` minutes or less; labels are the indexes of the two frames.

        `origins`: points in EPSG:32632 with `municipality` and `mode` ('car' or 'foot'). `services`: points in
        EPSG:32632 with `municipality`, `position_radius_m` (>= 0, how far the true position may lie) and `located`
        (False: known only at municipality precision).

        A distance d stands for [max(0, d - r), d + r] with r the service's radius. For a service that is not located
        and an origin of its own municipality the central distance is max(d, r): that both are drawn at one point does
        not mean that they are. A missing municipality equals no other.

        Raises :class:`InvalidInput` with all faults of the two frames and of the cutoff.
        """
        require(_origin_faults(origins), _service_faults(services), amount(cutoff, where="cutoff"))
        reach = np.where(origins["mode"] == "car", self.car.metres(cutoff), self.foot.metres(cutoff))
        blocks = [self._block(block, cutoff) for block in _blocks(origins, services, reach)]
        origin, service, minutes, low, high = (np.concatenate(column) for column in zip(*blocks, strict=True))
        return TravelTable(
            origins=origins.index,
            services=services.index,
            origin=origin,
            service=service,
            minutes=minutes,
            low=low,
            high=high,
            cutoff=float(cutoff),
            engine="estimate",
            estimated=True,
        )

    def _block(self, block: "_Block", cutoff: float) -> tuple[Positions, Positions, Floats, Floats, Floats]:
        low = self.minutes(np.maximum(block.metres - block.radius, 0.0), block.mode)
        kept = low <= cutoff
        low, metres, radius, mode = low[kept], block.metres[kept], block.radius[kept], block.mode[kept]
        origin, service = block.origin[kept], block.service[kept]
        minutes, high = self.minutes(metres, mode), self.minutes(metres + radius, mode)
        # Blocks follow the order of the origins, so sorting each of them sorts the whole.
        order = np.lexsort((service, minutes, origin))
        return origin[order], service[order], minutes[order], low[order], high[order]


@dataclass(frozen=True)
class _Block:
    """Candidate pairs of some consecutive origins with every service."""

    origin: Positions
    service: Positions
    metres: Floats
    radius: Floats
    mode: npt.NDArray[Any]


def _blocks(origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame, reach: Floats) -> Iterator[_Block]:
    radius, mode = floats(services["position_radius_m"]), origins["mode"].to_numpy()
    home, place = _municipality_codes(origins["municipality"], services["municipality"], bools(services["located"]))
    start, end = _coordinates(origins), _coordinates(services)
    size = max(BLOCK // max(len(services), 1), 1)
    for first in range(0, max(len(origins), 1), size):
        rows = slice(first, first + size)
        metres = np.hypot(start[rows, 0, None] - end[:, 0], start[rows, 1, None] - end[:, 1])
        metres = np.where(home[rows, None] == place, np.maximum(metres, radius), metres)
        # A hair beyond the reach, so that rounding in the inverse drops no pair; exact minutes decide later.
        row, service = np.nonzero(metres - radius <= reach[rows, None] * (1 + 1e-9))
        yield _Block(row + first, service, metres[row, service], radius[service], mode[row + first])


def _coordinates(frame: gpd.GeoDataFrame) -> Floats:
    return np.column_stack([floats(frame.geometry.x), floats(frame.geometry.y)])


def _municipality_codes(home: AnySeries, place: AnySeries, located: Bools) -> tuple[Positions, Positions]:
    """Codes equal exactly where an origin shares the municipality of a service known only by its municipality."""
    codes, _ = pd.factorize(pd.concat([home.astype(object), place.astype(object)], ignore_index=True))
    home_codes, place_codes = codes[: len(home)], codes[len(home) :]
    return np.where(home_codes < 0, -1, home_codes), np.where(located | (place_codes < 0), -2, place_codes)


def _origin_faults(origins: gpd.GeoDataFrame) -> list[str]:
    faults = metric_points(origins, where="origins") + unique_labels(origins.index, where="origins")
    faults += columns(origins, ["municipality", "mode"], where="origins")
    return faults + choices(origins.get("mode"), MODES, where="origins.mode")


def _service_faults(services: gpd.GeoDataFrame) -> list[str]:
    faults = metric_points(services, where="services") + unique_labels(services.index, where="services")
    faults += columns(services, ["municipality", "position_radius_m", "located"], where="services")
    faults += numbers(services.get("position_radius_m"), where="services.position_radius_m")
    return faults + flags(services.get("located"), where="services.located")
