"""The vocabulary: taxonomies and terms (HSDS), Ombra's service types, the registry of rules."""

import uuid

from sqlalchemy import ARRAY, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from etl.store.models.base import Base, Json, UuidPk


class Taxonomy(Base):
    """HSDS ``taxonomy``: a named, versioned vocabulary."""

    __tablename__ = "taxonomy"

    id: Mapped[UuidPk]
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str]
    uri: Mapped[str | None]
    version: Mapped[str]


class TaxonomyTerm(Base):
    """HSDS ``taxonomy_term``: a term of a vocabulary, perhaps below another term."""

    __tablename__ = "taxonomy_term"
    __table_args__ = (UniqueConstraint("taxonomy_id", "code"),)

    id: Mapped[UuidPk]
    taxonomy_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("taxonomy.id", ondelete="CASCADE"))
    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("taxonomy_term.id"))
    language: Mapped[str] = mapped_column(server_default="it")


class ServiceType(Base):
    """A type of service: who it is for, how it reaches them, how it is counted elsewhere.

    ``age_min`` and ``age_max`` are inclusive years; ``sex`` is F, M or empty for both. ``protected``
    types have locations that no face may show. ``position`` is the order of the reference table.
    """

    __tablename__ = "service_type"

    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    term_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("taxonomy_term.id"))
    macro_area: Mapped[str]
    name_it: Mapped[str]
    name_en: Mapped[str]
    synonyms_it: Mapped[list[str]] = mapped_column(ARRAY(String))
    synonyms_en: Mapped[list[str]] = mapped_column(ARRAY(String))
    description_it: Mapped[str]
    users: Mapped[list[str]] = mapped_column(ARRAY(String))
    age_min: Mapped[int | None]
    age_max: Mapped[int | None]
    sex: Mapped[str | None]
    capacity_unit: Mapped[str]
    delivery: Mapped[str]
    residence_bound: Mapped[bool]
    protected: Mapped[bool]
    proximity: Mapped[str]
    travel_mode: Mapped[str]
    social: Mapped[bool]
    crosswalk: Mapped[Json]


class Standard(Base):
    """A rule that a territory can be measured against; ``law`` is false for a working criterion.

    ``minimum`` and ``objective`` are in ``unit``; ``per`` is the number of base persons the unit speaks of.
    ``supply_bound`` is ``eccesso`` where the directory lists more than the rule counts (hubs among Case della
    Comunità): a minimum missed is then certain, a minimum met is not.
    ``reach`` is the limit, in minutes or metres, within which a rule of time or distance counts people (75 % of
    residents within 3 km: minimum 75, reach 3000); ``figure_unit`` what a rule of load or intensity sets against the
    capacity of each service (patients, users).
    ``verification`` is ``letto``, ``parziale`` or ``non_letto`` for an act, ``criterio`` for our own.
    """

    __tablename__ = "standard"

    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    service_types: Mapped[list[str]] = mapped_column(ARRAY(String))
    title_it: Mapped[str]
    indicator_it: Mapped[str]
    kind: Mapped[str]
    comparator: Mapped[str]
    minimum: Mapped[float | None]
    objective: Mapped[float | None]
    unit: Mapped[str]
    per: Mapped[float]
    capacity_unit: Mapped[str | None]
    supply_bound: Mapped[str | None]
    reach: Mapped[float | None]
    figure_unit: Mapped[str | None]
    base_kind: Mapped[str]
    base_age_min: Mapped[int | None]
    base_age_max: Mapped[int | None]
    base_sex: Mapped[str | None]
    base_note: Mapped[str | None]
    geography: Mapped[str]
    area_condition: Mapped[str]
    act: Mapped[str]
    article: Mapped[str | None]
    verification: Mapped[str]
    read_at: Mapped[str | None]
    law: Mapped[bool]
    note: Mapped[str | None]
