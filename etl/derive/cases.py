"""One service type with everything that its measures need; what types have in common is made once."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import STRtree

from etl.derive.inputs import Inputs
from etl.derive.registry import Band, Kind, Registry, Standard
from etl.derive.supply import PLANNED, in_unit
from geo import demand
from geo.arrays import Bools, BoolSeries, FloatSeries
from geo.supply import CapacityRule
from geo.travel.area import restrict, service_area
from geo.travel.estimate import Estimate
from geo.travel.table import TravelEngine, TravelTable

TOLERANCE = 5.0  # minutes; methods: every shadow figure is also given at T ± 5
# Minutes to the nearest service are told up to here, also beyond the threshold; by car the whole territory is nearer.
FARTHEST = 120.0
DENSE = "citta"  # degree of urbanisation in which proximity services are reached on foot


@dataclass(frozen=True)
class TypeCase:
    """One service type with everything that its measures need.

    Attributes
    ----------
    persons, base
        People of the target group at each demand point, and those who compete for the capacity (the rule's base
        population; the same where there is no rule).
    everything, travel_to_everything, travel_between
        All services of the type, planned ones too; minutes to them, and from one to another.
    """

    kind: Kind
    persons: FloatSeries
    base: FloatSeries
    complete: BoolSeries
    everything: gpd.GeoDataFrame
    travel_to_everything: TravelTable
    travel_between: TravelTable
    capacity_rule: CapacityRule | None
    boundary_minutes: FloatSeries

    @cached_property
    def _working(self) -> Bools:
        return (self.everything["certainty"] != PLANNED).to_numpy(dtype=bool)

    @cached_property
    def services(self) -> gpd.GeoDataFrame:
        """Confirmed and uncertain services; planned ones have a part in overlaps and scenarios only."""
        return self.everything[self._working]

    @cached_property
    def travel(self) -> TravelTable:
        """Minutes to the services of both supplies."""
        return self.travel_to_everything.select_services(self._working)

    @cached_property
    def supply(self) -> pd.DataFrame:
        """The services as the measures take them: certainty, provider, capacity."""
        kept = self.services[["provider", "capacity", "capacity_known"]]
        return pd.DataFrame(kept).assign(confirmed=self.services["certainty"] == "confermata")


def cases(
    inputs: Inputs, engine: TravelEngine | None = None, *, only: Collection[str] | None = None
) -> Iterator[TypeCase]:
    """One case for each service type, or each of ``only``, in the order of the reference table."""
    maker = CaseMaker(inputs, engine or Estimate())
    return (maker.case(kind) for code, kind in inputs.registry.kinds.items() if only is None or code in only)


class CaseMaker:
    """Makes cases; keeps what several types share: people by band, origins by mode of travel."""

    def __init__(self, inputs: Inputs, engine: TravelEngine) -> None:
        self._inputs = inputs
        self._engine = engine
        self._persons: dict[Band, FloatSeries] = {}
        self._origins: dict[str, gpd.GeoDataFrame] = {}
        self._unserved: dict[tuple[str, float], tuple[TravelTable, TravelTable]] = {}
        self._none = inputs.services.iloc[:0]
        by_type = inputs.services.groupby("type").indices
        self._services = {str(code): inputs.services.iloc[rows] for code, rows in by_type.items()}

    def case(self, kind: Kind) -> TypeCase:
        """The case of one type."""
        services = self._services.get(kind.code, self._none)
        standard = capacity_standard(self._inputs.registry, kind.code)
        if standard is not None and standard.counts_sites:
            # A rule of so many residents per consultorio counts consultori: each is one, known, whatever its size.
            services = services.assign(capacity=1.0, capacity_known=True)
        elif standard is not None:
            services = in_unit(services, self._inputs.capacities, standard.capacity_unit)
        travel, between = self._tables(kind, services)
        complete = self._complete(kind, services)
        return TypeCase(
            kind=kind,
            persons=self.persons(kind.band),
            base=self.persons(kind.band if standard is None else standard.band),
            complete=complete,
            everything=services,
            travel_to_everything=self._entitled(kind, services, travel, complete),
            travel_between=between,
            capacity_rule=None if standard is None else per_person(standard),
            boundary_minutes=self._boundary_minutes(kind, complete),
        )

    def persons(self, band: Band) -> FloatSeries:
        """People of a band at each demand point."""
        if band not in self._persons:
            points = pd.DataFrame(
                {"area": self._inputs.points["municipality"], "weight": self._inputs.points["weight"]}
            )
            self._persons[band] = demand.allocate(self._inputs.persons(band), points)
        return self._persons[band]

    def _complete(self, kind: Kind, services: gpd.GeoDataFrame) -> BoolSeries:
        """Whether the list of a type is complete at each point; nowhere, where a service covers an unknown area."""
        points, declared = self._inputs.points, self._inputs.complete
        nowhere = services["area_wide"] & ~services.index.isin(self._inputs.service_areas["service"])
        known = declared.loc[declared["complete"] & (declared["type"] == kind.code), "municipality"]
        return points["municipality"].isin(known) & (not nowhere.any())

    def _on_foot(self, degurba: "pd.Series[str]", travel_mode: str) -> "pd.Series[str]":
        on_foot = (degurba == DENSE) & (travel_mode == "foot_in_town")
        return pd.Series("car", index=degurba.index, dtype="str").mask(on_foot, "foot")

    def _origins_of(self, travel_mode: str) -> gpd.GeoDataFrame:
        if travel_mode not in self._origins:
            points = self._inputs.points
            self._origins[travel_mode] = points.assign(mode=self._on_foot(points["degurba"], travel_mode))
        return self._origins[travel_mode]

    def _boundary_minutes(self, kind: Kind, complete: BoolSeries) -> FloatSeries:
        """Minutes to where services may stand unlisted: the outer boundary, or a place whose list is not complete."""
        origins = self._origins_of(kind.travel_mode)
        metres = origins["boundary_m"].to_numpy(dtype=float)
        inner, beyond = origins[complete], origins[~complete]
        if kind.residence_bound or not len(beyond) or not len(inner):
            return pd.Series(Estimate().minutes(metres, origins["mode"]), index=origins.index)
        found, apart = STRtree(beyond.geometry.to_numpy()).query_nearest(
            inner.geometry.to_numpy(), return_distance=True, all_matches=False
        )
        nearest = pd.Series(apart, index=inner.index[found[0]])
        metres = np.minimum(metres, nearest.reindex(origins.index).fillna(np.inf).to_numpy())
        return pd.Series(Estimate().minutes(metres, origins["mode"]), index=origins.index)

    def _tables(self, kind: Kind, services: gpd.GeoDataFrame) -> tuple[TravelTable, TravelTable]:
        """Minutes to the services and between them; types without any share theirs."""
        if len(services):
            return self._travel(kind, services), self._between(kind, services)
        key = kind.travel_mode, kind.threshold
        if key not in self._unserved:
            self._unserved[key] = self._travel(kind, services), self._between(kind, services)
        return self._unserved[key]

    def _travel(self, kind: Kind, services: gpd.GeoDataFrame) -> TravelTable:
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

    @cached_property
    def _areas_of_points(self) -> pd.DataFrame:
        """``origin`` and ``area``: every area in which a demand point lies."""
        membership = self._inputs.within[self._inputs.within["area"].isin(self._inputs.points.index)]
        return membership.rename(columns={"area": "origin", "ancestor": "area"})

    def _declared(self, services: gpd.GeoDataFrame) -> pd.DataFrame:
        return self._inputs.service_areas[self._inputs.service_areas["service"].isin(services.index)]

    def _entitled(
        self, kind: Kind, services: gpd.GeoDataFrame, travel: TravelTable, complete: BoolSeries
    ) -> TravelTable:
        """`travel` between people and the services that they may use.

        A declared area binds. Where residence decides and a desk at a place declares no area, it serves its own
        municipality. Where the list is complete every place has its competent desk among those listed and the nearest
        stands for it; where it is not, the desk of another body proves nothing.
        """
        declared = self._declared(services)
        # Of most types no service declares an area, and many have none at all.
        bound = restrict(travel, self._areas_of_points, declared) if len(declared) else travel
        if not (kind.residence_bound and len(services)):
            return bound
        silent = services[~services["area_wide"].to_numpy(dtype=bool) & ~services.index.isin(declared["service"])]
        own = pd.DataFrame({"service": silent.index, "area": silent["municipality"].to_numpy()})
        return restrict(bound, self._areas_of_points, own, exempt=complete)

    def _between(self, kind: Kind, services: gpd.GeoDataFrame) -> TravelTable:
        """Minutes from service to service, for those that wait at a place."""
        placed = services[~services["area_wide"].to_numpy(dtype=bool)]
        origins = placed.assign(mode=self._on_foot(placed["degurba"], kind.travel_mode))
        return self._engine.table(origins, placed, cutoff=kind.threshold / 2)


def _in_order(travel: TravelTable, services: "pd.Index[str]") -> TravelTable:
    position = services.get_indexer(travel.services)
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
    )


def capacity_standard(registry: Registry, code: str) -> Standard | None:
    """The rule that the access score of a type is judged by: the first of the registry that can judge it.

    Only acts that were read in full: a partly read threshold (one Ospedale di Comunità for 100,000 residents, where
    another text says 50,000) would put nearly everybody in shadow on the strength of a draft; it stays among the
    outcomes by statutory unit, with its verification. Only rules that hold everywhere and count what the directory
    lists: a rule on hubs does not judge a list that does not tell hubs from spokes, and a rule on several types
    together (nests and the services that complement them) does not judge one of them.
    """
    for standard in registry.standards.values():
        if (
            standard.service_types == (code,)
            and standard.kind == "coverage"
            and standard.law
            and standard.everywhere
            and standard.verification == "letto"
            and standard.supply_bound is None
            and standard.base_kind == "residenti"
        ):
            return standard
    return None


def per_person(standard: Standard) -> CapacityRule | None:
    """Thresholds as capacity units per person: 1 per 20,000 residents, 33 places per 100 children."""

    def convert(threshold: float) -> float:
        return standard.per / threshold if standard.comparator == "<=" else threshold / standard.per

    if standard.minimum is None:
        return None
    return CapacityRule(convert(standard.minimum), None if standard.objective is None else convert(standard.objective))
