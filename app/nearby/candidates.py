"""Services that may answer, column by column, with the minutes to each of them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from app.nearby.asked import Asked, Mode
from app.nearby.territory import Territory
from etl.derive.supply import certainty
from geo.arrays import Bools, Floats, Positions
from geo.travel.estimate import Estimate
from geo.travel.prediction import shares
from geo.travel.terrain import Ends

ENGINE = Estimate()
AT_PLACE = "sede"  # the delivery of services that people go to
# What the statements of candidates give, in their order; a text search adds how well a service answers.
COLUMNS = (
    *("id", "kind", "x", "y", "radius", "located", "municipality", "delivery", "supply", "expected"),
    *("groups", "age_min", "age_max", "languages", "free", "step_free", "areas", "hours", "rank"),
)

Record = Any  # asyncpg's, which has no annotations


@dataclass(frozen=True, eq=False)
class Candidates:
    """Columns of :data:`COLUMNS` by name, as they are stored; each service once."""

    columns: Mapping[str, Sequence[Any]]

    @classmethod
    def of(cls, rows: Sequence[Record]) -> "Candidates":
        """From rows of the statements of :mod:`app.queries.nearby`."""
        found = zip(*rows, strict=True) if rows else ([] for _name in COLUMNS)
        return cls(dict(zip(COLUMNS, found, strict=True)))

    def __len__(self) -> int:
        return len(self.columns["id"])

    def __getitem__(self, name: str) -> Sequence[Any]:
        return self.columns[name]

    def at(self, places: Positions) -> "Candidates":
        """Those at some places."""
        chosen = places.tolist()
        return Candidates({name: [values[place] for place in chosen] for name, values in self.columns.items()})

    def certainties(self, today: date) -> list[str]:
        """How far each may be counted on."""
        return [certainty(*told, today) for told in zip(self["supply"], self["expected"], strict=True)]

    def comes(self) -> Bools:
        """Those that come to people, or are reached from afar."""
        return np.fromiter((one != AT_PLACE for one in self["delivery"]), dtype=np.bool_, count=len(self))


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
    count, comes = len(candidates), candidates.comes()
    modes = [asked.mode_of(kind, territory) for kind in candidates["kind"]]
    straight, radius = _metres(candidates, asked)
    start = _repeated(_lying(asked, territory), count)
    end = territory.lying(candidates["municipality"])
    low, minutes, high = ENGINE.ways(straight, radius, modes=np.array(modes), start=start, end=end)
    modelled = np.array([mode == "car" for mode in modes], dtype=np.bool_)
    modelled &= ~np.isnan(start.rugged) & ~np.isnan(end.rugged) & ~comes
    low, minutes, high = (np.where(comes, 0.0, values) for values in (low, minutes, high))
    told = [None if one else mode for one, mode in zip(comes, modes, strict=True)]
    return Ways(minutes, low, high, np.where(comes, np.nan, straight), told, modelled)


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
    ground = {"start": _repeated(_lying(asked, territory), len(some)), "end": territory.ends.take(some)}
    nothing = np.zeros(len(some))
    times = (ENGINE.ways(far[some], nothing, modes=np.full(len(some), mode), **ground)[1] for mode in modes)
    return min(float(minutes.min()) for minutes in times)


def _metres(candidates: Candidates, asked: Asked) -> tuple[Floats, Floats]:
    """Metres in a straight line to each, and the radius of its position; as :class:`Estimate` takes them."""
    east, north = (np.array(candidates[name], dtype=np.float64) for name in ("x", "y"))
    straight = np.hypot(asked.origin.x - east, asked.origin.y - north)
    radius = np.array(candidates["radius"], dtype=np.float64)
    home = asked.origin.municipality
    if home is None:
        return straight, radius
    vague = [
        not located and town == home.id
        for located, town in zip(candidates["located"], candidates["municipality"], strict=True)
    ]
    return np.where(vague, np.maximum(straight, radius), straight), radius


def _lying(asked: Asked, territory: Territory) -> Ends:
    town: uuid.UUID | None = None if asked.origin.municipality is None else asked.origin.municipality.id
    return territory.lying([town])


def _repeated(ends: Ends, count: int) -> Ends:
    return ends.take(np.zeros(count, dtype=np.intp))


def interval(ways: Ways, places: Positions) -> tuple[Floats, Floats]:
    """Between which minutes the ways at ``places`` lie: where a service may be, by car the error of the estimate too.

    As the lists of a run tell them: four official times of five lie between, the error from either end of the position.
    """
    modelled = ways.modelled[places]
    low, high = (np.where(modelled, share, 1.0) for share in shares(ways.minutes[places]))
    return ways.low[places] * low, ways.high[places] * high
