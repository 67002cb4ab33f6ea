"""One service type with everything that its measures need; what types have in common is made once."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import pandas as pd

from etl.derive.capacity import capacity_standard, per_person
from etl.derive.inputs import Inputs
from etl.derive.journeys import FARTHEST, TOLERANCE, Journeys
from etl.derive.registry import Kind, Standard
from etl.derive.supply import PLANNED, in_unit
from geo.arrays import Bools, BoolSeries, FloatSeries
from geo.supply import CapacityRule
from geo.travel.estimate import Estimate
from geo.travel.network import Network
from geo.travel.table import TravelEngine, TravelTable

__all__ = ["FARTHEST", "TOLERANCE", "CaseMaker", "TypeCase", "capacity_standard", "cases"]


@dataclass(frozen=True)
class TypeCase:
    """One service type with everything that its measures need.

    Attributes
    ----------
    persons, base
        People of the target group at each demand point, and those who compete for the capacity (the rule's base
        population; the same where there is no rule).
    everything, travel_to_everything, travel_between
        All services of the type, planned ones too; minutes to them, and from one to another of those at a place.
    standard, capacity_rule
        The rule that capacity is judged by, and its thresholds in capacity units per person.
    boundary_minutes
        To where services may stand unlisted; None where none of them could serve people here.
    """

    kind: Kind
    persons: FloatSeries
    base: FloatSeries
    complete: BoolSeries
    everything: gpd.GeoDataFrame
    travel_to_everything: TravelTable
    travel_between: TravelTable
    standard: Standard | None
    capacity_rule: CapacityRule | None
    boundary_minutes: FloatSeries | None

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
        """The places of services as the measures take them: certainty, provider, whose place it is, capacity."""
        kept = self.services[["provider", "capacity", "capacity_known"]]
        confirmed = self.services["certainty"] == "confermata"
        return pd.DataFrame(kept).assign(owner=self.services["service"], confirmed=confirmed)


def cases(
    inputs: Inputs, engine: TravelEngine | None = None, *, only: Collection[str] | None = None
) -> Iterator[TypeCase]:
    """One case for each service type, or each of ``only``, in the order of the reference table."""
    maker = CaseMaker(inputs, engine or Estimate())
    return (maker.case(kind) for code, kind in inputs.registry.kinds.items() if only is None or code in only)


class CaseMaker:
    """Makes cases; what several types share is made once."""

    def __init__(self, inputs: Inputs, engine: TravelEngine) -> None:
        self._inputs = inputs
        self._journeys = Journeys(inputs, _among(engine, inputs))
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
        # Beyond the territory live people who are not counted: how much is left for those within is not known.
        services = services.assign(capacity_known=services["capacity_known"] & services["municipality"].notna())
        travel, between = self._journeys.tables(kind, services)
        complete = self._complete(kind, services)
        return TypeCase(
            kind=kind,
            persons=self._inputs.placed_persons(kind.band),
            base=self._inputs.placed_persons(kind.band if standard is None else standard.band),
            complete=complete,
            everything=services,
            travel_to_everything=self._journeys.entitled(kind, services, travel, complete),
            travel_between=between,
            standard=standard,
            capacity_rule=None if standard is None else per_person(standard),
            boundary_minutes=self._journeys.boundary_minutes(kind, services, complete),
        )

    def _complete(self, kind: Kind, services: gpd.GeoDataFrame) -> BoolSeries:
        """Whether the list of a type is complete at each point; nowhere, where a service covers an unknown area."""
        points, declared = self._inputs.points, self._inputs.complete
        # What is not open yet covers nobody, wherever it is going to.
        open_wide = services["area_wide"] & (services["certainty"] != PLANNED)
        nowhere = open_wide & ~services.index.isin(self._inputs.service_areas["service"])
        known = declared.loc[declared["complete"] & (declared["type"] == kind.code), "municipality"]
        return points["municipality"].isin(known) & (not nowhere.any())


def _among(engine: TravelEngine, inputs: Inputs) -> TravelEngine:
    """The engine, told beforehand between which places it will be asked, type after type."""
    if not isinstance(engine, Network):
        return engine
    placed = inputs.services[~inputs.services["area_wide"].to_numpy(dtype=bool)]
    return engine.among(inputs.points, placed)
