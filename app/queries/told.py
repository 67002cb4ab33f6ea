"""Figures that were just computed, beside their areas: they come into the database with the question."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Text, Uuid, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from app.queries.areas import BBox, inside, intersects
from app.queries.kinds import AnySelect
from etl.store import models as m

Parent = aliased(m.Area, name="zone")


def beside(
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, Any],
    *,
    within: str | None = None,
    bbox: BBox | None = None,
) -> AnySelect:
    """Rows with code, name, level, parent and geometry of their areas, ordered by ``rank``.

    Parameters
    ----------
    rows
        Mappings with ``id``, the identifier of an area, and every one of ``columns``.
    columns
        SQLAlchemy's types by name, ``rank`` among them, which must be unique.
    within
        Code of an area: only areas inside it, itself included.
    """
    kinds: list[Any] = [column("id", Uuid()), *(column(name, kind) for name, kind in columns.items())]
    sent = cast(bindparam("rows", json.dumps(rows, default=str), type_=Text()), JSON)
    told = func.json_to_recordset(sent).table_valued(*kinds).render_derived(name="told", with_types=True)
    figures: list[ColumnElement[Any]] = [told.c[name] for name in columns]
    statement = (
        select(
            m.Area.code,
            m.Area.name,
            m.Area.level,
            Parent.code.label("parent_code"),
            Parent.name.label("parent_name"),
            *figures,
            m.Area.geom,
        )
        .join(m.Area, m.Area.id == told.c.id)
        .outerjoin(Parent, Parent.id == m.Area.parent_id)
        .order_by(told.c.rank)
    )
    if bbox is not None:
        statement = statement.where(intersects(m.Area.geom, bbox))
    return statement if within is None else statement.where(m.Area.id.in_(inside(within)))
