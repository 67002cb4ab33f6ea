"""What a run found, type by type, in sentences for the command line."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from etl.i18n import _
from etl.store import models as m
from etl.summary import thousands


@dataclass(frozen=True)
class TypeFigures:
    """Persons of one type's target group: assessed, unknown, in shadow on confirmed and on all supply.

    ``listed``: those assessed where the list is complete, so that an absence would show.
    """

    name: str
    assessed: float
    unknown: float
    confirmed: float
    everything: float
    listed: float


@dataclass(frozen=True)
class RunSummary:
    """What a run found, for each type of which something could be said; ``fresh`` where it was computed now.

    ``note`` is what a reader of the run must know: that the engine which was wanted could not be had.
    """

    run_id: uuid.UUID
    fresh: bool
    types: tuple[TypeFigures, ...]
    note: str | None = None

    def lines(self) -> list[tuple[str, str]]:
        """Label and sentence for each type, for the command line."""
        sentence = _("{confirmed} in ombra, {all} con l'offerta incerta; {unknown} senza dati su {persons}")
        # Where no list is complete those assessed are those reached: that none of them is in shadow says nothing.
        unlisted = _("ombra non calcolabile, elenco incompleto: raggiunte {assessed} persone su {persons}")
        return [
            (
                figures.name,
                (sentence if figures.listed > 0 else unlisted).format(
                    assessed=thousands(figures.assessed),
                    confirmed=thousands(figures.confirmed),
                    all=thousands(figures.everything),
                    unknown=thousands(figures.unknown),
                    persons=thousands(figures.assessed + figures.unknown),
                ),
            )
            for figures in self.types
        ]


def figures(connection: Connection, run_id: uuid.UUID) -> tuple[TypeFigures, ...]:
    """Persons by type, of the types for which at least someone could be assessed."""
    result = m.CoverageResult

    def total(column: InstrumentedAttribute[float] | InstrumentedAttribute[float | None]) -> ColumnElement[float]:
        return func.coalesce(func.sum(column), literal(0.0))

    in_shadow = total(result.shadow_confirmed)
    listed = func.coalesce(func.sum(result.assessed).filter(result.complete), literal(0.0))
    told = (total(result.assessed), total(result.unknown), in_shadow, total(result.shadow_all), listed)
    statement = (
        select(m.ServiceType.name_it, *told)
        .join(m.ServiceType, m.ServiceType.code == result.service_type_code)
        .where(result.run_id == run_id)
        .group_by(m.ServiceType.name_it, m.ServiceType.position)
        .having(total(result.assessed) > 0)
        .order_by(in_shadow.desc(), m.ServiceType.position)
    )
    return tuple(TypeFigures(*row) for row in connection.execute(statement))
