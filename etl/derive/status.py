"""Access status of every demand point for every type of service (methods: result a)."""

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from etl.derive.inputs import Inputs
from geo import demand
from geo.gaps import CapacityRule, access_status
from geo.travel.area import service_area
from geo.travel.estimate import Estimate
from geo.travel.table import TravelEngine, TravelTable

TOLERANCE = 5.0  # minutes; methods: every shadow figure is also given at T ± 5
NEAREST = 3
DENSE = "citta"  # degree of urbanisation in which proximity services are reached on foot


@dataclass(frozen=True)
class TypeCase:
    """One service type with everything that its measures need."""

    code: str
    persons: pd.Series
    complete: pd.Series
    everything: gpd.GeoDataFrame
    travel_to_everything: TravelTable
    rule_id: str
    threshold: float
    residence_bound: bool
    capacity_rule: CapacityRule | None
    boundary_minutes: pd.Series
    travel_between: TravelTable

    @cached_property
    def _working(self) -> NDArray[np.bool_]:
        return (self.everything["certainty"] != "programmata").to_numpy()

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
        return pd.DataFrame(
            {
                "confirmed": self.services["certainty"] == "confermata",
                "provider": self.services["provider"],
                "capacity": self.services["capacity"],
                "capacity_known": self.services["capacity_known"],
            },
            index=self.services.index,
        )


def cases(inputs: Inputs, engine: TravelEngine | None = None) -> list[TypeCase]:
    """One case for each service type, in the order of the reference table."""
    chosen = engine or Estimate()
    return [_case(inputs, chosen, code) for code in inputs.types.index]


def _case(inputs: Inputs, engine: TravelEngine, code: str) -> TypeCase:
    kind = inputs.types.loc[code]
    rule_id = f"LAV-{code}"
    threshold = float(inputs.standards.loc[rule_id, "minimum"])
    services = inputs.services[inputs.services["type"] == code]
    rule, counts_sites = capacity_rule(inputs.standards, code)
    if counts_sites:
        # A rule of so many residents per consultorio counts consultori: each is one, known, whatever its size.
        services = services.assign(capacity=1.0, capacity_known=True)
    origins = _origins(inputs, str(kind["travel_mode"]))
    declared = inputs.complete[inputs.complete["type"] == code].set_index("municipality")["complete"]
    return TypeCase(
        code=code,
        persons=target_persons(inputs, kind),
        complete=origins["municipality"].map(declared).astype("boolean").fillna(False).astype(bool),
        everything=services,
        travel_to_everything=_travel(inputs, engine, origins, services, cutoff=threshold + TOLERANCE),
        rule_id=rule_id,
        threshold=threshold,
        residence_bound=bool(kind["residence_bound"]),
        capacity_rule=rule,
        boundary_minutes=_boundary_minutes(inputs, origins),
        travel_between=_between(inputs, engine, services, str(kind["travel_mode"]), cutoff=threshold / 2),
    )


def target_persons(inputs: Inputs, kind: pd.Series) -> pd.Series:
    """People of a type's target group at each demand point."""
    by_municipality = demand.target_population(
        inputs.population,
        age_min=_whole(kind["age_min"]),
        age_max=_whole(kind["age_max"]),
        sex=None if pd.isna(kind["sex"]) else str(kind["sex"]),
    )
    points = inputs.points.rename(columns={"municipality": "area"})[["area", "weight"]]
    return demand.allocate(by_municipality, points)


def _whole(value: float | None) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def capacity_rule(standards: pd.DataFrame, code: str) -> tuple[CapacityRule | None, bool]:
    """The rule that the access score of a type is judged by, and whether it counts sites.

    Only acts that were read, that hold everywhere, and that count what the directory lists: a rule on hubs
    does not judge a list that does not tell hubs from spokes.
    """
    for rule in standards.itertuples(name="Rule"):
        usable = (
            code in rule.service_types
            and rule.kind == "coverage"
            and rule.law
            and rule.verification in ("letto", "parziale")
            and rule.area_condition == "tutte"
            and rule.supply_bound is None
            and rule.base_kind == "residenti"
        )
        if usable:
            return CapacityRule(*_per_person(rule.comparator, rule.per, rule.minimum, rule.objective)), (
                rule.capacity_unit == "sede"
            )
    return None, False


def _per_person(comparator: str, per: float, minimum: float, objective: float) -> tuple[float, float | None]:
    """Thresholds as capacity units per person: 1 per 20,000 residents, 33 places per 100 children."""

    def convert(threshold: float) -> float:
        return per / threshold if comparator == "<=" else threshold / per

    return convert(minimum), None if pd.isna(objective) else convert(objective)


def _origins(inputs: Inputs, travel_mode: str) -> gpd.GeoDataFrame:
    dense = inputs.points["degurba"] == DENSE
    on_foot = dense if travel_mode == "foot_in_town" else dense & False
    return inputs.points.assign(mode=np.where(on_foot, "foot", "car"))


def _boundary_minutes(inputs: Inputs, origins: gpd.GeoDataFrame) -> pd.Series:
    minutes = Estimate().minutes(inputs.points["boundary_m"].to_numpy(dtype=float), origins["mode"])
    return pd.Series(minutes, index=origins.index)


def _travel(
    inputs: Inputs, engine: TravelEngine, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame, *, cutoff: float
) -> TravelTable:
    """Minutes to services that wait at a place, joined with those that cover an area."""
    wide = services["area_wide"].astype(bool)
    by_road = engine.table(origins, services[~wide], cutoff=cutoff)
    if not wide.any():
        return by_road
    membership = inputs.within[inputs.within["area"].isin(origins.index)]
    areas = membership.rename(columns={"area": "origin", "ancestor": "area"})
    covered = inputs.service_areas[inputs.service_areas["service"].isin(services.index[wide])]
    by_area = service_area(areas, covered, origins=origins.index, services=services.index[wide])
    joined = TravelTable.concat([by_road, by_area])
    return joined if list(joined.services) == list(services.index) else _reordered(joined, services.index)


def _between(
    inputs: Inputs, engine: TravelEngine, services: gpd.GeoDataFrame, travel_mode: str, *, cutoff: float
) -> TravelTable:
    """Minutes from service to service, for those that wait at a place."""
    placed = services[~services["area_wide"].astype(bool)]
    degurba = placed["municipality"].map(inputs.units["degurba"])
    on_foot = (degurba == DENSE) & (travel_mode == "foot_in_town")
    return engine.table(placed.assign(mode=np.where(on_foot, "foot", "car")), placed, cutoff=cutoff)


def _reordered(travel: TravelTable, services: pd.Index) -> TravelTable:
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


def results(case: TypeCase) -> pd.DataFrame:
    """Rows of ``coverage_result`` for one type, without the run: index = demand points."""
    status = access_status(
        case.persons,
        case.complete,
        case.travel,
        case.supply,
        threshold=case.threshold,
        capacity_rule=case.capacity_rule,
        boundary_minutes=case.boundary_minutes,
        residence_bound=case.residence_bound,
        tolerance=TOLERANCE,
    )
    return status.assign(
        service_type_code=case.code,
        rule_id=case.rule_id,
        threshold=case.threshold,
        persons=case.persons,
        complete=case.complete,
        nearest=_nearest(case),
    )


def _nearest(case: TypeCase) -> pd.Series:
    """Up to three nearest services of each point, as they go into the database."""
    near = case.travel.nearest(NEAREST)
    told = near.join(case.services[["service", "certainty", "located", "area_wide"]], on="service", rsuffix="_id")
    entries = [
        {
            "service": str(row.service_id),
            # Services that come to people, and protected ones, have no minutes to show.
            "minutes": None if row.area_wide else round(float(row.minutes), 1),
            "low": None if row.area_wide else round(float(row.low), 1),
            "high": None if row.area_wide else round(float(row.high), 1),
            "certainty": row.certainty,
            "located": bool(row.located),
        }
        for row in told.itertuples(index=False, name="Near")
    ]
    lists = pd.Series(entries, index=told["origin"], dtype=object).groupby(level=0).agg(list)
    return lists.reindex(case.travel.origins).map(lambda entry: entry if isinstance(entry, list) else [])
