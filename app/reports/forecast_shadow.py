"""Persons in shadow today and in the years to come, from the runs that assume a forecast."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.queries.forecast import runs, shadows, shortfalls
from app.queries.kinds import AnySelect
from etl.derive.compare import differing, read_run
from etl.derive.forecast import LABEL
from etl.errors import OmbraError
from etl.i18n import _

Row = dict[str, Any]
PEOPLE = "population"


@dataclass(frozen=True)
class Shadows:
    """Persons in shadow by type and area.

    Attributes
    ----------
    years
        That of the run which is shown and those of the runs that assume a forecast, ascending.
    missing
        Years that were asked for and that no run assumes.
    others
        Parts in which runs differ from the one that is shown, beside the residents.
    rows
        One by type, area and year.
    rules
        One by rule and year, with the units below the minimum and what they lack; a year without any has none.
    """

    years: tuple[int, ...]
    missing: tuple[int, ...]
    others: tuple[str, ...]
    rows: list[Row]
    rules: list[Row]


def shadowed(
    connection: Connection,
    *,
    assumption: str,
    years: Sequence[int],
    level: str,
    type_code: str | None = None,
    within: str | None = None,
) -> Shadows:
    """Persons in shadow in the run that is shown and in the newest of each year under one assumption.

    Raises
    ------
    OmbraError
        No run assumes one of the years.
    """
    found = _newest(connection, assumption)
    launch = min(found)
    kept = {year: run for year, run in found.items() if year == launch or year in years}
    missing = tuple(year for year in years if year not in kept)
    if len(kept) == 1:
        why = _("Nessun calcolo sui residenti previsti: farlo con «./ombra forecast --run {anno} --assumption {nome}».")
        raise OmbraError(why.format(anno=missing[0], nome=assumption))
    shown = read_run(connection, kept[launch])
    others = {part for run in kept.values() for part in differing(shown, read_run(connection, run))} - {PEOPLE}
    year_of = {run: year for year, run in kept.items()}

    def told(statement: AnySelect) -> list[Row]:
        found = (row._asdict() for row in connection.execute(statement))
        return [row | {"year": year_of[row["run_id"]], "assumption": assumption, "label": LABEL} for row in found]

    return Shadows(
        tuple(sorted(kept)),
        missing,
        tuple(sorted(others)),
        told(shadows(list(year_of), level=level, type_code=type_code, within=within)),
        told(shortfalls(list(year_of), type_code=type_code)),
    )


def _newest(connection: Connection, assumption: str) -> dict[int, uuid.UUID]:
    """By year the run that is shown, and the newest of the others."""
    found: dict[int, uuid.UUID] = {}
    for run in connection.execute(runs(assumption)):
        found.setdefault(run.year, run.id)
    return found
