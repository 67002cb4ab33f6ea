"""Services that may answer, as rows of the listing, with the minutes to each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np

from app.nearby.asked import Asked, Mode
from app.nearby.listing import Listing
from app.nearby.territory import Territory
from etl.derive.supply import certainty
from geo.arrays import Bools, Floats, Positions
from geo.travel.estimate import Estimate
from geo.travel.prediction import shares
from geo.travel.terrain import Ends

ENGINE = Estimate()


@dataclass(frozen=True, eq=False)
class Candidates:
    """Rows of a listing, each once, and how well each answers the words that were asked; 0 without any."""

    listing: Listing
    rows: Positions
    rank: Floats

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def _profiles(self) -> tuple[list[int], Positions]:
        told = self.listing.profile[self.rows]
        distinct = list(dict.fromkeys(told.tolist()))
        places = np.zeros(max(distinct, default=-1) + 1, dtype=np.intp)
        places[distinct] = np.arange(len(distinct))
        return distinct, places[told]

    @property
    def which(self) -> Positions:
        """Of each candidate the place of its profile in what :meth:`told` gives."""
        return self._profiles[1]

    def told(self, name: str) -> list[Any]:
        """One column of :data:`app.nearby.listing.PROFILE`, a value for each profile that any candidate has."""
        values = self.listing.profiles[name]
        return [values[profile] for profile in self._profiles[0]]

    def value(self, name: str, place: int) -> Any:  # noqa: ANN401 - whatever the column holds
        """The same of one candidate."""
        return self.listing.profiles[name][self.listing.profile[self.rows[place]]]

    def id(self, place: int) -> UUID:
        """The identifier of one candidate."""
        return self.listing.id(self.rows[place])

    def at(self, places: Positions) -> "Candidates":
        """Those at some places."""
        return Candidates(self.listing, self.rows[places], self.rank[places])

    def certainties(self, today: date) -> list[str]:
        """How far each may be counted on, by profile."""
        told = zip(self.told("supply"), self.told("expected"), strict=True)
        return [certainty(supply, expected, today) for supply, expected in told]

    @cached_property
    def comes(self) -> Bools:
        """Those that come to people, or are reached from afar."""
        return np.asarray(self.listing.comes[self.listing.profile[self.rows]])

    @cached_property
    def towns(self) -> Positions:
        """The places of their municipalities in :class:`Territory`."""
        return np.asarray(self.listing.town[self.rows])


@dataclass(frozen=True, eq=False)
class Ways:
    """The way to each candidate: minutes with their interval, metres in a straight line, the mode.

    Of what comes to people 0 minutes, missing metres and no mode. ``low`` and ``high`` tell of the uncertain position
    of the service only; ``modelled``: the error of the estimate is known too (:func:`interval`).
    """

    minutes: Floats
    low: Floats
    high: Floats
    metres: Floats
    modes: Sequence[Mode | None]
    modelled: Bools


def ways(candidates: Candidates, asked: Asked, territory: Territory) -> Ways:
    """The ways from where somebody is, with the very minutes that a run estimates from there."""
    comes = candidates.comes
    by_profile = [asked.mode_of(kind, territory) for kind in candidates.told("kind")]
    straight, radius = _metres(candidates, asked, territory)
    start = _repeated(_lying(asked, territory), len(candidates))
    end = territory.ends.take(candidates.towns)
    if len(set(by_profile)) == 1 and not radius.any():
        low = minutes = high = _known_ways(straight, by_profile[0], start, end)
    else:
        low, minutes, high = ENGINE.ways(
            straight, radius, modes=np.array(by_profile)[candidates.which], start=start, end=end
        )
    by_car = np.array([mode == "car" for mode in by_profile], dtype=np.bool_)[candidates.which]
    modelled = by_car & ~np.isnan(start.rugged) & ~np.isnan(end.rugged) & ~comes
    told: list[Mode | None] = [by_profile[profile] for profile in candidates.which.tolist()]
    if comes.any():
        low, minutes, high = (np.where(comes, 0.0, values) for values in (low, minutes, high))
        told = [None if one else mode for one, mode in zip(comes.tolist(), told, strict=True)]
        straight = np.where(comes, np.nan, straight)
    return Ways(minutes, low, high, straight, told, modelled)


def least_minutes(asked: Asked, territory: Territory, *, metres: float, kind: str | None) -> float:
    """Minutes below which no service of a type (None: of any) can be that is at least so far in a straight line.

    The bound is made for each municipality that has services: from where they lie at the nearest, with the height and
    the ground that all of them are taken to have. Infinite where there is no service at all.
    """
    far = np.maximum(territory.away(asked.origin.x, asked.origin.y), metres)
    some = np.flatnonzero(~np.isnan(far))
    if not len(some):
        return np.inf
    modes = {asked.mode_of(kind, territory)} if kind is not None else {asked.mode or "car", asked.mode or "foot"}
    start, end = _lying(asked, territory), territory.ends.take(some)
    return min(float(_known_ways(far[some], mode, start, end).min()) for mode in modes)


def _known_ways(metres: Floats, mode: Mode, start: Ends, end: Ends) -> Floats:
    """Minutes as of :meth:`Estimate.ways` between points that are known, without what only uncertain ones need."""
    if mode != "car" or ENGINE.terrain is None:
        return ENGINE.minutes(metres, np.full(len(metres), mode))
    factor, lift = ENGINE.terrain.between(start, end)
    flat = np.isnan(factor)
    if flat.all():
        return ENGINE.car.minutes(metres)
    known = ENGINE.terrain.curve.minutes(metres) * factor + lift
    return np.where(flat, ENGINE.car.minutes(metres), known) if flat.any() else known


def _metres(candidates: Candidates, asked: Asked, territory: Territory) -> tuple[Floats, Floats]:
    """Metres in a straight line to each, and the radius of its position; as :class:`Estimate` takes them."""
    listing, rows = candidates.listing, candidates.rows
    straight, radius = (
        np.hypot(asked.origin.x - listing.x[rows], asked.origin.y - listing.y[rows]),
        listing.radius[rows],
    )
    home = asked.origin.municipality
    if home is None:
        return straight, radius
    vague = ~listing.located[rows] & (candidates.towns == territory.place(home.id))
    return np.where(vague, np.maximum(straight, radius), straight), radius


def _lying(asked: Asked, territory: Territory) -> Ends:
    town = asked.origin.municipality
    return territory.ends.take(np.array([territory.place(None if town is None else town.id)]))


def _repeated(ends: Ends, count: int) -> Ends:
    return ends.take(np.zeros(count, dtype=np.intp))


def interval(ways: Ways, places: Positions) -> tuple[Floats, Floats]:
    """Between which minutes the ways at ``places`` lie: where a service may be, by car the error of the estimate too.

    As the lists of a run tell them: four official times of five lie between, the error from either end of the position.
    """
    modelled = ways.modelled[places]
    low, high = (np.where(modelled, share, 1.0) for share in shares(ways.minutes[places]))
    return ways.low[places] * low, ways.high[places] * high
