"""Where everything comes from: sources, their runs, raw records, issues, origins of values."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from etl.store.models.base import RESTRICTED, Base, Created, Json, UuidPk


class Source(Base):
    """A data base or a table that Ombra draws from."""

    __tablename__ = "source"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    publisher: Mapped[str]
    licence: Mapped[str]
    address: Mapped[str | None]
    reference_date: Mapped[str | None]
    note: Mapped[str | None]


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
    """One reading of one source: what came in, what was accepted, what changed."""

    __tablename__ = "source_run"

    id: Mapped[UuidPk]
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[Created]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    content_hash: Mapped[str]
    code_version: Mapped[str]
    counts: Mapped[Json]


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


class FieldOrigin(Base):
    """Which raw record a published value comes from."""

    __tablename__ = "field_origin"
    __table_args__ = (Index(None, "source_record_id"),)

    entity: Mapped[str] = mapped_column(primary_key=True)
    entity_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    source_record_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("source_record.id", ondelete="CASCADE"))
    evidence: Mapped[str | None]
    evidence_year: Mapped[int | None]


class DataVersion(Base):
    """The version of what is published, one row a change; every cached answer names it."""

    __tablename__ = "data_version"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    content_hash: Mapped[str]
    created_at: Mapped[Created]
    reason: Mapped[str]
