"""Travel minutes estimated from straight distance, where no road network or official table is at hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.arrays import AnySeries, Bools, Floats, Positions, bools, floats
from geo.checks import amount, numbers, require
from geo.travel import prediction
from geo.travel.curve import CAR, Curve, cycling, walking
from geo.travel.frames import MODES, origin_faults, service_faults
from geo.travel.table import TravelTable
from geo.travel.terrain import TERRAIN, Ends, Terrain

BLOCK = 1_000_000
"""Cells of the distance matrix held at once: some 100 MB with its companions, whatever the size of the whole."""

LONG_ROW = 64
"""Pairs an origin, on the average of a block, from which on each origin is sorted by itself."""

LARGEST_RADIUS = 5_000.0

_Codes: TypeAlias = npt.NDArray[np.int8]


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

    By car it adds terrain where heights and zones of both ends are known, else `car` holds, which is the mean of all
    terrains; `terrain=None` is the published three-piece function throughout. On foot and by bike nobody has
    calibrated it.

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
    bike: Curve = field(default_factory=cycling)
    terrain: Terrain | None = TERRAIN

    @property
    def name(self) -> str:
        """The name of the engine."""
        return "estimate"

    def describe(self) -> dict[str, Any]:
        """Coefficients of every mode and the error of the model by car, as JSON values."""
        known = self.terrain == TERRAIN
        return {
            "curves": {mode: curve.describe() for mode, curve in zip(MODES, self._curves(), strict=True)},
            "terrain": None if self.terrain is None else self.terrain.describe(),
            "prediction_interval": prediction.describe() if known else None,
        }

    def minutes(self, metres: Floats, modes: npt.NDArray[Any] | AnySeries) -> Floats:
        """Minutes for straight distances in metres, each with its mode, whatever the terrain."""
        told = np.asarray(modes)
        result = np.full(len(metres), np.nan)
        for mode, curve in zip(MODES, self._curves(), strict=True):
            result[told == mode] = curve.minutes(metres[told == mode])
        return result

    def inverse(self, minutes: float) -> dict[str, float]:
        """Straight metres covered in `minutes` (>= 0), by mode, whatever the terrain.

        >>> {mode: round(metres) for mode, metres in Estimate().inverse(30).items()}
        {'car': 20250, 'foot': 1846, 'bike': 5769}
        """
        require(amount(minutes, where="minutes", strict=False))
        return {mode: float(curve.metres(minutes)) for mode, curve in zip(MODES, self._curves(), strict=True)}

    def table(self, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame, *, cutoff: float) -> TravelTable:
        """Every pair that may take `cutoff` minutes or less; labels are the indexes of the two frames.

        `origins`: points in EPSG:32632 with `municipality` and `mode` ('car', 'foot' or 'bike'). `services`: points in
        EPSG:32632 with `municipality`, `position_radius_m` (>= 0, how far the true position may lie) and `located`
        (False: known only at municipality precision). Both may have `altitude_m` and `altimetric_zone`
        (:data:`geo.travel.terrain.ZONES`), with gaps.

        A distance d stands for [max(0, d - r), d + r] with r the service's radius. For a service that is not located
        and an origin of its own municipality the central distance is max(d, r): that both are drawn at one point does
        not mean that they are. A missing municipality equals no other. `low` and `high` tell only of that position;
        the error of the model is :func:`geo.travel.prediction.prediction_interval`.

        Raises :class:`InvalidInput` with all faults of the two frames and of the cutoff.
        """
        require(origin_faults(origins), service_faults(services), amount(cutoff, where="cutoff"))
        made = [self._timed(pairs, cutoff) for pairs in self._pairs(origins, services, cutoff)]
        origin, service, minutes, low, high = (np.concatenate(column) for column in zip(*made, strict=True))
        return TravelTable(
            origins=origins.index,
            services=services.index,
            origin=origin,
            service=service,
            minutes=minutes,
            low=low,
            high=high,
            cutoff=float(cutoff),
            engine=self.name,
            estimated=True,
        )

    def ways(
        self, metres: Floats, radius: Floats, *, modes: npt.NDArray[Any], start: Ends, end: Ends
    ) -> tuple[Floats, Floats, Floats]:
        """`low`, `minutes` and `high` of single ways: the very figures of :meth:`table`, without its frames.

        All arrays have one value per way: `metres` of the straight distance, the `radius` in metres that the true
        position of the service lies within, one of :data:`MODES`, and how the two ends lie. The caller has put
        ``max(metres, radius)`` where a service is known by the municipality of the origin only.

        >>> nowhere = Ends(np.array([np.nan]), np.array([np.nan]))
        >>> times = Estimate().ways(
        ...     np.array([800.0]), np.array([160.0]), modes=np.array(["foot"]), start=nowhere, end=nowhere)
        >>> [time.round(2).tolist() for time in times]
        [[10.4], [13.0], [15.6]]
        """
        rows = np.arange(len(metres))
        codes = np.array([MODES.index(mode) for mode in modes], dtype=np.int8)
        pairs = self._curved(_Pairs(rows, rows, metres, radius), codes, start, end)
        near, far = np.maximum(metres - radius, 0.0), metres + radius
        low, minutes, high = (pairs.minutes(self._all_curves(), reach) for reach in (near, metres, far))
        return low, minutes, high

    def reach(self, mode: str, start: Ends, minutes: float) -> float:
        """Straight metres from one place beyond which nothing is within `minutes` (>= 0), however it lies."""
        return float(self._reach(np.array([MODES.index(mode)], dtype=np.int8), start, minutes)[0])

    def _all_curves(self) -> tuple[Curve, ...]:
        """The curves of :data:`MODES`, and behind them that of ways by car between known heights."""
        return (*self._curves(), self.car if self.terrain is None else self.terrain.curve)

    def _curves(self) -> tuple[Curve, ...]:
        """The curves of :data:`MODES`, in their order."""
        return self.car, self.foot, self.bike

    def _pairs(self, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame, cutoff: float) -> Iterator["_Pairs"]:
        """Pairs that may be within the cutoff, by blocks of consecutive origins; within an origin by service."""
        mode = np.array([MODES.index(one) for one in origins["mode"]], dtype=np.int8)
        start, end = Ends.of(origins), Ends.of(services)
        reach = self._reach(mode, start, cutoff)
        for block in _blocks(origins, services, reach):
            yield self._curved(block, mode[block.origin], start.take(block.origin), end.take(block.service))

    def _curved(self, pairs: "_Pairs", curve: _Codes, start: Ends, end: Ends) -> "_Pairs":
        """The pairs with the curve that each takes, from the code of its mode and how both ends of it lie."""
        factor, lift = np.ones(1), np.zeros(1)
        if self.terrain is not None and not np.isnan(end.rugged).all():
            factor, lift = self.terrain.between(start, end)
            hilly = (curve == 0) & ~np.isnan(factor)
            curve = np.where(hilly, np.int8(len(MODES)), curve)
            factor, lift = np.where(hilly, factor, 1.0), np.where(hilly, lift, 0.0)
        return replace(pairs, curve=curve, factor=factor, lift=lift)

    def _reach(self, mode: _Codes, start: Ends, cutoff: float) -> Floats:
        """Straight metres beyond which nothing is within the cutoff, by origin."""
        reach = np.array([float(curve.metres(cutoff)) for curve in self._curves()])[mode]
        if self.terrain is not None:
            # At the least no height is climbed, and the other end lies in the plain.
            factor = self.terrain.factor(np.nan_to_num(start.rugged))
            by_car = np.maximum(reach, self.terrain.curve.metres(cutoff / factor))
            reach = np.where((mode == 0) & ~np.isnan(start.rugged), by_car, reach)
        return reach

    def _timed(self, pairs: "_Pairs", cutoff: float) -> tuple[Positions, Positions, Floats, Floats, Floats]:
        curves = self._all_curves()
        low = pairs.minutes(curves, np.maximum(pairs.metres - pairs.radius, 0.0))
        kept = low <= cutoff
        pairs, low = pairs.kept(kept), low[kept]
        minutes = high = low
        if pairs.radius.any():
            minutes = pairs.minutes(curves, pairs.metres)
            high = pairs.minutes(curves, pairs.metres + pairs.radius)
        order = _by_minutes(pairs.origin, minutes)
        return pairs.origin[order], pairs.service[order], minutes[order], low[order], high[order]


@dataclass(frozen=True)
class _Pairs:
    """Candidate pairs; `curve` is the place of the curve that each of them takes."""

    origin: Positions
    service: Positions
    metres: Floats
    radius: Floats
    curve: _Codes = field(default_factory=lambda: np.zeros(0, dtype=np.int8))
    factor: Floats = field(default_factory=lambda: np.ones(1))
    lift: Floats = field(default_factory=lambda: np.zeros(1))

    def kept(self, mask: Bools) -> "_Pairs":
        """The pairs where `mask` is true."""
        columns = {name: column[mask] for name, column in vars(self).items() if len(column) == len(mask)}
        return replace(self, **columns)

    def minutes(self, curves: Sequence[Curve], metres: Floats) -> Floats:
        """Minutes for other distances of the same pairs."""
        used = [place for place in range(len(curves)) if (self.curve == place).any()]
        result = np.empty_like(metres)
        for place in used:
            chosen = self.curve == place if len(used) > 1 else slice(None)
            result[chosen] = curves[place].minutes(metres[chosen])
        return np.asarray(result * self.factor + self.lift)


def _by_minutes(origin: Positions, minutes: Floats) -> Positions:
    """The order by origin, minutes, service of pairs that are ordered by origin and service."""
    starts = np.flatnonzero(np.diff(origin, prepend=-1))
    if len(origin) < LONG_ROW * max(len(starts), 1):
        return np.lexsort((minutes, origin))
    # Each row by itself is several times faster than all at once.
    ends = [*starts[1:], len(origin)]
    return np.concatenate(
        [start + np.argsort(minutes[start:end], kind="stable") for start, end in zip(starts, ends, strict=True)]
    )


def _blocks(origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame, reach: Floats) -> Iterator[_Pairs]:
    radius = floats(services["position_radius_m"])
    home, place = _municipality_codes(origins["municipality"], services["municipality"], bools(services["located"]))
    start, end = _coordinates(origins), _coordinates(services)
    size = max(BLOCK // max(len(services), 1), 1)
    for first in range(0, max(len(origins), 1), size):
        rows = slice(first, first + size)
        metres = np.hypot(start[rows, 0, None] - end[:, 0], start[rows, 1, None] - end[:, 1])
        if radius.any():
            metres = np.where(home[rows, None] == place, np.maximum(metres, radius), metres)
        # A hair beyond the reach, so that rounding in the inverse drops no pair; exact minutes decide later.
        row, service = np.nonzero(metres - radius <= reach[rows, None] * (1 + 1e-9))
        yield _Pairs(row + first, service, metres[row, service], radius[service])


def _coordinates(frame: gpd.GeoDataFrame) -> Floats:
    return np.column_stack([floats(frame.geometry.x), floats(frame.geometry.y)])


def _municipality_codes(home: AnySeries, place: AnySeries, located: Bools) -> tuple[Positions, Positions]:
    """Codes equal exactly where an origin shares the municipality of a service known only by its municipality."""
    codes, _ = pd.factorize(pd.concat([home.astype(object), place.astype(object)], ignore_index=True))
    home_codes, place_codes = codes[: len(home)], codes[len(home) :]
    return np.where(home_codes < 0, -1, home_codes), np.where(located | (place_codes < 0), -2, place_codes)
