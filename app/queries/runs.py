"""Selects on runs of the measures and on the version of the data."""

import uuid

from sqlalchemy import ColumnElement, Integer, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.queries.kinds import AnySelect
from etl.derive.variant import KEY
from etl.runs import LINKAGE
from etl.store import models as m


def current_run() -> Select[m.CoverageRun]:
    """The run that pages and API show; no row before the first run."""
    return select(m.CoverageRun).where(m.CoverageRun.current)


def of_run(column: InstrumentedAttribute[uuid.UUID], run: uuid.UUID | None) -> ColumnElement[bool]:
    """Whether a row is of this run; None is the one that is shown."""
    shown = select(m.CoverageRun.id).where(m.CoverageRun.current).scalar_subquery()
    return column == (shown if run is None else run)


def runs(*, run: uuid.UUID | None = None) -> AnySelect:
    """All runs, the newest first, or one; ``rank`` is unique, so that pages can continue from it.

    Neither who asked for a run nor where its files lie is told. ``variant`` is what the run assumes otherwise than the
    data say, null for a run on the data as they are.
    """
    made = m.CoverageRun
    with_results = select(m.TypeResult.run_id).where(m.TypeResult.run_id == made.id).exists()
    order = (made.created_at.desc(), made.id)
    statement = select(
        made.id,
        made.created_at,
        made.name,
        made.current,
        made.engine,
        made.code_version,
        made.data_version,
        made.population_year,
        made.note,
        made.input_hash,
        made.digests,
        made.parameters,
        made.parameters[KEY].label("variant"),
        with_results.label("results"),
        func.row_number(type_=Integer).over(order_by=order).label("rank"),
    ).order_by(*order)
    return statement if run is None else statement.where(made.id == run)


def of_engine(engine: str) -> Select[uuid.UUID]:
    """The run on the data as they are that was made with an engine and has results: the one shown, or the newest."""
    made = m.CoverageRun
    with_results = select(m.TypeResult.run_id).where(m.TypeResult.run_id == made.id).exists()
    asked = select(made.id).where(made.engine == engine, made.parameters[KEY].is_(None), with_results)
    return asked.order_by(made.current.desc(), made.created_at.desc(), made.id).limit(1)


def version() -> Select[str]:
    """One word that changes whenever a published value may: data version and current run."""
    data = select(func.max(m.DataVersion.id)).scalar_subquery()
    run = select(m.CoverageRun.id).where(m.CoverageRun.current).scalar_subquery()
    return select(func.concat(data, ".", run))


def sources() -> Select[m.Source]:
    """Sources with their licence, in the order of their titles."""
    return select(m.Source).where(m.Source.id != LINKAGE.id).order_by(m.Source.title)
