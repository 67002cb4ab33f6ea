"""Scenarios that officers keep: what would be otherwise, under a name."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from etl.store.models.base import Base, Created, UuidPk


class Scenario(Base):
    """Changes of the services, kept under a name, to be computed and compared on the data of any day.

    ``changes`` as :mod:`etl.derive.scenario.changes` writes them: each names the services that it speaks of, so that a
    service which is gone since can still be told. ``data_version`` is the version of the data that it was written
    against, ``changed_at`` the moment of the latest edit.
    """

    __tablename__ = "scenario"

    id: Mapped[UuidPk]
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    created_at: Mapped[Created]
    created_by: Mapped[str | None]
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    data_version: Mapped[int | None]
