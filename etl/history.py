"""What was loaded when, and the way back: a source as it was before a run, read again from the files of that time."""

import uuid
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, select

from etl import runs, turn
from etl.batch import Batch
from etl.errors import NotFound, SourceError
from etl.i18n import _
from etl.locate.points import Geocoder
from etl.outcome import Outcome, PastRun
from etl.pipeline import Choices, carry_out, loaded_reference, source_outcomes, today_here
from etl.progress import Progress, silent
from etl.sources.base import Source
from etl.sources.catalogue import catalogue
from etl.store import models as m
from etl.work import Chain, reread


def history(connection: Connection, source_id: str | None = None, limit: int = 100) -> list[PastRun]:
    """The latest runs, of one source or of all, the newest first; those of the reference tables too."""
    run = m.SourceRun
    undone = runs.undone(connection, source_id)
    statement = select(run.id, run.source_id, run.edition, run.started_at, run.state, run.counts, run.files)
    statement = statement.where(run.source_id != runs.LINKAGE.id if source_id is None else run.source_id == source_id)
    rows = connection.execute(statement.order_by(run.started_at.desc(), run.id).limit(limit))
    return [
        PastRun(key, source, edition, started, state, counts, tuple(file["name"] for file in files), key in undone)
        for key, source, edition, started, state, counts, files in rows
    ]


def rollback(
    engine: Engine,
    run_id: uuid.UUID,
    *,
    sources: Sequence[Source] | None = None,
    dry_run: bool = False,
    progress: Progress = silent,
    today: date | None = None,
    outside: Geocoder | None = None,
) -> Outcome:
    """Bring a source back to what it was before a run, and all that follows from it.

    The files of the run before are read again; runs of the source after ``run_id`` are undone with it. Where there
    was none before, everything of the source is closed. The rollback is a run of its own, and may be undone too.
    ``outside`` is a geocoder beyond this machine, as for :func:`etl.pipeline.run`.

    Raises
    ------
    NotFound
        There is no such run.
    SourceError
        The run is undone already, its source has no files, or they are not kept.
    """
    known = tuple(catalogue() if sources is None else sources)
    with turn.taken(engine, progress) as connection, TemporaryDirectory(prefix="ombra-") as kept:
        chain = _chain_of(connection, run_id, known, Path(kept))
        reference = loaded_reference(connection)
        choices = Choices(today or today_here(), dry_run, outside)
        done = carry_out(connection, [chain], known, reference, progress, choices)
    for _batch, error in chain.refused:
        raise error
    outcomes = source_outcomes([chain], done, dry_run=dry_run)
    made = done.directory
    return Outcome((), (), outcomes, changed=done.changed, dry_run=dry_run, linkage=made.linkage, unions=made.events)


def _chain_of(connection: Connection, run_id: uuid.UUID, sources: Sequence[Source], folder: Path) -> Chain:
    """The edition that was there before a run, in hand; one without content where there was none."""
    statement = select(m.SourceRun.source_id, m.SourceRun.started_at, m.SourceRun.files, m.SourceRun.state)
    found = connection.execute(statement.where(m.SourceRun.id == run_id)).one_or_none()
    if found is None:
        raise NotFound(_("Nessun caricamento ha il numero {run}: vedere «./ombra etl history».").format(run=run_id))
    source_id, moment, files, state = found
    if run_id in runs.undone(connection, source_id):
        raise _cannot(run_id, _("È già stato annullato: vedere «./ombra etl history»."))
    if not files and state != "ritirato":
        raise _cannot(run_id, _("La fonte «{id}» non viene da file: non c'è nulla da rileggere.").format(id=source_id))
    source = next((source for source in sources if source.declaration.id == source_id), None)
    if source is None:
        raise _cannot(run_id, _("La fonte «{id}» non è più nel catalogo.").format(id=source_id))
    latest = runs.latest(connection, source_id)
    before = runs.before(connection, source_id, moment)
    if before is None or before.state == "ritirato":
        return Chain(
            source, [Batch(source, "", withdrawn=True)], latest, files=[], state="ritirato", undoes=run_id, forced=True
        )
    batch = reread(connection, source, before, folder)
    return Chain(source, [batch], latest, files=before.files, state="ripristinato", undoes=run_id, forced=True)


def _cannot(run_id: uuid.UUID, why: str) -> SourceError:
    return SourceError(_("Il caricamento {run} non si può annullare.").format(run=run_id), [why])
