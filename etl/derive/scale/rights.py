"""Who may use which of the services at a place, in whole numbers: what :meth:`Journeys.entitled` says of a table."""

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from etl.derive.registry import Kind
from etl.derive.scale.facts import Territory
from etl.derive.scale.narrow import Covering
from geo.arrays import Bools, BoolSeries, Positions, bools
from geo.travel.table import TravelTable


@dataclass(frozen=True, eq=False)
class Rights:
    """Of the services of one type, by their position.

    ``declared``: whether a service is for declared areas; ``pairs``: origin and service of those who live in them, as
    one sorted number each; ``home`` and ``place``: municipalities as numbers, those of services that have none below 0;
    ``free``: origins that may use every service that declares no area.
    """

    declared: Bools
    pairs: Positions
    home: Positions
    place: Positions
    free: Bools

    def usable(self, table: TravelTable) -> Bools:
        """For each pair of a table whether the origin may use the service."""
        told: Bools = self.free[table.origin] | (self.home[table.origin] == self.place[table.service])
        bound = np.flatnonzero(self.declared[table.service])
        told[bound] = np.isin(self._keys(table.origin[bound], table.service[bound]), self.pairs)
        return told

    def most(self, services: Bools) -> Positions:
        """By origin, how many of some services there are that it may use, however far."""
        silent = services & ~self.declared
        own = np.bincount(self.place[silent & (self.place >= 0)], minlength=int(self.home.max(initial=0)) + 1)
        origin, service = np.divmod(self.pairs, max(len(services), 1))
        by_area = np.bincount(origin[services[service]], minlength=len(self.home))
        return np.where(self.free, np.count_nonzero(silent), own[self.home]) + by_area

    def _keys(self, origin: Positions, service: Positions) -> Positions:
        return origin * max(len(self.declared), 1) + service


class Register:
    """The rights to the services of every type of one territory."""

    def __init__(self, territory: Territory) -> None:
        self._territory = territory
        municipalities = [frame["municipality"].astype(object) for frame in (territory.points, territory.services)]
        codes, _names = pd.factorize(pd.concat(municipalities, ignore_index=True))
        self._home, self._place = codes[: len(territory.points)], codes[len(territory.points) :]

    def of(self, kind: Kind, services: gpd.GeoDataFrame, complete: BoolSeries) -> Rights:
        """The rights to some services of a type; ``complete`` as in :meth:`Journeys.entitled`."""
        position = self._territory.services.index.get_indexer(services.index)
        origin, service = self._covered
        column = np.full(len(self._place), -1, dtype=np.intp)
        column[position] = np.arange(len(position))
        kept = column[service] >= 0
        keys = origin[kept] * max(len(position), 1) + column[service[kept]]
        free = bools(complete) if kind.residence_bound else np.ones(len(complete), dtype=np.bool_)
        return Rights(self._declares[position], np.sort(keys), self._home, self._place[position], free)

    @cached_property
    def _declares(self) -> Bools:
        return bools(self._territory.services.index.isin(self._territory.service_areas["service"]))

    @cached_property
    def _covered(self) -> tuple[Positions, Positions]:
        """Points and services at a place that declare an area in which the point lies, by position."""
        wide = self._territory.services["area_wide"].to_numpy(dtype=bool)
        covering = Covering.of(self._territory, self._territory.services.index, ~wide)
        found = (covering.inside @ covering.covers).tocoo()
        return found.row.astype(np.intp), found.col.astype(np.intp)
