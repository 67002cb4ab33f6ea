"""Make room: the results of old runs go, the runs themselves and their indicators stay.

A run over the whole territory has some 65,000 rows, and every load, review and correction makes one. Results are kept
of the run that is shown, of every run with a name, and of the newest :data:`KEPT`; a number of days would keep nothing
in a quiet month and hundreds of runs in a week of reviews. Of the others remain what they were made from, by hashes,
and their indicators, which are compared over the years; whoever wants more than that to stay gives the run a name.
Runs with a variant are counted apart: an afternoon of scenarios takes nothing away from the runs on the data as they
are.
"""

import uuid

from sqlalchemy import Connection, delete, func, select, update

from etl.derive import archive
from etl.derive.variant import KEY
from etl.store import models as m

KEPT = 10

# Tables of results; the first two take along what hangs on them.
_RESULTS = (m.TypeResult, m.RuleResult, m.ComplianceResult, m.OverlapResult, m.ServiceReach, m.SitingResult)


def prune(connection: Connection, *, keep: int = KEPT, spare: uuid.UUID | None = None) -> int:
    """Remove the results of runs that the rule does not keep, save one just computed; of how many runs."""
    old = [run_id for run_id in superfluous(connection, keep=keep) if run_id != spare]
    if old:
        connection.execute(delete(m.CoverageChange).where(m.CoverageChange.former_id.in_(old)))
        connection.execute(delete(m.CoverageChange).where(m.CoverageChange.later_id.in_(old)))
        for model in (m.AccessScore, m.CoverageResult, *_RESULTS):
            connection.execute(delete(model).where(model.run_id.in_(old)))
        # Its inputs without its results repeat nothing: they may go too, as far as no other run has read the same.
        emptied = m.CoverageRun.inputs.op("-")("tables")
        connection.execute(update(m.CoverageRun).where(m.CoverageRun.id.in_(old)).values(inputs=emptied))
        archive.sweep(connection)
    return len(old)


def superfluous(connection: Connection, *, keep: int = KEPT) -> list[uuid.UUID]:
    """Runs with results that the rule does not keep, the newest first."""
    run = m.CoverageRun
    with_results = select(m.TypeResult.run_id).where(m.TypeResult.run_id == run.id).exists()
    order = (run.created_at.desc(), run.id)
    varied = run.parameters.has_key(KEY)
    place = func.row_number().over(partition_by=varied, order_by=order)
    newest = select(run.id, run.current, run.name, place.label("place")).where(with_results).order_by(*order)
    return [
        found.id
        for found in connection.execute(newest)
        if found.place > keep and not found.current and found.name is None
    ]
