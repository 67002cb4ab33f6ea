"""The directory: Open Referral HSDS 3.1 tables, with Ombra's additions named as such.

Additions: ``supply_status``, ``expected_on``, ``delivery``, ``service_type_code``, ``evidence``, ``opening_hours``
(OpenStreetMap's syntax), ``valid_from``, ``valid_to``, ``closed_on`` on the service; ``location_protected``,
``precision``, ``position_radius_m``, ``municipality_id`` on the location; ``municipality_id`` and ``closed_on`` on the
organization; ``run_id`` and ``event`` on the metadata.
"""

import uuid
from datetime import date, datetime, time

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from etl.store.models.base import RESTRICTED, Base, Point, UuidPk

SUPPLY_STATUSES = ("attivo", "da_verificare", "atteso", "programmato", "chiuso")
DELIVERIES = ("sede", "domicilio", "itinerante", "remoto")
PRECISIONS = ("address", "street", "municipality")


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=column)


class Organization(Base):
    """HSDS ``organization``: a body that runs services, or that a register lists; closed where no source lists it."""

    __tablename__ = "organization"

    id: Mapped[UuidPk]
    name: Mapped[str] = mapped_column(index=True)
    alternate_name: Mapped[str | None]
    description: Mapped[str]
    email: Mapped[str | None]
    website: Mapped[str | None]
    tax_id: Mapped[str | None] = mapped_column(index=True)
    legal_status: Mapped[str | None]
    parent_organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organization.id"))
    municipality_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id"), index=True)
    closed_on: Mapped[date | None]


class OrganizationIdentifier(Base):
    """HSDS ``organization_identifier``: a number by which a register knows a body."""

    __tablename__ = "organization_identifier"
    __table_args__ = (Index(None, "identifier"),)

    id: Mapped[UuidPk]
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), index=True)
    identifier_scheme: Mapped[str | None]
    identifier_type: Mapped[str]
    identifier: Mapped[str]


class Service(Base):
    """HSDS ``service``. ``supply_status`` tells what is proven; ``status`` is HSDS's own word for it."""

    __tablename__ = "service"
    __table_args__ = (
        _one_of("supply_status", SUPPLY_STATUSES),
        _one_of("delivery", DELIVERIES),
        _one_of("status", ("active", "inactive", "defunct", "temporarily closed")),
        Index(None, "service_type_code"),
        Index(None, "organization_id"),
    )

    id: Mapped[UuidPk]
    organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organization.id"))
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str | None]
    url: Mapped[str | None]
    email: Mapped[str | None]
    status: Mapped[str]
    alert: Mapped[str | None]
    eligibility_description: Mapped[str | None]
    minimum_age: Mapped[int | None]
    maximum_age: Mapped[int | None]
    assured_date: Mapped[date | None]
    last_modified: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )
    service_type_code: Mapped[str] = mapped_column(ForeignKey("service_type.code"))
    delivery: Mapped[str] = mapped_column(server_default="sede")
    supply_status: Mapped[str]
    expected_on: Mapped[date | None]
    evidence: Mapped[str | None]
    evidence_year: Mapped[int | None]
    note: Mapped[str | None]
    opening_hours: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    closed_on: Mapped[date | None]

    organization: Mapped[Organization | None] = relationship(lazy="raise")


class Location(Base):
    """HSDS ``location``. A protected one has neither point nor address here: see ``RestrictedPosition``.

    ``geom`` is in EPSG:4326, longitude first; ``position_radius_m`` bounds its error in metres.
    """

    __tablename__ = "location"
    __table_args__ = (
        UniqueConstraint("id", "location_protected"),
        CheckConstraint("not (location_protected and geom is not null)", name="protected_has_no_point"),
        _one_of("precision", PRECISIONS),
        _one_of("location_type", ("physical", "postal", "virtual")),
        Index(None, "municipality_id"),
    )

    id: Mapped[UuidPk]
    location_type: Mapped[str] = mapped_column(server_default="physical")
    organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organization.id"), index=True)
    name: Mapped[str | None]
    description: Mapped[str | None]
    geom: Mapped[Point | None]
    precision: Mapped[str]
    position_radius_m: Mapped[float]
    coord_source: Mapped[str | None]
    location_protected: Mapped[bool] = mapped_column(Boolean, server_default="false")
    municipality_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id"))


class Address(Base):
    """HSDS ``address``. The composite key makes an address of a protected location impossible."""

    __tablename__ = "address"
    __table_args__ = (
        ForeignKeyConstraint(
            ["location_id", "location_protected"],
            ["location.id", "location.location_protected"],
            ondelete="CASCADE",
        ),
        CheckConstraint("not location_protected", name="never_protected"),
    )

    id: Mapped[UuidPk]
    location_id: Mapped[uuid.UUID] = mapped_column(index=True)
    location_protected: Mapped[bool] = mapped_column(Boolean, server_default="false")
    address_1: Mapped[str]
    address_2: Mapped[str | None]
    city: Mapped[str]
    region: Mapped[str | None]
    state_province: Mapped[str]
    postal_code: Mapped[str | None]
    country: Mapped[str] = mapped_column(server_default="IT")
    address_type: Mapped[str] = mapped_column(server_default="physical")


class RestrictedPosition(Base):
    """Point and address of a protected location; in a schema that no public query reads."""

    __tablename__ = "position"
    __table_args__ = ({"schema": RESTRICTED},)

    location_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"), primary_key=True)
    geom: Mapped[Point | None]
    address_1: Mapped[str | None]


class ServiceAtLocation(Base):
    """HSDS ``service_at_location``: a service offered at a place."""

    __tablename__ = "service_at_location"
    __table_args__ = (UniqueConstraint("service_id", "location_id"), Index(None, "location_id"))

    id: Mapped[UuidPk]
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    location_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"))
    description: Mapped[str | None]


class ServiceArea(Base):
    """HSDS ``service_area``: where the people live whom a service serves."""

    __tablename__ = "service_area"
    __table_args__ = (Index(None, "service_id"),)

    id: Mapped[UuidPk]
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    service_at_location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service_at_location.id", ondelete="CASCADE")
    )
    area_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id"))
    name: Mapped[str | None]
    description: Mapped[str | None]
    extent: Mapped[str | None]
    extent_type: Mapped[str | None]


class Contact(Base):
    """HSDS ``contact``: an office or a function, never a private person."""

    __tablename__ = "contact"

    id: Mapped[UuidPk]
    organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    name: Mapped[str | None]
    title: Mapped[str | None]
    department: Mapped[str | None]
    email: Mapped[str | None]


class Phone(Base):
    """HSDS ``phone``: number in E.164 where it could be read as one."""

    __tablename__ = "phone"

    id: Mapped[UuidPk]
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    location_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"))
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    number: Mapped[str]
    type: Mapped[str | None]
    description: Mapped[str | None]


class Schedule(Base):
    """HSDS ``schedule``: a recurring opening time; free text stays in ``description``."""

    __tablename__ = "schedule"

    id: Mapped[UuidPk]
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    location_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    freq: Mapped[str | None]
    byday: Mapped[str | None]
    opens_at: Mapped[time | None]
    closes_at: Mapped[time | None]
    description: Mapped[str | None]


class Language(Base):
    """HSDS ``language``: a language in which a service is offered (ISO 639-1 code)."""

    __tablename__ = "language"

    id: Mapped[UuidPk]
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    location_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"))
    code: Mapped[str]
    name: Mapped[str | None]
    note: Mapped[str | None]


class Accessibility(Base):
    """HSDS ``accessibility``: what makes a place usable with a disability."""

    __tablename__ = "accessibility"

    id: Mapped[UuidPk]
    location_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"), index=True)
    description: Mapped[str | None]
    details: Mapped[str | None]
    url: Mapped[str | None]


class RequiredDocument(Base):
    """HSDS ``required_document``."""

    __tablename__ = "required_document"

    id: Mapped[UuidPk]
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    document: Mapped[str]
    uri: Mapped[str | None]


class CostOption(Base):
    """HSDS ``cost_option``: what a service costs, in euro where an amount is known."""

    __tablename__ = "cost_option"

    id: Mapped[UuidPk]
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    option: Mapped[str | None]
    currency: Mapped[str | None]
    amount: Mapped[float | None]
    amount_description: Mapped[str | None]


class ServiceCapacity(Base):
    """HSDS ``service_capacity``: places, beds or staff; ``assumed`` marks 1 per site where unknown."""

    __tablename__ = "service_capacity"

    id: Mapped[UuidPk]
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    unit: Mapped[str]
    available: Mapped[float | None]
    maximum: Mapped[float | None]
    description: Mapped[str | None]
    updated: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Attribute(Base):
    """HSDS ``attribute``: a taxonomy term given to a record of any table."""

    __tablename__ = "attribute"
    __table_args__ = (UniqueConstraint("link_entity", "link_id", "taxonomy_term_id"),)

    id: Mapped[UuidPk]
    link_id: Mapped[uuid.UUID] = mapped_column(index=True)
    link_entity: Mapped[str]
    taxonomy_term_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("taxonomy_term.id"))
    value: Mapped[str | None]


class Metadata(Base):
    """HSDS ``metadata``: one change of one field, append-only; ``event`` is its kind (:mod:`etl.outcome`)."""

    __tablename__ = "metadata"

    id: Mapped[UuidPk]
    resource_id: Mapped[uuid.UUID] = mapped_column(index=True)
    resource_type: Mapped[str]
    last_action_date: Mapped[date]
    last_action_type: Mapped[str]
    field_name: Mapped[str]
    previous_value: Mapped[str]
    replacement_value: Mapped[str]
    updated_by: Mapped[str]
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("source_run.id", ondelete="CASCADE"), index=True)
    event: Mapped[str | None]
