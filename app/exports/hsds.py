"""HSDS as a tabular data package (https://specs.frictionlessdata.io/tabular-data-package/): one archive of CSV files.

Its rows are the records that ``/hsds`` serves, laid flat: what is told there is told here, and nothing else.
"""

import csv
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.api.provenance import metadata
from app.exports import about
from app.exports.archives import put
from app.exports.hsds_tables import TABLES, Table
from app.hsds import documents, records
from app.hsds.records import Record, one_each
from app.queries import hsds as queries
from app.queries.kinds import AnySelect
from etl.i18n import _
from etl.progress import Progress

AT_ONCE: Final = 500  # records that are made together
Make = Callable[[Session, Sequence[UUID]], list[Record]]


def write(connection: Connection, out: Path, *, progress: Progress) -> dict[str, int]:
    """Write the package to a new archive; rows by table.

    Parameters
    ----------
    connection
        A transaction that sees one state of the data (:func:`app.exports.layers.one_state`).
    out
        A file with the suffix ``.zip``.
    """
    with Session(connection) as session, TemporaryDirectory(prefix="ombra-") as folder, ExitStack() as stack:
        sheets = Sheets(Path(folder), stack)
        for title, table, statement, make in _kinds():
            progress(title)
            for told in _records(session, statement, make):
                sheets.add(TABLES[table], told)
        sheets.close()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            put(archive, "datapackage.json", json.dumps(_descriptor(connection), ensure_ascii=False, indent=1).encode())
            for one in TABLES.values():
                put(archive, one.file, (Path(folder) / one.file).read_bytes())
    return dict(sheets.counts)


class Sheets:
    """The files of the tables while they are written; a record that belongs to two others is written once."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.counts: Counter[str] = Counter(dict.fromkeys(TABLES, 0))
        self._stack, self._seen = stack, {name: set[str]() for name in TABLES}
        self._writers = {name: self._writer(folder / table.file, table) for name, table in TABLES.items()}

    def add(self, table: Table, told: Record) -> None:
        """Write a record, and those nested in it."""
        if told["id"] in self._seen[table.name]:
            return
        self._seen[table.name].add(told["id"])
        self._writers[table.name].writerow(table.row(told))
        self.counts[table.name] += 1
        for name, part in table.parts.items():
            nested = told.get(name) or []
            for one in [nested] if isinstance(nested, dict) else nested:
                self.add(TABLES[part], one)

    def close(self) -> None:
        """Write out what is not yet in the files."""
        self._stack.close()

    def _writer(self, file: Path, table: Table) -> "csv.DictWriter[str]":
        stream = self._stack.enter_context(file.open("w", encoding="utf-8", newline=""))
        writer = csv.DictWriter(stream, table.columns, lineterminator="\n")
        writer.writeheader()
        return writer


def _kinds() -> Sequence[tuple[str, str, AnySelect, Make]]:
    return [
        (_("Enti"), "organization", queries.bodies_told(), _organizations),
        (_("Servizi"), "service", queries.services(), _services),
        (_("Luoghi"), "location", queries.locations(), documents.locations),
        (_("Servizi nei luoghi"), "service_at_location", queries.presences(), _plain(records.PLACED)),
        (_("Tassonomie"), "taxonomy", queries.taxonomies(), _plain(records.TAXONOMY)),
        (_("Termini"), "taxonomy_term", queries.terms(), _plain(records.TERM)),
    ]


def _organizations(session: Session, ids: Sequence[UUID]) -> list[Record]:
    return documents.organizations(session, ids, full=True)


def _services(session: Session, ids: Sequence[UUID]) -> list[Record]:
    return [
        told | {"metadata": [one.model_dump(mode="json") for one in metadata(session, UUID(told["id"]))]}
        for told in documents.services(session, ids, full=True)
    ]


def _plain(kind: records.Kind) -> Make:
    def make(session: Session, ids: Sequence[UUID]) -> list[Record]:
        found = one_each(session, kind, ids)
        return [found[one] for one in ids if one in found]

    return make


def _records(session: Session, statement: AnySelect, make: Make) -> Iterator[Record]:
    """The records of a Select of identifiers, in their order, some at a time."""
    key = statement.subquery("everything").c[0]
    after: UUID | None = None
    while True:
        rows = select(key).order_by(key).limit(AT_ONCE)
        ids = session.execute(rows if after is None else rows.where(key > after)).scalars().all()
        if not ids:
            return
        yield from make(session, ids)
        after = ids[-1]


def _descriptor(connection: Connection) -> dict[str, Any]:
    """What the package says of itself; each source keeps its own licence, so all are named."""
    facts = about.sources(connection)
    return {
        "profile": "tabular-data-package",
        "name": "ombra-hsds",
        "title": _("Servizi di welfare della Città metropolitana di Torino (HSDS 3.1)"),
        "homepage": "https://docs.openreferral.org/en/3.1/",
        "licenses": [{"name": name} for name in sorted({one["licence"] for one in facts})],
        "sources": [{"title": one["title"]} | ({"path": one["address"]} if one["address"] else {}) for one in facts],
        "resources": [table.resource() for table in TABLES.values()],
    }
