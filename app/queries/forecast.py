"""Selects on forecasts: figures that were just computed, beside the areas that they speak of; and runs that assume one.

A forecast is computed when it is asked for and not stored: its rows come into the database with the question.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Float, Integer, Select, String, Text, Uuid, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import aliased

from app.queries.areas import BBox, by_code, inside, intersects
from app.queries.kinds import AnySelect
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
