"""The numbers of one street: where a number is, known, between two known ones or beside one."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from etl.locate.address import house
from etl.locate.points import DECLARED, SURVEYED

# Points of one number that lie further apart than this are not all right: none of them is believed.
DISAGREEMENT_M = 150.0
# The errors to be expected at worst (about nine in ten are smaller), in metres, measured between lists of Torino's
# services. One number surveyed twice lies 6 m apart in the median, 32 m at most in 95 of 100 cases; declared points
# lie up to 140 m from surveyed ones. Numbers grow by 12 m each in the median; on one side of a street two of them lie
# at most 28 m a number apart in 90 of 100 pairs, 18 m where many numbers are between. The sides of a street may run
# apart by 500 m (via Nizza 107 and 108: 590 m).
SAME_M = {SURVEYED: 40.0, DECLARED: 140.0}
OTHER_PART_M, ROAD_M = 60.0, 40.0
STEEP_METRES_A_NUMBER, METRES_A_NUMBER = 28.0, 18.0
UNEVEN_M = 560.0
# Two known numbers on one side, this close together, leave the numbers between them no room to be elsewhere.
CERTAIN_GAP_M = 40.0
WIDEST_GAP = 40
BEYOND_THE_KNOWN = 1.5
SHORTEST_STREET_M = 350.0
LIMIT_M = 1_100.0


class House(NamedTuple):
    """A number's point: metres (EPSG:32632), its number's key, its rank, whose it is."""

    number: str
    rank: int
    x: float
    y: float
    source_id: str


@dataclass(frozen=True)
class Spot:
    """Where a number is, in metres (EPSG:32632), as :class:`etl.locate.points.Answer` says."""

    x: float
    y: float
    precision: Literal["address", "street"]
    radius_m: float
    how: Literal["same", "beside", "between", "street"]
    numbers: tuple[int, ...]
    sources: tuple[str, ...]
    rank: int


@dataclass(frozen=True, order=True)
class _Known:
    """A number whose points agree."""

    number: int
    x: float
    y: float
    sources: tuple[str, ...]
    rank: int
    spread_m: float

    def distance(self, other: "_Known") -> float:
        return math.hypot(self.x - other.x, self.y - other.y)


class Houses:
    """The known points of one street; ``square`` where it is one, and so does not grow with its numbers."""

    def __init__(self, points: Sequence[House], *, square: bool = False) -> None:
        self._points = sorted(points)
        self._square = square
        by_number: dict[int, list[House]] = defaultdict(list)
        for point in self._points:
            if (number := house(point.number)) is not None:
                by_number[number].append(point)
        agreed = [_agreed(number, found) for number, found in sorted(by_number.items())]
        self._known = _consistent([known for known in agreed if known is not None])

    @property
    def points(self) -> npt.NDArray[np.float64]:
        """Metres (EPSG:32632), shape (n, 2)."""
        return _xy(self._points)

    def find(self, number: str) -> Spot | None:
        """Where a number (its key, perhaps empty) of the street is; nothing beyond ``LIMIT_M``."""
        wanted = house(number)
        if wanted is None:
            spots = [self._street(None)]
        else:
            if (same := self._same(number, wanted)) is not None:
                return same
            spots = [self._between(wanted), self._beside(wanted), self._street(wanted)]
        fit = [spot for spot in spots if spot is not None and spot.radius_m <= LIMIT_M]
        return min(fit, key=lambda spot: (spot.precision, spot.radius_m), default=None)

    def _same(self, number: str, wanted: int) -> Spot | None:
        known = next((known for known in self._known if known.number == wanted), None)
        if known is None:
            return None
        exact = _agreed(wanted, [point for point in self._points if point.number == number])
        known = exact or known
        radius = SAME_M[known.rank] + known.spread_m + (0.0 if exact else OTHER_PART_M)
        return Spot(known.x, known.y, "address", radius, "same", (wanted,), known.sources, known.rank)

    def _between(self, wanted: int) -> Spot | None:
        """Between the nearest known numbers of the same side below and above."""
        side = [known for known in self._known if known.number % 2 == wanted % 2]
        below = next((known for known in reversed(side) if known.number < wanted), None)
        above = next((known for known in side if known.number > wanted), None)
        if below is None or above is None:
            return None
        numbers, metres = above.number - below.number, below.distance(above)
        if numbers > WIDEST_GAP or metres > STEEP_METRES_A_NUMBER * numbers + ROAD_M:
            return None
        share = (wanted - below.number) / numbers
        certain = metres <= CERTAIN_GAP_M
        rank = max(below.rank, above.rank)
        return Spot(
            below.x + share * (above.x - below.x),
            below.y + share * (above.y - below.y),
            "address" if certain else "street",
            SAME_M[rank] + metres / 2,
            "between",
            (below.number, above.number),
            _joined(below, above),
            rank,
        )

    def _beside(self, wanted: int) -> Spot | None:
        """At the known number from which the wanted one is least far."""
        if not self._known:
            return None
        radius, _away, known = min((_reach(known, wanted), abs(known.number - wanted), known) for known in self._known)
        return Spot(known.x, known.y, "street", radius, "beside", (known.number,), known.sources, known.rank)

    def _street(self, wanted: int | None) -> Spot | None:
        """At the known point in the middle, with a radius that reaches the ends as far as they are known."""
        believed = {known.number for known in self._known}
        points = [point for point in self._points if point.number == "" or house(point.number) in believed]
        if not points:
            return None
        xy = _xy(points)
        away = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
        middle = int(np.argmin(np.round(away.max(axis=1), 3)))
        chosen = points[middle]
        radius = max(float(away[middle].max()) * BEYOND_THE_KNOWN, SHORTEST_STREET_M)
        if not self._square:
            radius = max(radius, self._grown(house(chosen.number), wanted))
        sources = tuple(sorted({point.source_id for point in points}))
        rank = max(point.rank for point in points)
        return Spot(chosen.x, chosen.y, "street", radius, "street", (), sources, rank)

    def _grown(self, chosen: int | None, wanted: int | None) -> float:
        """How far the street must reach from the chosen number to have the numbers it has."""
        numbers = [known.number for known in self._known]
        ends = [wanted] if wanted is not None else [1, *numbers]
        if chosen is None:
            return METRES_A_NUMBER * max([*numbers, wanted or 0])
        return METRES_A_NUMBER * max(abs(end - chosen) for end in ends)


def _xy(points: Sequence[House]) -> npt.NDArray[np.float64]:
    return np.array([(point.x, point.y) for point in points], dtype=float)


def _agreed(number: int, points: Sequence[House]) -> _Known | None:
    """The point of a number by its most trusted points; nothing where there are none or they disagree."""
    if not points:
        return None
    rank = min(point.rank for point in points)
    best = [point for point in points if point.rank == rank]
    x, y = median(point.x for point in best), median(point.y for point in best)
    spread = max(math.hypot(point.x - x, point.y - y) for point in best)
    if 2 * spread > DISAGREEMENT_M:
        return None
    return _Known(number, x, y, tuple(sorted({point.source_id for point in best})), rank, spread)


def _consistent(known: Sequence[_Known]) -> list[_Known]:
    """The numbers without declared ones that cannot be right beside the others.

    Via Vanchiglia 3 and 4 are given 1,200 m apart by one list: nobody can say which is right. Surveyed numbers stay:
    along a road over the fields two of them may well lie that far apart.
    """
    return [
        one
        for one in known
        if one.rank == SURVEYED or all(one.distance(other) <= _credible(one, other) for other in known)
    ]


def _credible(one: _Known, other: _Known) -> float:
    """The largest distance that two numbers of one street may have."""
    return UNEVEN_M + STEEP_METRES_A_NUMBER * abs(one.number - other.number)


def _joined(*known: _Known) -> tuple[str, ...]:
    return tuple(sorted({source for one in known for source in one.sources}))


def _reach(known: _Known, wanted: int) -> float:
    """Expected worst distance of a number from a known one."""
    away = abs(known.number - wanted)
    uneven = UNEVEN_M if away % 2 else min(STEEP_METRES_A_NUMBER * away, UNEVEN_M)
    return ROAD_M + known.spread_m + max(uneven, METRES_A_NUMBER * away)
