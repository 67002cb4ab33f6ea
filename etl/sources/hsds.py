"""Directories in the Human Services Data Specification (Open Referral): API answers and tabular data packages.

Declared for version 3.1 (October 2024); 3.0 and 3.2 differ in fields that are not read here. A directory is a source
of its own, declared by an officer in a YAML file with ``format: hsds`` (:class:`HsdsMapping`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cached_property, partial
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field, field_validator

from etl.clean.run import clean
from etl.errors import SourceError
from etl.i18n import _
from etl.issues import IssueLog
from etl.record import Record, ServiceRecord
from etl.reference import tables
from etl.sources import hsds_draft, hsds_json, hsds_package, hsds_schedule, json_file
from etl.sources.base import Completeness, Declaration, Download, Edition, Positions, Raw, Received, Source
from etl.sources.hsds_draft import Parts
from etl.sources.hsds_json import text
from etl.sources.hsds_pages import api_services
from etl.sources.readers.content import Unreadable
from etl.sources.tabular.assemble import Row, service
from etl.sources.tabular.coverage import coverage
from etl.sources.tabular.mapping import Identifier, Mapping, Model, Name

_UNREAD = {
    "contacts.name": "nome di una persona; di un contatto con un nome non si leggono neppure telefono ed e-mail",
    "addresses.attention": "nome di una persona",
    "assurer_email": "indirizzo di una persona",
    "metadata": "storia delle modifiche con i nomi di chi le ha fatte",
}


class HsdsMapping(Model):
    """A directory in HSDS: what is declared about it, the names of its files, which of its terms is which type.

    Parameters
    ----------
    files
        Patterns of file names: ``servizi-*.json`` for answers of an API, ``elenco.zip`` for a data package in a ZIP,
        ``datapackage.json`` and ``*.csv`` for one in a folder.
    folder
        Name of the folder in which JSON and CSV files lie, by default ``id``: their names alone are everybody's.
    types
        Service types by term: its ``taxonomy:code``, code, name or identifier. Terms of Ombra's own taxonomy need none.
    """

    id: Identifier
    title: Name
    publisher: Name
    licence: Name
    address: str | None = None
    downloads: tuple[Download, ...] = ()
    reference_date: str | None = None
    refresh_days: int | None = Field(default=None, ge=1)
    territory: str = "Città metropolitana di Torino"
    complete: tuple[Completeness, ...] = ()
    positions: Positions = "dichiarate"
    note: str | None = None

    format: Literal["hsds"] = "hsds"
    files: tuple[Name, ...] = Field(min_length=1)
    folder: Name | None = None
    types: dict[Name, str] = Field(default_factory=dict)

    @field_validator("types")
    @classmethod
    def _known_types(cls, types: dict[str, str]) -> dict[str, str]:
        unknown = sorted(set(types.values()) - set(tables.service_types()["code"]))
        if unknown:
            why = _("i tipi {unknown} non sono in service_types.csv")
            raise ValueError(why.format(unknown=", ".join(unknown)))
        return types


class HsdsSource(Source):
    """A directory in HSDS; a row is a service at one of its locations, with the key ``service/location``."""

    def __init__(self, mapping: HsdsMapping) -> None:
        self.mapping = mapping
        self._plain = Mapping.model_validate(
            {name: getattr(mapping, name) for name in ("id", "title", "publisher", "licence", "address", "files")}
        )

    @cached_property
    def declaration(self) -> Declaration:
        """What the mapping declares."""
        names = ("id", "title", "publisher", "licence", "address", "downloads", "reference_date", "refresh_days")
        more = ("territory", "complete", "positions", "note")
        told = {name: getattr(self.mapping, name) for name in (*names, *more)}
        return Declaration(**told, service_types=tuple(sorted(set(self.mapping.types.values()))), ignored=_UNREAD)

    def knows(self, name: str) -> bool:
        """Whether a pattern fits the name, upper and lower case alike."""
        return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in self.mapping.files)

    def faults(self, file: Path) -> list[str]:
        """Why a file is no part of this directory."""
        folder = self.mapping.folder or self.mapping.id
        if file.suffix.lower() in {".json", ".csv"} and file.parent.name != folder:
            why = _("{name}: non sta nella cartella «{folder}», dove questa fonte tiene i suoi file.")
            return [why.format(name=file.name, folder=folder)]
        if hsds_package.is_package(file):
            return hsds_package.package_faults(file)
        try:
            head = json_file.head(file)
        except Unreadable as error:
            return [f"{file.name}: {fault}" for fault in error.faults]
        if '"contents"' in head or '"status"' in head or head.lstrip().startswith("["):
            return []
        return [_("{name}: non è una risposta HSDS (manca «contents»).").format(name=file.name)]

    def editions(self, files: Sequence[Received]) -> list[Edition]:
        """One edition for the pages or the tables of a folder, one for each ZIP, the oldest first.

        Its label is the day of the latest change that a service tells of.

        Raises
        ------
        SourceError
            A file is unusable, or pages of an answer are missing.
        """
        groups: dict[str, list[Received]] = {}
        for file in sorted(files, key=lambda one: (one.name, one.sha256)):
            alone = file.path.suffix.lower() == ".zip"
            groups.setdefault(str(file.path if alone else file.path.parent), []).append(file)
        found = [self._edition(group) for group in groups.values()]
        return sorted(found, key=lambda edition: (edition.label, edition.files[0].name))

    def _edition(self, files: Sequence[Received]) -> Edition:
        read = partial(_services, [file.path for file in files])
        return Edition(_latest(read()) or self.mapping.reference_date or "", tuple(files), partial(_rows, read))

    def parse(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:
        """The service that a row tells of; none, with every reason, where it is no service of ours."""
        own = IssueLog()
        found = self._parsed(key, raw, edition, own)
        log.entries.extend(own.entries)
        return found

    def _parsed(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:
        row = hsds_draft.parts(raw)
        if _refused(key, row, log):
            return []
        code, terms = hsds_draft.service_type(row, self.mapping.types)
        if code is None:
            why = _("Nessun termine del servizio ha un tipo: aggiungerlo a «types» nella mappatura della fonte.")
            log.rejected(key, "tipo_non_riconosciuto", why, field="service_type", value=", ".join(terms)[:500] or None)
            return []
        draft = {**hsds_draft.drafted(row), "service_type": code}
        cleaned = clean(key, draft, log)
        return [self._whole(one, row, log) for one in service(Row(key, cleaned, self._plain, edition, log))]

    def _whole(self, record: ServiceRecord, row: Parts, log: IssueLog) -> ServiceRecord:
        """The record with what a draft has no fields for."""
        areas, unknown = hsds_draft.served(row, evidence=self.mapping.title)
        if unknown:
            why = _("L'area servita non è fra quelle di Ombra: resta non detto per chi è il servizio.")
            log.doubtful(record.key, "area_servita_sconosciuta", why, field="service_areas", value="; ".join(unknown))
        schedules = row.nearest("schedules")
        found = hsds_schedule.openings(schedules)
        if found is None and schedules:
            why = _("Gli orari non sono settimanali e certi: resta solo il testo.")
            log.doubtful(record.key, "orario_incerto", why, field="schedules")
        whole = replace(record, service_areas=areas, capacities=hsds_draft.capacities(row))
        if found is None:
            return whole
        return replace(whole, openings=found, osm_hours=hsds_schedule.osm_hours(found))

    def named_type(self, raw: Raw) -> str | None:
        """The type that the terms of a service mean."""
        return hsds_draft.service_type(hsds_draft.parts(raw), self.mapping.types)[0]

    def coverage(self, records: Sequence[Record]) -> pd.DataFrame:
        """Declared completeness as far as rows and date bear it."""
        return coverage(self.mapping.complete, records)


def _services(paths: Sequence[Path]) -> list[object]:
    packages = [path for path in paths if hsds_package.is_package(path)]
    pages = [path for path in paths if path not in packages]
    try:
        found = api_services(pages) if pages else []
        if packages:
            with hsds_package.unpacked(packages[0]) as folder:
                found += hsds_package.package_services(folder)
    except Unreadable as error:
        summary = _("Elenco HSDS dai file di «{folder}»: nulla è stato caricato.").format(folder=paths[0].parent.name)
        raise SourceError(summary, error.faults) from None
    return found


def _rows(read: Callable[[], list[object]]) -> Iterator[tuple[str, Raw]]:
    return hsds_json.rows(read())


def _latest(services: Sequence[object]) -> str:
    told = [text(one, "last_modified")[:10] for one in services if isinstance(one, dict)]
    return max((day for day in told if _is_day(day)), default="")


def _is_day(text_: str) -> bool:
    return len(text_) == 10 and text_.replace("-", "").isdecimal() and text_[4] == text_[7] == "-"


def _refused(key: str, row: Parts, log: IssueLog) -> bool:
    """Whether a row is no service at all; every fault is told."""
    missing = [name for name in ("id", "name", "status") if not text(row.service, name)]
    if missing:
        why = _("Al servizio mancano campi obbligatori di HSDS: {fields}.").format(fields=", ".join(missing))
        log.rejected(key, "servizio_non_valido", why, value=", ".join(missing))
        return True
    misfits = sorted({*hsds_json.misfits(row.service), *hsds_json.misfits(row.at), *hsds_json.misfits(row.location)})
    if misfits:
        why = _("Campi che non sono elenchi di oggetti, come HSDS vuole: non sono letti.")
        log.doubtful(key, "campo_non_valido", why, value=", ".join(misfits))
    if text(row.service, "status").lower() not in hsds_draft.STATUSES:
        why = _("Stato sconosciuto a HSDS: il servizio è da verificare.")
        log.doubtful(key, "stato_sconosciuto", why, field="supply_status", value=text(row.service, "status"))
    return False
