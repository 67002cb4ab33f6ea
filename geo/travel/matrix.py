"""Travel minutes looked up in a table that somebody else computed: official times, or those of any router."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.arrays import AnySeries, Bools, Floats, Labels, Positions, floats
from geo.checks import amount, choices, columns, numbers, require
from geo.travel.estimate import Estimate
from geo.travel.frames import MODES, origin_faults, service_faults
from geo.travel.table import TravelTable

KINDS = ("point", "municipality")

OTHER_MODE = "bike"
"""Whose curve stands in where a table is of another mode, as public transport: 15 km/h from door to door, on 1.3 times
the straight distance. A working assumption, used within a municipality and for doubts about a position only."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Matrix:
    """A travel engine on a table of minutes.

    `pairs` has `origin`, `destination`, `minutes` (finite, >= 0) and perhaps `low` and `high`, one row a pair; a pair
    that is absent cannot be travelled. `by` tells what the identifiers are of: 'point' (labels of the origins and of
    the services) or 'municipality' (their columns `municipality`). `provenance` is what the table was made from, as
    JSON: hash of the file, percentile, window of departure.

    `mode` is what the minutes are of. A table by 'car', 'foot' or 'bike' holds for the origins of that mode, and
    `estimate` for the others. A table of any other mode ('transit') holds for all origins, whatever their mode: it
    says how those travel who go that way.

    A table between municipalities tells nothing within one: there `estimate` holds, between the points themselves.
    From one municipality to another the time is the same for all their points. Where a service may lie up to its
    `position_radius_m` away, the minutes that `estimate` gives to that distance widen the interval.

    Raises :class:`InvalidInput` with all faults of the table.

    >>> from shapely import Point
    >>> pairs = pd.DataFrame({"origin": ["m"], "destination": ["n"], "minutes": [25.0]})
    >>> home = gpd.GeoDataFrame({"municipality": ["m"], "mode": ["car"]}, geometry=[Point(0, 0)], crs=32632)
    >>> desks = gpd.GeoDataFrame(
    ...     {"municipality": ["m", "n"], "position_radius_m": [0.0, 1000.0], "located": [True, False]},
    ...     geometry=[Point(1000, 0), Point(9000, 0)], crs=32632)
    >>> found = Matrix(pairs=pairs, by="municipality", mode="car").table(home, desks, cutoff=60)
    >>> found.to_frame()[["low", "minutes", "high"]].round(2).values.tolist()
    [[2.94, 2.94, 2.94], [22.06, 25.0, 27.94]]
    """

    pairs: pd.DataFrame
    by: str
    mode: str
    provenance: Mapping[str, Any] = field(default_factory=dict)
    estimate: Estimate = field(default_factory=Estimate)

    def __post_init__(self) -> None:
        """Refuse a table that would mislead."""
        require(
            choices(pd.Series([self.by]), KINDS, where="by"),
            [] if self.mode else ["mode: empty; tell what the minutes are of"],
            _pair_faults(self.pairs),
        )

    @property
    def name(self) -> str:
        """The name of the engine."""
        return "matrix"

    def describe(self) -> dict[str, Any]:
        """Provenance, kind of identifiers, mode, number of pairs, and the estimate that stands in, as JSON values."""
        told = {"by": self.by, "mode": self.mode, "pairs": len(self.pairs), "stands_in": self.estimate.describe()}
        return dict(self.provenance) | told

    def table(self, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame, *, cutoff: float) -> TravelTable:
        """Every pair that may take `cutoff` minutes or less; labels are the indexes of the two frames.

        The frames are those of :meth:`geo.travel.estimate.Estimate.table`. A snapping distance is 0 where the table
        knows the place and NaN where it does not, and None in a table without any. The result is `estimated` where
        the estimate gave any of its pairs.

        Raises :class:`InvalidInput` with all faults of the two frames and of the cutoff.
        """
        require(origin_faults(origins), service_faults(services), amount(cutoff, where="cutoff"))
        served = self._served(origins)
        known = self._placed(origins, services)
        looked_up = self._looked_up(origins, services, served, cutoff)
        estimated = self._estimated(origins, services, served, cutoff)
        pairs = pd.concat([looked_up, estimated], ignore_index=True) if len(estimated) else looked_up
        return TravelTable.from_pairs(
            origins.index,
            services.index,
            origin=pairs["origin"].to_numpy(dtype=np.intp),
            service=pairs["service"].to_numpy(dtype=np.intp),
            minutes=floats(pairs["minutes"]),
            low=floats(pairs["low"]),
            high=floats(pairs["high"]),
            cutoff=cutoff,
            engine=self.name,
            estimated=len(estimated) > 0,
            origin_snap_m=np.where((known[0] >= 0) | ~served, 0.0, np.nan),
            service_snap_m=np.where(known[1] >= 0, 0.0, np.nan),
        )

    def unknown(self, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame) -> tuple[Labels, Labels]:
        """The origins that the table holds for and does not know, and the services that it does not know.

        The frames are those of :meth:`table`. Such places are on the way to nowhere here: a table older than a service
        does not name it.

        >>> from shapely import Point
        >>> pairs = pd.DataFrame({"origin": ["m"], "destination": ["n"], "minutes": [25.0]})
        >>> homes = gpd.GeoDataFrame(
        ...     {"municipality": ["m", "o"], "mode": "car"}, index=["a", "b"], geometry=[Point(0, 0)] * 2, crs=32632)
        >>> desk = gpd.GeoDataFrame({"municipality": ["p"]}, index=["s"], geometry=[Point(0, 0)], crs=32632)
        >>> [labels.tolist() for labels in Matrix(pairs=pairs, by="municipality", mode="car").unknown(homes, desk)]
        [['b'], ['s']]
        """
        starts, ends = self._placed(origins, services)
        return origins.index[self._served(origins) & (starts < 0)], services.index[ends < 0]

    def _served(self, origins: gpd.GeoDataFrame) -> Bools:
        """Origins that the table holds for."""
        if self.mode not in MODES:
            return np.ones(len(origins), dtype=np.bool_)
        return (origins["mode"] == self.mode).to_numpy(dtype=np.bool_)

    def _placed(self, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame) -> tuple[Positions, Positions]:
        """Positions among the places that the table knows, -1 where it knows none."""
        return _placed(self._keys(origins), self._places[0]), _placed(self._keys(services), self._places[1])

    def _keys(self, frame: gpd.GeoDataFrame) -> AnySeries:
        """What the table calls the places of a frame."""
        return frame.index.to_series() if self.by == "point" else frame["municipality"]

    @cached_property
    def _places(self) -> tuple[Labels, Labels]:
        """Origins and destinations that the table knows."""
        return pd.Index(self.pairs["origin"].unique()), pd.Index(self.pairs["destination"].unique())

    @cached_property
    def _by_destination(self) -> tuple[pd.DataFrame, Positions]:
        """The rows with positions for labels, ordered by destination, and where each destination starts."""
        starts, ends = self._places
        minutes = floats(self.pairs["minutes"])
        rows = pd.DataFrame(
            {
                "start": starts.get_indexer(pd.Index(self.pairs["origin"])),
                "end": ends.get_indexer(pd.Index(self.pairs["destination"])),
                "minutes": minutes,
                "low": floats(self.pairs["low"]) if "low" in self.pairs else minutes,
                "high": floats(self.pairs["high"]) if "high" in self.pairs else minutes,
            }
        ).sort_values("end", kind="stable", ignore_index=True)
        return rows, np.searchsorted(rows["end"].to_numpy(), np.arange(len(ends) + 1))

    def _looked_up(
        self, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame, served: Bools, cutoff: float
    ) -> pd.DataFrame:
        start, end = self._placed(origins, services)
        rows, firsts = self._by_destination
        wanted = np.unique(end[end >= 0])
        spans = [np.arange(firsts[place], firsts[place + 1]) for place in wanted]
        near = rows.take(np.concatenate(spans) if spans else np.zeros(0, dtype=np.intp))
        if self.by == "municipality":
            # What the table may tell of ways within a municipality is not between the points of this frame.
            starts, ends = self._places
            near = near[starts.take(near["start"].to_numpy()) != ends.take(near["end"].to_numpy())]
        people = pd.DataFrame({"start": start, "origin": np.arange(len(start))})[served & (start >= 0)]
        places = pd.DataFrame({"end": end, "service": np.arange(len(end)), "doubt": self._doubt(services)})
        near = near[near["low"] - places["doubt"].max() <= cutoff]
        found = near.merge(people, on="start").merge(places[end >= 0], on="end")
        found = found.assign(low=(found["low"] - found["doubt"]).clip(lower=0.0), high=found["high"] + found["doubt"])
        return pd.DataFrame(found.loc[found["low"] <= cutoff, ["origin", "service", "minutes", "low", "high"]])

    def _doubt(self, services: gpd.GeoDataFrame) -> Floats:
        """Minutes that a service may be nearer or farther than where it is drawn."""
        mode = self.mode if self.mode in MODES else OTHER_MODE
        return self.estimate.minutes(floats(services["position_radius_m"]), np.full(len(services), mode))

    def _estimated(
        self, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame, served: Bools, cutoff: float
    ) -> pd.DataFrame:
        """Pairs that the table tells nothing of: of origins that it does not hold for, and within a municipality."""
        modes = origins["mode"] if self.mode in MODES else OTHER_MODE
        asked = np.ones(len(origins), dtype=np.bool_) if self.by == "municipality" else ~served
        numbered = np.flatnonzero(asked)
        table = self.estimate.table(origins.assign(mode=modes)[asked], services, cutoff=cutoff)
        origin = numbered[table.origin]
        names = pd.Index(services["municipality"].dropna().unique())
        home, place = (_placed(frame["municipality"], names) for frame in (origins, services))
        same = (home[origin] == place[table.service]) & (home[origin] >= 0)
        pairs = pd.DataFrame(
            {
                "origin": origin,
                "service": table.service,
                "minutes": table.minutes,
                "low": table.low,
                "high": table.high,
            }
        )
        return pd.DataFrame(pairs[same | ~served[origin]])


def _placed(keys: AnySeries, places: Labels) -> Positions:
    """Position of each key among the places of a table; -1 where it knows none, and where the key is missing."""
    position = places.get_indexer(pd.Index(keys))
    return np.where(keys.isna().to_numpy(), -1, position)


def _pair_faults(pairs: pd.DataFrame) -> list[str]:
    faults = columns(pairs, ["origin", "destination", "minutes"], where="pairs")
    if not len(pairs):
        faults.append("pairs: no row; give at least one way that can be travelled")
    for name in ("origin", "destination"):
        if name in pairs and pairs[name].isna().any():
            faults.append(f"pairs.{name}: {int(pairs[name].isna().sum())} values missing; name every place")
    for name in ("minutes", "low", "high"):
        faults += numbers(pairs.get(name), where=f"pairs.{name}")
    if faults:
        return faults
    low, high = pairs.get("low", pairs["minutes"]), pairs.get("high", pairs["minutes"])
    crossed = (low > pairs["minutes"]) | (high < pairs["minutes"])
    if crossed.any():
        faults.append(f"pairs: {int(crossed.sum())} rows without low <= minutes <= high; correct or drop them")
    if pairs.duplicated(["origin", "destination"]).any():
        count = int(pairs.duplicated(["origin", "destination"]).sum())
        faults.append(f"pairs: {count} rows repeat a pair of origin and destination; keep one row for each")
    return faults
