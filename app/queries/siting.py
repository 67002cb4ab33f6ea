"""Selects on proposals of where services should open: the answers, and the places that each proposes."""

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, ScalarSelect, case, func, select
from sqlalchemy.orm import aliased

from app.queries.areas import BBox, inside, intersects
from app.queries.kinds import AnySelect
from app.queries.runs import of_run
from etl.store import models as m

_A, _P = m.SitingResult, m.SitingPlace
_ASKED = ("model", "supply", "demand", "area")
_TOTALS = ("persons", "served", "gained", "remaining", "unreachable", "unknown", "objective", "bound", "exact")
Town = aliased(m.Area, name="town")
Zone = aliased(m.Area, name="town_zone")


def answers(
    *, type_code: str | None = None, run: uuid.UUID | None = None, siting: uuid.UUID | None = None
) -> AnySelect:
    """The latest answer for each type on a run (None: the one that is shown), or one answer by its identifier.

    An answer with a place that has become protected is told no more. ``gap``: how far the objective may be from the
    best there is, in parts of the larger of the two; null where that is not known.
    """
    larger = func.nullif(func.greatest(func.abs(_A.objective), func.abs(_A.bound)), 0.0)
    gap = case((_A.exact, 0.0), else_=func.abs(_A.objective - _A.bound) / larger)
    statement = (
        select(
            _A.id.label("siting"),
            _A.service_type_code.label("type"),
            _A.run_id,
            *(_A.parameters[name].astext.label(name) for name in _ASKED),
            _A.parameters["k"].astext.cast(Integer).label("k"),
            _A.parameters["capacity"].astext.cast(m.SitingResult.gained.type).label("capacity"),
            _A.parameters["classes"].label("classes"),
            _A.parameters["travel"]["engine"].astext.label("engine"),
            _A.rule_id,
            _A.threshold,
            *(getattr(_A, name) for name in _TOTALS),
            gap.label("gap"),
            select(func.count()).where(_P.siting_id == _A.id).scalar_subquery().label("sites"),
            _A.candidates,
            _A.asked_at,
            _A.note,
        )
        .where(~_hidden())
        .order_by(_A.service_type_code)
    )
    if siting is not None:
        return statement.where(_A.id == siting)
    latest = statement.where(of_run(_A.run_id, run), _A.asked_at == _latest())
    return latest if type_code is None else latest.where(_A.service_type_code == type_code)


def proposals(
    *,
    type_code: str | None = None,
    run: uuid.UUID | None = None,
    siting: uuid.UUID | None = None,
    within: str | None = None,
    bbox: BBox | None = None,
) -> AnySelect:
    """The places of :func:`answers`, those of each in the order of what they add (``position``), with their answer.

    ``rank`` is unique, so that pages can continue from it.
    """
    answer = answers(type_code=type_code, run=run, siting=siting).order_by(None).subquery("answer")
    order = (answer.c.type, answer.c.siting, _P.rank)
    statement = (
        select(
            func.row_number(type_=Integer).over(order_by=order).label("rank"),
            _P.rank.label("position"),
            _P.key,
            _P.kind,
            _P.name,
            _P.address,
            _P.body,
            Town.code.label("municipality_code"),
            Town.name.label("municipality"),
            Zone.code.label("zone_code"),
            Zone.name.label("zone"),
            _P.gained_confirmed,
            _P.gained_all,
            _P.probable,
            _P.assigned,
            _P.alternatives,
            *answer.c,
            _P.geom,
        )
        .join(answer, answer.c.siting == _P.siting_id)
        .join(Town, Town.id == _P.municipality_id)
        .outerjoin(Zone, Zone.id == Town.parent_id)
        .order_by(*order)
    )
    if bbox is not None:
        statement = statement.where(intersects(_P.geom, bbox))
    return statement if within is None else statement.where(Town.id.in_(inside(within)))


def _latest() -> ScalarSelect[datetime]:
    """When the latest answer for the type of an answer was asked for, on the same run."""
    other = aliased(_A)
    same = (other.run_id == _A.run_id) & (other.service_type_code == _A.service_type_code)
    return select(func.max(other.asked_at)).where(same).correlate(_A).scalar_subquery()


def _hidden() -> ColumnElement[bool]:
    """Whether an answer proposes a place that is protected now."""
    return (
        select(_P.siting_id)
        .join(m.Location, m.Location.id == _P.location_id)
        .where(_P.siting_id == _A.id, m.Location.location_protected)
        .exists()
    )
