"""Access status of every demand point for every type of service (methods: result a)."""

from collections.abc import Iterable
from typing import Any, TypeAlias

import pandas as pd

from etl.derive.cases import TOLERANCE, TypeCase
from etl.store.frames import Rows, records
from geo.access import nearest
from geo.arrays import AnySeries
from geo.gaps import access_status

NEAREST = 3
_ENDS = (("minutes", ""), ("low", "_low"), ("high", "_high"))

# All that the answer depends on, beside the people, where a type has no service and no complete list.
Unlisted: TypeAlias = tuple[str, float, bool]


def rows(cases: Iterable[TypeCase]) -> Rows:
    """Rows of ``coverage_result`` for all types, without the run.

    Most types have no service yet and no list: for them nothing is known of anybody, and the answers of one type
    stand, with its own people, for those that are reached alike.
    """
    unlisted: dict[Unlisted, Rows] = {}
    found: Rows = []
    for case in cases:
        kind = case.kind
        if len(case.everything) or case.complete.any():
            found += _rows(case)
            continue
        key = (kind.travel_mode, kind.threshold, kind.residence_bound)
        if key not in unlisted:
            unlisted[key] = _rows(case)
        own = {"service_type_code": kind.code, "rule_id": kind.rule_id}
        people = zip(unlisted[key], case.persons.tolist(), strict=True)
        found += [row | own | {"persons": persons, "unknown": persons} for row, persons in people]
    return found


def _rows(case: TypeCase) -> Rows:
    return records(results(case).rename_axis("area_id").reset_index())


def results(case: TypeCase) -> pd.DataFrame:
    """Rows of ``coverage_result`` for one type, without the run: index = demand points."""
    status = access_status(
        case.persons,
        case.complete,
        case.travel,
        case.supply,
        threshold=case.kind.threshold,
        capacity_rule=case.capacity_rule,
        boundary_minutes=case.boundary_minutes,
        residence_bound=case.kind.residence_bound,
        tolerance=TOLERANCE,
        demand_all=case.base,
    )
    return status.assign(
        **_minutes(case),
        service_type_code=case.kind.code,
        rule_id=case.kind.rule_id,
        threshold=case.kind.threshold,
        persons=case.persons,
        complete=case.complete,
        nearest=_nearest(case),
    )


def _minutes(case: TypeCase) -> dict[str, AnySeries]:
    """Minutes to the nearest service that waits at a place; those that cover an area have no travel time to tell."""
    placed = ~case.services["area_wide"].to_numpy(dtype=bool)
    if placed.all():
        return {}
    travel = case.travel.select_services(placed)
    confirmed = nearest(travel.select_services(case.supply["confirmed"].to_numpy(dtype=bool)[placed]))
    told = {f"nearest_confirmed{end}": confirmed[column] for column, end in _ENDS}
    return told | {"nearest_all": travel.nearest_minutes()}


def _nearest(case: TypeCase) -> AnySeries:
    """Up to three nearest services of each point, each by its nearest place, as they go into the database."""
    lists: dict[object, Rows] = {origin: [] for origin in case.travel.origins}
    services = case.services[["service", "certainty", "located", "area_wide"]].rename(columns={"service": "service_id"})
    # Before the third service may come all the places of two others.
    most = int(services["service_id"].value_counts().max()) if len(services) else 1
    told = case.travel.nearest((NEAREST - 1) * most + 1).join(services, on="service")
    if most > 1:
        told = told.drop_duplicates(["origin", "service_id"]).groupby("origin", sort=False).head(NEAREST)
    for row in records(told):
        lists[row["origin"]].append(_entry(row))
    return pd.Series(lists, dtype=object)


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    # Services that come to people, and protected ones, have no minutes to show.
    wide = row["area_wide"]
    minutes = {name: None if wide else round(float(row[name]), 1) for name in ("minutes", "low", "high")}
    return {"service": row["service_id"], **minutes, "certainty": row["certainty"], "located": bool(row["located"])}
