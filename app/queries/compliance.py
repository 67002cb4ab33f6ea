"""Selects on the outcomes of rules (result b): on statutory units, and who of each unit lives in which other area."""

import uuid

from sqlalchemy import ColumnElement, ScalarSelect, Subquery, and_, any_, func, literal, or_, select, true
from sqlalchemy.orm import aliased

from app.queries.kinds import AnySelect
from app.queries.runs import of_run
from etl.store import models as m

_OF_RULE = (
    *("service_types", "title_it", "indicator_it", "kind", "comparator", "minimum", "objective", "unit", "per"),
    *("capacity_unit", "supply_bound", "reach", "figure_unit", "base_kind", "geography", "area_condition"),
    *("act", "article", "law", "verification", "note", "position"),
)


def outcomes(*, type_code: str | None = None, rule_id: str | None = None, run: uuid.UUID | None = None) -> AnySelect:
    """Outcome of each evaluated rule on each statutory unit, with the rule; by rule, then by what is missing.

    Of the run that is shown, or another. The rule is told as it stands now.
    """
    result = m.ComplianceResult
    statement = (
        select(
            *(column for column in result.__table__.c if column.name != "run_id"),
            *(getattr(m.Standard, name) for name in _OF_RULE),
            m.Area.level,
        )
        .join(m.Standard, m.Standard.id == result.rule_id)
        .outerjoin(m.Area, m.Area.id == result.area_id)
        .where(of_run(result.run_id, run))
        .order_by(m.Standard.position, result.shortfall_confirmed.desc().nulls_last(), result.unit_code)
    )
    return statement.where(*_chosen(type_code, rule_id))


def shares(
    level: str, *, type_code: str | None = None, rule_id: str | None = None, run: uuid.UUID | None = None
) -> AnySelect:
    """Base persons of each evaluated rule in every municipality, with its unit and its area of ``level``.

    Columns ``rule_id``, ``municipality`` (code), ``unit`` (identifier; null where none is loaded), ``area`` (code) and
    ``area_name`` (null outside of the level), ``persons``: residents of the year of the run, the one that is shown or
    another. Those whom a run only forecasts are in no table: of such a run they are the latest that are counted.
    """
    rules = _rules(type_code, rule_id, run)
    people, members, areas = _people(rules, run), _members(run), _areas(level)
    home = m.Area
    return (
        select(
            rules.c.rule_id,
            home.code.label("municipality"),
            members.c.unit,
            areas.c.code.label("area"),
            areas.c.name.label("area_name"),
            func.coalesce(people.c.persons, 0.0).label("persons"),
        )
        .select_from(home)
        .join(rules, true())
        .outerjoin(members, and_(members.c.rule_id == rules.c.rule_id, members.c.municipality == home.id))
        .outerjoin(areas, areas.c.municipality == home.id)
        .outerjoin(people, and_(people.c.rule_id == rules.c.rule_id, people.c.municipality == home.id))
        .where(home.level == "municipality")
        .order_by(rules.c.rule_id, home.code)
    )


def _chosen(type_code: str | None, rule_id: str | None) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if type_code is not None:
        chosen.append(literal(type_code) == any_(m.Standard.service_types))
    if rule_id is not None:
        chosen.append(m.Standard.id == rule_id)
    return chosen


def _rules(type_code: str | None, rule_id: str | None, run: uuid.UUID | None) -> Subquery:
    evaluated = select(m.RuleResult.rule_id).where(of_run(m.RuleResult.run_id, run))
    rules = select(m.Standard.id.label("rule_id")).where(m.Standard.id.in_(evaluated))
    return rules.where(*_chosen(type_code, rule_id)).subquery("rules")


def _year(run: uuid.UUID | None) -> ScalarSelect[int]:
    """The latest year of residents up to that of a run."""
    of_this = select(m.CoverageRun.population_year).where(of_run(m.CoverageRun.id, run)).scalar_subquery()
    return select(func.max(m.Population.year)).where(m.Population.year <= of_this).scalar_subquery()


def _people(rules: Subquery, run: uuid.UUID | None) -> Subquery:
    """Persons of the base population of each rule in each municipality; all residents for a rule without a base."""
    rule, people = m.Standard, m.Population
    of_base = and_(
        or_(rule.base_age_min.is_(None), people.age >= rule.base_age_min),
        or_(rule.base_age_max.is_(None), people.age <= rule.base_age_max),
        or_(rule.base_sex.is_(None), people.sex == rule.base_sex),
    )
    return (
        select(rules.c.rule_id, people.area_id.label("municipality"), func.sum(people.persons).label("persons"))
        .select_from(rules)
        .join(rule, rule.id == rules.c.rule_id)
        .join(people, of_base)
        .where(people.year == _year(run))
        .group_by(rules.c.rule_id, people.area_id)
        .subquery("people")
    )


def _members(run: uuid.UUID | None) -> Subquery:
    result, within = m.ComplianceResult, m.AreaWithin
    return (
        select(result.rule_id, result.area_id.label("unit"), within.area_id.label("municipality"))
        .join(within, within.ancestor_id == result.area_id)
        .where(of_run(result.run_id, run))
        .subquery("members")
    )


def _areas(level: str) -> Subquery:
    within, area = aliased(m.AreaWithin), aliased(m.Area)
    return (
        select(within.area_id.label("municipality"), area.code, area.name)
        .join(area, area.id == within.ancestor_id)
        .where(area.level == level)
        .subquery("areas")
    )
