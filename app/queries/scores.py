"""Selects on scores of access: of a run at its demand points, and their means over the people of each area."""

from typing import Any

import pandas as pd
from sqlalchemy import (
    Column,
    ColumnElement,
    Float,
    FromClause,
    Integer,
    MetaData,
    Select,
    Table,
    Uuid,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Session, aliased

from app.queries.areas import inside
from app.queries.kinds import AnySelect
from etl.store import models as m
from etl.store.frames import records
from geo.scores import MEASURES

R = m.CoverageResult
Parent = aliased(m.Area, name="zone")
COST = "raam_minutes"  # the one of which less is better


def stored() -> FromClause:
    """The scores that each run has kept."""
    return m.AccessScore.__table__


def scores(
    *, type_code: str, level: str, measure: str, within: str | None = None, source: FromClause | None = None
) -> AnySelect:
    """Means over people of minutes and scores, by area of a level, the worst by a measure first.

    ``rank`` is unique. ``far`` are the people without a confirmed service within the threshold. A mean of RAAM is over
    those who can reach a service at all. ``source`` holds the scores: ``area_id`` and the measures, as
    :func:`stored`.
    """
    table = stored() if source is None else source
    means = {name: _mean(table.c[name], name) for name in MEASURES}
    worst = means[measure].element.desc() if measure == COST else means[measure].element.asc()
    summed = (
        select(
            m.Area.id,
            R.rule_id,
            func.max(R.threshold).label("threshold"),
            func.sum(R.persons).label("persons"),
            _mean(R.nearest_confirmed, "minutes"),
            func.coalesce(func.sum(R.persons).filter(_far()), 0.0).label("far"),
            *means.values(),
            func.bool_and(R.complete).label("complete"),
            func.row_number(type_=Integer).over(order_by=(worst.nulls_last(), m.Area.code)).label("rank"),
        )
        .join(m.CoverageRun, m.CoverageRun.id == R.run_id)
        .join(table, (table.c.area_id == R.area_id) & _same_run(table))
        .join(m.AreaWithin, m.AreaWithin.area_id == R.area_id)
        .join(m.Area, m.Area.id == m.AreaWithin.ancestor_id)
        .where(m.CoverageRun.current, R.service_type_code == type_code, m.Area.level == level)
        .group_by(m.Area.id, m.Area.code, R.rule_id)
    )
    if within is not None:
        summed = summed.where(m.Area.id.in_(inside(within)))
    return _named(summed)


def _far() -> ColumnElement[bool]:
    return R.nearest_confirmed.is_(None) | (R.nearest_confirmed > R.threshold)


def _mean(column: Any, name: str) -> Any:  # noqa: ANN401  columns of a table that may be made for the occasion
    weight = func.nullif(func.sum(R.persons).filter(column.is_not(None)), 0.0)
    return (func.sum(R.persons * column) / weight).label(name)


def _same_run(table: FromClause) -> ColumnElement[bool]:
    if "run_id" not in table.c:
        return R.run_id.is_not(None)
    return (table.c.run_id == R.run_id) & (table.c.service_type_code == R.service_type_code)


def _named(summed: AnySelect) -> AnySelect:
    sums = summed.subquery("sums")
    return (
        select(
            m.Area.code,
            m.Area.name,
            m.Area.level,
            Parent.code.label("parent_code"),
            Parent.name.label("parent_name"),
            *(column for column in sums.c if column.name != "id"),
            m.Standard.act,
            m.Area.geom,
        )
        .join(sums, sums.c.id == m.Area.id)
        .join(m.Standard, m.Standard.id == sums.c.rule_id)
        .outerjoin(Parent, Parent.id == m.Area.parent_id)
        .order_by(sums.c.rank)
    )


def confirmed(type_code: str, unit: str | None) -> Select[int, int]:
    """Confirmed services of a type at a place, and those whose capacity is known in a unit."""
    told = (
        select(m.ServiceCapacity.service_id)
        .where(m.ServiceCapacity.service_id == m.Service.id, m.ServiceCapacity.unit == unit)
        .where(m.ServiceCapacity.maximum.is_not(None))
        .exists()
    )
    return (
        select(func.count(), func.count().filter(told))
        .select_from(m.Service)
        .join(m.ServiceAtLocation, m.ServiceAtLocation.service_id == m.Service.id)
        .where(
            m.Service.service_type_code == type_code,
            m.Service.supply_status == "attivo",
            m.Service.closed_on.is_(None),
        )
    )


def kept_for_now(session: Session, scores: pd.DataFrame) -> FromClause:
    """Scores that no run keeps, in a table that goes with the connection.

    ``scores``: index identifiers of areas, columns the measures.
    """
    columns = [Column("area_id", Uuid, primary_key=True), *(Column(name, Float) for name in MEASURES)]
    table = Table("access_asked", MetaData(), *columns, prefixes=["TEMPORARY"])
    table.create(session.connection())
    rows = records(scores[list(MEASURES)].rename_axis("area_id").reset_index())
    if rows:
        told = [{name: None if value != value else value for name, value in row.items()} for row in rows]  # noqa: PLR0124  NaN
        session.execute(insert(table), told)
    return table
