"""Trips of one mode from origins to services: on foot to the road, along it, and on foot again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from shapely import STRtree, points

from geo.arrays import Floats, Positions
from geo.travel.snap import Places


class Ways(Protocol):
    """Blocks of origins, services and minutes along the roads, up to a limit."""

    def __call__(self, *, limit: float) -> Iterator[tuple[Positions, Positions, Floats]]:
        """Every pair that is at most `limit` minutes apart, once."""
        ...


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of an origin and a service with their minutes."""

    origin: Positions
    service: Positions
    minutes: Floats
    low: Floats
    high: Floats

    @classmethod
    def none(cls) -> "Pairs":
        """No pair."""
        nowhere, never = np.empty(0, dtype=np.intp), np.empty(0)
        return cls(nowhere, nowhere, never, never, never)


@dataclass(frozen=True, eq=False, kw_only=True)
class Trip:
    """Origins of one mode and services, on their roads."""

    origins: Places
    services: Places
    ways: Ways
    start: Floats
    end: Floats
    home: Positions
    place: Positions
    spread: Floats
    pace: float

    def pairs(self, cutoff: float) -> Iterator[Pairs]:
        """The pairs whose low is within the cutoff, a block at a time."""
        origin, service, straight = self._apart()
        yield self._pairs(origin, service, straight * self.pace, cutoff)
        # To walk straight is never longer than to walk to both roads.
        walked = np.sort(origin * len(self.end) + service)
        limit = cutoff + self.spread.max(initial=0.0)
        for origin, service, along in self.ways(limit=limit):
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

    def _pairs(self, origin: Positions, service: Positions, minutes: Floats, cutoff: float) -> Pairs:
        spread = self.spread[service]
        minutes = np.where(self.home[origin] == self.place[service], np.maximum(minutes, spread), minutes)
        low = np.maximum(minutes - spread, 0.0)
        kept = low <= cutoff
        return Pairs(origin[kept], service[kept], minutes[kept], low[kept], (minutes + spread)[kept])
