"""The book of the runs: what was read when, which raw rows it brought, what was remarked about them."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, insert, select, text, update

from etl.identity import code_version, content_hash, uid
from etl.issues import IssueLog
from etl.store import models as m
from etl.store.frames import merge


def last_hash(connection: Connection, source_id: str) -> str | None:
    """Content hash of the latest run of a source, None before the first."""
    statement = (
        select(m.SourceRun.content_hash)
        .where(m.SourceRun.source_id == source_id)
        .order_by(m.SourceRun.started_at.desc())
        .limit(1)
    )
    return connection.execute(statement).scalar()


def start(connection: Connection, source_id: str, content: str) -> uuid.UUID:
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
        )
    )
    return run_id


def keep_raw(
    connection: Connection,
    source_id: str,
    run_id: uuid.UUID,
    raws: Sequence[tuple[str, dict[str, object]]],
    accepted: set[str],
) -> None:
    """Keep every row as received; rows that the source no longer has are closed, not deleted."""
    rows = [
        {
            "id": uid("source_record", source_id, key),
            "source_id": source_id,
            "key": key,
            "raw": raw,
            "content_hash": content_hash(raw),
            "accepted": key in accepted,
            "last_run_id": run_id,
            "closed_on": None,
        }
        for key, raw in raws
    ]
    merge(connection, m.SourceRecord, rows)
    connection.execute(
        text(
            "update source_record set closed_on = current_date"
            " where source_id = :source and last_run_id != :run and closed_on is null"
        ),
        {"source": source_id, "run": run_id},
    )


def write_issues(connection: Connection, source_id: str, run_id: uuid.UUID, log: IssueLog, protected: set[str]) -> None:
    """One row a remark; the values of protected records stay out, an address could be among them."""
    if not log.entries:
        return
    rows = [
        vars(entry)
        | {"run_id": run_id, "source_id": source_id}
        | ({"value": None, "mended": None} if entry.record_key in protected else {})
        for entry in log.entries
    ]
    connection.execute(insert(m.Issue), rows)


def new_version(connection: Connection) -> None:
    """Note that what is published has changed."""
    hashes = connection.execute(
        select(m.SourceRun.source_id, m.SourceRun.content_hash)
        .distinct(m.SourceRun.source_id)
        .order_by(m.SourceRun.source_id, m.SourceRun.started_at.desc())
    ).all()
    connection.execute(
        insert(m.DataVersion).values(content_hash=content_hash([list(row) for row in hashes]), reason="load")
    )


def finish(connection: Connection, run_id: uuid.UUID, counts: Mapping[str, int]) -> None:
    """Close a run with what it counted."""
    connection.execute(
        update(m.SourceRun)
        .where(m.SourceRun.id == run_id)
        .values(finished_at=func.clock_timestamp(), counts=dict(counts))
    )
