"""The read model of every public face: services as they are told, and the order of their last changes."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Computed, DateTime, Index, String, func
from sqlalchemy.dialects.postgresql import TSVECTOR, UUID
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from etl.store.models.base import Base, Point, UuidPk

CHANGES = ("nuovo", "cambiato", "chiuso", "unito")


class PlanePoint(UserDefinedType[Any]):
    """PostgreSQL's own point: two numbers, whose index tells distances without PostGIS."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:  # noqa: ANN401  SQLAlchemy's signature
        """Its name in SQL."""
        return "POINT"


ischema_names["point"] = PlanePoint  # what Alembic, which holds models against tables, takes a point for


class ServiceListing(Base):
    """An open service at its place, as every face may tell it; made by :func:`etl.listing.refresh` and nothing else.

    Of a protected place there is no point, address or municipality here, only the zone: what reads this table cannot
    tell it. ``geom`` is the public point (EPSG:4326, longitude first), null where only the municipality is known;
    ``way`` is where people go to (EPSG:32632, metres, east first), also where only the municipality is known, to
    measure minutes from and never to be shown. ``groups`` are the users that the type addresses, ``area_ids`` the areas
    whose residents alone it serves (null: no restriction known), ``free`` and ``step_free`` null where nobody says.
    ``document`` is what slips of the pen are held against, ``search`` the stems of its words; ``digest`` names the
    content, ``seq`` the last change (:class:`ServiceChange`).
    """

    __tablename__ = "service_listing"
    __table_args__ = (
        Index(None, "service_type_code", "id"),
        Index(None, "municipality_id", "id"),
        Index(None, "search", postgresql_using="gin"),
        Index(None, "document", postgresql_using="gin", postgresql_ops={"document": "gin_trgm_ops"}),
        Index(None, "way", postgresql_using="gist"),
        Index("ix_service_listing_spot", "spot", postgresql_using="spgist", postgresql_include=["id"]),
        Index("ix_service_listing_walk", "id", postgresql_include=["spot"]),
        Index(None, "service_type_code", "way", postgresql_using="gist"),
    )

    id: Mapped[UuidPk]
    name: Mapped[str]
    service_type_code: Mapped[str]
    type_name: Mapped[str]
    macro_area: Mapped[str]
    organization_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    organization: Mapped[str | None]
    address: Mapped[str | None]
    municipality_code: Mapped[str | None]
    municipality: Mapped[str | None]
    zone_code: Mapped[str | None]
    zone: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    url: Mapped[str | None]
    hours: Mapped[str | None]
    delivery: Mapped[str]
    status: Mapped[str]
    supply_status: Mapped[str]
    expected_on: Mapped[date | None]
    precision: Mapped[str]
    location_protected: Mapped[bool]
    evidence: Mapped[str | None]
    evidence_year: Mapped[int | None]
    note: Mapped[str | None]
    last_modified: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    geom: Mapped[Point | None]
    municipality_id: Mapped[uuid.UUID | None]
    zone_id: Mapped[uuid.UUID | None]
    way: Mapped[Any | None] = mapped_column(PlanePoint())
    position_radius_m: Mapped[float | None]
    groups: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    terms: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(UUID(as_uuid=True)), server_default="{}")
    minimum_age: Mapped[int | None]
    maximum_age: Mapped[int | None]
    languages: Mapped[list[str] | None] = mapped_column(ARRAY(String))
    free: Mapped[bool | None]
    step_free: Mapped[bool | None]
    area_ids: Mapped[list[uuid.UUID] | None] = mapped_column(ARRAY(UUID(as_uuid=True)))
    opening_hours: Mapped[str | None]
    document: Mapped[str]
    search: Mapped[str] = mapped_column(TSVECTOR, server_default="")
    digest: Mapped[str] = mapped_column(server_default="")
    seq: Mapped[int] = mapped_column(BigInteger, server_default="0", index=True)
    # Written by the database from the columns above: the public point as an index of its own, and the row as GeoJSON
    # up to the word of ``certainty``, which depends on the day.
    spot: Mapped[Any | None] = mapped_column(PlanePoint(), Computed("(geom)::point", persisted=True))
    feature: Mapped[str] = mapped_column(server_default="")


class ServiceChange(Base):
    """The last change of a service that was ever listed: one row each, so that also what is gone is told.

    ``seq`` grows with each change in the order in which loads end, because one load writes at a time (``etl.turn``).
    ``merged_into`` is the identifier under which a service that is no more is published today.
    """

    __tablename__ = "service_change"

    service_id: Mapped[UuidPk]
    seq: Mapped[int] = mapped_column(BigInteger, unique=True)
    kind: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    merged_into: Mapped[uuid.UUID | None]
