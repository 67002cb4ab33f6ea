"""Where a source declares its list complete, as it is kept."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from etl.identity import uid
from etl.store import models as m
from etl.store.frames import Missing, Rows, merge

_FIGURES = ("listed", "official_total", "official_year")


def declare(connection: Connection, source_id: str, declared: Sequence[dict[str, Any]]) -> None:
    """Replace what a source declares of its completeness."""
    rows = [_row(source_id, row) for row in declared]
    rows += [row for row in _exceptions(source_id, declared) if row["id"] not in {known["id"] for known in rows}]
    missing = Missing("t.source_id = %(source)s", {"source": source_id})
    merge(connection, m.SourceCoverage, rows, missing=missing)


def _row(source_id: str, row: dict[str, Any]) -> dict[str, Any]:
    area = uid("area", row["territory_level"], row["territory_code"])
    return {
        "id": _id(source_id, row["service_type"], area),
        "source_id": source_id,
        "service_type_code": row["service_type"],
        "area_id": area,
    } | {name: row[name] for name in ("complete", *_FIGURES, "note")}


def _exceptions(source_id: str, declared: Sequence[dict[str, Any]]) -> Rows:
    """A row of its own for each exception, with the opposite answer, because the smaller area wins."""
    return [
        _row(
            source_id,
            {
                "service_type": row["service_type"],
                "territory_level": row["except_level"],
                "territory_code": row["except_code"],
                "complete": not row["complete"],
                "note": row["note"],
            }
            | dict.fromkeys(_FIGURES),
        )
        for row in declared
        if row["complete"] and isinstance(row.get("except_code"), str)
    ]


def _id(source_id: str, service_type: str, area: uuid.UUID) -> uuid.UUID:
    return uid("source_coverage", source_id, service_type, str(area))
