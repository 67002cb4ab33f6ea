"""Tables of indicators that an officer brings: one figure a row, for any area, with unit and source.

The file is checked as a whole and nothing enters while anything is wrong. What it says of an indicator and a year takes
the place of what its source said of them before; the rest of the source stays. Its rows are kept as received, the file
too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from etl import events, received, runs, turn
from etl.i18n import _
from etl.identity import content_hash
from etl.load import figures as load_figures
from etl.progress import Progress, silent
from etl.publication.figures import figures as indicator_rows
from etl.reference.indicator_rows import Row, sound
from etl.sources.base import Declaration
from etl.sources.readers.table import read_table
from etl.store import models as m
from etl.store.frames import Missing, merge


@dataclass(frozen=True)
class Loaded:
    """What a table has brought: figures by source, and how many of them are new, altered or gone."""

    figures: int
    indicators: tuple[str, ...]
    sources: tuple[str, ...]
    changed: int


def load(engine: Engine, path: Path, *, today: date, decimal: str | None = None, progress: Progress = silent) -> Loaded:
    """Bring the figures of a CSV file into the database.

    Parameters
    ----------
    path
        UTF-8 or Windows-1252, any usual separator, with the columns of :mod:`etl.reference.indicator_rows`.
    decimal
        The decimal sign, where the figures alone do not tell (``1.234``).

    Raises
    ------
    SourceError
        With every fault: of the file, its columns, its rows. Nothing has changed.
    """
    file = received.receive(path, path.parent)
    table = read_table(path, format="csv")
    with turn.taken(engine, progress) as connection, connection.begin():
        rows = sound(connection, path.name, table, decimal)
        progress(_("Scrivo {n} cifre").format(n=len(rows)))
        sources = sorted({row.source for row in rows})
        changed = sum(_publish(connection, _of(rows, source), received.pack(file), today) for source in sources)
        if changed:
            runs.new_version(connection, "indicators")
    names = tuple(sorted({row.record.name for row in rows}))
    return Loaded(len(rows), names, tuple(sources), changed)


def _of(rows: Sequence[Row], source: str) -> list[Row]:
    return [row for row in rows if row.source == source]


def _publish(connection: Connection, rows: Sequence[Row], parcel: received.Parcel, today: date) -> int:
    """Write the figures of one source; how many are not as they were."""
    source, told = rows[0].source, {(row.record.name, row.record.year) for row in rows}
    content = content_hash(sorted([row.record.key, row.record.value, row.unit] for row in rows))
    if runs.last_hash(connection, source) == content:
        return 0
    runs.declare(connection, _declaration(source, rows[0].publisher))
    received.keep(connection, [parcel])
    run_id = runs.start(
        connection, source, content, edition=str(max(year for _name, year in told)), files=received.described([parcel])
    )
    raws = _standing(connection, source, told) | {row.record.key: dict(row.raw) for row in rows}
    runs.keep_raw(connection, source, run_id, raws, raws.keys(), protected=(), today=today)
    before = load_figures.state(connection, source, "indicators")
    merged = merge(
        connection, m.Indicator, indicator_rows(source, [row.record for row in rows]), missing=_gone(source, told)
    )
    after = load_figures.state(connection, source, "indicators")
    events.keep(connection, run_id, events.figures(source, "indicator", before, after), today=today)
    counts = {"read": len(rows), "accepted": len(rows), "rejected": 0, "issues": 0, "doubts": 0}
    happened = {"new": merged.inserted, "changed": merged.updated, "closed": merged.deleted}
    runs.finish(connection, run_id, counts | happened)
    return merged.changed


def _declaration(source: str, publisher: str) -> Declaration:
    return Declaration(
        id=source,
        title=_("Indicatori di {chi}").format(chi=publisher),
        publisher=publisher,
        licence=_("non dichiarata"),
        kind="indicators",
        note=_("Tabella portata da un ufficio; unità e fonte sono quelle che dichiara."),
    )


def _standing(connection: Connection, source: str, told: set[tuple[str, int]]) -> dict[str, Mapping[str, object]]:
    """Raw rows of a source that speak of other indicators or years: they stay as they are."""
    record = m.SourceRecord
    statement = select(record.key, record.raw).where(record.source_id == source, record.closed_on.is_(None))
    rows = connection.execute(statement).all()
    return {
        key: raw for key, raw in rows if tuple(key.split("/")[2:]) not in {(name, str(year)) for name, year in told}
    }


def _gone(source: str, told: set[tuple[str, int]]) -> Missing:
    """Figures of the same indicators and years that the file no longer has."""
    names, years = zip(*sorted(told), strict=True)
    condition = (
        "t.source_id = %(source)s and (t.name, t.year) in (select * from unnest(%(names)s::text[], %(years)s::int[]))"
    )
    return Missing(condition, {"source": source, "names": list(names), "years": list(years)})
