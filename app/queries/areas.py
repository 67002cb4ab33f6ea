"""Selects on areas."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, select
from sqlalchemy.orm import aliased

from app.queries.kinds import AnySelect
from etl.store import models as m

BBox = tuple[float, float, float, float]

Parent = aliased(m.Area, name="parent")
_latest = select(func.max(m.Population.year)).scalar_subquery()


def intersects(geometry: SQLColumnExpression[Any], bbox: BBox) -> ColumnElement[bool]:
    """Whether a geometry meets ``(left, bottom, right, top)`` in EPSG:4326; the literal keeps the index usable."""
    return func.ST_Intersects(geometry, func.ST_MakeEnvelope(*bbox, 4326))


def persons(area: type[m.Area] = m.Area) -> ColumnElement[int]:
    """Residents of an area of municipalities on 1 January of the latest year; null below the municipality."""
    return (
        select(func.sum(m.Population.persons))
        .join(m.AreaWithin, m.AreaWithin.area_id == m.Population.area_id)
        .where(m.AreaWithin.ancestor_id == area.id, m.Population.year == _latest)
        .scalar_subquery()
    )


def areas(*, level: str, bbox: BBox | None = None, within: str | None = None, codes: Sequence[str] = ()) -> AnySelect:
    """Areas of one level with people and parent, ordered by code.

    Parameters
    ----------
    within
        Code of an area of any level that must contain them.
    """
    statement = (
        select(
            m.Area.id,
            m.Area.code,
            m.Area.level,
            m.Area.name,
            Parent.level.label("parent_level"),
            Parent.code.label("parent_code"),
            Parent.name.label("parent_name"),
            m.Area.area_km2,
            persons().label("persons"),
            m.Area.cadastral_code,
            m.Area.altimetric_zone,
            m.Area.altitude_m,
            m.Area.degurba,
            m.Area.source_id,
            m.Area.geom,
        )
        .outerjoin(Parent, Parent.id == m.Area.parent_id)
        .where(m.Area.level == level)
        .order_by(m.Area.code)
    )
    if bbox is not None:
        statement = statement.where(intersects(m.Area.geom, bbox))
    if within is not None:
        statement = statement.where(m.Area.id.in_(inside(within)))
    if codes:
        statement = statement.where(m.Area.code.in_(codes))
    return statement


def inside(code: str) -> AnySelect:
    """Identifiers of the areas that lie in the areas with this code, themselves included."""
    ancestor = aliased(m.Area)
    return (
        select(m.AreaWithin.area_id)
        .join(ancestor, ancestor.id == m.AreaWithin.ancestor_id)
        .where(ancestor.code == code)
    )


def by_code(code: str, level: str | None = None) -> Select[m.Area]:
    """The area with a code; of several levels with the same code the widest comes first."""
    statement = select(m.Area).where(m.Area.code == code).order_by(m.Area.area_km2.desc().nulls_last())
    return statement if level is None else statement.where(m.Area.level == level)
