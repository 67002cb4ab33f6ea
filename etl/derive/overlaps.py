"""Overlaps between the services of a type, and how many people depend on each service alone."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from etl.derive.cases import TypeCase
from etl.derive.supply import PLANNED
from etl.identity import uid
from etl.store.frames import records
from geo.arrays import AnySeries
from geo.catchments import catchments, marginal_coverage
from geo.overlaps import coordination_groups, overlapping_pairs


def groups(case: TypeCase, run_id: uuid.UUID) -> Iterator[dict[str, Any]]:
    """Rows of ``overlap_result`` for one type; planned services take part and are marked.

    Services that cover an area instead of waiting at a place have no catchment to compare and stay out.
    """
    placed = ~case.everything["area_wide"].to_numpy(dtype=bool)
    services = case.everything[placed]
    travel = case.travel_to_everything.select_services(placed)
    rule = case.capacity_rule
    # What a catchment needs follows from the people that the rule speaks of, not only from the target group.
    pairs = overlapping_pairs(
        case.base,
        travel,
        _compared(services),
        threshold=case.kind.threshold,
        objective=None if rule is None else rule.objective or rule.minimum,
        between=case.travel_between,
    )
    found = coordination_groups(case.persons, travel, pairs, threshold=case.kind.threshold)
    for group in records(found):
        yield _group_row(case.kind.code, group, services.loc[list(group["members"])], run_id)


def _group_row(code: str, group: dict[str, Any], members: pd.DataFrame, run_id: uuid.UUID) -> dict[str, Any]:
    row = {
        "run_id": run_id,
        "service_type_code": code,
        "service_ids": sorted(members["service"].unique()),
        "planned": bool((members["certainty"] == PLANNED).any()),
        "uncertain": bool((members["certainty"] == "incerta").any()),
    } | {name: group[name] for name in ("kind", "persons", "jaccard", "hours_unknown", "exact")}
    return {"id": group_id(row)} | row


def group_id(row: Mapping[str, Any]) -> uuid.UUID:
    """Identifier of a row of ``overlap_result``: the same group has another in each run."""
    services = (str(service) for service in row["service_ids"])
    return uid("overlap", str(row["run_id"]), row["service_type_code"], row["kind"], *services)


def _compared(services: pd.DataFrame) -> pd.DataFrame:
    """Users are those of the type, alike for all; hours are known as free text only, that is, not comparable."""
    nothing: AnySeries = pd.Series([frozenset[str]()] * len(services), index=services.index, dtype=object)
    kept = pd.DataFrame(services[["delivery", "capacity", "capacity_known"]])
    return kept.assign(users=nothing, hours=nothing)


def reach(case: TypeCase) -> Iterator[dict[str, Any]]:
    """Rows of ``service_reach``: people within the threshold, and those who have no other service.

    ``marginal`` looks at confirmed services only (0 for the others), ``marginal_all`` at uncertain ones too. A service
    at several places has the figures of the place with the most people.
    """
    travel, threshold = case.travel, case.kind.threshold
    confirmed = case.supply["confirmed"].to_numpy(dtype=bool)
    alone = marginal_coverage(case.persons, travel.select_services(confirmed), threshold=threshold)
    table = pd.DataFrame(
        {
            "service_id": case.services["service"],
            "persons": case.persons.to_numpy(dtype=float) @ catchments(travel, threshold=threshold),
            "marginal": alone.reindex(case.services.index, fill_value=0.0),
            "marginal_all": marginal_coverage(case.persons, travel, threshold=threshold),
        }
    )
    yield from records(table.groupby("service_id", as_index=False).max())
