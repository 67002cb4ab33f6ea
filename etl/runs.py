"""The book of the runs: what was read when, which raw rows it brought, what was remarked about them."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from etl.i18n import _
from etl.identity import code_version, content_hash, uid
from etl.issues import IssueEntry, IssueLog
from etl.received_rows import masked
from etl.sources.base import Declaration
from etl.store import models as m
from etl.store.frames import Missing, merge

# Its runs tell when the directory was last made, and from what; it is no source.
LINKAGE = Declaration(
    id="collegamento",
    title="Collegamento fra le fonti",
    publisher="Ombra",
    licence="si vedano le fonti collegate",
    note="Non è una fonte: è il momento in cui ciò che dicono le fonti diventa un elenco solo.",
)


def declare(connection: Connection, declaration: Declaration) -> None:
    """Write down who publishes a source and on what terms."""
    names = (
        *("id", "title", "publisher", "licence", "address", "reference_date", "note"),
        *("kind", "refresh_days", "territory", "positions", "duplicate_free"),
    )
    row = {name: getattr(declaration, name) for name in names}
    lists = {
        "download": [vars(download) for download in declaration.downloads],
        "service_types": list(declaration.service_types),
    }
    merge(connection, m.Source, [row | lists])


@dataclass(frozen=True)
class Latest:
    """The latest run of a source: what the source is made of now."""

    run_id: uuid.UUID
    content: str
    edition: str
    state: str
    files: list[dict[str, Any]]
    counts: dict[str, int]


def latest(connection: Connection, source_id: str) -> Latest | None:
    """The latest run of a source, None before the first."""
    return before(connection, source_id, None)


def before(connection: Connection, source_id: str, moment: datetime | None) -> Latest | None:
    """The latest run of a source that began before a moment, None where there is none."""
    run = m.SourceRun
    statement = select(run.id, run.content_hash, run.edition, run.state, run.files, run.counts)
    statement = statement.where(run.source_id == source_id)
    if moment is not None:
        statement = statement.where(run.started_at < moment)
    row = connection.execute(statement.order_by(run.started_at.desc()).limit(1)).one_or_none()
    return None if row is None else Latest(row[0], row[1], row[2] or "", row[3], row[4], row[5])


def undone(connection: Connection, source_id: str | None = None) -> dict[uuid.UUID, datetime]:
    """Runs that are not in force, and when each was undone, of one source or of all.

    A rollback undoes a run and those of its source that came after it; one that is undone itself undoes nothing.
    """
    run = m.SourceRun
    statement = select(run.id, run.source_id, run.started_at, run.undoes).order_by(run.started_at.desc(), run.id)
    if source_id is not None:
        statement = statement.where(run.source_id == source_id)
    rows = connection.execute(statement).all()
    began = {row.id: row.started_at for row in rows}
    spans: dict[str, list[tuple[datetime, datetime]]] = {}  # what the rollbacks in force reach back over
    found: dict[uuid.UUID, datetime] = {}
    for row in rows:  # the newest first: whether a rollback is in force hangs on later ones only
        reaching = [until for since, until in spans.get(row.source_id, ()) if since <= row.started_at < until]
        if reaching:
            found[row.id] = min(reaching)
        elif row.undoes is not None:
            spans.setdefault(row.source_id, []).append((began[row.undoes], row.started_at))
    return found


def files_undone(connection: Connection, source_id: str) -> dict[str, datetime]:
    """Files of a source, by SHA-256, that only runs have brought which were undone, and when the last of them was."""
    gone = undone(connection, source_id)
    found: dict[str, datetime] = {}
    statement = select(m.SourceRun.id, m.SourceRun.files).where(m.SourceRun.source_id == source_id)
    runs = connection.execute(statement).all()
    for run_id, files in runs:
        if run_id in gone:
            found |= {one["sha256"]: max(gone[run_id], found.get(one["sha256"], gone[run_id])) for one in files}
    in_force = {one["sha256"] for run_id, files in runs if run_id not in gone for one in files}
    return {sha256: moment for sha256, moment in found.items() if sha256 not in in_force}


def counts_of_file(connection: Connection, source_id: str, sha256: str) -> dict[str, int]:
    """What a run counted of a file, by its bytes; empty where the source never loaded it."""
    run = m.SourceRun
    statement = select(run.files).where(run.source_id == source_id, run.files.contains([{"sha256": sha256}]))
    files = connection.execute(statement.order_by(run.started_at.desc()).limit(1)).scalar() or []
    return next((file for file in files if file["sha256"] == sha256), {})


def last_hash(connection: Connection, source_id: str) -> str | None:
    """Content hash of the latest run of a source, None before the first."""
    found = latest(connection, source_id)
    return None if found is None else found.content


def start(
    connection: Connection,
    source_id: str,
    content: str,
    *,
    edition: str | None = None,
    state: str = "caricato",
    files: Sequence[Mapping[str, Any]] = (),
    undoes: uuid.UUID | None = None,
) -> uuid.UUID:
    """Open a run and give its identifier."""
    run_id = uuid.uuid4()  # a run is an event, not a thing: two runs of one input are two
    connection.execute(
        insert(m.SourceRun).values(
            id=run_id,
            source_id=source_id,
            started_at=func.clock_timestamp(),
            content_hash=content,
            code_version=code_version(),
            counts={},
            edition=edition,
            state=state,
            files=[dict(file) for file in files],
            undoes=undoes,
        )
    )
    return run_id


def finish(connection: Connection, run_id: uuid.UUID, counts: Mapping[str, int]) -> None:
    """Close a run with what it counted."""
    connection.execute(
        update(m.SourceRun)
        .where(m.SourceRun.id == run_id)
        .values(finished_at=func.clock_timestamp(), counts=dict(counts))
    )


def accepted_keys(connection: Connection, source_id: str) -> set[str]:
    """Keys of the rows of a source that are in, of the kinds whose rows are kept."""
    record = m.SourceRecord
    statement = select(record.key).where(record.source_id == source_id, record.accepted, record.closed_on.is_(None))
    return set(connection.execute(statement).scalars())


def keep_raw(
    connection: Connection,
    source_id: str,
    run_id: uuid.UUID,
    raws: Mapping[str, Mapping[str, object]],
    accepted: Collection[str],
    *,
    protected: Collection[str],
    today: date,
) -> None:
    """Keep every row as received; rows that the source no longer has are closed on ``today``, not deleted.

    Those of protected records, and their hashes, from which a row could be guessed, are kept in the restricted schema.
    """
    rows = [
        {
            "id": uid("source_record", source_id, key),
            "source_id": source_id,
            "key": key,
            "raw": {} if key in protected else raw,
            "content_hash": "" if key in protected else content_hash(raw),
            "accepted": key in accepted,
            "last_run_id": run_id,
            "closed_on": None,
        }
        for key, raw in raws.items()
    ]
    merge(connection, m.SourceRecord, rows)
    _keep_apart(connection, source_id, {key: raws[key] for key in protected if key in raws}, listed=raws)
    gone = (m.SourceRecord.source_id == source_id, m.SourceRecord.last_run_id != run_id)
    connection.execute(update(m.SourceRecord).where(*gone, m.SourceRecord.closed_on.is_(None)).values(closed_on=today))


def _keep_apart(
    connection: Connection, source_id: str, raws: Mapping[str, Mapping[str, object]], *, listed: Iterable[str]
) -> None:
    """Keep the rows of protected records; those of records that are listed and no longer protected go."""
    rows = [
        {"source_record_id": uid("source_record", source_id, key), "raw": raw, "content_hash": content_hash(raw)}
        for key, raw in raws.items()
    ]
    own = {"listed": [uid("source_record", source_id, key) for key in listed]}
    merge(connection, m.RestrictedRecord, rows, missing=Missing("t.source_record_id = any(%(listed)s)", own))


def write_issues(
    connection: Connection, source_id: str, run_id: uuid.UUID, log: IssueLog, *, protected: Collection[str]
) -> None:
    """One row a remark. Of protected records neither values nor words stay: an address could be among them.

    Codes of persons are masked.
    """
    rows = [
        {"run_id": run_id, "source_id": source_id}
        | (_hidden(entry) if entry.record_key in protected else masked(vars(entry)))
        for entry in _once(log.entries)
    ]
    if rows:
        connection.execute(insert(m.Issue), rows)


def _once(entries: Iterable[IssueEntry]) -> list[IssueEntry]:
    """Remarks in an order that does not depend on that of the rows, none repeated."""
    return sorted(set(entries), key=lambda entry: (entry.record_key, entry.kind, entry.message))


def _hidden(entry: IssueEntry) -> dict[str, Any]:
    return vars(entry) | _nothing_told()


def _nothing_told() -> dict[str, Any]:
    return {"value": None, "mended": None, "message": _("Luogo protetto: i particolari sono riservati.")}


def hide_issues(connection: Connection, source_id: str, protected: Collection[str]) -> None:
    """Take out of the remarks of earlier runs what could tell a place that is protected now."""
    of_them = (m.Issue.source_id == source_id, m.Issue.record_key.in_(protected))
    told = _nothing_told()
    connection.execute(update(m.Issue).where(*of_them, m.Issue.message != told["message"]).values(told))


def new_version(connection: Connection, reason: str) -> bool:
    """Note that what is published has changed; false where the latest version says the same already."""
    loaded = connection.execute(
        select(m.SourceRun.source_id, m.SourceRun.content_hash)
        .ext(distinct_on(m.SourceRun.source_id))
        .order_by(m.SourceRun.source_id, m.SourceRun.started_at.desc())
    ).all()
    measured = connection.execute(select(m.CoverageRun.input_hash).where(m.CoverageRun.current)).scalar()
    told = m.CompletenessEstimate
    estimated = connection.execute(
        select(told.id, told.estimate, told.low, told.high, told.why).order_by(told.id)
    ).all()
    content = content_hash([[list(row) for row in loaded], measured, [list(row) for row in estimated]])
    latest = select(m.DataVersion.content_hash).order_by(m.DataVersion.id.desc()).limit(1)
    if connection.execute(latest).scalar() == content:
        return False
    connection.execute(insert(m.DataVersion).values(content_hash=content, reason=reason))
    return True
