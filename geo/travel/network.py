"""Travel minutes along roads: the engine that goes round a river or a ridge, where a straight line crosses it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats, FloatSeries, Positions, bools, floats
from geo.checks import amount, choices, columns, flags, metric_points, numbers, require, unique_labels
from geo.travel.graph import Graph, Lines
from geo.travel.paths import minutes_between
from geo.travel.shared import Shared
from geo.travel.snap import Places, Roads
from geo.travel.table import TravelTable
from geo.travel.trip import Pairs, Trip, Ways

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
    shared: Shared | None = field(default=None, repr=False)

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
        found = [Pairs.none()]
        for mode in pd.unique(origins["mode"]):
            rows = np.nonzero((origins["mode"] == mode).to_numpy())[0]
            trip = _trip(self, mode, origins.iloc[rows], services)
            start[rows] = trip.origins.metres
            end = np.fmax(end, trip.services.metres)
            found += [replace(pairs, origin=rows[pairs.origin]) for pairs in trip.pairs(cutoff)]
        return _table(origins, services, found, cutoff, start, end)

    def among(self, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame) -> "Network":
        """The same engine for who will ask for many tables from some of `origins` to some of `services`.

        It looks for every way once, where the tables of this one look for their own. Other places may be asked for too;
        between more places than :data:`geo.travel.shared.MOST` it is no different. The frames are those of
        :meth:`table`; `mode` is not needed. It holds what it finds.
        """
        require(metric_points(origins, where="origins"), _service_faults(services))
        radius = float(services["position_radius_m"].max()) if len(services) else 0.0
        starts, ends = origins.geometry, services.geometry
        shared = Shared.of(starts, ends, self.roads, farthest_m=self.farthest_m, radius_m=radius)
        return replace(self, shared=shared)

    def unplaced(self, points: gpd.GeoDataFrame) -> FloatSeries:
        """Metres to the nearest road of its mode from each point that is not placed, being farther than `farthest_m`.

        `points`: EPSG:32632, with `mode`. Infinite where the mode has no road at all. Those that are placed are absent.

        Raises :class:`InvalidInput` with all faults of the frame.

        >>> from shapely import Point
        >>> lines = Lines.of([[(0, 0), (0, 3000)]])
        >>> road = Graph(
        ...     nodes=2, start=np.array([0]), end=np.array([1]), line=np.array([0]), forward=np.array([3.0]),
        ...     backward=np.array([3.0]), stops=np.array([True]))
        >>> there = gpd.GeoDataFrame(
        ...     {"mode": "car"}, index=["in", "out"], geometry=[Point(9, 9), Point(2500, 0)], crs=32632)
        >>> Network(lines=lines, graphs={"car": road}).unplaced(there).to_dict()
        {'out': 2500.0}
        """
        faults = columns(points, ["mode"], where="points") + choices(
            points.get("mode"), [*self.graphs], where="points.mode"
        )
        require(metric_points(points, where="points"), faults)
        metres = np.zeros(len(points))
        for mode in pd.unique(points["mode"]):
            rows = np.flatnonzero((points["mode"] == mode).to_numpy())
            there, graph = points.geometry.to_numpy()[rows], self.graphs[mode]
            placed = self.roads.nearest(gpd.GeoSeries(there), graph, farthest=self.farthest_m).placed
            metres[rows[~placed]] = self.roads.metres(gpd.GeoSeries(there[~placed]), graph)
        return pd.Series(metres, index=points.index, name="metres")[metres > 0]

    @cached_property
    def roads(self) -> Roads:
        """The lines of all modes, to be searched by place."""
        return Roads(self.lines)


def _on_roads(
    network: Network, mode: str, origins: gpd.GeoSeries, services: gpd.GeoSeries
) -> tuple[Places, Places, Ways]:
    """Where origins and services are on the roads of a mode, and the ways between them."""
    graph, shared = network.graphs[mode], network.shared
    spots = None if shared is None else shared.located(origins, services)
    if shared is None or spots is None:
        start, end = (network.roads.nearest(one, graph, farthest=network.farthest_m) for one in (origins, services))
        return start, end, partial(minutes_between, graph, start, end)
    starts, ends = shared.places(mode, graph)
    reserve = shared.radius_m * SPREAD[mode] / 1_000.0
    ways = partial(shared.minutes_between, mode, graph, *spots, reserve=reserve)
    return starts.take(spots[0]), ends.take(spots[1]), ways


def _trip(network: Network, mode: str, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame) -> Trip:
    home, place = _municipalities(origins, services)
    start, end, ways = _on_roads(network, mode, origins.geometry, services.geometry)
    return Trip(
        origins=start,
        services=end,
        ways=ways,
        start=_coordinates(origins),
        end=_coordinates(services),
        home=home,
        place=place,
        spread=floats(services["position_radius_m"]) * (SPREAD[mode] / 1_000.0),
        pace=0.06 / network.walking_kmh,
    )


def _table(
    origins: gpd.GeoDataFrame,
    services: gpd.GeoDataFrame,
    found: list[Pairs],
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
