"""A source that is a table: everything about it is a mapping, or several where its publisher changed the layout."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

import pandas as pd

from etl.clean.draft import Draft
from etl.clean.run import clean
from etl.errors import SourceError
from etl.i18n import _
from etl.issues import IssueLog
from etl.record import Record, ServiceRecord
from etl.sources.base import Declaration, Edition, Raw, Received, Source
from etl.sources.tabular import assemble, editions, figures, layout, places
from etl.sources.tabular.coverage import coverage
from etl.sources.tabular.fields import Refused, draft, missing, text
from etl.sources.tabular.mapping import Mapping
from etl.sources.tabular.names import told_apart
from etl.sources.tabular.row import Row
from etl.sources.tabular.rows import keyed, located, refused, tell_merged
from etl.sources.tabular.territory import elsewhere, town


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
            ignored={name: why for told in self.layouts for name, why in told.ignored.items()},
            duplicate_free=told.duplicate_free,
            note=told.note,
        )

    def knows(self, name: str) -> bool:
        """Whether a pattern of a layout fits the name, upper and lower case alike."""
        return any(layout.fits(told, name) for told in self.layouts)

    def faults(self, file: Path) -> list[str]:
        """What a file lacks of the layout that it is nearest to; empty where one layout fits."""
        found = [layout.faults(told, file) for told in self.layouts if layout.fits(told, file.name)]
        other = [_("{name}: il nome non è di questa fonte").format(name=file.name)]
        return min(found, key=lambda faults: sum(map(len, faults)), default=other)

    def editions(self, files: Sequence[Received]) -> list[Edition]:
        """One edition for each file and time that it tells, the oldest first; files of one time make one edition.

        Raises
        ------
        SourceError
            A figure reads both ways and the mapping does not tell the decimal sign.
        """
        self._sure(files)
        dated: dict[str, list[Received]] = {}
        for file in files:
            dated.setdefault(self.label(file), []).append(file)
        return [self._edition(told, dated[told]) for told in sorted(dated)]

    def _sure(self, files: Sequence[Received]) -> None:
        """Refuse files whose figures read both ways, before one of them enters."""
        found = {}
        for file in files:
            told = self._layout(file.path)
            if told.figures and told.decimal is None:
                found[file.name] = figures.unsure(told, (raw for _key, raw in self.rows(file)))
        faults = [f"{name}: {figures.explain_unsure(columns)}" for name, columns in found.items() if columns]
        if faults:
            raise SourceError(_("Le cifre non si leggono con sicurezza."), faults)

    def _edition(self, told: str, files: Sequence[Received]) -> Edition:
        ordered = tuple(sorted(files, key=lambda file: (file.name, file.sha256)))
        parts = tuple(partial(self.rows, file) for file in ordered)
        return Edition(told, ordered, lambda: (row for part in parts for row in part()), parts)

    def label(self, file: Received) -> str:
        """When the file speaks (:func:`etl.sources.tabular.editions.label`)."""
        rule = self._layout(file.path).edition
        rows = [raw for _key, raw in self.rows(file)] if rule.column is not None else []
        return editions.label(rule, file.path.name, rows)

    def rows(self, file: Received) -> list[tuple[str, Raw]]:
        """Keys and raw rows of one file, the unreadable ones too; a hook for what needs all rows at once."""
        told = self._layout(file.path)
        return list(keyed(layout.table(told, file.path), told.key))

    def _layout(self, file: Path) -> Mapping:
        for told in self.layouts:
            if layout.fits(told, file.name) and not layout.faults(told, file):
                return told
        raise SourceError(_("Il file {name} non si legge.").format(name=file.name), self.faults(file))

    def parse(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:
        """Raw row → draft → cleaned draft → records of the source's kind."""
        own = IssueLog()
        tell_merged(key, raw, own)
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
        return _assembled(Row(key, tidy, mapping, edition, log), raw, shape, crs)

    def _layout_of(self, raw: Raw) -> Mapping:
        """The layout whose columns a row has."""
        header = tuple(raw)
        return next((told for told in self.layouts if not missing(header, layout.needed(told))), self.mapping)

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

    def left_out(self, raw: Raw, kinds: Collection[str]) -> str | None:
        """Where a rejected row is (:func:`etl.sources.tabular.territory.town`), unless it is left out on purpose."""
        missed = super().left_out(raw, kinds) is not None and not _on_purpose(self.layouts) & set(kinds)
        return town(raw, self._layout_of(raw)) if missed else None

    def named_type(self, raw: Raw) -> str | None:
        """The type that the mapping finds in a row; None where the row lacks its columns or says what is not listed."""
        mapping = self._layout_of(raw)
        column = mapping.fields.get("service_type")
        if column is None or missing(tuple(raw), column.columns):
            return None
        try:
            return text(column, raw) or None
        except Refused:
            return None

    def coverage(self, records: Sequence[Record]) -> pd.DataFrame:
        """Declared completeness as far as rows and date bear it (:func:`etl.sources.tabular.coverage.coverage`)."""
        return coverage(self.mapping.complete, records)


def _assembled(row: Row, raw: Raw, shape: str | None, crs: str | None) -> Sequence[Record]:
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
    for told in layouts:
        column = told.fields.get("service_type")
        if column is not None and told.kind == "services":
            found |= column.outcomes
    return tuple(sorted(found))


def _on_purpose(layouts: Sequence[Mapping]) -> set[str]:
    """Issues by which mappings name what they leave out on purpose: other types, things that are closed."""
    columns = [column for told in layouts for column in told.fields.values()]
    return {column.refusal for column in columns if "refusal" in column.model_fields_set}
