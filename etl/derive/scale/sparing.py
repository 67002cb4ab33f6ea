"""Minutes of a part of the territory, no more of them than its answers need.

Minutes to the nearest services are told up to two hours, and within two hours of a town lie a quarter of all the
services of Italy. Nearly every point has its nearest ones within the threshold, so that only the others are asked
again, farther and farther. Every engine tells all pairs within what it is asked for; what is left out is farther than
what is told, and the answers are the same.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np

from etl.derive.journeys import TOLERANCE, Journeys
from etl.derive.registry import Kind
from etl.derive.scale.facts import Territory
from etl.derive.scale.narrow import coordinates
from etl.derive.scale.rights import Register, Rights
from etl.derive.scale.untold import nothing, of_services
from etl.derive.status import NEAREST
from etl.derive.supply import PLANNED
from geo.arrays import Bools, BoolSeries, Positions
from geo.partition import neighbourhoods
from geo.travel.table import TravelEngine, TravelTable

Unsettled: TypeAlias = Callable[[gpd.GeoDataFrame, TravelTable], Bools]
Metres: TypeAlias = Callable[[float], float]
WIDER = 2.0  # times as many minutes, for the points that are asked again


@dataclass(frozen=True)
class Sparing:
    """An engine that tells every pair within ``near`` minutes, and beyond them only what `unsettled` points miss.

    Origins have a column ``own``, services a column ``near``: points of other parts are told the minutes to the near
    services only, within ``near`` minutes, for they matter only as people who compete for these. Minutes from service
    to service, which overlaps need, are not told. ``metres``, where known, tells how far a place may be within some
    minutes, so that the engine is asked of those around only.
    """

    engine: TravelEngine
    near: float
    unsettled: Unsettled
    metres: Metres | None

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
        made = [nothing(origins.index, services.index, limit, self.name)]
        for square, near in self._squares(origins.iloc[rows], services.iloc[columns], limit):
            places, desks = rows[square], columns[near]
            found = self.engine.table(origins.iloc[places], services.iloc[desks], cutoff=limit)
            made.append(
                replace(
                    found,
                    origins=origins.index,
                    services=services.index,
                    origin=places[found.origin],
                    service=desks[found.service],
                    origin_snap_m=None,
                    service_snap_m=None,
                )
            )
        return _joined(made, limit)

    def _squares(
        self, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame, limit: float
    ) -> Iterable[tuple[Positions, Positions]]:
        if self.metres is None:
            return [(np.arange(len(origins)), np.arange(len(services)))]
        metres = self.metres(limit) + float(services["position_radius_m"].max() if len(services) else 0.0)
        return neighbourhoods(coordinates(origins), coordinates(services), metres=metres)


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

    def __init__(self, part: Territory, engine: TravelEngine, metres: Metres | None) -> None:
        super().__init__(part.as_inputs(), engine)
        self._asked = engine
        self._metres = metres
        self._register = Register(part)

    def travel(
        self, kind: Kind, services: gpd.GeoDataFrame, complete: BoolSeries
    ) -> tuple[gpd.GeoDataFrame, TravelTable]:
        """The services of a type that are told to anybody, and minutes to those that each point may use.

        ``complete`` as in :meth:`Journeys.entitled`.
        """
        placed = services[~services["area_wide"].to_numpy(dtype=bool)]
        unsettled = partial(_unsettled, self._register.of(kind, placed, complete))
        self._engine = Sparing(self._asked, kind.threshold + TOLERANCE, unsettled, self._metres)
        travel, _between = self.tables(kind, services)
        # Most of those that lie within two hours are told to nobody.
        told = np.bincount(travel.service, minlength=len(services)) > 0
        kept = services[told]
        return kept, self.entitled(kind, kept, travel.select_services(told), complete)


def _unsettled(rights: Rights, services: gpd.GeoDataFrame, found: TravelTable) -> Bools:
    """Points that may yet find a service among their nearest ones beyond the cutoff of what was found.

    A point is settled that has found as many as are told, a confirmed one among them, or all that it may use.
    """
    working = (services["certainty"] != PLANNED).to_numpy(dtype=bool)
    confirmed = (services["certainty"] == "confermata").to_numpy(dtype=bool)
    # The nearest services are told, each by its nearest place: before the last may come all places of the others.
    wanted = NEAREST * int(services["service"].value_counts().max()) if len(services) else NEAREST
    counted = rights.usable(found) & working[found.service] & (found.minutes <= found.cutoff)
    counts = np.bincount(found.origin[counted], minlength=len(found.origins))
    sure = np.bincount(found.origin[counted & confirmed[found.service]], minlength=len(found.origins))
    settled: Bools = ((counts >= wanted) & (sure > 0)) | (counts >= rights.most(working))
    return ~settled
