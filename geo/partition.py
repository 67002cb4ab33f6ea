"""Which places of a territory a part of it needs, so that what is computed part by part equals the whole.

What a demand point is told depends on the services within reach of it, and a floating catchment also on all the people
within reach of these services, wherever they live: its halo has two steps. Coordinates are in metres of one projected
system (EPSG:32632), one row of x, y per place, and metres are straight: no way is shorter.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from geo.arrays import Bools, Floats, Positions
from geo.checks import amount, require
from geo.travel.estimate import Estimate

HAIR = 1.0 + 1e-9
"""Distances are found in several ways, whose last digits differ: a halo a hair too wide holds no pair too few."""


@dataclass(frozen=True)
class Halo:
    """What a part needs beyond its own points.

    `services`: one flag per service, within reach of a point of its own. `points`: one flag per point, its own or
    within reach of one of these services.
    """

    services: Bools
    points: Bools


def halo(points: Floats, services: Floats, own: Bools, *, metres: float) -> Halo:
    """The two steps of a halo: services within `metres` of the points where `own` is true, points within these.

    Raises :class:`InvalidInput` for metres that are not a number of at least 0.

    >>> towns = np.array([[0.0, 0.0], [9.0, 0.0], [40.0, 0.0]])
    >>> found = halo(towns, np.array([[5.0, 0.0], [30.0, 0.0]]), np.array([True, False, False]), metres=5.0)
    >>> found.services.tolist(), found.points.tolist()
    ([True, False], [True, True, False])
    """
    require(amount(metres, where="metres", strict=False))
    reached = distances(services, points[own]) <= metres * HAIR
    return Halo(reached, own | (distances(points, services[reached]) <= metres * HAIR))


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


def farthest_metres(engine: Estimate, minutes: float) -> float:
    """Straight metres beyond which the estimate puts nothing within `minutes` (>= 0), whatever the mode and terrain.

    >>> round(farthest_metres(Estimate(terrain=None), 30)), round(farthest_metres(Estimate(), 30))
    (20250, 36180)
    """
    metres = max(engine.inverse(minutes).values())
    return metres if engine.terrain is None else max(metres, float(engine.terrain.curve.metres(minutes)))
