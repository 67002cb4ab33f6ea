"""The figures of the territory and of the directory as they are in the database."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from etl.i18n import _
from etl.store import models as m


@dataclass(frozen=True)
class Summary:
    """What the database holds after a load; ``changed`` says whether the load altered anything."""

    municipalities: int
    zones: int
    residents: int
    services: int
    issues: int
    changed: bool

    def lines(self) -> list[tuple[str, str]]:
        """Label and value of each figure, for the command line."""
        figures = [
            (_("Comuni"), self.municipalities),
            (_("Zone omogenee"), self.zones),
            (_("Residenti (1° gennaio 2023)"), self.residents),
            (_("Servizi"), self.services),
            (_("Segnalazioni sui dati"), self.issues),
        ]
        return [(label, thousands(value)) for label, value in figures]


def thousands(value: float) -> str:
    """A whole number as Italian writes it.

    >>> thousands(2198237.0)
    '2.198.237'
    """
    return f"{round(value):,}".replace(",", ".")


def summarise(connection: Connection, *, changed: bool = False) -> Summary:
    """Count municipalities, zones, residents of the latest year, open services, remarks of the latest runs."""
    count = select(func.count())
    latest_year = select(func.max(m.Population.year)).scalar_subquery()
    people = select(func.coalesce(func.sum(m.Population.persons), 0)).where(m.Population.year == latest_year)
    latest_runs = (
        select(m.SourceRun.id)
        .ext(distinct_on(m.SourceRun.source_id))
        .order_by(m.SourceRun.source_id, m.SourceRun.started_at.desc())
    )
    return Summary(
        municipalities=connection.execute(count.where(m.Area.level == "municipality")).scalar_one(),
        zones=connection.execute(count.where(m.Area.level == "zona_omogenea")).scalar_one(),
        residents=connection.execute(people).scalar_one(),
        services=connection.execute(count.where(m.Service.closed_on.is_(None))).scalar_one(),
        issues=connection.execute(count.where(m.Issue.run_id.in_(latest_runs))).scalar_one(),
        changed=changed,
    )
