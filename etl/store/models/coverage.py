"""Results of the measures: one run, its answers by place and type, compliance, overlaps."""

import uuid
from typing import Any

from sqlalchemy import ARRAY, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from etl.store.models.base import RESTRICTED, Base, Created, Json, UuidPk


class CoverageRun(Base):
    """One computation over all types, with everything needed to repeat it.

    ``input_hash`` covers data, parameters, engine and code: the same inputs give the same run. ``digests`` has the
    hash of each part of them (data, population, services, standards, travel, method), so that two runs can be told
    apart; ``inputs`` names the rows of ``run_input`` that hold them. ``parameters`` hold what the engine says of
    itself. ``note`` tells what a reader must know, such as an engine that had to be replaced. A run with a ``name`` is
    never pruned.
    """

    __tablename__ = "coverage_run"
    __table_args__ = (
        # At most one run is the one that pages show.
        Index("uq_coverage_run_current", "current", unique=True, postgresql_where=text("current")),
    )

    id: Mapped[UuidPk]
    created_at: Mapped[Created]
    input_hash: Mapped[str] = mapped_column(unique=True)
    engine: Mapped[str]
    code_version: Mapped[str]
    parameters: Mapped[Json]
    current: Mapped[bool] = mapped_column(server_default="false")
    data_version: Mapped[int | None]
    population_year: Mapped[int | None]
    digests: Mapped[Json]
    inputs: Mapped[Json]
    name: Mapped[str | None] = mapped_column(unique=True)
    created_by: Mapped[str | None]
    note: Mapped[str | None]


class RunInput(Base):
    """One table that runs read, as Parquet or JSON, stored once for all the runs that read the same.

    Restricted: it holds points of services, and one of them may be protected some day.
    """

    __tablename__ = "run_input"
    __table_args__ = ({"schema": RESTRICTED},)

    digest: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class TypeResult(Base):
    """The results of one service type in a run, and the hash of all that they depend on.

    Another run in which the hash is the same takes the results over instead of computing them. The rows of
    ``coverage_result`` hang on this one: run, type and rule are checked once a type and not once a row.
    """

    __tablename__ = "type_result"

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coverage_run.id", ondelete="CASCADE"), primary_key=True)
    service_type_code: Mapped[str] = mapped_column(
        ForeignKey("service_type.code", ondelete="CASCADE"), primary_key=True
    )
    rule_id: Mapped[str] = mapped_column(ForeignKey("standard.id", ondelete="CASCADE"))
    input_hash: Mapped[str]


class RuleResult(Base):
    """The outcomes of one rule in a run, how many they are, and the hash of all that they depend on."""

    __tablename__ = "rule_result"

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coverage_run.id", ondelete="CASCADE"), primary_key=True)
    rule_id: Mapped[str] = mapped_column(ForeignKey("standard.id", ondelete="CASCADE"), primary_key=True)
    input_hash: Mapped[str]
    outcomes: Mapped[int]


class CoverageResult(Base):
    """Access status of one demand point for one service type (methods: result a).

    Minutes are of the run's travel engine, persons of the type's target group. ``shadow_*`` is null where
    unknown: on confirmed and on confirmed + uncertain supply, at the threshold and 5 minutes below and above.
    ``nearest`` lists up to three services with minutes and supply.
    """

    __tablename__ = "coverage_result"
    __table_args__ = (
        ForeignKeyConstraint(
            ["run_id", "service_type_code"],
            ["type_result.run_id", "type_result.service_type_code"],
            ondelete="CASCADE",
        ),
        Index(None, "run_id", "service_type_code"),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    service_type_code: Mapped[str] = mapped_column(primary_key=True)
    rule_id: Mapped[str]
    threshold: Mapped[float]
    persons: Mapped[float]
    assessed: Mapped[float]
    unknown: Mapped[float]
    status: Mapped[str]
    reason: Mapped[str]
    fragile: Mapped[bool]
    bordo: Mapped[bool]
    stimata: Mapped[bool]
    complete: Mapped[bool]
    nearest_confirmed: Mapped[float | None]
    nearest_confirmed_low: Mapped[float | None]
    nearest_confirmed_high: Mapped[float | None]
    nearest_all: Mapped[float | None]
    services_confirmed: Mapped[int]
    services_all: Mapped[int]
    providers_confirmed: Mapped[int]
    access_confirmed: Mapped[float | None]
    access_all: Mapped[float | None]
    shadow_confirmed: Mapped[float | None]
    shadow_confirmed_minus: Mapped[float | None]
    shadow_confirmed_plus: Mapped[float | None]
    shadow_all: Mapped[float | None]
    shadow_all_minus: Mapped[float | None]
    shadow_all_plus: Mapped[float | None]
    nearest: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")


class ComplianceResult(Base):
    """Outcome of one rule on one statutory unit (methods: result b), on both supplies.

    ``value_*`` is in the rule's unit, ``shortfall_*`` what is missing to the minimum and ``shortfall_objective_*`` to
    the objective, as :mod:`geo.compliance` counts it for the rule's kind; ``capacity_*`` what is listed, and for a rule
    of time or distance the persons reached. ``cause_*`` says why an outcome cannot be determined. ``details``: the
    ``part`` of the unit that the rule speaks of, ``missing`` facts of its area condition, ``pairs`` too near.
    """

    __tablename__ = "compliance_result"

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coverage_run.id", ondelete="CASCADE"), primary_key=True)
    rule_id: Mapped[str] = mapped_column(ForeignKey("standard.id", ondelete="CASCADE"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(primary_key=True)
    area_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"))
    unit_name: Mapped[str]
    base: Mapped[float | None]
    complete: Mapped[bool]
    capacity_confirmed: Mapped[float | None]
    capacity_all: Mapped[float | None]
    value_confirmed: Mapped[float | None]
    value_all: Mapped[float | None]
    outcome_confirmed: Mapped[str]
    outcome_all: Mapped[str]
    shortfall_confirmed: Mapped[float | None]
    shortfall_all: Mapped[float | None]
    shortfall_objective_confirmed: Mapped[float | None]
    shortfall_objective_all: Mapped[float | None]
    cause_confirmed: Mapped[str | None]
    cause_all: Mapped[str | None]
    details: Mapped[Json]


class OverlapResult(Base):
    """A group of services that share their catchments: a clique, a proposed coordination table.

    ``persons`` live within the threshold of any member; ``jaccard`` is the lowest index between two of them.
    ``planned`` and ``uncertain``: some member is not open yet, or may not be; ``hours_unknown``: the overlap of
    hours is assumed; ``exact`` is false where the group was found by the greedy way. ``details``: ``threshold``
    (minutes), ``minutes`` (longest between two members), ``joint_capacity``, ``needed_capacity`` and their ``unit``
    (null where no rule or a capacity is unknown), ``users_differ``, ``hours_differ``, ``requirements`` (members that
    tell conditions of their own, which nobody has compared).
    """

    __tablename__ = "overlap_result"
    __table_args__ = (Index(None, "run_id", "service_type_code"),)

    id: Mapped[UuidPk]
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coverage_run.id", ondelete="CASCADE"))
    service_type_code: Mapped[str] = mapped_column(ForeignKey("service_type.code", ondelete="CASCADE"))
    kind: Mapped[str]
    service_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(UUID(as_uuid=True)))
    persons: Mapped[float]
    jaccard: Mapped[float]
    planned: Mapped[bool]
    uncertain: Mapped[bool]
    hours_unknown: Mapped[bool]
    exact: Mapped[bool]
    details: Mapped[Json]


class ServiceReach(Base):
    """People within the threshold of a service, and those of them who have no other (marginal coverage).

    A service that a scenario adds is in no table of the directory: there is no foreign key.
    """

    __tablename__ = "service_reach"

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coverage_run.id", ondelete="CASCADE"), primary_key=True)
    service_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    persons: Mapped[float]
    marginal: Mapped[float]
    marginal_all: Mapped[float]


class AccessScore(Base):
    """Scores of access of one demand point to the confirmed supply of one type, in capacity units per person.

    Null where the measure says nothing of the point; ``raam_minutes`` is the mean cost of RAAM, in minutes.
    """

    __tablename__ = "access_score"
    __table_args__ = (
        ForeignKeyConstraint(
            ["run_id", "service_type_code"],
            ["type_result.run_id", "type_result.service_type_code"],
            ondelete="CASCADE",
        ),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    service_type_code: Mapped[str] = mapped_column(primary_key=True)
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    two_step: Mapped[float | None]
    enhanced: Mapped[float | None]
    three_step: Mapped[float | None]
    modified: Mapped[float | None]
    balanced: Mapped[float | None]
    raam_minutes: Mapped[float | None]


class CoverageChange(Base):
    """Why the persons in shadow of a demand point are others in a later run: the parts add up to the change.

    On confirmed supply, in persons of the type's target group; where nothing is known the persons in shadow count 0.
    """

    __tablename__ = "coverage_change"

    former_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coverage_run.id", ondelete="CASCADE"), primary_key=True)
    later_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coverage_run.id", ondelete="CASCADE"), primary_key=True)
    service_type_code: Mapped[str] = mapped_column(
        ForeignKey("service_type.code", ondelete="CASCADE"), primary_key=True
    )
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    services: Mapped[float]
    data: Mapped[float]
    population: Mapped[float]
    standards: Mapped[float]
    travel: Mapped[float]
    method: Mapped[float]
