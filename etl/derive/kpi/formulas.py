"""The formulas of the indicators: for each area, what is counted and out of what.

A formula is a Select of ``area_id``, ``numerator`` and ``denominator`` over the areas of some levels. What is counted
of results comes from :data:`etl.derive.kpi.totals.TOTAL`, whose figure of a zone is the sum over the same rows that
make the figure of the whole.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Float, FromClause, Select, cast, distinct, func, literal, select

from etl.derive.kpi.totals import TOTAL
from etl.store import models as m

Found: TypeAlias = Select[uuid.UUID, float, float]
"""Columns ``area_id``, ``numerator``, ``denominator``."""

MONTHS: Final = 12
NOTES: Final = ("elenco_incompleto", "in_parte", "nessun_caso", "registro_assente", "ricerche_assenti")
"""Why there is no value, or only one of a part: incomplete lists (nowhere a complete one, or not everywhere), nothing
to count, and what does not exist yet (the registry of bodies, the record of searches)."""


@dataclass(frozen=True)
class Asked:
    """What a formula is evaluated on.

    Attributes
    ----------
    run_id
        The run whose results count.
    types
        Codes of the service types; empty for all.
    levels
        Levels of the areas.
    today
        The day of the evaluation.
    """

    run_id: uuid.UUID
    types: Sequence[str]
    levels: Sequence[str]
    today: date


def shadow(asked: Asked) -> Found:
    """Persons in shadow on confirmed supply, out of those assessed where the list is complete (methods, result a).

    Over several types these are pairs of a person and a service: nobody is counted twice for one service.
    """
    return _by_area(asked, func.sum(TOTAL.c.shadow), func.sum(TOTAL.c.assessed))


def unknown(asked: Asked) -> Found:
    """Persons of whom nothing can be said, out of all of the target groups: pairs of a person and a service."""
    return _by_area(asked, func.sum(TOTAL.c.unknown), func.sum(TOTAL.c.persons))


def listed_types(asked: Asked) -> Found:
    """Types with a list declared complete at some inhabited place of the area, out of all the types."""
    return _by_area(asked, func.count().filter(TOTAL.c.complete), func.count())


def below_the_law(asked: Asked) -> Found:
    """Outcomes below the minimum of rules that are law, out of those that can be told, on confirmed supply.

    Statutory units cross the zones: the figure is that of the whole.
    """
    result, rule = m.ComplianceResult, m.Standard
    told = result.outcome_confirmed.in_(("sotto_minimo", "minimo", "obiettivo"))
    below = func.count().filter(result.outcome_confirmed == "sotto_minimo")
    statement = (
        select(m.Area.id.label("area_id"), _number(below, "numerator"), _number(func.count(), "denominator"))
        .select_from(result)
        .join(rule, rule.id == result.rule_id)
        .join(m.Area, m.Area.level.in_(asked.levels))
        .where(result.run_id == asked.run_id, rule.law, told)
        .group_by(m.Area.id)
    )
    return statement if not asked.types else statement.where(rule.service_types.overlap(list(asked.types)))


def verified(asked: Asked) -> Found:
    """Open services whose confirmation or evidence is at most twelve months old, out of all open services.

    Of an evidence that tells its year alone the first of January counts: what cannot be shown to be recent is not.
    """
    service = m.Service
    day = func.coalesce(service.assured_date, func.make_date(service.evidence_year, 1, 1))
    recent = (day >= months_before(asked.today, MONTHS)) & (day <= asked.today)
    open_now = (
        service.closed_on.is_(None)
        & service.supply_status.in_(("attivo", "da_verificare"))
        & _of_types(service.service_type_code, asked)
    )
    placed = _areas_of_services(asked)
    return (
        select(
            placed.c.area_id,
            _number(func.count(distinct(service.id)).filter(recent), "numerator"),
            _number(func.count(distinct(service.id)), "denominator"),
        )
        .join(placed, placed.c.service_id == service.id)
        .where(open_now)
        .group_by(placed.c.area_id)
    )


def open_groups(asked: Asked) -> Found:
    """Groups of services that overlap or are to be coordinated, out of all groups, the complementary included.

    A group counts once in each area in which it has a member.
    """
    group = m.OverlapResult
    members = select(group.id, group.kind, func.unnest(group.service_ids).label("service_id"))
    members = members.where(group.run_id == asked.run_id, _of_types(group.service_type_code, asked))
    member, placed = members.subquery("member"), _areas_of_services(asked)
    still = func.count(distinct(member.c.id)).filter(member.c.kind != "complementari")
    return (
        select(
            placed.c.area_id,
            _number(still, "numerator"),
            _number(func.count(distinct(member.c.id)), "denominator"),
        )
        .join(placed, placed.c.service_id == member.c.service_id)
        .group_by(placed.c.area_id)
    )


@dataclass(frozen=True)
class Formula:
    """How an indicator is counted.

    Attributes
    ----------
    find
        What is counted; None where there is nothing yet to count, and ``absent`` says what is missing.
    share
        The value is 100 numerator / denominator; otherwise the numerator.
    zero
        Nothing found means 0; otherwise it means that nothing can be said.
    empty
        Why there is no value where nothing can be said: one of :data:`NOTES`.
    partial
        The denominator is to be held against the persons of all the types: where it is less the value is of a part.
    """

    find: Callable[[Asked], Found] | None
    share: bool = False
    zero: bool = False
    empty: str = "nessun_caso"
    partial: bool = False


FORMULAS: Final[Mapping[str, Formula]] = {
    "persone_in_ombra": Formula(shadow, empty="elenco_incompleto", partial=True),
    "quota_in_ombra": Formula(shadow, share=True, empty="elenco_incompleto", partial=True),
    "quota_senza_dati": Formula(unknown, share=True),
    "tipi_valutati": Formula(listed_types),
    "unita_sotto_la_legge": Formula(below_the_law),
    "schede_verificate": Formula(verified, share=True),
    "gruppi_aperti": Formula(open_groups, zero=True),
    "enti_registrati": Formula(None, empty="registro_assente"),
    "giorni_di_approvazione": Formula(None, empty="registro_assente"),
    "ricerche_senza_risposta": Formula(None, empty="ricerche_assenti"),
}


def months_before(day: date, months: int) -> date:
    """The same day some months before, or the last of that month.

    >>> months_before(date(2024, 2, 29), 12), months_before(date(2026, 3, 31), 1)
    (datetime.date(2023, 2, 28), datetime.date(2026, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def _by_area(asked: Asked, numerator: ColumnElement[Any], denominator: ColumnElement[Any]) -> Found:
    return (
        select(TOTAL.c.area_id, _number(numerator, "numerator"), _number(denominator, "denominator"))
        .join(m.Area, m.Area.id == TOTAL.c.area_id)
        .where(m.Area.level.in_(asked.levels), _of_types(TOTAL.c.service_type_code, asked))
        .group_by(TOTAL.c.area_id)
    )


def _areas_of_services(asked: Asked) -> FromClause:
    """The areas in which each service has a place; the whole has them all, those without a known place too."""
    here, place = m.ServiceAtLocation, m.Location
    by_place = (
        select(here.service_id, m.Area.id.label("area_id"))
        .join(place, place.id == here.location_id)
        .join(m.AreaWithin, m.AreaWithin.area_id == place.municipality_id)
        .join(m.Area, m.Area.id == m.AreaWithin.ancestor_id)
        .where(m.Area.level.in_(asked.levels))
    )
    whole = select(m.Service.id, m.Area.id).join(m.Area, m.Area.level == "metropolitan_city")
    return by_place.union(whole).subquery("placed")


def _of_types(column: Any, asked: Asked) -> ColumnElement[bool]:  # noqa: ANN401  a column of any model
    condition: ColumnElement[bool] = column.in_(asked.types) if asked.types else literal(value=True)
    return condition


def _number(value: ColumnElement[Any], name: str) -> Any:  # noqa: ANN401
    return cast(value, Float).label(name)
