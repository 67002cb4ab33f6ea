"""From the files of a folder to the editions in hand, and back to what became of each file."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection

from etl import received, runs, secret
from etl.batch import Batch, read
from etl.errors import SourceError
from etl.i18n import _
from etl.identity import content_hash
from etl.outcome import FileOutcome, FileState, Unclaimed
from etl.progress import Progress
from etl.sources.base import Edition, Received, Source
from etl.sources.catalogue import Claims, claim
from etl.work import Chain, with_files_loaded


@dataclass
class Intake:
    """What a folder holds: editions in hand by source, files that came to nothing, files of nobody."""

    kept: Path
    again: bool = False
    chains: list[Chain] = field(default_factory=list)
    settled: list[FileOutcome] = field(default_factory=list)
    unclaimed: tuple[Unclaimed, ...] = ()

    def outcomes(self) -> tuple[FileOutcome, ...]:
        """What became of every file, once the editions are prepared."""
        told = [outcome for chain in self.chains for outcome in _of_chain(chain)]
        return tuple(sorted([*self.settled, *told], key=lambda outcome: (outcome.name, outcome.source_id)))


def choose(sources: Sequence[Source], only: Sequence[str]) -> set[str]:
    """Identifiers of the sources to load: those asked for, else all.

    Raises
    ------
    SourceError
        No source has one of the identifiers; every wrong one is named.
    """
    known = {source.declaration.id for source in sources}
    faults = [
        _("«{id}» non è una fonte. Fonti: {known}.").format(id=one, known=", ".join(sorted(known)))
        for one in only
        if one not in known
    ]
    if faults:
        raise SourceError(_("Fonti sconosciute."), faults)
    return set(only) or known


def take_in(
    connection: Connection,
    folder: Path,
    sources: Sequence[Source],
    wanted: Collection[str],
    progress: Progress,
    kept: Path,
    *,
    again: bool = False,
) -> Intake:
    """Read the editions that the files of a folder hold, of the sources that are wanted.

    ``kept`` takes the files that were loaded before and belong to these editions; it must outlive the run.
    """
    claims = claim(sources, received.find(folder))
    intake = Intake(kept, again, unclaimed=_unclaimed(claims, folder))
    by_source: dict[str, list[Path]] = {}
    for path, source in claims.claimed.items():
        by_source.setdefault(source.declaration.id, []).append(path)
    known = {source.declaration.id: source for source in sources}
    for source_id in sorted(by_source.keys() & set(wanted)):
        _take(connection, intake, known[source_id], by_source[source_id], folder, progress)
    return intake


def _unclaimed(claims: Claims, folder: Path) -> tuple[Unclaimed, ...]:
    names = {path.relative_to(folder).as_posix(): reasons for path, reasons in claims.unclaimed.items()}
    return tuple(Unclaimed(name, names[name]) for name in sorted(names))


def _take(
    connection: Connection, intake: Intake, source: Source, paths: Sequence[Path], folder: Path, progress: Progress
) -> None:
    source_id = source.declaration.id
    latest = runs.latest(connection, source_id)
    chain = Chain(source, [], latest)
    received_now = _receive(intake, source_id, paths, folder)
    editions = _editions(intake, source, _not_undone(connection, intake, source_id, received_now))
    for edition in editions:
        if latest is not None and edition.label < latest.edition:
            intake.settled += _superseded(connection, source_id, edition, latest.edition)
            continue
        progress(_("Leggo «{title}» {edition}").format(title=source.declaration.title, edition=edition.label))
        try:
            whole = with_files_loaded(connection, source, edition, latest, intake.kept / source_id)
            chain.batches.append(read(source, whole, secret=secret.persons(connection)))
        except SourceError as error:
            intake.settled += _refused(source_id, edition.label, edition.files, error)
    _tell_contradictions(intake, chain)
    intake.chains.append(chain)


def _superseded(connection: Connection, source_id: str, edition: Edition, newer: str) -> list[FileOutcome]:
    """Files of an edition older than the one loaded, with what was counted of them; none is read for it."""
    counts = [runs.counts_of_file(connection, source_id, file.sha256) for file in edition.files]
    told = _outcomes(source_id, edition.label, edition.files, "superato", counts)
    why = _("Mai caricato, e perciò senza conteggi: c'è già un'edizione più recente ({edition}).").format(edition=newer)
    return [one if known else replace(one, faults=(why,)) for one, known in zip(told, map(bool, counts), strict=True)]


def _receive(intake: Intake, source_id: str, paths: Sequence[Path], folder: Path) -> list[Received]:
    files = []
    for path in paths:
        try:
            files.append(received.receive(path, folder))
        except SourceError as error:
            name = path.relative_to(folder).as_posix()
            intake.settled.append(FileOutcome(name, source_id, None, "respinto", faults=_faults(error)))
    return sorted(files, key=lambda file: (file.name, file.sha256))


def _not_undone(
    connection: Connection, intake: Intake, source_id: str, files: Sequence[Received]
) -> Sequence[Received]:
    """The files without those that a rollback has undone: they would come back with the next run."""
    undone = {} if intake.again else runs.files_undone(connection, source_id)
    for file in (file for file in files if file.sha256 in undone):
        why = _("Annullato il {day}; per caricarlo di nuovo: ./ombra etl run --anche-annullati").format(
            day=undone[file.sha256].strftime("%d/%m/%Y")
        )
        told = runs.counts_of_file(connection, source_id, file.sha256)
        (outcome,) = _outcomes(source_id, None, [file], "superato", [told])
        intake.settled.append(replace(outcome, faults=(why,)))
    return [file for file in files if file.sha256 not in undone]


def _editions(intake: Intake, source: Source, files: Sequence[Received]) -> list[Edition]:
    """The editions of the files that are usable."""
    unique = _without_copies(intake, source, files)
    try:
        return sorted(source.editions(unique), key=lambda edition: edition.label) if unique else []
    except SourceError as error:
        if len(unique) == 1:
            intake.settled += _refused(source.declaration.id, None, unique, error)
            return []
    # One of several is unusable: the others are read without it.
    good = [file for file in unique if _usable(intake, source, file)]
    return sorted(source.editions(good), key=lambda edition: edition.label) if good else []


def _without_copies(intake: Intake, source: Source, files: Sequence[Received]) -> list[Received]:
    """The files without those that repeat, byte by byte, another one of the same edition."""
    kept: dict[tuple[str, str], Received] = {}
    for file in files:
        alike = [other for other in files if other.sha256 == file.sha256]
        # The name may tell the edition: two names may make two editions of the same bytes.
        mark = (file.sha256, _labels(source, file) if len(alike) > 1 else "")
        if mark in kept:
            why = _("Ha gli stessi byte di «{name}»: è letto una volta sola.").format(name=kept[mark].name)
            intake.settled.append(FileOutcome(file.name, source.declaration.id, None, "invariato", faults=(why,)))
        kept.setdefault(mark, file)
    return list(kept.values())


def _labels(source: Source, file: Received) -> str:
    try:
        return content_hash([edition.label for edition in source.editions([file])])
    except SourceError:
        return file.name  # told when its turn comes


def _usable(intake: Intake, source: Source, file: Received) -> bool:
    try:
        source.editions([file])
    except SourceError as error:
        intake.settled += _refused(source.declaration.id, None, [file], error)
        return False
    return True


def _tell_contradictions(intake: Intake, chain: Chain) -> None:
    """Two editions of one time that say different things are both left out: only a person can tell which holds."""
    by_label: dict[str, list[Batch]] = {}
    for batch in chain.batches:
        by_label.setdefault(batch.edition, []).append(batch)
    chain.batches = []
    for label, batches in by_label.items():
        if len({batch.digest for batch in batches}) == 1:
            chain.batches.append(replace(batches[0], files=tuple(file for batch in batches for file in batch.files)))
            continue
        names = ", ".join(file.name for batch in batches for file in batch.files)
        why = _("Più file della stessa edizione ({names}) dicono cose diverse: tenerne uno.").format(names=names)
        error = SourceError(_("Fonte «{title}»: non caricata.").format(title=chain.declaration.title), [why])
        for batch in batches:
            intake.settled += _refused(chain.declaration.id, label, batch.files, error)


def _faults(error: SourceError) -> tuple[str, ...]:
    return error.faults or (error.summary,)


def _refused(source_id: str, label: str | None, files: Sequence[Received], error: SourceError) -> list[FileOutcome]:
    return [FileOutcome(file.name, source_id, label, "respinto", faults=_faults(error)) for file in files]


def _outcomes(
    source_id: str,
    label: str | None,
    files: Sequence[Received],
    state: FileState,
    counts: Sequence[Mapping[str, int]],
) -> list[FileOutcome]:
    return [
        FileOutcome(
            file.name, source_id, label, state, told.get("read", 0), told.get("accepted", 0), told.get("rejected", 0)
        )
        for file, told in zip(files, counts, strict=True)
    ]


def _of_chain(chain: Chain) -> list[FileOutcome]:
    source_id = chain.declaration.id
    told = [
        outcome for batch, error in chain.refused for outcome in _refused(source_id, batch.edition, batch.files, error)
    ]
    refused = {id(batch) for batch, _error in chain.refused}
    unchanged = {id(batch) for batch in chain.unchanged}
    for batch in chain.batches:
        if id(batch) in refused:
            continue
        state: FileState = "invariato" if id(batch) in unchanged else "caricato"
        told += _outcomes(source_id, batch.edition, batch.files, state, batch.counts_of_files())
    return told
