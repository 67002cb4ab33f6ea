"""Run the measures on what is stored and keep the results, one transaction a run."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, func, insert, select, update

from etl.derive import compliance, inputs, overlaps, status
from etl.i18n import _
from etl.identity import code_version, content_hash, uid
from etl.store import models as m
from etl.store.frames import Merged, merge

Progress = Callable[[str], None]

LOCK = 541_244  # advisory lock: two runs at once wait for each other
PARAMETERS: Mapping[str, Any] = {
    "engine": "estimate",
    "tolerance": status.TOLERANCE,
    "measure": "e2sfca, zone a T/3, 2T/3, T",
}


@dataclass(frozen=True)
class RunSummary:
    """What a run found: persons in shadow of each type for which something could be said."""

    run_id: uuid.UUID
    fresh: bool
    types: tuple[tuple[str, float, float, float, float], ...]

    def lines(self) -> list[tuple[str, str]]:
        """Label and sentence for each type, for the command line."""
        return [
            (
                name,
                _("{confirmed} in ombra, {all} con l'offerta incerta; {unknown} senza dati su {persons}").format(
                    confirmed=_thousands(confirmed),
                    all=_thousands(everything),
                    unknown=_thousands(unknown),
                    persons=_thousands(assessed + unknown),
                ),
            )
            for name, assessed, unknown, confirmed, everything in self.types
        ]


def _thousands(value: float) -> str:
    return f"{round(value):,}".replace(",", ".")


def _silent(_step: str) -> None:
    """Progress that nobody looks at."""


def refresh(engine: Engine, *, progress: Progress = _silent, today: date | None = None) -> RunSummary:
    """Compute every measure on the stored data, unless the same inputs have been computed already.

    Parameters
    ----------
    today
        Decides which awaited openings are past their date; the present day by default.

    Notes
    -----
    The hash of a run covers data, parameters, engine and code: the same inputs give the same run, and its
    identifier is derived from that hash.
    """
    with engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        progress(_("Leggo i dati per le misure"))
        read = inputs.read(connection, today=today or date.today())  # noqa: DTZ011  the day where Ombra runs
        digest = content_hash([read.content_hash(), dict(PARAMETERS), code_version()])
        run_id = uid("coverage_run", digest)
        fresh = not _known(connection, run_id)
        if fresh:
            _open(connection, run_id, digest)
            _compute(connection, run_id, read, progress)
        _make_current(connection, run_id)
        return RunSummary(run_id, fresh, _figures(connection, run_id))


def _known(connection: Connection, run_id: uuid.UUID) -> bool:
    return connection.execute(select(m.CoverageRun.id).where(m.CoverageRun.id == run_id)).scalar() is not None


def _open(connection: Connection, run_id: uuid.UUID, digest: str) -> None:
    connection.execute(
        insert(m.CoverageRun).values(
            id=run_id,
            input_hash=digest,
            engine=str(PARAMETERS["engine"]),
            code_version=code_version(),
            parameters=dict(PARAMETERS),
        )
    )


def _compute(connection: Connection, run_id: uuid.UUID, read: inputs.Inputs, progress: Progress) -> None:
    progress(_("Cerco le zone d'ombra: {count} tipi di servizio").format(count=len(read.types)))
    cases = status.cases(read)
    _keep(connection, m.CoverageResult, run_id, _status_rows(cases))
    progress(_("Confronto l'offerta con le regole"))
    _keep(connection, m.ComplianceResult, run_id, list(compliance.results(read)))
    progress(_("Cerco le sovrapposizioni"))
    served = [case for case in cases if len(case.services)]
    _keep(connection, m.OverlapResult, run_id, [row for case in served for row in overlaps.groups(case, run_id)])
    _keep(connection, m.ServiceReach, run_id, [row for case in served for row in overlaps.reach(case)])


def _status_rows(cases: Sequence[status.TypeCase]) -> list[dict[str, Any]]:
    frame = pd.concat([status.results(case).rename_axis("area_id").reset_index() for case in cases])
    return frame.to_dict("records")


def _keep(connection: Connection, model: type[m.Base], run_id: uuid.UUID, rows: list[dict[str, Any]]) -> Merged:
    return merge(connection, model, [row | {"run_id": run_id} for row in rows])


def _make_current(connection: Connection, run_id: uuid.UUID) -> None:
    """Show this run; a run that is current already stays untouched."""
    connection.execute(
        update(m.CoverageRun).where(m.CoverageRun.current, m.CoverageRun.id != run_id).values(current=False)
    )
    connection.execute(
        update(m.CoverageRun).where(~m.CoverageRun.current, m.CoverageRun.id == run_id).values(current=True)
    )


def _figures(connection: Connection, run_id: uuid.UUID) -> tuple[tuple[str, float, float, float, float], ...]:
    """Persons by type, of the types for which at least someone could be assessed."""
    total = func.sum
    statement = (
        select(
            m.ServiceType.name_it,
            total(m.CoverageResult.assessed),
            total(m.CoverageResult.unknown),
            func.coalesce(total(m.CoverageResult.shadow_confirmed), 0.0),
            func.coalesce(total(m.CoverageResult.shadow_all), 0.0),
        )
        .join(m.ServiceType, m.ServiceType.code == m.CoverageResult.service_type_code)
        .where(m.CoverageResult.run_id == run_id)
        .group_by(m.ServiceType.name_it, m.ServiceType.position)
        .having(total(m.CoverageResult.assessed) > 0)
        .order_by(total(m.CoverageResult.shadow_confirmed).desc().nulls_last(), m.ServiceType.position)
    )
    return tuple((row[0], row[1], row[2], row[3], row[4]) for row in connection.execute(statement))
