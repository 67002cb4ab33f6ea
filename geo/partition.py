"""Which places of a territory a part of it needs, so that what is computed part by part equals the whole.

What a demand point is told depends on the services within reach of it, a floating catchment also on all the people
within reach of these, wherever they live, and a balanced one on all the services among which these people choose.
Coordinates are in metres of one projected system (EPSG:32632), one row of x, y per place, and metres are straight: no
way is shorter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.spatial import cKDTree

from geo.arrays import Bools, Floats, Positions
from geo.travel.estimate import Estimate

HAIR = 1.0 + 1e-9
"""Distances are found in several ways, whose last digits differ: a halo a hair too wide holds no pair too few."""


class Reaching(Protocol):
    """Which services reach which points; flags in, flags out."""

    def services(self, points: Bools) -> Bools:
        """The services that reach some of these points."""
        ...

    def points(self, services: Bools) -> Bools:
        """The points that some of these services reach."""
        ...


@dataclass(frozen=True, eq=False)
class Within:
    """Services reach what is at most `metres` away, those where `placed` is true; the others reach nothing."""

    homes: Floats
    desks: Floats
    placed: Bools
    metres: float

    def services(self, points: Bools) -> Bools:
        """Services within reach of some of these points."""
        return self.placed & (distances(self.desks, self.homes[points]) <= self.metres * HAIR)

    def points(self, services: Bools) -> Bools:
        """Points within reach of some of these services."""
        return distances(self.homes, self.desks[services & self.placed]) <= self.metres * HAIR


@dataclass(frozen=True, eq=False)
class Halo:
    """What a part depends on: one flag per point and per service.

    `used`: services that reach own points. `points`: own ones and those that such a service reaches. `services`: those
    that reach any of these.
    """

    used: Bools
    points: Bools
    services: Bools


def halo(own: Bools, *reaching: Reaching) -> Halo:
    """Three steps from the points where `own` is true: to services, to points, and to services again.

    The services that reach own points are told to these; all points that such a service reaches compete for it; and
    how these divide themselves among services depends on all that reach them.

    >>> towns, desks = np.array([[0.0, 0.0], [9.0, 0.0], [40.0, 0.0]]), np.array([[5.0, 0.0], [13.0, 0.0], [30.0, 0.0]])
    >>> found = halo(np.array([True, False, False]), Within(towns, desks, np.ones(3, dtype=bool), metres=5.0))
    >>> found.used.tolist(), found.points.tolist(), found.services.tolist()
    ([True, False, False], [True, True, False], [True, True, False])
    """
    used = _any([one.services(own) for one in reaching])
    competing = own | _any([one.points(used) for one in reaching])
    return Halo(used, competing, _any([one.services(competing) for one in reaching]))


def _any(flags: Sequence[Bools]) -> Bools:
    found: Bools = np.logical_or.reduce(flags)
    return found


def distances(places: Floats, homes: Floats) -> Floats:
    """Metres from each place to the nearest home; infinite where there is no home.

    >>> distances(np.array([[0.0, 0.0], [6.0, 8.0]]), np.array([[0.0, 3.0], [6.0, 9.0]])).tolist()
    [3.0, 1.0]
    """
    if not len(homes) or not len(places):
        return np.full(len(places), np.inf)
    return np.asarray(cKDTree(homes).query(places)[0], dtype=np.float64)


def boxes(places: Floats, part: Positions, count: int) -> Floats:
    """The box of the places of each of `count` parts: left, bottom, right, top; NaN where a part has none.

    `part` tells the part of each place, from 0.
    """
    found = np.full((count, 4), np.nan)
    for one in np.unique(part):
        inside = places[part == one]
        found[one] = [*inside.min(axis=0), *inside.max(axis=0)]
    return found


def box_distances(box: Floats, others: Floats) -> Floats:
    """Metres between one box and each of the others, 0 where they touch; infinite where either has no place.

    >>> box_distances(np.array([0.0, 0, 1, 1]), np.array([[4.0, 5, 6, 6], [0.5, 0, 9, 9], [np.nan] * 4])).tolist()
    [5.0, 0.0, inf]
    """
    between = np.maximum(others[:, :2] - box[2:], box[:2] - others[:, 2:])
    found = np.hypot(*np.maximum(between, 0.0).T)
    return np.where(np.isnan(found), np.inf, found)


def neighbourhoods(
    places: Floats, others: Floats, *, metres: float, cells: int = 4_000_000
) -> Iterator[tuple[Positions, Positions]]:
    """Squares of places, each with the others that may be within `metres` of a place in it, by position.

    Together the squares hold every place once. There are as many as leave some `cells` pairs to each, were all others
    near all places: what is far from a square need not be measured from it. Positions ascend.

    >>> found = neighbourhoods(np.array([[0.0, 0], [90.0, 0]]), np.array([[5.0, 0], [80.0, 0]]), metres=10.0, cells=2)
    >>> [(rows.tolist(), near.tolist()) for rows, near in found]
    [([0], [0]), ([1], [1])]
    """
    if not len(places):
        return
    left = places.min(axis=0)
    width, height = np.maximum(places.max(axis=0) - left, 1.0)
    count = len(places) * len(others) / cells
    side = max(np.sqrt(width * height / count), 1.0) if count > 1.0 else np.inf
    square = np.floor((places - left) / side).astype(np.intp)
    code = np.unique(square, axis=0, return_inverse=True)[1].ravel()
    for number, box in enumerate(boxes(places, code, int(code.max()) + 1)):
        near = (others >= box[:2] - metres * HAIR).all(axis=1) & (others <= box[2:] + metres * HAIR).all(axis=1)
        yield np.flatnonzero(code == number), np.flatnonzero(near)


def farthest_metres(engine: Estimate, minutes: float) -> float:
    """Straight metres beyond which the estimate puts nothing within `minutes` (>= 0), whatever the mode and terrain.

    >>> round(farthest_metres(Estimate(terrain=None), 30)), round(farthest_metres(Estimate(), 30))
    (20250, 36180)
    """
    metres = max(engine.inverse(minutes).values())
    return metres if engine.terrain is None else max(metres, float(engine.terrain.curve.metres(minutes)))
