"""Between which minutes the true time lies of minutes that are estimated by car, as the run itself has told.

A run on the estimate keeps the bands of its error with its parameters (:mod:`geo.travel.prediction`): shares of the
minutes between which four official times out of five lie. Nothing of the kind is known on foot and of other engines.
"""

import uuid
from typing import Final

from sqlalchemy import ColumnElement, Float, Select, Subquery, and_, case, cast, column, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from app.queries.runs import of_run
from etl.derive.journeys import DENSE
from etl.store import models as m

_KEY: Final = ("travel", "prediction_interval", "bands")
R = m.CoverageResult
Town = aliased(m.Area, name="town_of_point")


def bands(run: uuid.UUID | None) -> Subquery:
    """``above`` and ``up_to`` (minutes), ``low`` and ``high`` (shares) of each band; no row where the run has none."""
    kept = func.jsonb_array_elements(m.CoverageRun.parameters[_KEY])
    told = kept.table_valued(column("value", JSONB), name="told")
    last = told.c.value["up_to_minutes"].as_float()
    return (
        select(
            func.coalesce(func.lag(last).over(order_by=last.asc().nulls_last()), -1.0).label("above"),
            func.coalesce(last, cast("infinity", Float)).label("up_to"),
            told.c.value["low"].as_float().label("low"),
            told.c.value["high"].as_float().label("high"),
        )
        .select_from(m.CoverageRun)
        .join(told, true())
        .where(of_run(m.CoverageRun.id, run))
        .subquery("bands")
    )


def joined(statement: "Select[*tuple[object, ...]]", told: Subquery) -> "Select[*tuple[object, ...]]":
    """A Select of ``coverage_result`` with what :func:`ends` needs: the band of its minutes, where its people live."""
    within = and_(R.nearest_confirmed > told.c.above, R.nearest_confirmed <= told.c.up_to)
    return (
        statement.join(m.ServiceType, m.ServiceType.code == R.service_type_code)
        .outerjoin(m.DemandPoint, m.DemandPoint.area_id == R.area_id)
        .outerjoin(Town, Town.id == m.DemandPoint.municipality_id)
        .outerjoin(told, within)
    )


def ends(told: Subquery) -> tuple[ColumnElement[float | None], ColumnElement[float | None]]:
    """Means over people of the least and of the most minutes to the nearest confirmed service.

    Where a service may lie, and the error of the estimate, both count. Null where some of the people go on foot, or
    nothing is known of the error.
    """
    by_car = ~and_(m.ServiceType.travel_mode == "foot_in_town", Town.degurba == DENSE)
    low = case((by_car, R.nearest_confirmed_low * told.c.low)).label("low")
    high = case((by_car, R.nearest_confirmed_high * told.c.high)).label("high")
    counted = and_(R.nearest_confirmed.is_not(None), R.persons > 0)
    weight = func.nullif(func.sum(R.persons).filter(counted), 0.0)
    known = func.bool_and(low.element.is_not(None)).filter(counted)
    return (
        case((known, func.sum(R.persons * low.element) / weight)).label("minutes_low"),
        case((known, func.sum(R.persons * high.element) / weight)).label("minutes_high"),
    )
