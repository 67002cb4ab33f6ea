"""Minutes between demand points and the services of a type, and between those services; who may use which of them."""

from functools import cached_property

import geopandas as gpd
import pandas as pd

from etl.derive.boundary import Boundary
from etl.derive.inputs import Inputs
from etl.derive.registry import Kind
from geo.arrays import BoolSeries, FloatSeries, TextSeries
from geo.travel.area import restrict, service_area
from geo.travel.table import TravelEngine, TravelTable

TOLERANCE = 5.0  # minutes; methods: every shadow figure is also given at T ± 5
# Minutes to the nearest service are told up to here, also beyond the threshold; by car the whole territory is nearer.
FARTHEST = 120.0
DENSE = "citta"  # degree of urbanisation in which proximity services are reached on foot


class Journeys:
    """Asks the engine; keeps what several types share: origins by mode of travel, tables without any service."""

    def __init__(self, inputs: Inputs, engine: TravelEngine) -> None:
        self._inputs = inputs
        self._engine = engine
        self._boundary = Boundary(engine)
        self._origins: dict[str, gpd.GeoDataFrame] = {}
        self._unserved: dict[tuple[str, float], tuple[TravelTable, TravelTable]] = {}

    def tables(self, kind: Kind, services: gpd.GeoDataFrame) -> tuple[TravelTable, TravelTable]:
        """Minutes to the services and between them; types without any share theirs."""
        if len(services):
            return self._to(kind, services), self._between(kind, services)
        key = kind.travel_mode, kind.threshold
        if key not in self._unserved:
            self._unserved[key] = self._to(kind, services), self._between(kind, services)
        return self._unserved[key]

    def entitled(
        self, kind: Kind, services: gpd.GeoDataFrame, travel: TravelTable, complete: BoolSeries
    ) -> TravelTable:
        """`travel` between people and the services that they may use.

        A declared area binds. Where residence decides and a desk at a place declares no area, it serves its own
        municipality. Where the list is complete every place has its competent desk among those listed and the nearest
        stands for it; where it is not, the desk of another body proves nothing. A desk beyond the territory is never
        that of people who live within.
        """
        declared = self._declared(services)
        # Of most types no service declares an area, and many have none at all.
        bound = restrict(travel, self._areas_of_points, declared) if len(declared) else travel
        if not (kind.residence_bound and len(services)):
            return bound
        silent = services[~services["area_wide"].to_numpy(dtype=bool) & ~services.index.isin(declared["service"])]
        own = pd.DataFrame({"service": silent.index, "area": silent["municipality"].to_numpy()})
        beyond = own[own["area"].isna()]
        if len(beyond):
            bound = restrict(bound, self._areas_of_points, beyond)
        return restrict(bound, self._areas_of_points, own, exempt=complete)

    def boundary_minutes(self, kind: Kind, services: gpd.GeoDataFrame, complete: BoolSeries) -> FloatSeries | None:
        """Minutes to where services may stand unlisted; None where none of them could serve people here.

        Beyond the boundary that is so where residence decides, and where minutes decide nothing: services that cover
        an area are no nearer to those who live at its edge.
        """
        if kind.residence_bound or (len(services) and services["area_wide"].all()):
            return None
        origins = self._origins_of(kind.travel_mode)
        return self._boundary.minutes(origins, complete, key=kind.travel_mode, threshold=kind.threshold)

    def _on_foot(self, degurba: TextSeries, travel_mode: str) -> TextSeries:
        on_foot = (degurba == DENSE) & (travel_mode == "foot_in_town")
        return pd.Series("car", index=degurba.index, dtype="str").mask(on_foot, "foot")

    def _origins_of(self, travel_mode: str) -> gpd.GeoDataFrame:
        if travel_mode not in self._origins:
            points = self._inputs.points
            self._origins[travel_mode] = points.assign(mode=self._on_foot(points["degurba"], travel_mode))
        return self._origins[travel_mode]

    def _to(self, kind: Kind, services: gpd.GeoDataFrame) -> TravelTable:
        """Minutes to services that wait at a place, joined with those that cover an area."""
        origins = self._origins_of(kind.travel_mode)
        wide = services["area_wide"].to_numpy(dtype=bool)
        cutoff = max(kind.threshold + TOLERANCE, FARTHEST)
        by_road = self._engine.table(origins, services[~wide], cutoff=cutoff)
        if not wide.any():
            return by_road
        covered = self._declared(services[wide])
        by_area = service_area(self._areas_of_points, covered, origins=origins.index, services=services.index[wide])
        return _in_order(TravelTable.concat([by_road, by_area]), services.index)

    def _between(self, kind: Kind, services: gpd.GeoDataFrame) -> TravelTable:
        """Minutes from service to service, for those that wait at a place."""
        placed = services[~services["area_wide"].to_numpy(dtype=bool)]
        origins = placed.assign(mode=self._on_foot(placed["degurba"], kind.travel_mode))
        return self._engine.table(origins, placed, cutoff=kind.threshold / 2)

    @cached_property
    def _areas_of_points(self) -> pd.DataFrame:
        """``origin`` and ``area``: every area in which a demand point lies."""
        membership = self._inputs.within[self._inputs.within["area"].isin(self._inputs.points.index)]
        return membership.rename(columns={"area": "origin", "ancestor": "area"})

    def _declared(self, services: gpd.GeoDataFrame) -> pd.DataFrame:
        return self._inputs.service_areas[self._inputs.service_areas["service"].isin(services.index)]


def _in_order(travel: TravelTable, services: "pd.Index[str]") -> TravelTable:
    position = services.get_indexer(travel.services)
    snap = None if travel.service_snap_m is None else travel.service_snap_m[travel.services.get_indexer(services)]
    return TravelTable.from_pairs(
        travel.origins,
        services,
        origin=travel.origin,
        service=position[travel.service],
        minutes=travel.minutes,
        low=travel.low,
        high=travel.high,
        cutoff=travel.cutoff,
        engine=travel.engine,
        estimated=travel.estimated,
        origin_snap_m=travel.origin_snap_m,
        service_snap_m=snap,
    )
