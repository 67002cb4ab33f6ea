"""Where a source declares its list complete, as it is kept."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from etl.i18n import _
from etl.identity import uid
from etl.store import models as m
from etl.store.frames import Missing, Rows, merge

_FIGURES = ("listed", "official_total", "official_year")


def lessened(declared: Sequence[dict[str, Any]], lost: Collection[str]) -> list[dict[str, Any]]:
    """What a source declares of its completeness, less the municipalities of which rows were left out.

    ``lost`` are their codes of six digits, empty where it is not known which: then nothing is complete.
    """
    known = {(row["service_type"], row["territory_code"]) for row in declared if _of_town(row)}
    return [part for row in declared for part in _less(row, lost, known)]


def _less(row: dict[str, Any], lost: Collection[str], known: Collection[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    if not row["complete"] or not lost:
        yield row
    elif "" in lost or (_of_town(row) and row["territory_code"] in lost):
        why = _("Righe scartate, anche di un comune che non si sa: non prova che manchi qualcosa.")
        yield row | {"complete": False, "note": _noted(row, why if "" in lost else _of_rows())}
    else:
        yield row
        own = dict.fromkeys(_FIGURES) | {"complete": False, "note": _of_rows(), "except_code": None}
        for code in sorted(lost):
            if not _of_town(row) and (row["service_type"], code) not in known:
                yield row | own | {"territory_level": "municipality", "territory_code": code}


def _of_town(row: dict[str, Any]) -> bool:
    return bool(row["territory_level"] == "municipality")


def _of_rows() -> str:
    return _("Righe di questo comune sono state scartate: non prova che manchi qualcosa.")


def _noted(row: dict[str, Any], why: str) -> str:
    return f"{why} {row['note']}" if isinstance(row["note"], str) else why


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
