"""A source that is a table: everything about it is a mapping, or several where its publisher changed the layout."""

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from etl.clean.draft import Draft
from etl.clean.run import clean
from etl.errors import SourceError
from etl.i18n import _
from etl.issues import IssueLog
from etl.record import Record, ServiceRecord
from etl.sources.base import Declaration, Edition, Raw, Received, Source
from etl.sources.readers.table import Table, read_header, read_table
from etl.sources.tabular import assemble, editions, figures, places
from etl.sources.tabular.coverage import coverage
from etl.sources.tabular.fields import draft, missing, spelt
from etl.sources.tabular.mapping import Mapping
from etl.sources.tabular.names import told_apart
from etl.sources.tabular.rows import keyed, located, refused
from etl.sources.tabular.territory import elsewhere


class TabularSource(Source):
    """A tabular source.

    Parameters
    ----------
    mapping
        The source as it is declared and read.
    *others
        Other layouts of the same source, older or newer: only how files are read and what columns mean counts of
        them. Their keys must name the same things.
    """

    def __init__(self, mapping: Mapping, *others: Mapping) -> None:
        self.mapping = mapping
        self.layouts = (mapping, *others)

    @cached_property
    def declaration(self) -> Declaration:
        """What the mapping declares."""
        told = self.mapping
        return Declaration(
            id=told.id,
            title=told.title,
            publisher=told.publisher,
            licence=told.licence,
            kind=told.kind,
            address=told.address,
            downloads=told.downloads,
            reference_date=told.reference_date,
            refresh_days=told.refresh_days,
            service_types=_types(self.layouts),
            territory=told.territory,
            complete=told.complete,
            positions=told.positions,
            ignored={name: why for layout in self.layouts for name, why in layout.ignored.items()},
            note=told.note,
        )

    def knows(self, name: str) -> bool:
        """Whether a pattern of a layout fits the name, upper and lower case alike."""
        return any(_fits(layout, name) for layout in self.layouts)

    def faults(self, file: Path) -> list[str]:
        """What a file lacks of the layout that it is nearest to; empty where one layout fits."""
        found = [_faults(layout, file) for layout in self.layouts if _fits(layout, file.name)]
        other = [_("{name}: il nome non è di questa fonte").format(name=file.name)]
        return min(found, key=lambda faults: sum(map(len, faults)), default=other)

    def editions(self, files: Sequence[Received]) -> list[Edition]:
        """One edition for each file and time that it tells, the oldest first; files of one time make one edition."""
        dated: dict[str, list[Received]] = {}
        for file in files:
            dated.setdefault(self.label(file), []).append(file)
        return [self._edition(told, dated[told]) for told in sorted(dated)]

    def _edition(self, told: str, files: Sequence[Received]) -> Edition:
        ordered = tuple(sorted(files, key=lambda file: (file.name, file.sha256)))
        return Edition(told, ordered, lambda: (row for file in ordered for row in self.rows(file)))

    def label(self, file: Received) -> str:
        """When the file speaks (:func:`etl.sources.tabular.editions.label`)."""
        layout = self._layout(file.path)
        rows = [raw for _key, raw in self.rows(file)] if layout.edition.column is not None else []
        return editions.label(layout.edition, file.path.name, rows)

    def rows(self, file: Received) -> list[tuple[str, Raw]]:
        """Keys and raw rows of one file, the unreadable ones too; a hook for what needs all rows at once."""
        layout = self._layout(file.path)
        return list(keyed(_table(layout, file.path), layout.key))

    def _layout(self, file: Path) -> Mapping:
        for layout in self.layouts:
            if _fits(layout, file.name) and not _faults(layout, file):
                return layout
        raise SourceError(_("Il file {name} non si legge.").format(name=file.name), self.faults(file))

    def parse(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:
        """Raw row → draft → cleaned draft → records of the source's kind."""
        own = IssueLog()
        found = [] if refused(key, raw, own) else self._records(key, raw, edition, own)
        log.entries.extend(own.entries)
        return found

    def _records(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:
        mapping = self._layout_of(raw)
        told = draft(key, raw, mapping, log)
        if told is None:
            return []
        adjusted = self.adjust(key, told, raw, log)
        if adjusted is None or elsewhere(key, adjusted, log):
            return []
        placed, crs = located(adjusted, mapping.crs)
        shape = placed.pop("wkt", None) if mapping.kind == "areas" else None
        tidy = told_apart(key, clean(key, placed, log, crs=crs), raw, mapping, log)
        return _assembled(assemble.Row(key, tidy, mapping, edition, log), raw, shape, crs)

    def _layout_of(self, raw: Raw) -> Mapping:
        """The layout whose columns a row has."""
        header = tuple(raw)
        return next((told for told in self.layouts if not missing(header, needed(told))), self.mapping)

    def adjust(self, key: str, draft: Draft, raw: Raw, log: IssueLog) -> Draft | None:  # noqa: ARG002
        """What a mapping cannot say of a row, before it is cleaned; none rejects it (the log says why)."""
        return draft

    def finish(self, records: Sequence[Record]) -> Sequence[Record]:
        """Parts of merged municipalities put together, and one name for each body that is known by its tax code."""
        services = [record for record in records if isinstance(record, ServiceRecord)]
        names = assemble.one_name(services)
        return figures.together(
            [
                replace(record, organization=names.get(record.organization_tax_id or "", record.organization))
                if isinstance(record, ServiceRecord)
                else record
                for record in records
            ]
        )

    def coverage(self, records: Sequence[Record]) -> pd.DataFrame:
        """Declared completeness as far as rows and date bear it (:func:`etl.sources.tabular.coverage.coverage`)."""
        return coverage(self.mapping.complete, records)


def _assembled(row: assemble.Row, raw: Raw, shape: str | None, crs: str | None) -> Sequence[Record]:
    match row.mapping.kind:
        case "services":
            return assemble.service(row)
        case "organizations":
            return assemble.organization(row)
        case "indicators":
            return figures.figures(row, raw)
        case "areas":
            return places.area(row, shape, crs=crs)
        case "addresses":
            return places.address(row)
        case kind:
            raise NotImplementedError(f"no mapping makes records of kind {kind}")


def _types(layouts: Sequence[Mapping]) -> tuple[str, ...]:
    found: set[str] = set()
    for layout in layouts:
        column = layout.fields.get("service_type")
        if column is not None and layout.kind == "services":
            found |= column.outcomes
    return tuple(sorted(found))


def _fits(layout: Mapping, name: str) -> bool:
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in layout.files)


def needed(layout: Mapping) -> tuple[str, ...]:
    """Columns that a file must have: those declared, else all that are read."""
    if layout.header:
        return layout.header
    read = [name for column in layout.fields.values() for name in column.columns]
    weights = [figure.weight for figure in layout.figures if figure.weight is not None]
    own = [*layout.key, *read, *(figure.column for figure in layout.figures), *weights]
    return tuple(dict.fromkeys(name for name in own if name != "geometry"))


def _options(layout: Mapping) -> dict[str, Any]:
    return {
        "format": layout.format,
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
        "sheet": layout.sheet,
        "header_row": layout.header_row,
    }


def _faults(layout: Mapping, file: Path) -> list[str]:
    try:
        header = read_header(file, **_options(layout))
    except SourceError as error:
        return list(error.faults)
    lacking = missing(header, needed(layout))
    if not lacking:
        return []
    why = _("{name}: mancano le colonne {columns}; il file ha {header}")
    told = {name: ", ".join(f"«{one}»" for one in every) for name, every in (("c", lacking), ("h", header[:40]))}
    return [why.format(name=file.name, columns=told["c"], header=told["h"])]


def _table(layout: Mapping, file: Path) -> Table:
    ignored = spelt(read_header(file, **_options(layout)), layout.ignored)
    return read_table(file, ignored=ignored, **_options(layout))
