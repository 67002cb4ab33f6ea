"""What is one thing under several names: claims, identities, pairs compared, what people decided, what it proves."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from etl.store.models.base import RESTRICTED, Base, Created, UuidPk

QUESTIONS = ("service", "location", "organization")
VERDICTS = ("stesso", "incerto", "diverso")
DECIDERS = ("modello", "regola", "giudizio")


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=column)


class ServiceClaim(Base):
    """What one source says of one service (:class:`etl.link.claim.ServiceClaim`); public rows follow from claims.

    In a schema that no public query reads: some claims tell protected places. ``record`` and ``position`` are
    :class:`etl.record.ServiceRecord` and :class:`etl.locate.position.Position` as JSON. ``withheld``: protected though
    the type in ``record`` is not.
    """

    __tablename__ = "service_claim"
    __table_args__ = ({"schema": RESTRICTED},)

    id: Mapped[UuidPk]
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), index=True)
    source_record_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("source_record.id", ondelete="CASCADE"), index=True)
    key: Mapped[str]
    location_id: Mapped[uuid.UUID]
    organization_id: Mapped[uuid.UUID | None]
    record: Mapped[dict[str, Any]] = mapped_column(JSONB)
    position: Mapped[dict[str, Any]] = mapped_column(JSONB)
    told_on: Mapped[date | None]
    protected: Mapped[bool]
    closed_on: Mapped[date | None]
    withheld: Mapped[bool] = mapped_column(server_default="false")


class Identity(Base):
    """Under which identifier a claim, a site or a body is published.

    ``entity_id`` is the own identifier of one of the members of a cluster; a member whose own identifier differs is a
    redirect. ``published_at`` is when the member's own identifier was first published, null where it never was.
    ``feature_hash`` names what was compared of the member when its pairs were last scored; null before.
    """

    __tablename__ = "identity"
    __table_args__ = (_one_of("entity", QUESTIONS), Index(None, "entity_id"))

    entity: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    entity_id: Mapped[uuid.UUID]
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    feature_hash: Mapped[str | None]


class Match(Base):
    """Two members side by side (:class:`etl.link.pair.Pair`): those that merged, wait, were judged, or came near.

    ``probability`` is in [0, 1], ``weight`` in bits; ``reasons`` lists ``evidence``, ``told``, ``weight``.
    """

    __tablename__ = "match"
    __table_args__ = (
        _one_of("question", QUESTIONS),
        _one_of("verdict", VERDICTS),
        _one_of("decided_by", DECIDERS),
        CheckConstraint("left_id < right_id", name="ordered"),
        Index(None, "left_id"),
        Index(None, "right_id"),
    )

    question: Mapped[str] = mapped_column(primary_key=True)
    left_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    right_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    probability: Mapped[float]
    weight: Mapped[float]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    verdict: Mapped[str]
    decided_by: Mapped[str]
    rule: Mapped[str | None]
    relation: Mapped[str | None]


class Judgement(Base):
    """What a person decided of two members (:class:`etl.link.pair.Judgement`); it outlives every load."""

    __tablename__ = "judgement"
    __table_args__ = (
        _one_of("question", QUESTIONS),
        _one_of("verdict", VERDICTS),
        CheckConstraint("left_id < right_id", name="ordered"),
        Index("ix_judgement_question_left_id_right_id", "question", "left_id", "right_id"),
    )

    id: Mapped[UuidPk]
    question: Mapped[str]
    left_id: Mapped[uuid.UUID]
    right_id: Mapped[uuid.UUID]
    verdict: Mapped[str]
    author: Mapped[str]
    note: Mapped[str | None]
    made_at: Mapped[Created]
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    undone_by: Mapped[str | None]


class HandValue(Base):
    """A value that a person has given to a field of a published thing; it wins until it is released.

    ``member_id`` is the own identifier of a claim, a site or a body, so that the value follows merges and splits.
    """

    __tablename__ = "hand_value"
    __table_args__ = (_one_of("entity", QUESTIONS), Index("ix_hand_value_entity_member_id", "entity", "member_id"))

    id: Mapped[UuidPk]
    entity: Mapped[str]
    member_id: Mapped[uuid.UUID]
    field: Mapped[str]
    value: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True), nullable=True)
    author: Mapped[str]
    made_at: Mapped[Created]
    note: Mapped[str | None]
    released_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    released_by: Mapped[str | None]


class FieldOrigin(Base):
    """One row for each value that a claim or a person tells of a published field: the one that survives, and the rest.

    ``value`` is the value as it would be published, always null for fields of protected places. ``rule`` says why it
    won or lost (``fiducia``, ``data``, ``unica``, ``a_mano``, ``precisione``, ``concordi``).
    """

    __tablename__ = "field_origin"
    __table_args__ = (
        Index(None, "source_record_id"),
        Index("ix_field_origin_entity_entity_id_field", "entity", "entity_id", "field"),
    )

    id: Mapped[UuidPk]
    entity: Mapped[str]
    entity_id: Mapped[uuid.UUID]
    field: Mapped[str]
    source_record_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("source_record.id", ondelete="CASCADE"))
    hand_value_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("hand_value.id"))
    value: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True), nullable=True)
    survives: Mapped[bool] = mapped_column(server_default="true")
    rule: Mapped[str] = mapped_column(server_default="unica")
    told_on: Mapped[date | None]
    evidence: Mapped[str | None]
    evidence_year: Mapped[int | None]


class CompletenessEstimate(Base):
    """How many services there are, by what two lists have in common (:mod:`geo.completeness`).

    ``low`` and ``high`` bound the estimate; ``why`` tells in Italian the conditions met, or where it does not apply.
    """

    __tablename__ = "completeness_estimate"
    __table_args__ = (Index("ix_completeness_estimate_service_type_code_area_id", "service_type_code", "area_id"),)

    id: Mapped[UuidPk]
    service_type_code: Mapped[str] = mapped_column(ForeignKey("service_type.code", ondelete="CASCADE"))
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"))
    left_source: Mapped[str]
    right_source: Mapped[str]
    left_count: Mapped[int]
    right_count: Mapped[int]
    both: Mapped[int]
    estimate: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    missing_low: Mapped[float | None]
    applies: Mapped[bool]
    why: Mapped[str]
    created_at: Mapped[Created]
