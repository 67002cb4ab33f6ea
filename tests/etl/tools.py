"""What several tests of the data rooms need: copies of the data folder to spoil, and fingerprints of a database."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine, text

from etl.issues import IssueLog
from etl.record import Record
from etl.reference import tables
from etl.sources.base import Declaration, Edition, Raw, Received, Source
from etl.store.models import Base

SHARED = tables.DATA.parent.parent / "shared" / "data"
# What a run writes about itself, and so differs from run to run.
BOOKS = frozenset(
    {"source_run", "source_record", "issue", "data_version", "metadata", "received_file", "service_change"}
)
# What rows say beside their content: when they were last written, the number of that change, and what is made of both.
STAMPS = {"service_listing": ("seq", "last_modified", "digest", "feature")}


def edit(folder: Path, file: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Change a table of a copied data folder; every cell is text."""
    path = folder / file
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    change(frame).to_csv(path, index=False)


def fingerprint(engine: Engine, *, leave_out: Iterable[str] = (), rewritten: bool = True) -> dict[str, str]:
    """Count and hash of the rows of every table.

    With ``rewritten`` a row that was written again with the same values counts as changed: the transaction that
    wrote it (``xmin``) is part of the hash. Without it the stamps of rows are left out.
    """
    found = {}
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name in leave_out:
                continue
            row = "md5(t.xmin::text || t::text)" if rewritten else f"md5({_content(table.name)})"
            statement = (
                f"select count(*) || ' ' || coalesce(md5(string_agg({row}, '' order by {row})), '') from {table} t"
            )
            found[str(table)] = connection.scalar(text(statement))
    return found


def _content(table: str) -> str:
    """A row as text; without its stamps where it has any (as JSON, which takes longer)."""
    stamps = STAMPS.get(table)
    return "t::text" if stamps is None else f"(to_jsonb(t) - '{{{','.join(stamps)}}}'::text[])::text"


def scalar(engine: Engine, statement: str, **values: object) -> object:
    """One value from the database."""
    with engine.connect() as connection:
        return connection.scalar(text(statement), values)


def frame(engine: Engine, statement: str, **values: object) -> pd.DataFrame:
    """Rows from the database as a frame."""
    with engine.connect() as connection:
        result = connection.execute(text(statement), values)
        return pd.DataFrame(list(map(tuple, result)), columns=list(result.keys()))


class FixedSource(Source):
    """A source whose rows are written in the test, and that needs no files."""

    declaration = Declaration(id="prova", title="Prova", publisher="P", licence="CC0-1.0")

    def rows(self) -> Iterable[tuple[str, Raw]]:
        raise NotImplementedError

    def knows(self, name: str) -> bool:
        return False

    def faults(self, file: Path) -> list[str]:
        return []

    def editions(self, files: Sequence[Received]) -> list[Edition]:
        return [Edition("", (), self.rows)]

    def parse(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:
        raise NotImplementedError

    def coverage(self, records: Sequence[Record]) -> pd.DataFrame:
        columns = ["service_type", "territory_level", "territory_code", "complete", "listed", "official_total"]
        return pd.DataFrame(columns=columns).assign(official_year=None, note=None)
