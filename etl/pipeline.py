"""Load everything: reference data, then every source, each by the same path, all in one transaction.

A crash at any moment leaves the database as it was before; a second run over the same input changes nothing.
"""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from etl import runs
from etl.i18n import _
from etl.identity import code_version, content_hash
from etl.ingest import ingest
from etl.progress import Progress, silent
from etl.reference import tables
from etl.reference.load import load_territory, load_vocabulary, reference_hash
from etl.sources.base import Declaration, Source
from etl.sources.builtin import BuiltinServices
from etl.store.frames import records
from etl.summary import Summary, summarise

__all__ = ["Summary", "load_everything", "load_source", "summarise"]

LOCK = 541_243  # advisory lock: two loads at once wait for each other
REFERENCE = Declaration(
    id="riferimento",
    title="Tabelle di riferimento e territorio",
    publisher="Ombra",
    licence="si veda ogni tabella",
    note="Le singole tabelle e i pacchetti da cui viene il territorio sono fonti a sé.",
)


def load_everything(
    engine: Engine,
    *,
    progress: Progress = silent,
    folder: Path = tables.DATA,
    sources: Sequence[Source] | None = None,
) -> Summary:
    """Bring the database to the content of the reference tables and of the sources.

    Raises
    ------
    ReferenceDataError, SourceError
        With every fault found; nothing was changed.
    """
    with engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        changed = _load_reference(connection, folder, progress)
        for source in sources if sources is not None else [BuiltinServices(folder=folder)]:
            changed |= load_source(connection, source, progress=progress)
        if changed:
            runs.new_version(connection, "load")
        return summarise(connection, changed=changed)


def _load_reference(connection: Connection, folder: Path, progress: Progress) -> bool:
    current = content_hash([reference_hash(folder=folder), code_version()])
    if runs.last_hash(connection, REFERENCE.id) == current:
        return False
    tables.check(folder=folder)
    runs.declare(connection, REFERENCE)
    run_id = runs.start(connection, REFERENCE.id, current)
    progress(_("Carico tassonomia e regole"))
    counts = load_vocabulary(connection, folder=folder)
    progress(_("Carico il territorio: confini, residenti, centri abitati"))
    counts |= load_territory(connection, folder=folder)
    runs.finish(connection, run_id, counts)
    return True


def load_source(connection: Connection, source: Source, *, progress: Progress = silent) -> bool:
    """Load one source; false where its content is the one already loaded."""
    declared = source.declaration
    # A source is read anew when the territory that its records are located in has changed.
    reference = runs.last_hash(connection, REFERENCE.id)
    current = content_hash([_hash(source), reference, code_version()])
    if runs.last_hash(connection, declared.id) == current:
        return False
    progress(_("Carico la fonte «{title}»").format(title=declared.title))
    ingest(connection, source, current)
    return True


def _hash(source: Source) -> str:
    rows = sorted(content_hash([key, raw]) for edition in source.editions([]) for key, raw in edition.rows())
    return content_hash([rows, vars(source.declaration), records(source.coverage([]))])
