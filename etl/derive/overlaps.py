"""Overlaps between the services of a type, and how many people depend on each service alone."""

import uuid
from collections.abc import Iterator
from typing import Any

import pandas as pd

from etl.derive.status import TypeCase
from etl.identity import uid
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
    pairs = overlapping_pairs(
        case.persons,
        travel,
        _compared(services),
        threshold=case.threshold,
        objective=None if rule is None else rule.objective or rule.minimum,
        between=case.travel_between,
    )
    found = coordination_groups(case.persons, travel, pairs, threshold=case.threshold)
    for group in found.itertuples(index=False, name="Group"):
        members = services.loc[list(group.members)]
        services_of_group = sorted(members["service"].unique())
        yield {
            "id": uid("overlap", str(run_id), case.code, group.kind, *map(str, services_of_group)),
            "service_type_code": case.code,
            "kind": group.kind,
            "service_ids": services_of_group,
            "persons": group.persons,
            "jaccard": group.jaccard,
            "planned": bool((members["certainty"] == "programmata").any()),
            "uncertain": bool((members["certainty"] == "incerta").any()),
            "hours_unknown": group.hours_unknown,
            "exact": group.exact,
        }


def _compared(services: pd.DataFrame) -> pd.DataFrame:
    """Users are those of the type, alike for all; hours are known as free text only, that is, not comparable."""
    nothing = [frozenset[str]()] * len(services)
    return pd.DataFrame(
        {
            "users": nothing,
            "hours": nothing,
            "delivery": services["delivery"],
            "capacity": services["capacity"],
            "capacity_known": services["capacity_known"],
        },
        index=services.index,
    )


def reach(case: TypeCase) -> Iterator[dict[str, Any]]:
    """Rows of ``service_reach``: people within the threshold, and those who have no other service."""
    persons = case.persons.to_numpy(dtype=float)
    travel = case.travel
    confirmed = case.supply["confirmed"].to_numpy(dtype=bool)
    table = pd.DataFrame(
        {
            "service": case.services["service"],
            "persons": persons @ catchments(travel, threshold=case.threshold),
            "marginal_all": marginal_coverage(case.persons, travel, threshold=case.threshold),
            "marginal": 0.0,
        }
    )
    only_confirmed = marginal_coverage(case.persons, travel.select_services(confirmed), threshold=case.threshold)
    table.loc[only_confirmed.index, "marginal"] = only_confirmed
    for service, row in table.groupby("service")[["persons", "marginal", "marginal_all"]].max().iterrows():
        yield {"service_id": service} | {name: float(value) for name, value in row.items()}
