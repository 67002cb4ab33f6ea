"""Overlaps between the services of a type, and how many people depend on each service alone."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from etl.derive.cases import TypeCase
from etl.derive.opening import slots
from etl.derive.registry import Band
from etl.derive.supply import PLANNED
from etl.identity import uid
from etl.store.frames import plain, records
from geo.arrays import AnySeries, BoolSeries
from geo.catchments import catchments, marginal_coverage
from geo.demand import OLDEST
from geo.overlaps import coordination_groups, overlapping_pairs
from geo.travel.table import TravelTable


def groups(case: TypeCase, run_id: uuid.UUID) -> Iterator[dict[str, Any]]:
    """Rows of ``overlap_result`` for one type; planned services take part and are marked.

    Services that wait at a place are compared by their catchments, those that cover an area by their areas: the two
    are of different delivery and never overlap. Protected places stay out.
    """
    open_to_see = ~case.everything["protected"].astype(bool)
    wide = case.everything["area_wide"].astype(bool)
    yield from _groups(case, open_to_see & ~wide, case.travel_between, run_id)
    if (open_to_see & wide).sum() > 1:
        yield from _groups(case, open_to_see & wide, _at_home(case.everything[open_to_see & wide]), run_id)


def _groups(case: TypeCase, chosen: BoolSeries, between: TravelTable, run_id: uuid.UUID) -> Iterator[dict[str, Any]]:
    services, threshold = case.everything[chosen], case.kind.threshold
    travel = case.travel_to_everything.select_services(chosen)
    # What a catchment needs follows from the people that the rule speaks of, not only from the target group.
    pairs = overlapping_pairs(
        case.base,
        travel,
        _compared(services, case.kind.band),
        threshold=threshold,
        objective=_objective(case),
        between=between,
    )
    # Two places of one service are no two services.
    owner = services["service"]
    pairs = pairs[(owner[pairs["a"]].to_numpy() != owner[pairs["b"]].to_numpy())]
    found = coordination_groups(case.persons, travel, pairs, threshold=threshold)
    for group in records(found):
        members = services.loc[list(group["members"])]
        yield _row(case, group, members, run_id) | {"details": _details(case, group, members, travel)}


def _row(case: TypeCase, group: dict[str, Any], members: pd.DataFrame, run_id: uuid.UUID) -> dict[str, Any]:
    row = {
        "run_id": run_id,
        "service_type_code": case.kind.code,
        "service_ids": sorted(members["service"].unique()),
        "planned": bool((members["certainty"] == PLANNED).any()),
        "uncertain": bool((members["certainty"] == "incerta").any()),
    } | {name: group[name] for name in ("kind", "persons", "jaccard", "hours_unknown", "exact")}
    return {"id": group_id(row)} | row


def _details(case: TypeCase, group: dict[str, Any], members: pd.DataFrame, travel: TravelTable) -> dict[str, Any]:
    """Why the members overlap: how near they are, what they hold together and what their people need."""
    objective, capacity = _objective(case), None
    if objective is not None and members["capacity_known"].all():
        capacity = float(members["capacity"].sum())
    told = {name: plain(group[name]) for name in ("minutes", "users_differ", "hours_differ")}
    return told | {
        "threshold": case.kind.threshold,
        "joint_capacity": capacity,
        "needed_capacity": None if capacity is None else (objective or 0.0) * _people(case, group, travel),
        "unit": None if capacity is None or case.standard is None else case.standard.capacity_unit,
        "requirements": int(members["requirements"].sum()),
    }


def _people(case: TypeCase, group: dict[str, Any], travel: TravelTable) -> float:
    """People that the rule speaks of within the threshold of any member."""
    near = travel.select_services(travel.services.isin(group["members"])).within(case.kind.threshold)
    return float(case.base[near.counts() > 0].sum())


def _objective(case: TypeCase) -> float | None:
    rule = case.capacity_rule
    return None if rule is None else rule.objective or rule.minimum


def group_id(row: Mapping[str, Any]) -> uuid.UUID:
    """Identifier of a row of ``overlap_result``: the same group has another in each run."""
    services = (str(service) for service in row["service_ids"])
    return uid("overlap", str(row["run_id"]), row["service_type_code"], row["kind"], *services)


def _at_home(services: gpd.GeoDataFrame) -> TravelTable:
    """No time at all between services that come to people: they are wherever their area is."""
    count = len(services)
    first, second = (np.asarray(grid).ravel() for grid in np.indices((count, count)))
    return TravelTable.from_pairs(
        services.index,
        services.index,
        origin=first,
        service=second,
        minutes=np.zeros(count * count),
        cutoff=np.inf,
        engine="area",
        estimated=False,
    )


def _compared(services: gpd.GeoDataFrame, band: Band) -> pd.DataFrame:
    """Users by the ages that each service is for, hours as slots of the week; empty where it says nothing.

    Groups of users and sex are told of the type, alike for all its services.
    """
    kept = pd.DataFrame(services[["delivery", "capacity", "capacity_known"]])
    return kept.assign(users=_ages(services, band), hours=slots(services["hours"]))


def _ages(services: gpd.GeoDataFrame, band: Band) -> AnySeries:
    """The ages in whole years that a service has limits for, and the type's own limits where it has one on one side."""
    low, high = services["age_min"], services["age_max"]
    told = low.notna() | high.notna()
    first = low.fillna(min(band.age_min or 0, OLDEST)).clip(upper=OLDEST).astype(int)
    last = high.fillna(OLDEST if band.age_max is None else band.age_max).clip(upper=OLDEST).astype(int)
    ranges = zip(told, first, last, strict=True)
    sets = [frozenset(range(start, end + 1)) if limited else frozenset[int]() for limited, start, end in ranges]
    return pd.Series(sets, index=services.index, dtype=object)


def reach(case: TypeCase) -> Iterator[dict[str, Any]]:
    """Rows of ``service_reach``: people within the threshold, and those who have no other service.

    ``marginal`` looks at confirmed services only (0 for the others), ``marginal_all`` at uncertain ones too. A service
    at several places is one: it reaches whom any of them reaches, and none of them is an alternative to another.
    """
    travel, threshold = case.travel, case.kind.threshold
    owner = case.services["service"]
    confirmed = case.supply["confirmed"].to_numpy(dtype=bool)
    alone = marginal_coverage(
        case.persons, travel.select_services(confirmed), threshold=threshold, owners=owner[confirmed]
    )
    reached = catchments(travel, threshold=threshold, owners=owner)
    table = pd.DataFrame(
        {
            "persons": case.persons.to_numpy(dtype=float) @ reached,
            "marginal_all": marginal_coverage(case.persons, travel, threshold=threshold, owners=owner),
        },
        index=pd.Index(owner.unique(), name="service_id"),
    )
    table["marginal"] = alone.reindex(table.index, fill_value=0.0)
    yield from records(table.reset_index())
