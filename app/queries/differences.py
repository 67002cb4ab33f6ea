"""Selects on two runs on the same people: who gains and who loses a service, which statuses and outcomes change.

Made for scenarios: the former run is that on the data as they are, or of another scenario. Only types and rules are
looked at whose results depend on what the two runs do not share.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    SQLColumnExpression,
    Text,
    and_,
    any_,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.queries.areas import BBox, inside, intersects
from app.queries.kinds import AnySelect
from etl.store import models as m

WHOLE = "metropolitan_city"
WHEN = ("former", "later")
Parent = aliased(m.Area, name="zone")
Former, Later = aliased(m.CoverageResult, name="former"), aliased(m.CoverageResult, name="later")

# Of a point, in persons: without any service within the threshold, in shadow, unknown.
FIGURES = ("without", "without_all", "shadow", "shadow_all", "unknown")
TURNS = ("gained", "lost", "gained_all", "lost_all")
_SUMMED = ("persons", *TURNS, *(f"{name}_{when}" for name in FIGURES for when in WHEN))
_OF_OUTCOME = (
    *("outcome_confirmed", "outcome_all", "cause_confirmed", "cause_all", "value_confirmed", "value_all"),
    *("shortfall_confirmed", "shortfall_all"),
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Two runs, and what of them is asked for: a type of service, a part of the territory; None is everything."""

    former: uuid.UUID
    later: uuid.UUID
    type_code: str | None = None
    within: str | None = None
    bbox: BBox | None = None


def areas(asked: Asked, *, level: str) -> AnySelect:
    """Persons of each type in each area of a level in both runs; of areas in which something changes, or the whole.

    Of every figure ``_former`` and ``_later``: ``without`` are persons without any confirmed service within the
    threshold, ``without_all`` without an uncertain one either, ``shadow`` and ``shadow_all`` persons in shadow,
    ``unknown`` those of whom nothing is known. ``gained`` have a confirmed service in the later run only, ``lost`` in
    the former only, ``gained_all`` and ``lost_all`` the same of any service. Ordered by the change of persons without
    a service, on the supply where it is greater, then of those in shadow; ``rank`` is unique.
    """
    points = _points(asked)
    sums = {name: func.coalesce(func.sum(points.c[name]), 0.0) for name in _SUMMED}
    moved = {name: func.abs(sums[f"{name}_later"] - sums[f"{name}_former"]) for name in FIGURES}
    without, shadow = (func.greatest(moved[name], moved[f"{name}_all"]).desc() for name in ("without", "shadow"))
    order = (without, shadow, m.Area.code, m.ServiceType.position)
    statement = _grouped(points, level, [value.label(name) for name, value in sums.items()], order, asked)
    return statement if level == WHOLE else statement.having(func.bool_or(points.c.moved))


def statuses(asked: Asked, *, level: str) -> AnySelect:
    """Persons and points whose status changes, by type, area of a level, and both statuses; ``rank`` is unique."""
    points = _points(asked)
    both: list[ColumnElement[Any]] = [points.c[f"status_{when}"] for when in WHEN]
    persons = func.sum(points.c.persons)
    order = (m.ServiceType.position, m.Area.code, persons.desc(), *both)
    told = [*both, persons.label("persons"), func.count().label("points")]
    return _grouped(points, level, told, order, asked).where(both[0] != both[1]).group_by(*both)


def points(asked: Asked) -> AnySelect:
    """The demand points at which something changes, those with most people first; ``rank`` is unique."""
    found = _points(asked)
    order = (found.c.persons.desc(), m.Area.code, m.ServiceType.position)
    both = [f"{name}_{when}" for name in ("status", "minutes", *FIGURES) for when in WHEN]
    statement = (
        select(
            *_named(found),
            *(found.c[name] for name in ("persons", *TURNS, *both)),
            func.row_number(type_=Integer).over(order_by=order).label("rank"),
            m.Area.geom,
        )
        .select_from(found)
        .join(m.Area, m.Area.id == found.c.area_id)
        .join(m.ServiceType, m.ServiceType.code == found.c.type)
        .outerjoin(Parent, Parent.id == m.Area.parent_id)
        .where(found.c.moved)
        .order_by(*order)
    )
    return _cut(statement, asked)


def rules(asked: Asked) -> AnySelect:
    """Outcomes of rules on statutory units where outcome, value or shortfall change, outcomes first.

    ``zones`` are the names of the zone omogenee that the unit touches, ``turned`` whether an outcome changes. ``rank``
    is unique.
    """
    former, later = aliased(m.ComplianceResult, name="before"), aliased(m.ComplianceResult, name="after")
    rule = m.Standard
    pairs = {name: (getattr(former, name), getattr(later, name)) for name in _OF_OUTCOME}
    turned = _differ(pairs, "outcome_confirmed", "outcome_all")
    order = (turned.desc(), rule.position, later.unit_code)
    statement = (
        select(
            *(later.rule_id, rule.title_it, rule.service_types, rule.unit, rule.minimum, rule.objective, rule.act),
            *(rule.law, rule.verification, rule.geography, later.unit_code, later.unit_name, m.Area.level),
            _zones(later.area_id).label("zones"),
            turned.label("turned"),
            *(column.label(f"{name}_{when}") for name in pairs for when, column in zip(WHEN, pairs[name], strict=True)),
            func.row_number(type_=Integer).over(order_by=order).label("rank"),
            m.Area.geom,
        )
        .select_from(former)
        .join(later, and_(later.rule_id == former.rule_id, later.unit_code == former.unit_code))
        .join(rule, rule.id == later.rule_id)
        .outerjoin(m.Area, m.Area.id == later.area_id)
        .where(former.run_id == asked.former, later.run_id == asked.later, _differ(pairs, *_OF_OUTCOME))
        .order_by(*order)
    )
    if asked.type_code is not None:
        statement = statement.where(literal(asked.type_code) == any_(rule.service_types))
    if asked.within is not None:
        statement = statement.where(_touching(later.area_id, asked.within))
    return _cut(statement, replace(asked, within=None))


def _points(asked: Asked) -> FromClause:
    """Both runs at each point for each type that does not rest on the same; ``moved`` where any answer differs."""
    figures: dict[str, tuple[SQLColumnExpression[Any], SQLColumnExpression[Any]]] = {
        "status": (Former.status, Later.status),
        "minutes": (Former.nearest_confirmed, Later.nearest_confirmed),
        "without": (_without(Former.services_confirmed, Former), _without(Later.services_confirmed, Later)),
        "without_all": (_without(Former.services_all, Former), _without(Later.services_all, Later)),
        "shadow": (Former.shadow_confirmed, Later.shadow_confirmed),
        "shadow_all": (Former.shadow_all, Later.shadow_all),
        "unknown": (Former.unknown, Later.unknown),
    }
    # A point from which the service is farther, and near enough all the same, is not told: nothing changes for it.
    moved = _differ(figures, "status", *FIGURES)
    both: list[ColumnElement[Any]] = [
        column.label(f"{name}_{when}") for name in figures for when, column in zip(WHEN, figures[name], strict=True)
    ]
    statement = (
        select(
            Later.area_id,
            Later.service_type_code.label("type"),
            Later.persons,
            *_turns(figures),
            moved.label("moved"),
            *both,
        )
        .join(Former, and_(Former.area_id == Later.area_id, Former.service_type_code == Later.service_type_code))
        .where(Former.run_id == asked.former, Later.run_id == asked.later)
        .where(Later.service_type_code.in_(_touched(asked)))
    )
    if asked.type_code is not None:
        statement = statement.where(Later.service_type_code == asked.type_code)
    return statement.subquery("points")


def _turns(figures: Mapping[str, tuple[Any, Any]]) -> list[ColumnElement[float]]:
    """Persons who come to have a service, and who have none any more: confirmed, then of any supply."""
    pairs = [figures["without"], figures["without_all"]]
    changes = [change for before, after in pairs for change in (before - after, after - before)]
    return [func.greatest(change, 0.0).label(name) for name, change in zip(TURNS, changes, strict=True)]


def _without(services: InstrumentedAttribute[int], run: type[m.CoverageResult]) -> ColumnElement[float]:
    return func.coalesce(run.persons * cast(services == 0, Integer), 0.0)


def _differ(pairs: Mapping[str, tuple[Any, Any]], *names: str) -> ColumnElement[bool]:
    return or_(*(before.is_distinct_from(after) for before, after in (pairs[name] for name in names)))


def _touched(asked: Asked) -> AnySelect:
    """Types whose results rest on something that the two runs do not share."""
    former, later = aliased(m.TypeResult), aliased(m.TypeResult)
    return (
        select(later.service_type_code)
        .join(former, former.service_type_code == later.service_type_code)
        .where(former.run_id == asked.former, later.run_id == asked.later, former.input_hash != later.input_hash)
    )


def _named(points: FromClause) -> list[ColumnElement[Any]]:
    return [
        points.c.type,
        m.ServiceType.name_it.label("type_name"),
        *(m.Area.code, m.Area.name, m.Area.level),  # type: ignore[list-item]
        Parent.code.label("parent_code"),
        Parent.name.label("parent_name"),
    ]


def _grouped(points: FromClause, level: str, told: list[Any], order: tuple[Any, ...], asked: Asked) -> AnySelect:
    """Points summed over the areas of a level, by type."""
    statement = (
        select(
            *_named(points),
            *told,
            func.row_number(type_=Integer).over(order_by=order).label("rank"),
            m.Area.geom,
        )
        .select_from(points)
        .join(m.AreaWithin, m.AreaWithin.area_id == points.c.area_id)
        .join(m.Area, m.Area.id == m.AreaWithin.ancestor_id)
        .join(m.ServiceType, m.ServiceType.code == points.c.type)
        .outerjoin(Parent, Parent.id == m.Area.parent_id)
        .where(m.Area.level == level)
        .group_by(m.Area.id, Parent.id, points.c.type, m.ServiceType.code)
        .order_by(*order)
    )
    return _cut(statement, asked)


def _cut(statement: AnySelect, asked: Asked) -> AnySelect:
    if asked.bbox is not None:
        statement = statement.where(intersects(m.Area.geom, asked.bbox))
    return statement if asked.within is None else statement.where(m.Area.id.in_(inside(asked.within)))


def _zones(unit: Any) -> ColumnElement[list[str]]:  # noqa: ANN401  a column of an alias
    """Names of the zone omogenee with a municipality in a unit, in the order of their codes."""
    town, zone, area = aliased(m.AreaWithin), aliased(m.AreaWithin), aliased(m.Area)
    names = (
        select(area.name)
        .join(zone, zone.ancestor_id == area.id)
        .join(town, town.area_id == zone.area_id)
        .where(area.level == "zona_omogenea", town.ancestor_id == unit)
        .group_by(area.code, area.name)
        .order_by(area.code)
    )
    return func.array(names.scalar_subquery(), type_=ARRAY(Text))


def _touching(unit: Any, code: str) -> ColumnElement[bool]:  # noqa: ANN401
    """Whether a statutory unit has a municipality in an area: the two may cross each other."""
    within = aliased(m.AreaWithin)
    found: ColumnElement[bool] = unit.in_(select(within.ancestor_id).where(within.area_id.in_(inside(code))))
    return found
