"""Minutes of a part of the territory, no more of them than its answers need.

Minutes to the nearest services are told up to two hours, and within two hours of a town lie a quarter of all the
services of Italy. Nearly every point has its nearest ones within the threshold, so that only the others are asked
again, farther and farther. Every engine tells all pairs within what it is asked for; what is left out is farther than
what is told, and the answers are the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd

from etl.derive.inputs import Inputs
from etl.derive.journeys import TOLERANCE, Journeys
from etl.derive.registry import Kind
from etl.derive.status import NEAREST
from etl.derive.supply import PLANNED
from geo.arrays import Bools, BoolSeries, IntSeries, Labels, Positions
from geo.travel.area import service_area
from geo.travel.table import TravelEngine, TravelTable

Unsettled: TypeAlias = Callable[[gpd.GeoDataFrame, TravelTable], Bools]
WIDER = 2.0  # times as many minutes, for the points that are asked again


@dataclass(frozen=True)
class Sparing:
    """An engine that tells every pair within ``near`` minutes, and beyond them only what `unsettled` points miss.

    Origins have a column ``own``, services a column ``near``: points of other parts are told the minutes to the near
    services only, within ``near`` minutes, for they matter only as people who compete for these. Minutes from service
    to service, which overlaps need, are not told.
    """

    engine: TravelEngine
    near: float
    unsettled: Unsettled

    @property
    def name(self) -> str:
        """The name of the engine that tells the minutes."""
        return self.engine.name

    def describe(self) -> dict[str, Any]:
        """What the engine that tells the minutes says of itself."""
        return self.engine.describe()

    def table(self, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame, *, cutoff: float) -> TravelTable:
        """As :meth:`geo.travel.table.TravelEngine.table`, with the pairs that the answers of the part need."""
        if of_services(origins):
            return nothing(origins.index, services.index, cutoff, self.name)
        own, near = (column.to_numpy(dtype=bool) for column in (origins["own"], services["near"]))
        limit = min(self.near, cutoff)
        made = [self._some(origins, services, np.flatnonzero(~own), np.flatnonzero(near), limit)]
        left, every = own, np.arange(len(services))
        while left.any():
            found = self._some(origins, services, np.flatnonzero(left), every, limit)
            left = left & self.unsettled(services, found) if limit < cutoff else np.zeros_like(left)
            made.append(found.select_pairs(~left[found.origin]))
            limit = min(limit * WIDER, cutoff)
        return _joined(made, cutoff)

    def _some(
        self, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame, rows: Positions, columns: Positions, limit: float
    ) -> TravelTable:
        """Minutes between some origins and some services, labelled by all of them."""
        found = self.engine.table(origins.iloc[rows], services.iloc[columns], cutoff=limit)
        return replace(
            found,
            origins=origins.index,
            services=services.index,
            origin=rows[found.origin],
            service=columns[found.service],
            origin_snap_m=None,
            service_snap_m=None,
        )


def of_services(frame: pd.DataFrame) -> bool:
    """Whether a frame that an engine is given holds services, not demand points or spots of the boundary."""
    return "type" in frame


def nothing(origins: Labels, services: Labels, cutoff: float, engine: str) -> TravelTable:
    """A table without pairs."""
    nowhere, never = np.zeros(0, dtype=np.intp), np.zeros(0)
    return TravelTable(
        origins=origins,
        services=services,
        origin=nowhere,
        service=nowhere,
        minutes=never,
        low=never,
        high=never,
        cutoff=float(cutoff),
        engine=engine,
        estimated=True,
    )


def _joined(tables: list[TravelTable], cutoff: float) -> TravelTable:
    """Tables with the same labels, each with the pairs of other origins, as one."""
    filled = [table for table in tables if len(table)] or tables[:1]
    if len(filled) == 1:
        return replace(filled[0], cutoff=float(cutoff))
    order = np.argsort(np.concatenate([table.origin for table in filled]), kind="stable")
    return replace(
        filled[0],
        origin=np.concatenate([table.origin for table in filled])[order],
        service=np.concatenate([table.service for table in filled])[order],
        minutes=np.concatenate([table.minutes for table in filled])[order],
        low=np.concatenate([table.low for table in filled])[order],
        high=np.concatenate([table.high for table in filled])[order],
        cutoff=float(cutoff),
        estimated=any(table.estimated for table in filled),
    )


class PartJourneys(Journeys):
    """Minutes between the points of a part, its halo and the services, and who may use which of these."""

    def __init__(self, inputs: Inputs, engine: TravelEngine) -> None:
        super().__init__(inputs, engine)
        self._true_engine = engine

    def travel(self, kind: Kind, services: gpd.GeoDataFrame, complete: BoolSeries) -> TravelTable:
        """Minutes to the services of a type that each point may use; ``complete`` as in :meth:`Journeys.entitled`."""
        unsettled = partial(self._unsettled, kind, complete)
        self._engine = Sparing(self._true_engine, kind.threshold + TOLERANCE, unsettled)
        travel, _between = self.tables(kind, services)
        return self.entitled(kind, services, travel, complete)

    def _unsettled(self, kind: Kind, complete: BoolSeries, services: gpd.GeoDataFrame, found: TravelTable) -> Bools:
        """Points that may yet find a service among their nearest ones beyond the cutoff of what was found.

        A point is settled that has found as many as are told, a confirmed one among them, or all that it may use.
        """
        working = (services["certainty"] != PLANNED).to_numpy(dtype=bool)
        usable = self.entitled(kind, services, found, complete).select_services(working).within(found.cutoff)
        present = services[working]
        # The nearest services are told, each by its nearest place: before the last may come all places of the others.
        wanted = NEAREST * (int(present["service"].value_counts().max()) if len(present) else 1)
        confirmed = usable.select_services((present["certainty"] == "confermata").to_numpy(dtype=bool))
        counts = usable.counts()
        enough = (counts >= wanted) & (confirmed.counts() > 0)
        return ~(enough | (counts >= self._most(kind, complete, present))).to_numpy(dtype=bool)

    def _most(self, kind: Kind, complete: BoolSeries, services: gpd.GeoDataFrame) -> IntSeries:
        """How many of the services each point may use at the most, however far they are."""
        declared, municipality = self._declared(services), self._inputs.points["municipality"]
        undeclared = services[~services.index.isin(declared["service"])]
        most = pd.Series(len(undeclared), index=complete.index)
        if kind.residence_bound:
            own = municipality.map(undeclared["municipality"].value_counts()).fillna(0).astype("int64")
            most = most.where(complete, own)
        if not len(declared):
            return most
        areas = self._areas_of_points
        return most + service_area(areas, declared, origins=complete.index, services=services.index).counts()
