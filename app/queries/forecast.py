"""Selects on forecasts: figures that were just computed, beside the areas that they speak of; and runs that assume one.

A forecast is computed when it is asked for and not stored: its rows come into the database with the question.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Float, Integer, Select, String, Text, Uuid, any_, bindparam, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import aliased

from app.queries.areas import BBox, by_code, inside, intersects
from app.queries.kinds import AnySelect
from etl.derive.forecast import KIND
from etl.derive.variant import KEY
from etl.store import models as m

Parent = aliased(m.Area, name="zone")

_COLUMNS: Final[Mapping[str, Any]] = {  # SQLAlchemy's types of columns
    "id": Uuid(),
    "rank": Integer(),
    "age_min": Integer(),
    "age_max": Integer(),
    "sex": Text(),
    "year": Integer(),
    "assumption": Text(),
    "launch_year": Integer(),
    "persons_launch": Float(),
    "persons": Float(),
    "change": Float(),
    "change_percent": Float(),
    "label": Text(),
}


def forecasts(
    rows: Sequence[Mapping[str, Any]], *, within: str | None = None, bbox: BBox | None = None, drawn: bool = True
) -> AnySelect:
    """Rows of :func:`app.reports.forecast.figures` with code, name, level and parent of their areas.

    Parameters
    ----------
    within
        Code of an area: only areas inside it, itself included.
    drawn
        With the geometry; without it where many rows speak of one area.
    """
    kinds = [column(name, kind) for name, kind in _COLUMNS.items()]
    sent = cast(bindparam("rows", json.dumps(rows, default=str), type_=Text()), JSON)
    told = func.json_to_recordset(sent).table_valued(*kinds).render_derived(name="told", with_types=True)
    figures = [told.c[name] for name in _COLUMNS if name not in ("id", "rank")]
    statement = (
        select(
            told.c.rank,
            m.Area.code,
            m.Area.name,
            m.Area.level,
            Parent.code.label("parent_code"),
            Parent.name.label("parent_name"),
            *figures,
            *([m.Area.geom] if drawn else []),
        )
        .join(m.Area, m.Area.id == told.c.id)
        .outerjoin(Parent, Parent.id == m.Area.parent_id)
        .order_by(told.c.rank)
    )
    if bbox is not None:
        statement = statement.where(intersects(m.Area.geom, bbox))
    return statement if within is None else statement.where(m.Area.id.in_(inside(within)))


def municipalities(*, level: str | None = None, code: str | None = None) -> Select[str, str]:
    """``ancestor`` and ``area``: the municipalities of each area of a level, or of the one with a code; by code.

    Of several areas with the same code it is the widest, as in :func:`app.queries.areas.by_code`.
    """
    home = aliased(m.Area)
    statement = (
        select(cast(m.Area.id, String).label("ancestor"), cast(home.id, String).label("area"))
        .join(m.AreaWithin, m.AreaWithin.ancestor_id == m.Area.id)
        .join(home, home.id == m.AreaWithin.area_id)
        .where(home.level == "municipality")
        .order_by(m.Area.code, home.code)
    )
    if level is not None:
        statement = statement.where(m.Area.level == level)
    if code is not None:
        widest = by_code(code).with_only_columns(m.Area.id).limit(1).scalar_subquery()
        statement = statement.where(m.Area.id == widest)
    return statement


def runs(assumption: str) -> AnySelect:
    """The run that is shown, then runs that assume a forecast under one assumption, the newest first; with results."""
    made = m.CoverageRun
    told = made.parameters[KEY]
    assumed = (told["kind"].astext == KIND) & (told["assumption"].astext == assumption)
    with_results = select(m.TypeResult.run_id).where(m.TypeResult.run_id == made.id).exists()
    return (
        select(made.id, made.population_year.label("year"), made.name, made.current)
        .where(with_results, made.current | assumed)
        .order_by(made.current.desc(), made.created_at.desc(), made.id)
    )


def shadows(
    run_ids: Sequence[uuid.UUID], *, level: str, type_code: str | None = None, within: str | None = None
) -> AnySelect:
    """Persons of the target group, in shadow and unknown on confirmed supply, by run, type and area of a level."""
    result = m.CoverageResult
    sums = {name: func.sum(getattr(result, name)) for name in ("persons", "assessed", "unknown", "shadow_confirmed")}
    statement = (
        select(
            result.run_id,
            m.ServiceType.code.label("type"),
            m.ServiceType.name_it.label("type_name"),
            m.Area.code,
            m.Area.name,
            m.Area.level,
            *(column.label(label) for label, column in sums.items()),
        )
        .join(m.ServiceType, m.ServiceType.code == result.service_type_code)
        .join(m.AreaWithin, m.AreaWithin.area_id == result.area_id)
        .join(m.Area, m.Area.id == m.AreaWithin.ancestor_id)
        .join(m.CoverageRun, m.CoverageRun.id == result.run_id)
        .where(result.run_id.in_(list(run_ids)), m.Area.level == level)
        .group_by(result.run_id, m.ServiceType.code, m.Area.id, m.CoverageRun.population_year)
        .order_by(m.ServiceType.position, m.Area.code, m.CoverageRun.population_year)
    )
    if type_code is not None:
        statement = statement.where(m.ServiceType.code == type_code)
    return statement if within is None else statement.where(m.Area.id.in_(inside(within)))


def shortfalls(run_ids: Sequence[uuid.UUID], *, type_code: str | None = None) -> AnySelect:
    """By run and rule, units below the minimum on confirmed supply and what they lack together, in the rule's unit."""
    result, rule = m.ComplianceResult, m.Standard
    statement = (
        select(
            result.run_id,
            rule.id.label("rule_id"),
            rule.title_it,
            rule.unit,
            func.count().label("units"),
            func.sum(result.shortfall_confirmed).label("shortfall"),
        )
        .join(rule, rule.id == result.rule_id)
        .where(result.run_id.in_(list(run_ids)), result.outcome_confirmed == "sotto_minimo")
        .group_by(result.run_id, rule.id)
        .order_by(rule.position)
    )
    return statement if type_code is None else statement.where(literal(type_code) == any_(rule.service_types))
