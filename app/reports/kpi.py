"""The indicators of the plan as people read them: values, what they leave out, why they changed."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from app.queries import comparison
from app.queries.kpi import kpis
from etl.derive.compare import differing, read_run
from etl.derive.digests import PARTS
from etl.errors import NotFound
from etl.i18n import _
from etl.store import models as m

Row = dict[str, Any]
_PERSONS = "persone_in_ombra"
_SAME = 1e-6  # what sums in another order differ by


def values(
    connection: Connection,
    *,
    run: uuid.UUID | None,
    former: uuid.UUID | None = None,
    within: str | None = None,
    level: str | None = None,
) -> list[Row]:
    """The rows of :func:`app.queries.kpi.kpis` with ``explanation``, ``trend``, ``parts`` and ``differing``.

    Parameters
    ----------
    run
        Its number; None is the run that is shown, which cannot be compared.
    former
        The run to compare with.

    Raises
    ------
    NotFound
        One of the runs was made before indicators were kept.

    Notes
    -----
    ``parts`` are persons by part of what a run is made from, and sum to ``change``: told of the persons in shadow of
    one type, as :func:`app.queries.comparison.changes` has them. Of the others ``differing`` names what has changed.
    """
    for asked in (run, former):
        _require(connection, asked)
    statement = kpis(run=run, former=former, within=within, level=level)
    rows: list[Row] = [row._asdict() for row in connection.execute(statement)]
    parts, differ = ({}, ()) if run is None or former is None else _why(connection, former, run, rows)
    return [
        row
        | {
            "explanation": explanation(row["note"]),
            "trend": None if former is None else trend(row),
            "parts": None if former is None else parts.get((row["id"], row["area_code"]), {}),
            "differing": list(differ),
        }
        for row in rows
    ]


def _require(connection: Connection, run: uuid.UUID | None) -> None:
    kept = select(select(m.KpiResult.run_id).where(m.KpiResult.run_id == run).exists())
    if run is not None and not connection.execute(kept).scalar_one():
        why = _("Il calcolo {numero} è anteriore agli indicatori: non ne conserva nessuno.")
        raise NotFound(why.format(numero=str(run)[:8]))


def to_separate(connection: Connection, former: uuid.UUID, later: uuid.UUID) -> list[str]:
    """Service types whose persons in shadow have changed between two runs and whose causes have not been kept."""
    rows = (row._asdict() for row in connection.execute(kpis(run=later, former=former)))
    types = sorted({row["service_types"][0] for row in rows if _changed(row)})
    return [code for code in types if not connection.execute(comparison.is_separated(former, later, code)).scalar_one()]


def explanation(note: str | None) -> str | None:
    """Why there is no value, or what it leaves out."""
    texts = {
        "elenco_incompleto": _("nessun elenco completo: un'assenza non sarebbe provata"),
        "in_parte": _("solo dove l'elenco è completo"),
        "nessun_caso": _("nulla da contare"),
        "registro_assente": _("il registro degli enti non c'è ancora"),
        "ricerche_assenti": _("le ricerche non si contano ancora"),
    }
    return None if note is None else texts[note]


def trend(row: Mapping[str, Any]) -> str:
    """Whether a change is for the better: ``meglio``, ``peggio``, ``uguale``, or ``non_confrontabile``."""
    change = row["change"]
    if change is None:
        return "non_confrontabile"
    if abs(change) < _SAME:
        return "uguale"
    return "meglio" if (change > 0) == (row["direction"] == "su") else "peggio"


def _why(
    connection: Connection, former: uuid.UUID, run: uuid.UUID, rows: Sequence[Row]
) -> tuple[dict[tuple[str, str], dict[str, float]], tuple[str, ...]]:
    """By indicator and area the parts of the change; and the parts in which the runs differ."""
    differ = differing(*(read_run(connection, one) for one in (former, run)))
    found: dict[tuple[str, str], dict[str, float]] = {}
    for kpi_id, type_code, level in sorted({_single(row) for row in rows if _changed(row)}):
        separated = connection.execute(comparison.is_separated(former, run, type_code)).scalar_one()
        pair = comparison.Pair(former, run, type_code, differ, separated)
        for area in connection.execute(comparison.changes(pair, level=level)).mappings():
            told = {part: area[part] for part in (*PARTS, "together") if abs(area[part] or 0.0) >= _SAME}
            found[kpi_id, area["code"]] = told
    return found, differ


def _single(row: Row) -> tuple[str, str, str]:
    return row["id"], row["service_types"][0], row["area_level"]


def _changed(row: Row) -> bool:
    return bool(row["formula"] == _PERSONS and abs(row["change"] or 0.0) >= _SAME)
