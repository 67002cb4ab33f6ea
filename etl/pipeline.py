"""Load: reference data, then the content of sources, all in one transaction that a crash leaves without effect.

A second run over the same input changes nothing; no order of rows, files or sources counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, func, select

from etl import protect, runs, turn
from etl.derive import hidden
from etl.derive.run import LOCK as DERIVE_LOCK
from etl.derive.run import refresh_within
from etl.errors import SourceError
from etl.i18n import _
from etl.identity import code_version, content_hash
from etl.intake import choose, take_in
from etl.load import directory
from etl.load.directory import Directory
from etl.locate.points import Geocoder
from etl.outcome import Outcome, SourceOutcome
from etl.progress import Progress, silent
from etl.publish import Published, Ready, publish
from etl.reference import tables
from etl.reference.load import load_territory, load_vocabulary, reference_hash
from etl.sources.base import Declaration, Source
from etl.sources.builtin import BuiltinServices
from etl.sources.catalogue import catalogue
from etl.summary import Summary, summarise
from etl.turn import LOAD as LOCK
from etl.work import Chain, displaced, make_ready, survey, without_files

__all__ = ["LOCK", "Summary", "load_everything", "run", "summarise"]

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
    files: Sequence[Source] | None = None,
    today: date | None = None,
) -> Summary:
    """Bring the database to the content of the reference tables and of sources that need no files.

    What :func:`run` has loaded from files stays as it is, unless the reference tables make a type of service
    protected or place it elsewhere: then it is read again from the files kept. ``files`` are the sources that can,
    the catalogue by default. What runs have told of places that are protected now goes in the same transaction: at no
    time can it be read how far a protected place is.

    Raises
    ------
    ReferenceDataError, SourceError
        With every fault found; nothing was changed.
    """
    with engine.begin() as connection:
        turn.wait(connection, progress)
        # A run under way has read places as public that may be protected in a moment: what it keeps is seen below.
        connection.execute(select(func.pg_advisory_xact_lock(DERIVE_LOCK)))
        changed = _load_reference(connection, folder, progress)
        given = sources if sources is not None else [BuiltinServices(folder=folder)]
        known = catalogue() if files is None else files
        changed |= _load_sources(connection, given, known, progress, today or today_here(), anew=changed)
        if changed:
            hidden.forget(connection)
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


def _load_sources(
    connection: Connection,
    sources: Sequence[Source],
    files: Sequence[Source],
    progress: Progress,
    today: date,
    *,
    anew: bool,
) -> bool:
    """Publish the sources that need no files; with ``anew`` the others too, as far as they are placed otherwise now."""
    chains = [without_files(connection, source) for source in sources]
    with TemporaryDirectory(prefix="ombra-") as kept:
        in_hand = {chain.declaration.id for chain in chains}
        others = protect.at_odds(connection, files, in_hand, Path(kept), progress)
        around = survey(connection, [*chains, *others], loaded_reference(connection))
        if anew:
            others += displaced(connection, around, [*chains, *others], files, Path(kept), progress)
            around = survey(connection, [*chains, *others], around.reference)
        for chain in chains:
            for _batch, error in chain.refused:
                raise error
        _tell_refused(others, progress)
        ready = make_ready([*chains, *others], around, progress, today=today)
    for one in ready:
        publish(connection, one, today=today)
    taken_back = protect.hide(connection)
    made = directory.refresh(connection, today=today, progress=progress)
    return len(ready) > 0 or taken_back or made.changed


def _tell_refused(chains: Sequence[Chain], progress: Progress) -> None:
    for chain in chains:
        for _batch, error in chain.refused:
            progress(_("«{title}» resta dov'è: {why}").format(title=chain.declaration.title, why=error))


def loaded_reference(connection: Connection) -> str:
    """Hash of the reference data that are loaded.

    Raises
    ------
    SourceError
        There are none.
    """
    loaded = runs.last_hash(connection, REFERENCE.id)
    if loaded is None:
        raise SourceError(
            _("Il territorio non è ancora caricato."), [_("Eseguire prima «./ombra up», poi di nuovo questo comando.")]
        )
    return loaded


# --- from files ---------------------------------------------------------------------------------------


def run(  # noqa: PLR0913 - every choice of a run by its name
    engine: Engine,
    *,
    folder: Path,
    sources: Sequence[Source] | None = None,
    only: Sequence[str] = (),
    dry_run: bool = False,
    progress: Progress = silent,
    today: date | None = None,
    outside: Geocoder | None = None,
    allow_loss: Sequence[str] = (),
    again: bool = False,
) -> Outcome:
    """Load the files of a folder that sources recognise, with the results that follow from them.

    Parameters
    ----------
    sources
        Those that may recognise files; the catalogue by default.
    only
        Identifiers of the sources to load; all by default.
    dry_run
        Do everything, tell what it would change, and keep nothing of it.
    outside
        A geocoder beyond this machine, for addresses that nothing loaded knows.
    allow_loss
        Identifiers of the sources that may lose most of their rows at once: somebody has looked at their files.
    again
        Load also files that a rollback has undone.

    Raises
    ------
    SourceError
        The folder does not exist, a source is unknown, or no territory is loaded. A file that is unusable raises
        nothing: its outcome tells why, its source stays as it was, the others are loaded.
    """
    known = tuple(catalogue() if sources is None else sources)
    wanted, may_shrink = choose(known, only), choose(known, allow_loss) if allow_loss else set()
    with TemporaryDirectory(prefix="ombra-") as kept, turn.taken(engine, progress) as connection:
        reference = loaded_reference(connection)
        intake = take_in(connection, folder, known, wanted, progress, Path(kept), again=again)
        work = [chain for chain in intake.chains if chain.batches]
        for chain in work:
            chain.may_shrink = chain.declaration.id in may_shrink
        done = carry_out(connection, work, known, reference, progress, Choices(today or today_here(), dry_run, outside))
    return Outcome(
        intake.outcomes(),
        intake.unclaimed,
        source_outcomes(intake.chains, done, dry_run=dry_run),
        changed=done.changed,
        dry_run=dry_run,
        linkage=done.directory.linkage,
        unions=done.directory.events,
    )


@dataclass(frozen=True)
class Choices:
    """How a run is made."""

    today: date
    dry_run: bool = False
    outside: Geocoder | None = None


@dataclass(frozen=True)
class Done:
    """What was published, by the edition that it is, and the directory that followed.

    ``others`` are sources that had to be placed anew.
    """

    published: list[tuple[Ready, Published]]
    others: list[Chain]
    directory: Directory

    @property
    def changed(self) -> bool:
        """Whether anything is not as it was."""
        return len(self.published) > 0 or self.directory.changed


def carry_out(
    connection: Connection,
    chains: Sequence[Chain],
    sources: Sequence[Source],
    reference: str,
    progress: Progress,
    choices: Choices,
) -> Done:
    """Publish the editions in hand, and all that follows from them, in one transaction."""
    around = survey(connection, chains, reference)
    known = [*sources, BuiltinServices()]
    with TemporaryDirectory(prefix="ombra-") as kept:
        others = displaced(connection, around, chains, known, Path(kept), progress)
        if others:
            around = survey(connection, [*chains, *others], reference)
            _tell_refused(others, progress)
        ready = make_ready([*chains, *others], around, progress, today=choices.today, outside=choices.outside)
    connection.commit()  # what was only read is let go of: the transaction that writes sees what is there now
    placed_anew = {one.batch.declaration.id for one in ready}
    published, made = _write(connection, ready, progress, choices)
    return Done(published, [chain for chain in others if chain.declaration.id in placed_anew], made)


def _write(
    connection: Connection, ready: Sequence[Ready], progress: Progress, choices: Choices
) -> tuple[list[tuple[Ready, Published]], Directory]:
    with turn.also(connection, DERIVE_LOCK), connection.begin() as transaction:
        if ready:
            progress(_("Scrivo nel database"))
        published = [(one, publish(connection, one, today=choices.today)) for one in ready]
        made = directory.refresh(connection, today=choices.today, progress=progress)
        if ready or made.changed:
            refresh_within(connection, progress=progress, today=choices.today)
        if choices.dry_run:
            transaction.rollback()
    return published, made


def source_outcomes(chains: Sequence[Chain], done: Done, *, dry_run: bool) -> tuple[SourceOutcome, ...]:
    """What changed of the sources in hand, and of those that were placed anew because of them."""
    again = {chain.declaration.id for chain in done.others}  # a refused source may be placed anew: it is told once
    told = [*(chain for chain in chains if chain.declaration.id not in again), *done.others]
    return tuple(_of_source(chain, done, dry_run=dry_run) for chain in told)


def _of_source(chain: Chain, done: Done, *, dry_run: bool) -> SourceOutcome:
    declared = chain.declaration
    own = [published for ready, published in done.published if ready.batch.declaration.id == declared.id]
    if not own:
        if (latest := chain.latest) is None:
            return SourceOutcome(declared.id, declared.title, None)
        issues, doubts = latest.counts.get("issues", 0), latest.counts.get("doubts")
        return SourceOutcome(declared.id, declared.title, latest.run_id, issues=issues, doubts=doubts)
    told = tuple(event for published in own for event in published.events)
    counts = {name: sum(published.counts[name] for published in own) for name in ("new", "changed", "closed")}
    run_id = None if dry_run else own[-1].run_id
    issues, doubts = (own[-1].counts[name] for name in ("issues", "doubts"))
    return SourceOutcome(declared.id, declared.title, run_id, told, issues, counts, doubts)


def today_here() -> date:
    """The present day where Ombra runs."""
    return date.today()  # noqa: DTZ011
