"""Where everything comes from: sources, their runs, raw records, issues, bodies as sources tell them."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from etl.store.models.base import RESTRICTED, Base, Created, Json, UuidPk

RUN_STATES = ("caricato", "ripristinato", "ritirato")
_STATES = ", ".join(f"'{state}'" for state in RUN_STATES)


class Source(Base):
    """A data base or a table that Ombra draws from (:class:`etl.sources.base.Declaration`).

    ``kind`` is null for what is read otherwise than as a source (reference tables). ``download`` lists address and
    name of each file to fetch; ``positions`` says how far its coordinates can be trusted.
    """

    __tablename__ = "source"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    publisher: Mapped[str]
    licence: Mapped[str]
    address: Mapped[str | None]
    reference_date: Mapped[str | None]
    note: Mapped[str | None]
    kind: Mapped[str | None]
    download: Mapped[list[dict[str, str]]] = mapped_column(JSONB, server_default="[]")
    refresh_days: Mapped[int | None]
    territory: Mapped[str | None]
    positions: Mapped[str | None]
    service_types: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    duplicate_free: Mapped[bool] = mapped_column(server_default="false")


class SourceCoverage(Base):
    """What a source says of its own completeness for a type of service over a territory.

    Where several rows speak of one place, the one of the smallest area counts.
    """

    __tablename__ = "source_coverage"
    __table_args__ = (UniqueConstraint("source_id", "service_type_code", "area_id"),)

    id: Mapped[UuidPk]
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    service_type_code: Mapped[str] = mapped_column(ForeignKey("service_type.code", ondelete="CASCADE"))
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"))
    complete: Mapped[bool]
    listed: Mapped[int | None]
    official_total: Mapped[int | None]
    official_year: Mapped[int | None]
    note: Mapped[str | None]


class SourceRun(Base):
    """One reading of one edition of a source: what came in, what was accepted, what changed.

    ``files`` tells name, SHA-256 and size of the files that brought it; :class:`ReceivedFile` has their bytes.
    ``state``: ``caricato``; ``ripristinato``, put back by a rollback; ``ritirato``, a rollback has left the source
    without content. ``undoes`` is the run that a rollback has undone.
    """

    __tablename__ = "source_run"
    __table_args__ = (CheckConstraint(f"state in ({_STATES})", name="state"),)

    id: Mapped[UuidPk]
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[Created]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    content_hash: Mapped[str]
    code_version: Mapped[str]
    counts: Mapped[Json]
    edition: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="caricato")
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    undoes: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("source_run.id"))


class ReceivedFile(Base):
    """A file as received, by the SHA-256 of its bytes; ``content`` is compressed by zlib, null where it is too large.

    In a schema that no public query reads: the files of some sources tell protected places.
    """

    __tablename__ = "received_file"
    __table_args__ = ({"schema": RESTRICTED},)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes | None]
    received_at: Mapped[Created]


class SourceRecord(Base):
    """One row of a source, raw as received. Never deleted: what disappears is closed with a date.

    Of a record whose location is protected ``raw`` is empty; :class:`RestrictedRecord` has the row.
    """

    __tablename__ = "source_record"
    __table_args__ = (UniqueConstraint("source_id", "key"),)

    id: Mapped[UuidPk]
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    key: Mapped[str]
    raw: Mapped[dict[str, Any]] = mapped_column(JSONB)
    content_hash: Mapped[str]
    accepted: Mapped[bool]
    first_seen: Mapped[Created]
    last_run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("source_run.id"))
    closed_on: Mapped[date | None]


class RestrictedRecord(Base):
    """Raw row of a record whose location is protected; in a schema that no public query reads."""

    __tablename__ = "source_record"
    __table_args__ = ({"schema": RESTRICTED},)

    source_record_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("source_record.id", ondelete="CASCADE"), primary_key=True
    )
    raw: Mapped[dict[str, Any]] = mapped_column(JSONB)
    content_hash: Mapped[str]


class Secret(Base):
    """A secret of this installation, made with the database; in a schema that no public query reads."""

    __tablename__ = "secret"
    __table_args__ = ({"schema": RESTRICTED},)

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes]


class Issue(Base):
    """A value that was rejected, changed or is doubtful; ``value`` before, ``mended`` after.

    For records whose location is protected ``value`` and ``mended`` stay empty and ``message`` does not repeat what
    the record says: any of them could tell the place. ``record_key`` may name a municipality: it is for officers.
    """

    __tablename__ = "issue"
    __table_args__ = (Index(None, "source_id", "kind"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("source_run.id", ondelete="CASCADE"), index=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    record_key: Mapped[str]
    field: Mapped[str | None]
    kind: Mapped[str]
    severity: Mapped[str]
    value: Mapped[str | None]
    mended: Mapped[str | None]
    message: Mapped[str]


class OrganizationClaim(Base):
    """What one source says of a body; the row of ``organization`` follows from the claims of all sources.

    ``rank`` 0: the source is a list of bodies; 1: it names the body of a service. ``source_record_id`` is the row that
    says it, where it is one. ``told`` holds the fields by their name. ``organization_id`` is the body's own identifier,
    under which it may not be published (:class:`etl.store.models.linkage.Identity`).
    """

    __tablename__ = "organization_claim"

    organization_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True, index=True)
    rank: Mapped[int]
    source_record_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("source_record.id", ondelete="CASCADE"))
    told: Mapped[Json]


class DataVersion(Base):
    """The version of what is published, one row a change; every cached answer names it."""

    __tablename__ = "data_version"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    content_hash: Mapped[str]
    created_at: Mapped[Created]
    reason: Mapped[str]
