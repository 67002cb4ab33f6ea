"""Evaluate the indicators of the plan on a run and keep their values with it."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, select

from etl.derive.kpi.formulas import FORMULAS, Asked, Formula, unknown
from etl.derive.kpi.totals import summed
from etl.identity import content_hash
from etl.reference.kpi_columns import LEVELS
from etl.store import models as m
from etl.store.frames import Missing, merge, read_frame, records

_ROUNDING = 0.5  # persons: sums of the same parts in another order differ in the last digits


@dataclass(frozen=True)
class Value:
    """What an indicator says of an area; ``value`` is None where it says nothing, and ``note`` why.

    With a value ``note`` may be ``in_parte``: of some persons the value knows nothing.
    """

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    note: str | None = None


def refresh(connection: Connection, run_id: uuid.UUID, *, today: date) -> int:
    """Evaluate every indicator on a run that has its results; how many values changed.

    What is counted of the records of services (how recent they are) is that of today, and not of the day of the run:
    a run that is computed again from the same data takes up the new figures.
    """
    with summed(connection, run_id):
        rows = list(_rows(connection, run_id, today))
    own = Missing("t.run_id = %(run)s", {"run": run_id})
    return merge(connection, m.KpiResult, rows, missing=own, touch="evaluated_at").changed


def _rows(connection: Connection, run_id: uuid.UUID, today: date) -> Iterable[dict[str, object]]:
    areas = _areas(connection)
    for kpi in records(read_frame(connection, select(*m.Kpi.__table__.c).order_by(m.Kpi.position))):
        asked = Asked(run_id, tuple(kpi["service_types"]), tuple(kpi["levels"]), today)
        values = _values(connection, FORMULAS[kpi["formula"]], asked)
        key = {"run_id": run_id, "kpi_id": kpi["id"], "definition": definition(kpi["formula"], kpi["service_types"])}
        for area_id, level in areas.items():
            if level in kpi["levels"]:
                yield key | {"area_id": area_id} | vars(values.get(area_id) or _nothing(FORMULAS[kpi["formula"]]))


def definition(formula: str, service_types: Iterable[str]) -> str:
    """The hash of what makes two values of an indicator comparable."""
    return content_hash([formula, sorted(service_types)])


def _areas(connection: Connection) -> dict[uuid.UUID, str]:
    """Level of each area that an indicator may be told for."""
    statement = select(m.Area.id, m.Area.level).where(m.Area.level.in_(LEVELS)).order_by(m.Area.level, m.Area.code)
    return {row.id: row.level for row in connection.execute(statement)}


def _values(connection: Connection, formula: Formula, asked: Asked) -> Mapping[uuid.UUID, Value]:
    if formula.find is None:
        return {}
    found = {
        area_id: _value(formula, numerator, denominator)
        for area_id, numerator, denominator in connection.execute(formula.find(asked))
    }
    if not formula.partial:
        return found
    everybody = {area_id: persons for area_id, _unknown, persons in connection.execute(unknown(asked))}
    return {area_id: _marked(value, everybody.get(area_id, 0.0)) for area_id, value in found.items()}


def _value(formula: Formula, numerator: float, denominator: float) -> Value:
    if denominator <= 0 and not formula.zero:
        return _nothing(formula)
    value = 100.0 * numerator / denominator if formula.share else numerator
    return Value(value, numerator, denominator)


def _nothing(formula: Formula) -> Value:
    if formula.zero and formula.find is not None:
        return Value(0.0, 0.0, 0.0)
    return Value(note=formula.empty)


def _marked(value: Value, everybody: float) -> Value:
    """A value that is known for a part of the persons only says so."""
    known = value.denominator
    return value if known is None or known >= everybody - _ROUNDING else replace(value, note="in_parte")
