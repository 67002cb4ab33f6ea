"""The sources in hand: their editions checked, placed among what all of them bring, ready to be published."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from etl import ingest, received, runs, secret, surroundings, withheld
from etl.batch import Batch, read, remarks_hash
from etl.errors import SourceError
from etl.i18n import _
from etl.identity import code_version, content_hash
from etl.locate.points import Geocoder
from etl.locate.position import Located
from etl.progress import Progress
from etl.publish import Ready
from etl.sources.base import BULK, Declaration, Edition, Kind, Source
from etl.sources.tabular.rows import MARK
from etl.surroundings import Surroundings

# Areas before the figures about them, registers of addresses and bodies before what may refer to them.
_ORDER: Sequence[Kind] = ("areas", "population", "travel", "indicators", "addresses", "organizations", "services")


@dataclass
class Chain:
    """The editions of one source in hand, the oldest first.

    Attributes
    ----------
    refused
        Editions that a check of the whole has refused, with the reason.
    unchanged
        Editions whose content is the one already loaded.
    files
        What a run says of its files, where they come from the database and not from a folder.
    forced
        Publish also what is loaded already: a rollback is a run of its own.
    may_shrink
        Losing most of its rows at once is no reason to refuse an edition.
    """

    source: Source
    batches: list[Batch]
    latest: runs.Latest | None
    refused: list[tuple[Batch, SourceError]] = field(default_factory=list)
    unchanged: list[Batch] = field(default_factory=list)
    files: list[dict[str, Any]] | None = None
    state: str = "caricato"
    undoes: uuid.UUID | None = None
    forced: bool = False
    checked: bool = False
    may_shrink: bool = False

    @property
    def declaration(self) -> Declaration:
        """What the source declares."""
        return self.source.declaration

    @property
    def good(self) -> list[Batch]:
        """The editions that were not refused."""
        refused = {id(batch) for batch, _error in self.refused}
        return [batch for batch in self.batches if id(batch) not in refused]


def survey(connection: Connection, chains: Sequence[Chain], reference: str) -> Surroundings:
    """Check the editions in hand as a whole, and tell what all of them are placed among.

    ``reference`` names the reference data that are loaded. May be called again when another source is in hand.
    """
    around = surroundings.read(connection, reference)
    for chain in chains:
        if not chain.checked:
            _check(connection, chain, around)
    return surroundings.with_content(connection, around, [chain.good[-1] for chain in chains if chain.good])


def make_ready(
    chains: Sequence[Chain],
    around: Surroundings,
    progress: Progress,
    *,
    today: date,
    outside: Geocoder | None = None,
) -> list[Ready]:
    """What has to be published of the sources in hand, in order; ``outside`` is a geocoder beyond this machine."""
    ordered = sorted(chains, key=lambda chain: (_ORDER.index(chain.declaration.kind), chain.declaration.id))
    return [ready for chain in ordered for ready in _ready(chain, around, progress, today, outside)]


def _check(connection: Connection, chain: Chain, around: Surroundings) -> None:
    chain.checked = True
    before = _in(connection, chain)
    for batch in chain.batches:
        ingest.check_types(batch, around)
        withheld.withhold(connection, batch, chain.latest, around, back=chain.undoes is not None)
        try:
            ingest.refuse(batch, around, before, may_shrink=chain.may_shrink)
        except SourceError as error:
            chain.refused.append((batch, error))
        else:
            before = len(batch.parsed) if chain.declaration.kind in BULK else batch.parsed


def _in(connection: Connection, chain: Chain) -> set[str] | int:
    """What is in of the source before: keys of rows, or how many where rows are not kept."""
    if chain.forced:
        return 0
    if chain.declaration.kind in BULK:
        return 0 if chain.latest is None else chain.latest.counts.get("accepted", 0)
    return runs.accepted_keys(connection, chain.declaration.id)


def _ready(
    chain: Chain, around: Surroundings, progress: Progress, today: date, outside: Geocoder | None
) -> list[Ready]:
    loaded = None if chain.latest is None else chain.latest.content
    found: list[Ready] = []
    for batch in chain.good:
        if batch is not chain.good[-1] and _is_loaded(batch, chain.latest):
            chain.unchanged.append(batch)  # the next edition takes its place at once
            continue
        progress(_("Colloco «{title}» {edition}").format(title=batch.declaration.title, edition=batch.edition))
        # What comes with Ombra is placed by ``up`` too, which asks nobody else: it must find the same.
        asked = outside if batch.files else None
        located = ingest.settle(batch, around, asked)
        content = _content(batch, around, located, today)
        if content == loaded and not chain.forced:
            chain.unchanged.append(batch)
            continue
        try:
            parcels = [] if chain.files is not None else [received.pack(file) for file in batch.files]
        except SourceError as error:
            chain.refused.append((batch, error))
            continue
        loaded = content
        files = chain.files if chain.files is not None else _described(parcels, batch)
        found.append(Ready(batch, around, located, content, files, parcels, chain.state, chain.undoes))
    return found


def _described(parcels: Sequence[received.Parcel], batch: Batch) -> list[dict[str, Any]]:
    """What a run says of its files: name, SHA-256, size, rows read, accepted, rejected."""
    told = zip(received.described(parcels), batch.counts_of_files(), strict=True)
    return [file | counts for file, counts in told]


def _is_loaded(batch: Batch, latest: runs.Latest | None) -> bool:
    return (
        latest is not None
        and batch.edition == latest.edition
        and {file.sha256 for file in batch.files} == {file["sha256"] for file in latest.files}
    )


def _content(batch: Batch, around: Surroundings, located: Located, today: date) -> str:
    """Hash that names what an edition becomes.

    Its rows, where they were placed among the addresses of others, and what has come to its end by ``today``.
    """
    ended = sorted(record.key for record in batch.placeables if record.valid_to and record.valid_to <= today)
    places = sorted([key, repr(position)] for key, position in located.positions.items())
    made = [batch.digest, batch.edition, batch.withdrawn, places, remarks_hash(batch.log), ended]
    return content_hash([made, around.reference, code_version()])


def with_files_loaded(
    connection: Connection, source: Source, edition: Edition, latest: runs.Latest | None, folder: Path
) -> Edition:
    """An edition in hand, with the files of the same edition that are loaded already and list other things.

    So files that come one after the other are the same as all of them at once. A loaded file is replaced, not joined,
    where one in hand has its name, its bytes or one of its keys. ``folder`` takes the files that were kept.

    Raises
    ------
    SourceError
        A loaded file was too large to be kept; each is named.
    """
    if latest is None or latest.edition != edition.label or latest.state == "ritirato" or not edition.parts:
        return edition
    names, hashes = {file.name for file in edition.files}, {file.sha256 for file in edition.files}
    absent = [file for file in latest.files if file["name"] not in names and file["sha256"] not in hashes]
    if not absent:
        return edition
    in_hand = _keys(edition)
    loaded = received.restore(connection, absent, folder)
    others = [file for file in loaded if in_hand.isdisjoint(*map(_keys, source.editions([file])))]
    whole = [one for one in source.editions([*edition.files, *others]) if one.label == edition.label]
    return whole[0] if len(whole) == 1 else edition


def _keys(edition: Edition) -> set[str]:
    """Keys of the rows that have one of their own: a note below the table may be the same in every file."""
    return {key for key, raw in edition.rows() if MARK not in raw}


def reread(connection: Connection, source: Source, run: runs.Latest, folder: Path) -> Batch:
    """The edition that a run has loaded, read again from the files that were kept, which are put into ``folder``.

    Raises
    ------
    SourceError
        A file is not kept, or the source makes nothing of the files any more.
    """
    files = received.restore(connection, run.files, folder)
    found = source.editions(files)
    chosen = [edition for edition in found if edition.label == run.edition] or found
    if len(chosen) != 1:
        raise SourceError(
            _("Fonte «{title}»: i file conservati non danno più l'edizione «{edition}».").format(
                title=source.declaration.title, edition=run.edition
            ),
            [_("Il modo di leggere questa fonte è cambiato: caricare di nuovo i suoi file.")],
        )
    # The day that bytes were fetched is told beside the file, which is not kept: the label is that of the run.
    return read(source, replace(chosen[0], label=run.edition), secret=secret.persons(connection))


def displaced(
    connection: Connection,
    around: Surroundings,
    chains: Sequence[Chain],
    sources: Sequence[Source],
    folder: Path,
    progress: Progress,
) -> list[Chain]:
    """Sources that are not in hand, read again because the addresses that place them have changed.

    So what is loaded does not hang on the order in which sources came. ``folder`` takes the files that were kept.
    """
    if surroundings.addresses_loaded(connection) == around.addresses_hash:
        return []
    in_hand = {chain.declaration.id for chain in chains if chain.good}
    others = [source for source in sources if source.declaration.id not in in_hand]
    found = [_again(connection, source, folder, progress) for source in others]
    return [chain for chain in found if chain is not None]


def _again(connection: Connection, source: Source, folder: Path, progress: Progress) -> Chain | None:
    declared = source.declaration
    latest = runs.latest(connection, declared.id)
    if declared.kind not in surroundings.PLACED or latest is None or latest.state == "ritirato":
        return None
    if not latest.files:
        return without_files(connection, source)
    try:
        batch = reread(connection, source, latest, folder / declared.id)
    except SourceError as error:
        progress(_("«{title}» resta dov'è: {why}").format(title=declared.title, why=error))
        return None
    return Chain(source, [batch], latest, files=latest.files, state=latest.state)


def without_files(connection: Connection, source: Source) -> Chain:
    """The content of a source that needs no files."""
    own = secret.persons(connection)
    batches = [read(source, edition, secret=own) for edition in source.editions([])]
    return Chain(source, batches, runs.latest(connection, source.declaration.id))
