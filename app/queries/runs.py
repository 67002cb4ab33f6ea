"""Selects on runs of the measures and on the version of the data."""

from sqlalchemy import Select, func, select

from etl.runs import LINKAGE
from etl.store import models as m


def current_run() -> Select[m.CoverageRun]:
    """The run that pages and API show; no row before the first run."""
    return select(m.CoverageRun).where(m.CoverageRun.current)


def version() -> Select[str]:
    """One word that changes whenever a published value may: data version and current run."""
    data = select(func.max(m.DataVersion.id)).scalar_subquery()
    run = select(m.CoverageRun.id).where(m.CoverageRun.current).scalar_subquery()
    return select(func.concat(data, ".", run))


def sources() -> Select[m.Source]:
    """Sources with their licence, in the order of their titles."""
    return select(m.Source).where(m.Source.id != LINKAGE.id).order_by(m.Source.title)
