"""One edition of a source on its way: raw rows read once, told apart by key, turned into records, accounted for."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Any

from etl.coverage import lessened
from etl.errors import SourceError
from etl.i18n import _
from etl.identity import content_hash
from etl.issues import IssueLog
from etl.received_rows import LONGEST_KEY, kept_key, masked
from etl.record import Placeable, Record, ServiceRecord
from etl.sources.base import BULK, Declaration, Edition, KeptBack, Raw, Received, Source
from etl.store.frames import records as rows_of

_NAMED = 5  # how many keys a fault names
_SHOWN = 500  # characters of a row that an issue shows


@dataclass
class Batch:
    """An edition as it was read.

    Attributes
    ----------
    rows
        Raw rows by key, without codes of persons; none of a kind whose content is too much to keep row by row.
    read
        Raw rows that came in, repeated ones too.
    parsed
        Keys of the rows that stand for something; the others are rejected.
    records
        What the rows stand for; those that a check leaves out on the way are taken off.
    coverage
        What the source declares of its own completeness, given these records and those left out when it was read.
    lost
        Municipalities of services that a check leaves out on the way.
    digest
        Hash of all of it, whatever the order of the rows.
    withdrawn
        A rollback leaves the source without content.
    kept_back
        Keys under which places may have been told before of which the edition gives nothing away
        (:class:`etl.sources.base.KeptBack`); they are written nowhere.
    withheld
        Keys of what stays hidden though the edition does not say that it is protected: a later one did.
    parts, part_of
        Rows read from each file, and from which file the row of each key was kept; where the source does not tell its
        files apart, all are the first one's.
    """

    source: Source
    edition: str
    files: tuple[Received, ...] = ()
    rows: dict[str, Raw] = field(default_factory=dict)
    read: int = 0
    parsed: set[str] = field(default_factory=set)
    records: list[Record] = field(default_factory=list)
    coverage: list[dict[str, Any]] = field(default_factory=list)
    log: IssueLog = field(default_factory=IssueLog)
    digest: str = ""
    withdrawn: bool = False
    kept_back: set[str] = field(default_factory=set)
    withheld: frozenset[str] = frozenset()
    parts: list[int] = field(default_factory=list)
    part_of: dict[str, int] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    _dropped: set[str] = field(default_factory=set)

    @property
    def declaration(self) -> Declaration:
        """What the source declares."""
        return self.source.declaration

    @property
    def accepted(self) -> set[str]:
        """Keys of the rows that are in, wholly or in part."""
        return self.parsed - (self._dropped - {record.key for record in self.records})

    @property
    def counts(self) -> dict[str, int]:
        """Rows read, accepted, rejected."""
        accepted = len(self.accepted)
        return {"read": self.read, "accepted": accepted, "rejected": self.read - accepted}

    def counts_of_files(self) -> list[dict[str, int]]:
        """Rows read, accepted, rejected of each file."""
        accepted = Counter(self.part_of[key] for key in self.accepted)
        read = dict(enumerate(self.parts))
        told = [(read.get(part, 0), accepted[part]) for part in range(len(self.files))]
        return [{"read": rows, "accepted": kept, "rejected": rows - kept} for rows, kept in told]

    def drop(self, records: Iterable[Record]) -> None:
        """Take records off that a check has left out; the log says why."""
        gone = {id(record) for record in records}
        self._dropped |= {record.key for record in self.records if id(record) in gone}
        self.lost |= {one.municipality for one in self.records if id(one) in gone and isinstance(one, ServiceRecord)}
        self.records = [record for record in self.records if id(record) not in gone]

    @property
    def placeables(self) -> list[Placeable]:
        """The records that have a place, or may have one."""
        return [record for record in self.records if isinstance(record, Placeable)]


@dataclass
class _Row:
    """A raw row and what it stands for; ``raw`` is let go where rows are too many to keep."""

    raw: Raw | None
    records: Sequence[Record]
    part: int
    times: int = 1


def read(source: Source, edition: Edition, *, secret: bytes | None = None) -> Batch:
    """Read every row of an edition.

    ``secret`` (:func:`etl.secret.persons`) makes the keys that stand for codes of persons; without one they are others
    at each reading, and fit for nothing that is kept.

    Of rows with one key that say the same, one counts; of rows of one file that do not, the one whose hash comes first,
    so that the order of the rows decides nothing. The others are rejected.

    Raises
    ------
    SourceError
        The files are unusable, or two of them say different things of one key: only a person can tell which holds.
    """
    batch = Batch(source, edition.label, edition.files)
    known = token_bytes(32) if secret is None else secret
    found: dict[str, dict[str, _Row]] = {}
    hashes: list[str] = []
    for part, rows in enumerate(edition.parts or (edition.rows,)):
        before = len(hashes)
        for told, raw in rows():
            hashes.append(content_hash([told, raw]))
            key = kept_key(told, known)
            if isinstance(raw, KeptBack):
                batch.kept_back.add(kept_key(raw.earlier, known))
            same = found.setdefault(key, {})
            if hashes[-1] in same:
                same[hashes[-1]].times += 1
            else:
                parsed = _parsed if len(told) <= LONGEST_KEY else _unkept
                same[hashes[-1]] = parsed(batch, key, raw, part)
        batch.parts.append(len(hashes) - before)
    batch.read = len(hashes)
    _refuse_blend(batch, found)
    _fill(batch, {key: _one(key, found[key], batch.log) for key in sorted(found)})
    batch.coverage = lessened(batch.coverage, _left_out(batch, found) if batch.coverage else ())
    batch.digest = _digest(batch, hashes)
    return batch


def _parsed(batch: Batch, key: str, raw: Raw, part: int) -> _Row:
    bulk = batch.declaration.kind in BULK
    before = len(batch.log.entries)
    found = batch.source.parse(key, raw, batch.edition, batch.log)
    told = any(entry.severity == "scartato" for entry in batch.log.entries[before:])
    if not found and not told and not bulk:  # of bulk contents a source may count what it leaves out by group
        why = _("La riga non descrive nulla che questa fonte sappia caricare.")
        batch.log.rejected(key, "riga_scartata", why)
    return _Row(None if bulk else masked(raw), found, part)


def _unkept(batch: Batch, key: str, raw: Raw, part: int) -> _Row:
    why = _("La chiave della riga ha più di {most} caratteri: controllare le colonne che la formano.")
    batch.log.rejected(key, "chiave_troppo_lunga", why.format(most=LONGEST_KEY))
    return _Row(None if batch.declaration.kind in BULK else masked(raw), (), part)


def _refuse_blend(batch: Batch, found: Mapping[str, Mapping[str, _Row]]) -> None:
    """Two versions of a file would give a list that neither of them is."""
    contrary = [key for key in sorted(found) if _contrary(found[key].values())]
    if not contrary:
        return
    parts = sorted({row.part for key in contrary for row in found[key].values()})
    why = _("Più file della stessa edizione ({names}) dicono cose diverse di {count} righe ({keys}): tenerne uno.")
    fault = why.format(
        names=", ".join(batch.files[part].name for part in parts),
        count=len(contrary),
        keys=", ".join(contrary[:_NAMED]) + ("…" if len(contrary) > _NAMED else ""),
    )
    raise SourceError(_("Fonte «{title}»: non caricata.").format(title=batch.declaration.title), [fault])


def _contrary(same: Collection[_Row]) -> bool:
    first = next(iter(same))
    return any(row.part != first.part for row in same) and any(row.records != first.records for row in same)


def _one(key: str, same: dict[str, _Row], log: IssueLog) -> _Row:
    """The row that counts of those with one key."""
    stays, *others = (same[told] for told in sorted(same))
    if stays.times > 1:
        why = _("La stessa riga compare {times} volte: una sola conta.").format(times=stays.times)
        log.rejected(key, "riga_ripetuta", why, value=_shown(stays))
    for row in others:
        why = _("Un'altra riga diversa ha la stessa chiave «{key}»: una sola è tenuta.").format(key=key)
        log.rejected(key, "chiave_ripetuta", why, value=_shown(row))
    return stays


def _shown(row: _Row) -> str | None:
    return None if row.raw is None else str(row.raw)[:_SHOWN]


def _fill(batch: Batch, kept: dict[str, _Row]) -> None:
    batch.rows = {key: row.raw for key, row in kept.items() if row.raw is not None}
    batch.parsed = {key for key, row in kept.items() if row.records}
    batch.part_of = {key: row.part for key, row in kept.items() if row.records}
    batch.records = list(batch.source.finish([record for row in kept.values() for record in row.records]))
    batch.source.remark(batch.records, batch.log)
    batch.coverage = rows_of(batch.source.coverage(batch.records).astype(object))


def _left_out(batch: Batch, found: Mapping[str, Mapping[str, _Row]]) -> set[str]:
    """Municipalities of which rows were rejected, empty where it is not known which."""
    kinds: dict[str, set[str]] = {}
    for entry in batch.log.entries:
        if entry.severity == "scartato":
            kinds.setdefault(entry.record_key, set()).add(entry.kind)
    towns: set[str] = set()
    for key, same in found.items():
        for row in same.values():
            if row.records and len(same) > 1:  # one of them is kept, the others are not
                towns |= {one.municipality for one in row.records if isinstance(one, ServiceRecord)}
            elif not row.records and (town := batch.source.left_out(row.raw or {}, kinds.get(key, ()))) is not None:
                towns.add(town)
    return towns


def _digest(batch: Batch, hashes: Iterable[str]) -> str:
    """Rows as they came, what was made of them, what was remarked: tables beside the rows may have a say in it."""
    told = sorted(content_hash(repr(record)) for record in batch.records)
    remarks = remarks_hash(batch.log)
    coverage = sorted(content_hash(row) for row in batch.coverage)
    kept_back = [sorted(batch.kept_back)] if batch.kept_back else []
    return content_hash([sorted(hashes), told, remarks, coverage, vars(batch.declaration), *kept_back])


def remarks_hash(log: IssueLog) -> str:
    """Hash of remarks, whatever their order."""
    return content_hash(sorted({content_hash(vars(entry)) for entry in log.entries}))
