"""The indicators of the plan and their values in each run."""

import uuid
from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, DateTime, ForeignKey, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from etl.store.models.base import Base


class Kpi(Base):
    """An indicator as ``data/reference/kpi.csv`` has it.

    ``direction``: ``su`` where more is better, ``giu`` where less is. ``actions`` are those of the strategic plan,
    ``levels`` the levels of area that it is told for.
    """

    __tablename__ = "kpi"
    __table_args__ = (CheckConstraint("direction in ('su', 'giu')", name="direction"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    title_it: Mapped[str]
    description_it: Mapped[str]
    formula: Mapped[str]
    service_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    unit: Mapped[str]
    direction: Mapped[str]
    target: Mapped[float | None]
    target_source: Mapped[str | None]
    actions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    levels: Mapped[list[str]] = mapped_column(ARRAY(Text))


class KpiResult(Base):
    """The value of an indicator for an area in a run, in the unit of the indicator.

    ``value`` is null where nothing can be said, and ``note`` then tells why (a code of
    :data:`etl.derive.kpi.formulas.NOTES`). ``definition`` is the hash of formula and types: two values of different
    definitions are not compared. ``evaluated_at`` is the moment of the latest change.
    """

    __tablename__ = "kpi_result"

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coverage_run.id", ondelete="CASCADE"), primary_key=True)
    kpi_id: Mapped[str] = mapped_column(ForeignKey("kpi.id", ondelete="CASCADE"), primary_key=True)
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    value: Mapped[float | None]
    numerator: Mapped[float | None]
    denominator: Mapped[float | None]
    note: Mapped[str | None]
    definition: Mapped[str]
    evaluated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
