"""Scenarios computed on the data of now, with the run on the same data that they are compared with."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, Engine, select

from etl.derive.figures import RunSummary
from etl.derive.run import Wishes, exclusive, refresh_within
from etl.derive.scenario.book import find
from etl.derive.scenario.variant import bind
from etl.derive.variant import BASE
from etl.progress import Progress, silent
from etl.store import models as m


def compute(
    engine: Engine,
    names: Sequence[str],
    *,
    wishes: Wishes | None = None,
    progress: Progress = silent,
    today: date | None = None,
) -> tuple[uuid.UUID, list[RunSummary]]:
    """Compute saved scenarios on one state of the data: the run without them, and that of each.

    What has been computed already is not computed again. The run without them is made where there is none on the data
    of now; neither is shown.

    Raises
    ------
    OmbraError
        There is no such scenario, or it speaks of what is not there; every fault is told.
    """
    day = today or date.today()  # noqa: DTZ011  the day here
    with exclusive(engine) as connection:
        made = [_made(connection, name, wishes or Wishes(show=False), progress, day) for name in names]
        return _base(connection, made[0].run_id, progress, day), made


def _made(connection: Connection, name: str, wishes: Wishes, progress: Progress, today: date) -> RunSummary:
    saved = find(connection, name)
    variant = bind(connection, saved.changes, name=saved.name)
    return refresh_within(connection, progress=progress, today=today, wishes=wishes, variant=variant)


def _base(connection: Connection, run_id: uuid.UUID, progress: Progress, today: date) -> uuid.UUID:
    """The run on the same data without the scenario, made where it lacks the results of any type."""
    told = select(m.CoverageRun.inputs[BASE].astext).where(m.CoverageRun.id == run_id)
    base = uuid.UUID(connection.execute(told).scalar_one())
    lacking = select(m.TypeResult.service_type_code).where(m.TypeResult.run_id == run_id)
    there = select(m.TypeResult.service_type_code).where(m.TypeResult.run_id == base)
    if connection.execute(lacking.except_(there).limit(1)).first() is not None:
        refresh_within(connection, progress=progress, today=today, wishes=Wishes(show=False))
    return base
