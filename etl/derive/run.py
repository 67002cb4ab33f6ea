"""Run the measures on what is stored and keep the results, one transaction and one state of the data a run."""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Engine, func, select, text

from etl import runs
from etl.derive import book, cases, completeness, compliance, hidden, kpi, minutes, overlaps, prune, scores, status
from etl.derive.digests import Digests
from etl.derive.figures import RunSummary, figures
from etl.derive.job import Job, prepare
from etl.derive.reuse import Kept, Todo
from etl.derive.variant import Variant, named
from etl.errors import OmbraError
from etl.i18n import _
from etl.progress import Progress, silent
from etl.store import models as m
from etl.store.frames import Rows, merge
from etl.travel.choice import Choice

__all__ = ["LOCK", "RunSummary", "Wishes", "exclusive", "refresh", "refresh_within"]

LOCK = 541_244  # advisory lock: two runs at once wait for each other
_MANY = 20  # types computed anew after which the planner's statistics are old
_LARGE = ("coverage_result", "type_result", "access_score", "compliance_result", "service_reach")


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What somebody who asks for a run may want of it.

    Attributes
    ----------
    show
        Make it the run that pages show.
    name, by
        What it is called, and who asked for it.
    """

    show: bool = True
    name: str | None = None
    by: str | None = None


NOTHING = Wishes()


def refresh(
    engine: Engine,
    *,
    travel: Choice | None = None,
    wishes: Wishes = NOTHING,
    progress: Progress = silent,
    today: date | None = None,
    variant: Variant | None = None,
) -> RunSummary:
    """Compute every measure on the stored data, unless the same inputs have been computed already.

    Parameters
    ----------
    travel
        The engine; None is that of the run which is shown, and the estimate where its file is gone.
    today
        Decides which awaited openings are past their date; the present day by default.
    variant
        What the run is to assume otherwise than the data say. Such a run is never the one that pages show: its wishes
        must say so.

    Raises
    ------
    OmbraError
        The engine that was asked for cannot be made, the name is taken, the variant speaks of what is not there, or a
        run with a variant was to be shown.

    Notes
    -----
    The hash of a run covers data, parameters, engine and code: the same inputs give the same run on every machine,
    and its identifier is derived from that hash. Results of a type or of a rule that depend on nothing that has
    changed are taken over from an earlier run; they are what would be computed.
    """
    day = today or date.today()  # noqa: DTZ011  the day here
    with exclusive(engine) as connection:
        return refresh_within(connection, travel=travel, wishes=wishes, progress=progress, today=day, variant=variant)


def refresh_within(
    connection: Connection,
    *,
    progress: Progress,
    today: date,
    travel: Choice | None = None,
    wishes: Wishes = NOTHING,
    variant: Variant | None = None,
) -> RunSummary:
    """As :func:`refresh`, in the caller's transaction, which must see one state of the data and hold :data:`LOCK`."""
    if variant is not None and wishes.show:
        raise OmbraError(
            _("Un calcolo di prova non può essere il calcolo corrente: non descrive i servizi che ci sono.")
        )
    job = prepare(connection, travel, progress, today, variant)
    if wishes.name is not None:
        book.require_name(connection, wishes.name, of=job.run_id)
    kept = Kept(connection, job.read)
    missing = kept.missing(job.run_id)
    if missing:
        book.write(connection, job.row(connection))
        told = job.digests()
        _compute(connection, job, told, kept.take_over(job.run_id, missing, told), progress)
    book.tell_origins(connection, job.run_id, job.origins, job.chosen.note)
    _publish(connection, job, wishes, fresh=bool(missing))
    hidden.forget(connection, spare=job.run_id)
    if kpi.refresh(connection, job.run_id, today=today) and not missing:
        book.tell(connection, "kpi")  # no other run, yet other figures
    if variant is None:
        completeness.refresh(connection, today=today)
        runs.new_version(connection, "derive")
    book.date(connection, job.run_id)
    return RunSummary(job.run_id, bool(missing), figures(connection, job.run_id), job.chosen.note)


@contextmanager
def exclusive(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state of the data throughout, after any run under way has ended.

    The lock is taken before the transaction begins: its snapshot must hold what the run that it waited for has kept.
    """
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.execute(select(func.pg_advisory_lock(LOCK)))
        connection.commit()
        try:
            with connection.begin():
                yield connection
        finally:
            connection.execute(select(func.pg_advisory_unlock(LOCK)))
            connection.commit()


def _compute(connection: Connection, job: Job, told: Digests, todo: Todo, progress: Progress) -> None:
    """Find and keep the results of the types and rules that are left to do."""
    progress(
        _("Cerco le zone d'ombra: {count} tipi di servizio su {every} sono da calcolare").format(
            count=len(todo.types), every=len(job.read.registry.kinds)
        )
    )
    run_id = job.run_id
    every = list(cases.cases(job.read, job.engine, only=todo.types))
    types = [
        {"service_type_code": case.kind.code, "rule_id": case.kind.rule_id, "input_hash": told.types[case.kind.code]}
        for case in every
    ]
    _keep(connection, m.TypeResult, run_id, types)
    _keep(connection, m.CoverageResult, run_id, named(status.rows(every), job.variant))
    _keep(connection, m.AccessScore, run_id, [row for case in every for row in scores.rows(case)])
    progress(_("Confronto l'offerta con le regole"))
    # Rules of time are held against all minutes of their types, those of types taken over included.
    access = minutes.measured(job.read, job.engine, every)
    outcomes = list(compliance.results(job.read, only=todo.rules, access=access))
    _keep_rules(connection, run_id, told, todo, outcomes)
    progress(_("Cerco le sovrapposizioni"))
    served = [case for case in every if len(case.everything)]
    _keep(connection, m.OverlapResult, run_id, [row for case in served for row in overlaps.groups(case, run_id)])
    _keep(connection, m.ServiceReach, run_id, [row for case in served for row in overlaps.reach(case)])
    if len(todo.types) > _MANY:
        connection.execute(text("analyze " + ", ".join(_LARGE)))


def _keep_rules(connection: Connection, run_id: uuid.UUID, told: Digests, todo: Todo, outcomes: Rows) -> None:
    counts = Counter(row["rule_id"] for row in outcomes)
    rules = [{"rule_id": rule, "input_hash": told.rules[rule], "outcomes": counts[rule]} for rule in sorted(todo.rules)]
    _keep(connection, m.RuleResult, run_id, rules)
    _keep(connection, m.ComplianceResult, run_id, outcomes)


def _keep(connection: Connection, model: type[m.Base], run_id: uuid.UUID, rows: Rows) -> None:
    merge(connection, model, [row | {"run_id": run_id} for row in rows])


def _publish(connection: Connection, job: Job, asked: Wishes, *, fresh: bool) -> None:
    """Show the run, name it, and make room for it; one with a variant is never shown."""
    run_id = job.run_id
    if job.variant is None and (asked.show or not book.any_shown(connection)):
        book.show(connection, run_id)
    elif fresh:
        book.tell(connection, "coverage run")
    if asked.name is not None:
        book.name(connection, run_id, asked.name)
    if asked.by is not None:
        book.sign(connection, run_id, asked.by)
    if fresh:
        prune.prune(connection, spare=run_id)
