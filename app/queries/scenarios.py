"""Selects on scenarios and on their runs."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import Integer, Select, and_, func, select

from app.queries.kinds import AnySelect
from etl.derive.variant import BASE, KEY
from etl.store import models as m


def scenarios(name: str | None = None) -> AnySelect:
    """All scenarios by name, or one; who wrote them is not told. ``rank`` is unique."""
    kept = m.Scenario
    told = (kept.name, kept.description, kept.changes, kept.created_at, kept.changed_at, kept.data_version)
    rank = func.row_number(type_=Integer).over(order_by=kept.name).label("rank")
    statement = select(*told, rank).order_by(kept.name)
    return statement if name is None else statement.where(kept.name == name)


def computed(name: str) -> Select[Any]:
    """Runs with results of a scenario as it is written now, the newest first.

    Columns ``id`` and ``base``, the number of the run on the same data without it.
    """
    run, kept, told = m.CoverageRun, m.Scenario, m.CoverageRun.parameters[KEY]
    with_results = select(m.TypeResult.run_id).where(m.TypeResult.run_id == run.id).exists()
    return (
        select(run.id, run.inputs[BASE].astext.label("base"))
        .join(kept, and_(kept.name == told["name"].astext, kept.changes == told["changes"]))
        .where(told["kind"].astext == "scenario", kept.name == name, with_results)
        .order_by(run.created_at.desc(), run.id)
    )


def reaches(run: uuid.UUID, services: Collection[uuid.UUID]) -> AnySelect:
    """Persons within the threshold of services in a run, and those who have no other; also of services of scenarios."""
    result = m.ServiceReach
    return select(result.service_id, result.persons, result.marginal, result.marginal_all).where(
        result.run_id == run, result.service_id.in_(services)
    )
