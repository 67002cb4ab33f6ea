"""Travel minutes along roads: the engine that goes round a river or a ridge, where a straight line crosses it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import STRtree, points

from geo.arrays import Bools, Floats, Positions, bools, floats
from geo.checks import amount, choices, columns, flags, metric_points, numbers, require, unique_labels
from geo.travel.graph import Graph, Lines
from geo.travel.paths import minutes_between
from geo.travel.snap import Places, Roads
from geo.travel.table import TravelTable

MODES = ("car", "foot", "bike")

FARTHEST = 1_000.0
"""Metres from a point to its road beyond which the point is not placed: some twelve minutes on foot."""

WALKING_KMH = 4.8
"""From the point to the road. Comfortable gait of adults (see :func:`geo.travel.estimate.walking`)."""

SPREAD: Mapping[str, float] = {"car": 2.94, "foot": 16.25, "bike": 5.2}
"""Minutes that a kilometre of doubt about a position is worth, by mode.

By car the first stretch of the official times (:data:`geo.travel.estimate.CAR`); on foot and by bike 1.3 times the
straight distance at 4.8 and 15 km/h, working assumptions.
"""


@dataclass(frozen=True, eq=False, kw_only=True)
class Network:
    """A travel engine on a road graph for each mode.

    `graphs` has a graph by mode ('car', 'foot', 'bike'), all on `lines`; `provenance` is what the graphs were made
    from, as JSON (file and its hash, rules, speeds). `farthest_m` is how far from a road a point may be, and
    `walking_kmh` the speed from the point to its road.

    Minutes are modelled, not measured: free flow at the speeds of the graph, without traffic, lights, turns and
    parking. So every table says `estimated`, with engine 'network'.

    >>> from shapely import Point
    >>> lines = Lines.of([[(0, 0), (0, 3000)], [(0, 3000), (4000, 3000)]])
    >>> road = Graph(
    ...     nodes=3, start=np.array([0, 1]), end=np.array([1, 2]), line=np.array([0, 1]), forward=np.array([3.0, 4.0]),
    ...     backward=np.array([3.0, np.inf]), stops=np.array([True, True]))
    >>> home = gpd.GeoDataFrame({"municipality": ["m"], "mode": ["car"]}, geometry=[Point(80, 0)], crs=32632)
    >>> desk = gpd.GeoDataFrame(
    ...     {"municipality": ["n"], "position_radius_m": [0.0], "located": [True]}, geometry=[Point(2000, 3000)],
    ...     crs=32632)
    >>> Network(lines=lines, graphs={"car": road}).table(home, desk, cutoff=30).minutes.tolist()
    [6.0]
    """

    lines: Lines
    graphs: Mapping[str, Graph]
    provenance: Mapping[str, Any] = field(default_factory=dict)
    farthest_m: float = FARTHEST
    walking_kmh: float = WALKING_KMH

    def __post_init__(self) -> None:
        """Refuse graphs of unknown modes or of other lines."""
        faults = [f"network.graphs: unknown mode {mode!r}; use {', '.join(MODES)}" for mode in self._strangers]
        for mode, graph in self.graphs.items():
            if len(graph) and graph.line.max() >= len(self.lines):
                faults.append(f"network.graphs: the graph of {mode!r} has edges on lines that are not there")
        faults += amount(self.farthest_m, where="network.farthest_m")
        require(faults, amount(self.walking_kmh, where="network.walking_kmh"))

    @property
    def _strangers(self) -> list[str]:
        return [mode for mode in self.graphs if mode not in MODES]

    @property
    def name(self) -> str:
        """Name of the engine."""
        return "network"

    def describe(self) -> dict[str, Any]:
        """All that the times depend on, as JSON."""
        return {
            "engine": self.name,
            "farthest_m": self.farthest_m,
            "walking_kmh": self.walking_kmh,
            "spread_min_per_km": dict(SPREAD),
            **self.provenance,
        }

    def table(self, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame, *, cutoff: float) -> TravelTable:
        """Every pair that may take `cutoff` minutes or less; labels are the indexes of the two frames.

        `origins`: points in EPSG:32632 with `municipality` and `mode`. `services`: points in EPSG:32632 with
        `municipality`, `position_radius_m` (>= 0, how far the true position may lie) and `located` (False: known only
        at municipality precision).

        Minutes are those from the point on foot to the nearest road of the mode, along the roads, and from the road
        on foot to the service; two points nearer to each other than both are to their roads are walked between
        directly. A point without a road of its mode within `farthest_m` is not placed: its pairs are absent, and
        `origin_snap_m` or `service_snap_m` is NaN (for services, over the modes in use: the farthest).

        The interval is that of :class:`~geo.travel.estimate.Estimate`, with a rate in place of the curve: a radius of
        r metres is worth s = r × :data:`SPREAD`, and t minutes stand for [max(0, t - s), t + s]. For a service that
        is not located and an origin of its own municipality the central time is max(t, s). The true position may
        be across a river and farther than that; the interval is of the distance, not of the network.

        Raises :class:`InvalidInput` with all faults of the two frames and of the cutoff.
        """
        require(_origin_faults(origins, [*self.graphs]), _service_faults(services), amount(cutoff, where="cutoff"))
        start = np.full(len(origins), np.nan)
        end = np.full(len(services), np.nan)
        found = [_Pairs.none()]
        for mode in pd.unique(origins["mode"]):
            rows = np.nonzero((origins["mode"] == mode).to_numpy())[0]
            trip = _Trip.of(self, mode, origins.iloc[rows], services)
            start[rows] = trip.origins.metres
            end = np.fmax(end, trip.services.metres)
            found += [replace(pairs, origin=rows[pairs.origin]) for pairs in trip.pairs(cutoff)]
        return _table(origins, services, found, cutoff, start, end)

    @cached_property
    def roads(self) -> Roads:
        """The lines of all modes, to be searched by place."""
        return Roads(self.lines)


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs of an origin and a service with their minutes."""

    origin: Positions
    service: Positions
    minutes: Floats
    low: Floats
    high: Floats

    @classmethod
    def none(cls) -> "_Pairs":
        nowhere, never = np.empty(0, dtype=np.intp), np.empty(0)
        return cls(nowhere, nowhere, never, never, never)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Trip:
    """Origins of one mode and services, on their roads."""

    graph: Graph
    origins: Places
    services: Places
    start: Floats
    end: Floats
    home: Positions
    place: Positions
    spread: Floats
    pace: float

    @classmethod
    def of(cls, network: Network, mode: str, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame) -> "_Trip":
        graph = network.graphs[mode]
        home, place = _municipalities(origins, services)
        return cls(
            graph=graph,
            origins=network.roads.nearest(origins.geometry, graph, farthest=network.farthest_m),
            services=network.roads.nearest(services.geometry, graph, farthest=network.farthest_m),
            start=_coordinates(origins),
            end=_coordinates(services),
            home=home,
            place=place,
            spread=floats(services["position_radius_m"]) * (SPREAD[mode] / 1_000.0),
            pace=0.06 / network.walking_kmh,
        )

    def pairs(self, cutoff: float) -> Iterator[_Pairs]:
        """The pairs whose low is within the cutoff, a block at a time."""
        origin, service, straight = self._apart()
        yield self._pairs(origin, service, straight * self.pace, cutoff)
        # To walk straight is never longer than to walk to both roads.
        walked = np.sort(origin * len(self.end) + service)
        limit = cutoff + self.spread.max(initial=0.0)
        for origin, service, along in minutes_between(self.graph, self.origins, self.services, limit=limit):
            ends = self.origins.metres[origin] + self.services.metres[service]
            kept = ~np.isin(origin * len(self.end) + service, walked)
            yield self._pairs(origin[kept], service[kept], (along + ends * self.pace)[kept], cutoff)

    def _apart(self) -> tuple[Positions, Positions, Floats]:
        """Pairs nearer to each other than both are to their roads, with the metres between them."""
        placed = np.nonzero(self.origins.placed)[0]
        tree = STRtree(points(self.end))  # type: ignore[arg-type]  # an array, for an array of points
        row, service = tree.query(points(self.start[placed]), predicate="dwithin", distance=self.origins.metres[placed])
        origin = placed[row]
        straight = np.hypot(*(self.start[origin] - self.end[service]).T)
        near = straight <= np.minimum(self.origins.metres[origin], self.services.metres[service])
        return origin[near], service[near], straight[near]

    def _pairs(self, origin: Positions, service: Positions, minutes: Floats, cutoff: float) -> _Pairs:
        spread = self.spread[service]
        minutes = np.where(self.home[origin] == self.place[service], np.maximum(minutes, spread), minutes)
        low = np.maximum(minutes - spread, 0.0)
        kept = low <= cutoff
        return _Pairs(origin[kept], service[kept], minutes[kept], low[kept], (minutes + spread)[kept])


def _table(
    origins: gpd.GeoDataFrame,
    services: gpd.GeoDataFrame,
    found: list[_Pairs],
    cutoff: float,
    start: Floats,
    end: Floats,
) -> TravelTable:
    return TravelTable.from_pairs(
        origins.index,
        services.index,
        origin=np.concatenate([pairs.origin for pairs in found]),
        service=np.concatenate([pairs.service for pairs in found]),
        minutes=np.concatenate([pairs.minutes for pairs in found]),
        low=np.concatenate([pairs.low for pairs in found]),
        high=np.concatenate([pairs.high for pairs in found]),
        cutoff=cutoff,
        engine="network",
        estimated=True,
        origin_snap_m=start,
        service_snap_m=end if len(origins) else None,
    )


def _coordinates(frame: gpd.GeoDataFrame) -> Floats:
    return np.column_stack([floats(frame.geometry.x), floats(frame.geometry.y)])


def _municipalities(origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame) -> tuple[Positions, Positions]:
    """Codes equal exactly where an origin shares the municipality of a service known only by its municipality."""
    both = pd.concat([origins["municipality"].astype(object), services["municipality"].astype(object)])
    codes = pd.factorize(both)[0]
    home, place = codes[: len(origins)], codes[len(origins) :]
    unknown: Bools = bools(services["located"]) | (place < 0)
    return home, np.where(unknown, -2, place)


def _origin_faults(origins: gpd.GeoDataFrame, modes: list[str]) -> list[str]:
    faults = metric_points(origins, where="origins") + unique_labels(origins.index, where="origins")
    faults += columns(origins, ["municipality", "mode"], where="origins")
    return faults + choices(origins.get("mode"), modes, where="origins.mode")


def _service_faults(services: gpd.GeoDataFrame) -> list[str]:
    faults = metric_points(services, where="services") + unique_labels(services.index, where="services")
    faults += columns(services, ["municipality", "position_radius_m", "located"], where="services")
    faults += numbers(services.get("position_radius_m"), where="services.position_radius_m")
    return faults + flags(services.get("located"), where="services.located")
