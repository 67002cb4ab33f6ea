"""Selects on access status (result a), summed over the points of each area, and at the points themselves."""

import uuid
from typing import Any, Literal

from sqlalchemy import ColumnElement, Integer, Label, Subquery, case, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.queries import intervals
from app.queries.areas import BBox, inside, intersects
from app.queries.kinds import AnySelect
from app.queries.runs import of_run
from etl.store import models as m
from geo.statuses import SHADOWS, STATUSES

Supply = Literal["confermata", "tutta"]
R = m.CoverageResult
Parent = aliased(m.Area, name="zone")

POINT_LEVELS = ("settlement", "quarter", "census_section")


Figure = InstrumentedAttribute[float] | InstrumentedAttribute[float | None]


def _sum(column: Figure, name: str) -> ColumnElement[float | None]:
    return func.sum(column).label(name)


def _persons_where(condition: ColumnElement[bool], name: str) -> Label[float]:
    return func.coalesce(func.sum(R.persons).filter(condition), 0.0).label(name)


def _majority(by_status: dict[str, ColumnElement[float]]) -> ColumnElement[str | None]:
    """The status of most people; the earlier of the method's order where two tie, none where nobody lives."""
    most = func.greatest(*by_status.values())
    return case(
        (func.sum(R.persons) == 0, None), *((total == most, status) for status, total in by_status.items())
    ).label("majority")


def gaps(
    *,
    type_code: str,
    level: str,
    supply: Supply = "confermata",
    bbox: BBox | None = None,
    within: str | None = None,
    run: uuid.UUID | None = None,
) -> AnySelect:
    """Persons assessed, in shadow and unknown of each area of a level, ranked; of the run that is shown, or another.

    Ranked by persons in shadow that are certain, then by those only probable (``bordo``), then by share; areas
    where nobody could be assessed come last. ``rank`` is unique and stable, so that pages can continue from it.
    """
    summed = _summed(type_code, level, supply, run)
    if bbox is not None:
        summed = summed.where(intersects(m.Area.geom, bbox))
    if within is not None:
        summed = summed.where(m.Area.id.in_(inside(within)))
    return _named(summed, _reasons(type_code, level, run))


def _summed(type_code: str, level: str, supply: Supply, run: uuid.UUID | None) -> AnySelect:
    """The sums over the points of each area of a level, with their rank."""
    bands = intervals.bands(run)
    summed = (
        select(
            m.Area.id,
            R.rule_id,
            func.max(R.threshold).label("threshold"),
            func.count().label("points"),
            *_people(supply),
            *_minutes(bands),
            func.bool_or(R.stimata).label("estimated"),
            func.bool_and(R.complete).label("complete"),
            _rank(supply),
        )
        .join(m.AreaWithin, m.AreaWithin.area_id == R.area_id)
        .join(m.Area, m.Area.id == m.AreaWithin.ancestor_id)
        .where(of_run(R.run_id, run), R.service_type_code == type_code, m.Area.level == level)
        .group_by(m.Area.id, m.Area.code, R.rule_id)
    )
    return intervals.joined(summed, bands)


def _people(supply: Supply) -> list[ColumnElement[Any]]:
    """Persons assessed, unknown, in shadow on either supply at the three thresholds, and of each status."""
    by_status = {status: _persons_where(R.status == status, f"persons_{status}") for status in STATUSES}
    return [
        _sum(R.persons, "persons"),
        _sum(R.assessed, "assessed"),
        _sum(R.unknown, "unknown"),
        _persons_where(R.shadow_confirmed_minus.is_(None), "unknown_minus"),
        *(_sum(getattr(R, name), name) for name in SHADOWS),
        _probable(supply).label("probable"),
        *by_status.values(),
        _majority({status: total.element for status, total in by_status.items()}),
    ]


def _in_shadow(supply: Supply) -> Figure:
    return R.shadow_confirmed if supply == "confermata" else R.shadow_all


def _probable(supply: Supply) -> ColumnElement[float]:
    return func.coalesce(func.sum(_in_shadow(supply)).filter(R.bordo), 0.0)


def _rank(supply: Supply) -> ColumnElement[int]:
    shadow = func.sum(_in_shadow(supply))
    order = (
        (func.sum(R.assessed) > 0).desc(),
        (func.coalesce(shadow, 0.0) - _probable(supply)).desc(),
        _probable(supply).desc(),
        (shadow / func.nullif(func.sum(R.assessed), 0.0)).desc().nulls_last(),
        m.Area.code,
    )
    return func.row_number(type_=Integer).over(order_by=order).label("rank")


def _minutes(bands: Subquery) -> list[ColumnElement[float | None]]:
    """Minutes to the nearest service: their mean with its interval, the most, the mean on all supply."""
    return [
        _mean(R.nearest_confirmed, "minutes_confirmed"),
        *intervals.ends(bands),
        func.max(R.nearest_confirmed).label("minutes_confirmed_max"),
        _mean(R.nearest_all, "minutes_all"),
    ]


def _mean(column: Figure, name: str) -> ColumnElement[float | None]:
    """Mean over people, of those within the range of the computation."""
    weight = func.nullif(func.sum(R.persons).filter(column.is_not(None)), 0.0)
    return (func.sum(R.persons * column) / weight).label(name)


def _named(summed: AnySelect, reasons: Subquery) -> AnySelect:
    """The sums with names, rule and the reason of the majority status."""
    sums = summed.subquery("sums")
    listed = [column for column in sums.c if column.name != "id"]
    return (
        select(
            m.Area.id,
            m.Area.code,
            m.Area.name,
            m.Area.level,
            Parent.code.label("parent_code"),
            Parent.name.label("parent_name"),
            *listed,
            reasons.c.reason,
            m.Standard.act,
            m.Standard.law,
            m.Standard.verification,
            m.Area.geom,
        )
        .join(sums, sums.c.id == m.Area.id)
        .join(m.Standard, m.Standard.id == sums.c.rule_id)
        .outerjoin(reasons, (reasons.c.id == m.Area.id) & (reasons.c.status == sums.c.majority))
        .outerjoin(Parent, Parent.id == m.Area.parent_id)
        .order_by(sums.c.rank)
    )


def _reasons(type_code: str, level: str, run: uuid.UUID | None) -> Subquery:
    """For each area and status the reason code that holds for most of the people of that status."""
    return (
        select(m.AreaWithin.ancestor_id.label("id"), R.status, R.reason)
        .join(R, R.area_id == m.AreaWithin.area_id)
        .join(m.Area, m.Area.id == m.AreaWithin.ancestor_id)
        .where(of_run(R.run_id, run), R.service_type_code == type_code, m.Area.level == level)
        .group_by(m.AreaWithin.ancestor_id, R.status, R.reason)
        .order_by(m.AreaWithin.ancestor_id, R.status, func.sum(R.persons).desc(), R.reason)
        .ext(distinct_on(m.AreaWithin.ancestor_id, R.status))
        .subquery("reasons")
    )


def points(
    *, type_code: str, within: str | None = None, bbox: BBox | None = None, run: uuid.UUID | None = None
) -> AnySelect:
    """Every result at its demand point, ordered by code: what the sums are made of."""
    statement = (
        select(
            m.Area.code,
            m.Area.name,
            m.Area.level,
            Parent.code.label("parent_code"),
            Parent.name.label("parent_name"),
            m.DemandPoint.demand_precision,
            *(column for column in R.__table__.c if column.name not in ("run_id", "area_id")),
            m.Area.geom,
        )
        .join(m.Area, m.Area.id == R.area_id)
        .join(m.DemandPoint, m.DemandPoint.area_id == R.area_id)
        .outerjoin(Parent, Parent.id == m.Area.parent_id)
        .where(of_run(R.run_id, run), R.service_type_code == type_code)
        .order_by(m.Area.code)
    )
    if bbox is not None:
        statement = statement.where(intersects(m.Area.geom, bbox))
    return statement if within is None else statement.where(m.Area.id.in_(inside(within)))


def totals(*, run: uuid.UUID | None = None) -> AnySelect:
    """Persons of each type over the whole territory, in the order of the reference table."""
    return (
        select(
            m.ServiceType.code,
            m.ServiceType.name_it,
            m.ServiceType.macro_area,
            _sum(R.persons, "persons"),
            _sum(R.assessed, "assessed"),
            _sum(R.unknown, "unknown"),
            _sum(R.shadow_confirmed, "shadow_confirmed"),
            _sum(R.shadow_all, "shadow_all"),
        )
        .join(m.ServiceType, m.ServiceType.code == R.service_type_code)
        .where(of_run(R.run_id, run))
        .group_by(m.ServiceType.code)
        .order_by(m.ServiceType.position)
    )
