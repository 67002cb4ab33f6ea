"""Run the measures on what is stored and keep the results, one transaction and one state of the data a run."""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Engine, func, literal, select, update
from sqlalchemy.orm import InstrumentedAttribute

from etl import runs
from etl.derive import cases, completeness, compliance, inputs, overlaps, status
from etl.derive.digests import Digests, digests
from etl.derive.reuse import Kept, Todo
from etl.i18n import _
from etl.identity import code_version, content_hash, uid
from etl.progress import Progress, silent
from etl.store import models as m
from etl.store.frames import Rows, merge
from etl.summary import thousands

LOCK = 541_244  # advisory lock: two runs at once wait for each other
PARAMETERS: Mapping[str, str | float] = {
    "engine": "estimate",
    "tolerance": cases.TOLERANCE,
    "farthest": cases.FARTHEST,
    "measure": "e2sfca, zone a T/3, 2T/3, T",
}


@dataclass(frozen=True)
class TypeFigures:
    """Persons of one type's target group: assessed, unknown, in shadow on confirmed and on all supply.

    ``listed``: those assessed where the list is complete, so that an absence would show.
    """

    name: str
    assessed: float
    unknown: float
    confirmed: float
    everything: float
    listed: float


@dataclass(frozen=True)
class RunSummary:
    """What a run found, for each type of which something could be said; ``fresh`` where it was computed now."""

    run_id: uuid.UUID
    fresh: bool
    types: tuple[TypeFigures, ...]

    def lines(self) -> list[tuple[str, str]]:
        """Label and sentence for each type, for the command line."""
        sentence = _("{confirmed} in ombra, {all} con l'offerta incerta; {unknown} senza dati su {persons}")
        # Where no list is complete those assessed are those reached: that none of them is in shadow says nothing.
        unlisted = _("ombra non calcolabile, elenco incompleto: raggiunte {assessed} persone su {persons}")
        return [
            (
                figures.name,
                (sentence if figures.listed > 0 else unlisted).format(
                    assessed=thousands(figures.assessed),
                    confirmed=thousands(figures.confirmed),
                    all=thousands(figures.everything),
                    unknown=thousands(figures.unknown),
                    persons=thousands(figures.assessed + figures.unknown),
                ),
            )
            for figures in self.types
        ]


def refresh(engine: Engine, *, progress: Progress = silent, today: date | None = None) -> RunSummary:
    """Compute every measure on the stored data, unless the same inputs have been computed already.

    Parameters
    ----------
    today
        Decides which awaited openings are past their date; the present day by default.

    Notes
    -----
    The hash of a run covers data, parameters, engine and code: the same inputs give the same run on every machine,
    and its identifier is derived from that hash. Results of a type or of a rule that depend on nothing that has
    changed are taken over from an earlier run; they are what would be computed.
    """
    with _one_snapshot(engine) as connection:
        found = refresh_within(connection, progress=progress, today=today or date.today())  # noqa: DTZ011  the day here
        runs.new_version(connection, "derive")
        return found


def refresh_within(connection: Connection, *, progress: Progress, today: date) -> RunSummary:
    """As :func:`refresh`, in the caller's transaction, which must see one state of the data and hold :data:`LOCK`."""
    progress(_("Leggo i dati per le misure"))
    read = inputs.read(connection, today=today)
    digest = content_hash([read.content_hash(), dict(PARAMETERS), code_version()])
    run_id = uid("coverage_run", digest)
    kept = Kept(connection, read)
    missing = kept.missing(run_id)
    if missing:
        _open(connection, run_id, digest)
        told = digests(read, content_hash([dict(PARAMETERS), code_version()]))
        _compute(connection, run_id, read, told, kept.take_over(run_id, missing, told), progress)
    _make_current(connection, run_id)
    completeness.refresh(connection, today=today)
    return RunSummary(run_id, bool(missing), _figures(connection, run_id))


@contextmanager
def _one_snapshot(engine: Engine) -> Iterator[Connection]:
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


def _open(connection: Connection, run_id: uuid.UUID, digest: str) -> None:
    """Write a run down; one that has lost results is there already."""
    merge(
        connection,
        m.CoverageRun,
        [
            {
                "id": run_id,
                "input_hash": digest,
                "engine": PARAMETERS["engine"],
                "code_version": code_version(),
                "parameters": dict(PARAMETERS),
            }
        ],
    )


def _compute(
    connection: Connection, run_id: uuid.UUID, read: inputs.Inputs, told: Digests, todo: Todo, progress: Progress
) -> None:
    """Find and keep the results of the types and rules that are left to do."""
    progress(
        _("Cerco le zone d'ombra: {count} tipi di servizio su {every} sono da calcolare").format(
            count=len(todo.types), every=len(read.registry.kinds)
        )
    )
    every = list(cases.cases(read, only=todo.types))
    types = [
        {"service_type_code": case.kind.code, "rule_id": case.kind.rule_id, "input_hash": told.types[case.kind.code]}
        for case in every
    ]
    _keep(connection, m.TypeResult, run_id, types)
    _keep(connection, m.CoverageResult, run_id, status.rows(every))
    progress(_("Confronto l'offerta con le regole"))
    _keep_rules(connection, run_id, told, todo, list(compliance.results(read, only=todo.rules)))
    progress(_("Cerco le sovrapposizioni"))
    served = [case for case in every if len(case.everything)]
    _keep(connection, m.OverlapResult, run_id, [row for case in served for row in overlaps.groups(case, run_id)])
    _keep(connection, m.ServiceReach, run_id, [row for case in served for row in overlaps.reach(case)])


def _keep_rules(connection: Connection, run_id: uuid.UUID, told: Digests, todo: Todo, outcomes: Rows) -> None:
    counts = Counter(row["rule_id"] for row in outcomes)
    rules = [{"rule_id": rule, "input_hash": told.rules[rule], "outcomes": counts[rule]} for rule in sorted(todo.rules)]
    _keep(connection, m.RuleResult, run_id, rules)
    _keep(connection, m.ComplianceResult, run_id, outcomes)


def _keep(connection: Connection, model: type[m.Base], run_id: uuid.UUID, rows: Rows) -> None:
    merge(connection, model, [row | {"run_id": run_id} for row in rows])


def _make_current(connection: Connection, run_id: uuid.UUID) -> None:
    """Show this run; a run that is current already stays untouched."""
    connection.execute(
        update(m.CoverageRun).where(m.CoverageRun.current, m.CoverageRun.id != run_id).values(current=False)
    )
    connection.execute(
        update(m.CoverageRun).where(~m.CoverageRun.current, m.CoverageRun.id == run_id).values(current=True)
    )


def _figures(connection: Connection, run_id: uuid.UUID) -> tuple[TypeFigures, ...]:
    """Persons by type, of the types for which at least someone could be assessed."""
    result = m.CoverageResult

    def total(column: InstrumentedAttribute[float] | InstrumentedAttribute[float | None]) -> ColumnElement[float]:
        return func.coalesce(func.sum(column), literal(0.0))

    in_shadow = total(result.shadow_confirmed)
    listed = func.coalesce(func.sum(result.assessed).filter(result.complete), literal(0.0))
    figures = (total(result.assessed), total(result.unknown), in_shadow, total(result.shadow_all), listed)
    statement = (
        select(m.ServiceType.name_it, *figures)
        .join(m.ServiceType, m.ServiceType.code == result.service_type_code)
        .where(result.run_id == run_id)
        .group_by(m.ServiceType.name_it, m.ServiceType.position)
        .having(total(result.assessed) > 0)
        .order_by(in_shadow.desc(), m.ServiceType.position)
    )
    return tuple(TypeFigures(*row) for row in connection.execute(statement))
