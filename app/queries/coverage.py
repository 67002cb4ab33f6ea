"""Selects on compliance (result b), overlaps and the reach of services."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, Integer, ScalarSelect, SQLColumnExpression, any_, func, literal, select

from app.queries.areas import BBox, inside, intersects
from app.queries.kinds import AnySelect
from app.queries.runs import of_run
from etl.store import models as m


def compliance(
    *,
    type_code: str | None = None,
    rule_id: str | None = None,
    within: str | None = None,
    bbox: BBox | None = None,
    run: uuid.UUID | None = None,
) -> AnySelect:
    """Outcome of each evaluated rule on each statutory unit, by rule and then by what is missing."""
    result = m.ComplianceResult
    order = (m.Standard.position, result.shortfall_confirmed.desc().nulls_last(), result.unit_code)
    statement = (
        select(*_outcome(), m.Area.geom, func.row_number(type_=Integer).over(order_by=order).label("rank"))
        .join(m.Standard, m.Standard.id == result.rule_id)
        .outerjoin(m.Area, m.Area.id == result.area_id)
        .where(of_run(result.run_id, run))
        .order_by(*order)
    )
    if type_code is not None:
        statement = statement.where(literal(type_code) == any_(m.Standard.service_types))
    if rule_id is not None:
        statement = statement.where(result.rule_id == rule_id)
    if bbox is not None:
        statement = statement.where(intersects(m.Area.geom, bbox))
    return statement if within is None else statement.where(result.area_id.in_(inside(within)))


def _outcome() -> list[SQLColumnExpression[Any]]:
    """What was found of a unit, the rule that it was held against, and the level of the unit."""
    rule = m.Standard
    return [
        *(column for column in m.ComplianceResult.__table__.c if column.name not in ("run_id", "area_id")),
        *(rule.service_types, rule.title_it, rule.indicator_it, rule.comparator, rule.minimum, rule.objective),
        *(rule.unit, rule.geography, rule.act, rule.article, rule.law, rule.verification, rule.supply_bound),
        m.Area.level,
    ]


def overlaps(
    *,
    type_code: str | None = None,
    within: str | None = None,
    bbox: BBox | None = None,
    run: uuid.UUID | None = None,
) -> AnySelect:
    """Groups of services that share their catchments, by type and then by people reached; with why they do."""
    result = m.OverlapResult
    order = (m.ServiceType.position, result.persons.desc(), result.id)
    statement = (
        select(
            *_group(),
            *_why(),
            _located().label("geom"),
            func.row_number(type_=Integer).over(order_by=order).label("rank"),
        )
        .join(m.ServiceType, m.ServiceType.code == result.service_type_code)
        .where(of_run(result.run_id, run))
        .order_by(*order)
    )
    if type_code is not None:
        statement = statement.where(result.service_type_code == type_code)
    if bbox is not None:
        statement = statement.where(intersects(_located(), bbox))
    return statement if within is None else statement.where(_any_inside(within))


def _group() -> list[SQLColumnExpression[Any]]:
    """Who they are and whom they share."""
    result = m.OverlapResult
    return [
        result.id,
        result.service_type_code.label("type"),
        m.ServiceType.name_it.label("type_name"),
        result.kind,
        result.service_ids,
        _names(),
        func.cardinality(result.service_ids).label("services"),
        result.persons,
        result.jaccard,
        result.planned,
        result.uncertain,
        result.hours_unknown,
        result.exact,
    ]


def _why() -> list[SQLColumnExpression[Any]]:
    """What the group is told by: how near its members are, what they hold together, in what they differ."""
    details = m.OverlapResult.details
    figures = ("threshold", "minutes", "joint_capacity", "needed_capacity")
    return [
        *(details[name].as_float().label(name) for name in figures),
        details["unit"].as_string().label("unit"),
        *(details[name].as_boolean().label(name) for name in ("users_differ", "hours_differ")),
        details["requirements"].as_integer().label("requirements"),
    ]


def _any_inside(code: str) -> ColumnElement[bool]:
    """Whether some service of the group is at a place in an area."""
    place, location = m.ServiceAtLocation, m.Location
    member = place.service_id == any_(m.OverlapResult.service_ids)
    there = select(place.id).join(location, location.id == place.location_id)
    return there.where(member, location.municipality_id.in_(inside(code))).exists()


def _names() -> ColumnElement[list[str]]:
    return (
        select(func.array_agg(m.Service.name))
        .where(m.Service.id == any_(m.OverlapResult.service_ids))
        .scalar_subquery()
        .label("names")
    )


def _located() -> ScalarSelect[bytes]:
    """The points of the group that are known at address or street precision, as one geometry."""
    return (
        select(func.ST_Collect(m.Location.geom))
        .join(m.ServiceAtLocation, m.ServiceAtLocation.location_id == m.Location.id)
        .where(
            m.ServiceAtLocation.service_id == any_(m.OverlapResult.service_ids),
            m.Location.precision != "municipality",
        )
        .scalar_subquery()
    )


def reach(*, service_ids: list[uuid.UUID] | None = None, run: uuid.UUID | None = None) -> AnySelect:
    """People within the threshold of each service, and those whose only service it is."""
    result = m.ServiceReach
    statement = select(result.service_id, result.persons, result.marginal, result.marginal_all).where(
        of_run(result.run_id, run)
    )
    return statement if service_ids is None else statement.where(result.service_id.in_(service_ids))
