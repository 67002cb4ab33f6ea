"""The report read from the database."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, case, func, select

from app.reports.completeness import Compared, compared
from app.reports.model import Change, Example, IssueKind, Part, SourceReport
from etl.errors import NotFound
from etl.i18n import _
from etl.quality import PARTS, quality, selects
from etl.quality.table import EVENTS
from etl.store import models as m
from etl.store.frames import records

EXAMPLES = 3
CHANGES = 50
_PLAIN = (
    *("id", "title", "publisher", "licence", "kind", "address", "territory", "note", "reference_date"),
    *("refresh_days", "run_id", "loaded_at", "edition", "read", "accepted", "rejected", "things", "issues"),
    *("age_days", "dated", "overdue", "score"),
)

Row = Mapping[str, Any]


def sources(connection: Connection, *, today: date | None = None) -> list[SourceReport]:
    """Every source with its figures, its kinds of remark and examples of them, by title."""
    kinds, beside = _kinds(connection), compared(connection)
    found = [_report(row, kinds, beside) for row in records(quality(connection, today=today))]
    return sorted(found, key=lambda one: (one.title.casefold(), one.id))


def source(connection: Connection, source_id: str, *, today: date | None = None) -> SourceReport:
    """One source, with what its last run changed.

    Raises
    ------
    NotFound
        No source has this identifier.
    """
    rows = [row for row in records(quality(connection, today=today)) if row["id"] == source_id]
    if not rows:
        raise NotFound(_("Nessuna fonte si chiama «{id}»: l'elenco è in /api/v1/sources.").format(id=source_id))
    changed = changes(connection, rows[0]["run_id"])
    return _report(rows[0], _kinds(connection), compared(connection), changed)


def _report(
    row: Row,
    kinds: Mapping[str, Sequence[IssueKind]],
    beside: Mapping[str, tuple[Compared, ...]],
    changed: Sequence[Change] = (),
) -> SourceReport:
    return SourceReport(
        **{name: row[name] for name in _PLAIN},
        service_types=tuple(row["service_types"] or ()),
        events={event: row[event] or 0 for event in EVENTS},
        severities={name: row[f"issues_{name}"] or 0 for name in selects.SEVERITIES},
        parts=tuple(Part(code, row[code]) for code in PARTS),
        kinds=tuple(kinds.get(row["id"], ())),
        changes=tuple(changed),
        compared=beside.get(row["id"], ()),
    )


def _kinds(connection: Connection) -> dict[str, list[IssueKind]]:
    shown: dict[tuple[Any, ...], list[Example]] = {}
    for row in connection.execute(selects.examples(EXAMPLES)).mappings():
        shown.setdefault(_group(row), []).append(Example(row["message"], row["value"], row["mended"]))
    found: dict[str, list[IssueKind]] = {}
    for row in connection.execute(selects.issues()).mappings():
        told = tuple(shown.get(_group(row), ()))
        kind = IssueKind(row["kind"], row["severity"], row["field"], int(row["count"]), told)
        found.setdefault(row["source_id"], []).append(kind)
    return found


def _group(row: Row | RowMapping) -> tuple[Any, ...]:
    return row["source_id"], row["kind"], row["severity"], row["field"]


def changes(connection: Connection, run_id: object, *, most: int = CHANGES) -> list[Change]:
    """What a run did to services and bodies, at most ``most`` of each kind of event."""
    told = m.Metadata
    name = func.coalesce(
        select(m.Service.name).where(m.Service.id == told.resource_id).scalar_subquery(),
        select(m.Organization.name).where(m.Organization.id == told.resource_id).scalar_subquery(),
        select(m.Area.name).where(m.Area.id == told.resource_id).scalar_subquery(),
        case((told.event == "nuovo", told.replacement_value), else_=""),
    ).label("name")
    place = func.row_number().over(partition_by=told.event, order_by=(told.resource_id, told.field_name))
    columns = (told.event, name, told.field_name, told.previous_value, told.replacement_value)
    numbered = select(*columns, place.label("place")).where(told.run_id == run_id, told.event.is_not(None)).subquery()
    rows = connection.execute(select(numbered).where(numbered.c.place <= most)).mappings()
    return _sorted(
        Change(row["event"], row["name"], row["field_name"], row["previous_value"], row["replacement_value"])
        for row in rows
    )


def _sorted(found: Iterable[Change]) -> list[Change]:
    ranks = {event: rank for rank, event in enumerate(EVENTS)}
    return sorted(found, key=lambda one: (ranks.get(one.event, len(ranks)), one.name, one.field, one.after))
