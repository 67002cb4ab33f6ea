"""What every model of siting works on: demand, candidates and minutes, put in one order, as plain arrays."""

from dataclasses import dataclass, replace

import numpy as np

from geo.arrays import AnySeries, Bools, Floats, Labels, Positions, floats
from geo.checks import numbers, require, same_labels
from geo.travel.table import TravelTable


@dataclass(frozen=True)
class Limits:
    """How far an exact answer is looked for.

    Attributes
    ----------
    pairs
        Pairs of demand and candidate up to which a program in whole numbers is solved; beyond, the greedy way with its
        bound. 0 never solves one.
    seconds
        Time that such a program may take; what it has found by then stands, with its bound.
    """

    pairs: int = 1_000_000
    seconds: float = 60.0


@dataclass(frozen=True, eq=False)
class Instance:
    """One problem: rows are demand points with demand, columns candidates, both in the order of their labels as text.

    The order of the caller's rows then decides nothing, not even between sets of sites that are as good. `row`,
    `column` and `minutes` are the pairs within the cutoff, by column and row. `base`: minutes to the nearest service
    that is there already, infinite where there is none within the cutoff. `room`: persons that each site can take,
    infinite where it does not matter.
    """

    origins: Labels
    sites: Labels
    demand: Floats
    base: Floats
    room: Floats
    row: Positions
    column: Positions
    minutes: Floats
    cutoff: float

    def within(self, threshold: float) -> "Instance":
        """The same problem where what is farther than `threshold` minutes is not there."""
        near = self.only(self.minutes <= threshold)
        return replace(near, base=np.where(self.base <= threshold, self.base, np.inf), cutoff=float(threshold))

    def only(self, kept: Bools) -> "Instance":
        """The same problem with some of its pairs."""
        return replace(self, row=self.row[kept], column=self.column[kept], minutes=self.minutes[kept])

    @property
    def limited(self) -> bool:
        """Whether some site has not room for everybody."""
        return bool(np.isfinite(self.room).any())

    def nearest(self) -> Floats:
        """Minutes from each row to its nearest candidate, infinite where none is within the cutoff."""
        found = np.full(len(self.demand), np.inf)
        np.minimum.at(found, self.row, self.minutes)
        return found


def instance(
    travel: TravelTable, demand: AnySeries, *, existing: AnySeries | None, capacity: AnySeries | None, faults: list[str]
) -> Instance:
    """The problem of the caller's frames; rows without demand are left out.

    Raises :class:`InvalidInput` with `faults` and those of the frames, all at once.
    """
    require(faults, _faults(travel, demand, existing, capacity))
    weights = floats(demand)
    base = np.full(len(weights), np.inf) if existing is None else floats(existing)
    base = np.where(np.isnan(base) | (base > travel.cutoff), np.inf, base)
    rows, columns = by_label(travel.origins), by_label(travel.services)
    rows = rows[weights[rows] > 0]
    row_of, column_of = np.full(len(weights), -1, dtype=np.intp), np.empty(len(columns), dtype=np.intp)
    row_of[rows], column_of[columns] = np.arange(len(rows)), np.arange(len(columns))
    kept = (travel.minutes <= travel.cutoff) & (row_of[travel.origin] >= 0)
    row, column, minutes = row_of[travel.origin[kept]], column_of[travel.service[kept]], travel.minutes[kept]
    order = np.lexsort((row, column))
    return Instance(
        origins=travel.origins[rows],
        sites=travel.services[columns],
        demand=weights[rows],
        base=base[rows],
        room=np.full(len(columns), np.inf) if capacity is None else floats(capacity)[columns],
        row=row[order],
        column=column[order],
        minutes=minutes[order],
        cutoff=travel.cutoff,
    )


def by_label(labels: Labels) -> Positions:
    """Positions of the labels in the order of their text."""
    return np.argsort(np.array([str(label) for label in labels], dtype=np.str_), kind="stable").astype(np.intp)


def _faults(
    travel: TravelTable, demand: AnySeries, existing: AnySeries | None, capacity: AnySeries | None
) -> list[str]:
    faults = [] if len(travel.services) else ["travel.services: no candidate site; give at least one"]
    faults += same_labels(demand.index, travel.origins, where="demand", of="travel.origins")
    faults += numbers(demand, where="demand")
    if existing is not None:
        faults += same_labels(existing.index, travel.origins, where="existing", of="travel.origins")
        faults += numbers(existing, where="existing", missing=True, infinite=True)
    if capacity is not None:
        faults += same_labels(capacity.index, travel.services, where="capacity", of="travel.services")
        faults += numbers(capacity, where="capacity", infinite=True)
    return faults
