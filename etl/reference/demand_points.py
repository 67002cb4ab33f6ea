"""Which points stand for the people of each municipality: its census sections where loaded, else its settlements."""

from collections.abc import Callable, Collection
from uuid import UUID

from sqlalchemy import Connection, Float, cast, delete, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from etl.store import models as m
from etl.store.frames import Merged, Missing, Rows, merge

SECTION = "census_section"
PEOPLE = "popolazione"  # figure of a section, as etl.sources.istat_sezioni names it
ENOUGH = 0.9  # share of a municipality's counted people whose section must have a boundary
_OTHERS = Missing("t.demand_precision <> %(section)s", {"section": SECTION})
_SECTIONS = Missing("t.demand_precision = %(section)s", {"section": SECTION})


def settle(connection: Connection, reference: Rows) -> Merged:
    """Write the settlements and quarters of the reference tables, save of municipalities that have sections."""
    divided = {row["municipality_id"] for row in _sections(connection)}
    rows = [row for row in reference if row["municipality_id"] not in divided]
    return merge(connection, m.DemandPoint, rows, missing=_OTHERS)


def refresh(connection: Connection, reference: Callable[[], Rows]) -> Merged:
    """Write the sections that are loaded now; ``reference`` gives the settlements of municipalities that lost theirs.

    A section stands for people where it has a boundary and somebody was counted in it. A municipality is divided into
    them where they hold at least :data:`ENOUGH` of all who were counted there: people without a place (of no fixed
    abode) are then spread over the sections, more of them would be misplaced.
    """
    rows = _sections(connection)
    divided = {row["municipality_id"] for row in rows}
    done = merge(connection, m.DemandPoint, rows, missing=_SECTIONS)
    gone = delete(m.DemandPoint).where(
        m.DemandPoint.municipality_id.in_(divided), m.DemandPoint.demand_precision != SECTION
    )
    connection.execute(gone)
    bare = _bare(connection)
    if bare:
        merge(connection, m.DemandPoint, [row for row in reference() if row["municipality_id"] in bare])
    return done


def _sections(connection: Connection) -> Rows:
    """Rows of ``demand_point`` for the sections of the municipalities that are divided into them."""
    area, figure = m.Area, m.Indicator
    latest = func.array_agg(aggregate_order_by(figure.value, figure.year.desc(), figure.source_id))[1]
    counted = (
        select(area.id, area.parent_id, area.geom.is_not(None).label("placed"), cast(latest, Float).label("people"))
        .join(figure, figure.area_id == area.id)
        .where(area.level == SECTION, area.parent_id.is_not(None), figure.name == PEOPLE)
        .group_by(area.id)
        .subquery()
    )
    rows = connection.execute(select(counted).where(counted.c.people > 0).order_by(counted.c.id)).all()
    every: dict[UUID, float] = {}
    placed: dict[UUID, float] = {}
    for row in rows:
        every[row.parent_id] = every.get(row.parent_id, 0.0) + row.people
        if row.placed:
            placed[row.parent_id] = placed.get(row.parent_id, 0.0) + row.people
    divided = {town for town, people in placed.items() if people >= ENOUGH * every[town]}
    return [
        {"area_id": row.id, "municipality_id": row.parent_id, "weight": row.people, "demand_precision": SECTION}
        for row in rows
        if row.placed and row.parent_id in divided
    ]


def _bare(connection: Connection) -> Collection[UUID]:
    """Municipalities without any point."""
    points = select(m.DemandPoint.municipality_id)
    towns = select(m.Area.id).where(m.Area.level == "municipality", m.Area.id.not_in(points))
    return frozenset(connection.execute(towns).scalars())
