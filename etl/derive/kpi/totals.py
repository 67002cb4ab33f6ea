"""What the indicators count of the results of a run, summed once for each type of service and area."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Numeric,
    String,
    Table,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from etl.reference.kpi_columns import LEVELS
from etl.store import models as m

TOTAL = Table(
    "kpi_total",
    MetaData(),
    Column("area_id", UUID(as_uuid=True)),
    Column("service_type_code", String),
    Column("persons", Numeric),
    Column("unknown", Numeric),
    Column("assessed", Numeric),
    Column("shadow", Numeric),
    Column("complete", Boolean),
    prefixes=["TEMPORARY"],
)
"""Persons by area of :data:`etl.reference.kpi_columns.LEVELS` and type: all, those of whom nothing can be said, those
assessed and those in shadow where the list is complete; ``complete`` where it is at some inhabited place."""


@contextmanager
def summed(connection: Connection, run_id: uuid.UUID) -> Iterator[None]:
    """Keep the sums of a run in :data:`TOTAL` for as long as the block lasts: each is read by several indicators."""
    result = m.CoverageResult
    statement = (
        select(
            m.Area.id,
            result.service_type_code,
            _total(result.persons),
            _total(result.unknown),
            _total(result.assessed, result.complete),
            _total(result.shadow_confirmed, result.complete),
            func.bool_or(result.complete),
        )
        .select_from(result)
        .join(m.AreaWithin, m.AreaWithin.area_id == result.area_id)
        .join(m.Area, m.Area.id == m.AreaWithin.ancestor_id)
        .where(result.run_id == run_id, m.Area.level.in_(LEVELS))
        .group_by(m.Area.id, result.service_type_code)
    )
    TOTAL.create(connection)
    # Of a run that was written a moment ago the planner expects one row, and would look up each of them on its own.
    connection.execute(text("set local enable_nestloop = off"))
    connection.execute(TOTAL.insert().from_select([*TOTAL.c], statement))
    connection.execute(text("set local enable_nestloop to default"))
    yield
    TOTAL.drop(connection)


def _total(column: Any, condition: Any = None) -> ColumnElement[Any]:  # noqa: ANN401
    # Decimals add up to the same in any order: floating-point sums would differ from one evaluation to the next.
    total = func.sum(cast(column, Numeric))
    return func.coalesce(total if condition is None else total.filter(condition), 0)
