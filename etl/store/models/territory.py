"""Areas, the people who live in them, and the points where demand is counted."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from etl.store.models.base import AnyGeometry, Base, Json, Point, UuidPk

# From the whole to the smallest part: where two declarations speak of one place, the smaller area wins.
LEVELS = (
    "metropolitan_city",
    "zona_omogenea",
    "asl",
    "distretto",
    "ats",
    "ambito",
    "bacino",
    "municipality",
    "quarter",
    "settlement",
    "census_section",
    "layer",
)


class Area(Base):
    """A piece of territory of any level; geometry in EPSG:4326, longitude first.

    A settlement or a quarter known only by a point has that point as its geometry.
    """

    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("level", "code"), Index(None, "parent_id"))

    id: Mapped[UuidPk]
    level: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id"))
    geom: Mapped[AnyGeometry | None]
    label_point: Mapped[Point | None]
    area_km2: Mapped[float | None]
    cadastral_code: Mapped[str | None]
    altimetric_zone: Mapped[str | None]
    altitude_m: Mapped[int | None]
    degurba: Mapped[str | None]
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id"))
    reference_date: Mapped[date | None]
    attributes: Mapped[Json]


class AreaWithin(Base):
    """Which areas lie in which, through every level, each area within itself too.

    A table and not a recursion, because health districts and zone omogenee cross each other and
    both contain the same municipalities.
    """

    __tablename__ = "area_within"
    __table_args__ = (Index(None, "ancestor_id"),)

    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    ancestor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)


class Population(Base):
    """Residents on 1 January of ``year`` by sex and single year of age (100 stands for 100 and over).

    A year comes from one source, for every municipality: the measures take the latest.
    """

    __tablename__ = "population"
    __table_args__ = (
        CheckConstraint("sex in ('F', 'M')", name="sex"),
        CheckConstraint("age between 0 and 100", name="age"),
        CheckConstraint("persons >= 0", name="persons"),
    )

    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    sex: Mapped[str] = mapped_column(primary_key=True)
    age: Mapped[int] = mapped_column(primary_key=True)
    persons: Mapped[int]
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id"), index=True)


class DemandPoint(Base):
    """Where a municipality's people are taken to live, and in which proportion.

    ``weight`` is a size in persons of the source's own year; only its share within the municipality counts.
    ``demand_precision`` says what the point is: a quarter, a settlement, or the municipality's one centre.
    """

    __tablename__ = "demand_point"
    __table_args__ = (
        CheckConstraint("weight >= 0", name="weight"),
        CheckConstraint(
            "demand_precision in ('quarter', 'settlement', 'municipality_centre', 'census_section')",
            name="demand_precision",
        ),
    )

    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    municipality_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), index=True)
    weight: Mapped[float]
    demand_precision: Mapped[str]


class Indicator(Base):
    """One figure about an area in a year: income, fragility, any table that an officer loads."""

    __tablename__ = "indicator"

    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id"), primary_key=True, index=True)
    value: Mapped[float]


class AddressPoint(Base):
    """An address with its point (degrees, EPSG:4326) that places the records of other sources; by normal keys.

    ``rank`` is lower for the points that are better known. Never an address of a protected place.
    """

    __tablename__ = "address_point"

    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    municipality: Mapped[str] = mapped_column(primary_key=True)
    street: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    longitude: Mapped[float] = mapped_column(primary_key=True)
    latitude: Mapped[float] = mapped_column(primary_key=True)
    rank: Mapped[int]


class TravelTime(Base):
    """Minutes, and perhaps kilometres, from one municipality to another by a mode, as a source tells them."""

    __tablename__ = "travel_time"

    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    origin_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    destination_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    mode: Mapped[str] = mapped_column(primary_key=True)
    minutes: Mapped[float]
    km: Mapped[float | None]
