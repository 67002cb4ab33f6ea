"""Of a part of the territory the points and services that its answers depend on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from etl.derive.journeys import FARTHEST, TOLERANCE
from etl.derive.scale.facts import Territory, TypeFacts
from geo.arrays import AnySeries, Bools, Floats, Labels, Positions, floats
from geo.partition import Within, halo

Sparse: TypeAlias = csr_array[Any, tuple[int, int]]


@dataclass(frozen=True)
class Reach:
    """How far one comes: ``metres`` tells straight metres beyond which the engine puts nothing within some minutes."""

    metres: Callable[[float], float]
    thresholds: tuple[float, ...]

    def near(self, threshold: float) -> float:
        """Of a threshold and its tolerance, within which people compete for services."""
        return self.metres(threshold + TOLERANCE)

    @property
    def widest(self) -> float:
        """The same of the largest threshold."""
        return max((self.near(threshold) for threshold in self.thresholds), default=0.0)

    @property
    def farthest(self) -> float:
        """Of the minutes up to which the nearest services are told."""
        return max(self.metres(FARTHEST), self.widest)


def narrowed(whole: Territory, types: tuple[TypeFacts, ...], *, metres: float) -> Territory:
    """The services of some types, and of the points the own ones and all who compete for a service with them.

    ``metres``: what is farther is not within the threshold and the tolerance. A service that covers an area reaches
    all who live there. Services that reach nobody here and cover an area are left out, and so are points.
    """
    services = whole.services[whole.services["type"].isin([facts.kind.code for facts in types])]
    wide = services["area_wide"].to_numpy(dtype=bool)
    by_road = Within(coordinates(whole.points), coordinates(services), ~wide, metres)
    found = halo(whole.points["own"].to_numpy(dtype=bool), by_road, Covering.of(whole, services.index, wide))
    points = whole.points[found.points]
    return replace(
        whole,
        points=points,
        services=services.assign(used=found.used, near=found.services)[found.services | ~wide],
        within=whole.within[whole.within["area"].isin(points.index)],
    )


@dataclass(frozen=True, eq=False)
class Covering:
    """Services that cover areas reach all points in them: points by areas, and areas by services."""

    inside: Sparse
    covers: Sparse

    @classmethod
    def of(cls, whole: Territory, services: Labels, wide: Bools) -> Self:
        """Of the services where ``wide`` is true."""
        declared = whole.service_areas[whole.service_areas["service"].isin(services[wide])]
        areas = pd.Index(declared["area"].unique())
        within = whole.within[whole.within["ancestor"].isin(areas)]
        return cls(
            _incidence(within["area"], whole.points.index, within["ancestor"], areas),
            _incidence(declared["area"], areas, declared["service"], services),
        )

    def services(self, points: Bools) -> Bools:
        """Services that cover some of these points."""
        return np.asarray(self.covers.T @ (self.inside.T @ points.astype(np.float64)) > 0)

    def points(self, services: Bools) -> Bools:
        """Points that some of these services cover."""
        return np.asarray(self.inside @ (self.covers @ services.astype(np.float64)) > 0)


def _incidence(left: AnySeries, rows: Labels, right: AnySeries, columns: Labels) -> Sparse:
    """Rows by columns, from pairs of their labels."""
    return flags(rows.get_indexer(pd.Index(left)), columns.get_indexer(pd.Index(right)), (len(rows), len(columns)))


def flags(rows: Positions, columns: Positions, shape: tuple[int, int]) -> Sparse:
    """A matrix with 1 at these rows and columns; places that are given twice add up."""
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


def coordinates(frame: gpd.GeoDataFrame) -> Floats:
    """Metres east and north of the points of a frame, one row each."""
    return np.column_stack([floats(frame.geometry.x), floats(frame.geometry.y)])
