"""Select on the indicators of the plan: their values in a run, perhaps beside those of another."""

import uuid

from sqlalchemy import ColumnElement, case, literal, null, select
from sqlalchemy.orm import aliased

from app.queries.areas import inside
from app.queries.kinds import AnySelect
from app.queries.runs import of_run
from etl.store import models as m

Former = aliased(m.KpiResult, name="former")


def kpis(
    *,
    run: uuid.UUID | None,
    former: uuid.UUID | None = None,
    within: str | None = None,
    level: str | None = None,
) -> AnySelect:
    """The values of every indicator in a run (None: the one that is shown), the whole before its zones.

    Parameters
    ----------
    former
        A run to compare with: ``former_value`` and ``change`` are null without it, and where the indicator was defined
        otherwise (``comparable`` is false).
    within
        Code of an area: only values of areas inside it, itself included.
    level
        Only values of areas of this level.
    """
    kpi, result = m.Kpi, m.KpiResult
    same = Former.definition == result.definition
    statement = (
        select(
            *(column for column in kpi.__table__.c if column.name not in ("position", "levels")),
            m.Area.level.label("area_level"),
            m.Area.code.label("area_code"),
            m.Area.name.label("area_name"),
            *(getattr(result, name) for name in ("value", "numerator", "denominator", "note", "evaluated_at")),
            (Former.definition.is_(None) | same).label("comparable"),
            case((same, Former.value), else_=null()).label("former_value"),
            case((same, result.value - Former.value), else_=null()).label("change"),
        )
        .select_from(result)
        .join(kpi, kpi.id == result.kpi_id)
        .join(m.Area, m.Area.id == result.area_id)
        .outerjoin(Former, _beside(former))
        .where(of_run(result.run_id, run))
        .order_by(kpi.position, m.Area.level != "metropolitan_city", m.Area.code)
    )
    if level is not None:
        statement = statement.where(m.Area.level == level)
    return statement if within is None else statement.where(m.Area.id.in_(inside(within)))


def _beside(former: uuid.UUID | None) -> ColumnElement[bool]:
    if former is None:
        return literal(value=False)
    result = m.KpiResult
    return (Former.run_id == former) & (Former.kpi_id == result.kpi_id) & (Former.area_id == result.area_id)
