"""Proposals of where services should open, with the question that they answer and the run that they were found on."""

import uuid
from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ARRAY, DateTime, ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from etl.store.models.base import Base, Created, Json, UuidPk


class SitingResult(Base):
    """An answer to the question where services of a type should open.

    ``input_hash`` covers question, run, candidates, engine and code: the same have the same identifier. Persons are of
    the target group whose access was asked for, on the supply that was asked for: ``persons`` all of them, ``served``
    those who have a service already, ``gained`` those who get one, ``remaining`` those who still have none (of whom
    ``unreachable`` are far from every candidate), ``unknown`` those of whom nothing can be said. ``objective`` and
    ``bound`` in the unit of the model, null where so few sites cannot bring everybody within the horizon; ``exact`` if
    nothing better exists. ``asked_at``: the latest answer of a type is the one that maps show.
    """

    __tablename__ = "siting_result"
    __table_args__ = (Index(None, "run_id", "service_type_code"),)

    id: Mapped[UuidPk]
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coverage_run.id", ondelete="CASCADE"))
    service_type_code: Mapped[str] = mapped_column(ForeignKey("service_type.code", ondelete="CASCADE"))
    rule_id: Mapped[str] = mapped_column(ForeignKey("standard.id", ondelete="CASCADE"))
    input_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[Created]
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    created_by: Mapped[str | None]
    parameters: Mapped[Json]
    candidates: Mapped[int]
    threshold: Mapped[float]
    persons: Mapped[float]
    served: Mapped[float]
    gained: Mapped[float]
    remaining: Mapped[float]
    unreachable: Mapped[float]
    unknown: Mapped[float]
    objective: Mapped[float | None]
    bound: Mapped[float | None]
    exact: Mapped[bool]
    note: Mapped[str | None]


class SitingPlace(Base):
    """A place that an answer proposes, in the order of what each adds; geometry in EPSG:4326.

    ``location_id`` is the place of the directory where that is one: what is protected since is told no more.
    ``gained_*`` are persons gained on either supply, ``probable`` those of them who live near the boundary,
    ``assigned`` who would go there. ``alternatives`` names municipalities with a candidate that is nearly as good.
    """

    __tablename__ = "siting_place"

    siting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("siting_result.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    address: Mapped[str | None]
    body: Mapped[str | None]
    municipality_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"))
    location_id: Mapped[uuid.UUID | None]
    # Never null, and so no shared type: one column of it would give its nullability to all.
    geom: Mapped[Any] = mapped_column(Geometry("POINT", srid=4326), nullable=False)
    alternatives: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    gained_confirmed: Mapped[float]
    gained_all: Mapped[float]
    probable: Mapped[float]
    assigned: Mapped[float]
