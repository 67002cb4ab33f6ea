"""The built-in services: real public services compiled from public pages, with evidence for every row."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from etl.clean.draft import SEPARATOR, Draft
from etl.clean.hours import openings
from etl.clean.run import clean
from etl.i18n import _
from etl.identity import content_hash, slug
from etl.issues import IssueLog
from etl.record import Record, ServedArea, ServiceRecord
from etl.reference import tables
from etl.sources.base import Declaration, Edition, Raw, Received, Source
from etl.store.frames import plain, records

OLDEST_FRESH_YEAR = 2020  # evidence before this year no longer shows that a service operates
# Works funded by the national recovery plan are due by mid 2026; the rows say only "atteso_2026".
EXPECTED = {"atteso_2026": ("atteso", date(2026, 6, 30))}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class BuiltinServices(Source):
    """The tables of ``data/builtin``: one row a service, where the lists are complete, which rows are doubtful."""

    declaration = Declaration(
        id="servizi-ombra",
        title="Servizi pubblici compilati da pagine pubbliche",
        publisher="Ombra",
        licence="CC-BY-4.0",
        reference_date="2026-11-22",
        note="Solo fatti, ogni riga con la sua fonte e il suo anno; le descrizioni sono nostre.",
    )

    def __init__(self, *, folder: Path = tables.DATA) -> None:
        self._folder = folder

    @cached_property
    def _services(self) -> list[tuple[str, Raw]]:
        tables.check(folder=self._folder, only=tables.BUILTIN)
        rows = _plain(tables.builtin_services(folder=self._folder))
        return [(_key(row), row) for row in rows]

    @cached_property
    def _doubts(self) -> dict[str, list[str]]:
        by_key: dict[str, list[str]] = {}
        for row in _plain(tables.doubts(folder=self._folder)):
            by_key.setdefault(_key(row), []).append(row["doubt"])
        return by_key

    @cached_property
    def _served(self) -> list[Raw]:
        return _plain(tables.service_areas(folder=self._folder))

    @cached_property
    def _residence_bound(self) -> frozenset[str]:
        types = tables.service_types(folder=self._folder)
        return frozenset(types.loc[types["residence_bound"], "code"])

    def _areas(self, raw: Raw) -> tuple[ServedArea, ...]:
        """Areas that the tables declare for a service; a row that names the service wins over one on its body."""
        rows = [row for row in self._served if self._concerns(row, raw)]
        named = [row for row in rows if row["name"] is not None]
        return tuple(sorted(ServedArea(row["area_level"], row["area_code"], row["evidence"]) for row in named or rows))

    def _concerns(self, row: Raw, raw: Raw) -> bool:
        if row["organization"] != raw["organization"] or row["name"] not in (None, raw["name"]):
            return False
        only = row["service_types"]
        return raw["service_type"] in (self._residence_bound if only is None else only.split("|"))

    def knows(self, name: str) -> bool:  # noqa: ARG002  no file is this source's: it comes with Ombra
        """No."""
        return False

    def faults(self, file: Path) -> list[str]:  # noqa: ARG002
        """None: no file is asked for."""
        return []

    def editions(self, files: Sequence[Received]) -> list[Edition]:  # noqa: ARG002
        """The one edition, of the tables as they are; the key of a row is type, municipality and name.

        Reading the rows raises ``ReferenceDataError`` with the faults of all the tables of this source.
        """
        return [Edition(self.declaration.reference_date or "", (), lambda: iter(self._services))]

    def named_type(self, raw: Raw) -> str | None:
        """The type of the row."""
        told = raw.get("service_type")
        return None if told is None else str(told)

    def coverage(self, records: Sequence[Record]) -> pd.DataFrame:  # noqa: ARG002
        """Where the list of each type is declared complete."""
        return tables.completeness(folder=self._folder)

    def content_hash(self) -> str:
        """Hash of the rows of this source's tables, whatever their order."""
        services = sorted(content_hash(row) for _key, row in self._services)
        coverage = sorted(content_hash(row) for row in _plain(self.coverage([])))
        doubts = {key: sorted(told) for key, told in self._doubts.items()}
        areas = sorted(content_hash(row) for row in self._served)
        return content_hash([services, coverage, doubts, areas])

    def parse(self, key: str, raw: Raw, edition: str, log: IssueLog) -> list[Record]:  # noqa: ARG002
        """A row as a record; what is doubtful about it goes to the log."""
        status, expected_on = EXPECTED.get(raw["status"], (raw["status"], None))
        tidy = _cleaned(key, raw, log)
        record = ServiceRecord(
            key=key,
            service_type=raw["service_type"],
            name=raw["name"],
            organization=raw["organization"],
            municipality=raw["istat_code"],
            supply_status=status,
            expected_on=expected_on,
            precision=raw["precision"],
            latitude=raw["lat"],
            longitude=raw["lon"],
            coord_source=raw["coord_source"],
            address=tidy.get("address"),
            phones=tuple(tidy.get("phone", "").split(SEPARATOR)) if "phone" in tidy else (),
            email=tidy.get("email"),
            url=tidy.get("url"),
            opening_hours=tidy.get("opening_hours"),
            osm_hours=tidy.get("osm_hours"),
            openings=openings(tidy.get("osm_hours", "")),
            evidence=raw["evidence"],
            evidence_year=raw["evidence_year"],
            note=raw["note"],
            service_areas=self._areas(raw),
        )
        _remark(record, log)
        for doubt in self._doubts.get(key, []):
            log.doubtful(key, "dubbio_segnalato", doubt)
        return [record]


def _plain(table: pd.DataFrame) -> list[Raw]:
    return [{name: plain(value) for name, value in row.items()} for row in records(table)]


def _key(row: Raw) -> str:
    return f"{row['service_type']}/{row['istat_code']}/{slug(row['name'])}"


def _cleaned(key: str, raw: Raw, log: IssueLog) -> Draft:
    """Address, contacts and opening hours as every source has them; the rest of a row is checked with its table."""
    email, url = _contact(key, raw["website_or_email"], log)
    told = {"email": email, "url": url, **{name: raw[name] for name in ("address", "phone", "opening_hours")}}
    return clean(key, {name: value for name, value in told.items() if value is not None}, log)


def _contact(key: str, value: str | None, log: IssueLog) -> tuple[str | None, str | None]:
    """Split the column that holds either an e-mail or a web address."""
    if value is None:
        return None, None
    if _EMAIL.fullmatch(value):
        return value, None
    if value.startswith(("http://", "https://")):
        return None, value
    url = f"https://{value}"
    log.changed(
        key,
        "url_senza_protocollo",
        _("Indirizzo web senza protocollo: aggiunto https://."),
        field="url",
        value=value,
        mended=url,
    )
    return None, url


def _remark(record: ServiceRecord, log: IssueLog) -> None:
    """Issue rows for what a moderator should look at first."""
    _remark_organization(record, log)
    if record.address is None:
        log.doubtful(record.key, "indirizzo_mancante", _("L'indirizzo non è stato trovato."), field="address")
    _remark_evidence(record, log)
    if record.supply_status == "atteso":
        log.doubtful(
            record.key,
            "apertura_non_vista",
            _("Apertura prevista entro la metà del 2026, non ancora vista."),
            field="status",
        )
    if record.note is not None and record.supply_status == "da_verificare":
        log.doubtful(record.key, "nota", record.note, field="note")


def _remark_organization(record: ServiceRecord, log: IssueLog) -> None:
    if record.organization is None:
        log.doubtful(record.key, "ente_mancante", _("L'ente che gestisce il servizio non è indicato."))
    elif "/" in record.organization:
        log.doubtful(
            record.key,
            "ente_multiplo",
            _("Più enti nello stesso campo: da distinguere."),
            field="organization",
            value=record.organization,
        )


def _remark_evidence(record: ServiceRecord, log: IssueLog) -> None:
    if record.evidence_year is None:
        log.doubtful(record.key, "prova_senza_anno", _("La fonte non ha una data."), field="evidence")
    elif record.evidence_year < OLDEST_FRESH_YEAR:
        log.doubtful(
            record.key,
            "prova_vecchia",
            _("La prova è anteriore al {year}: da verificare.").format(year=OLDEST_FRESH_YEAR),
            field="evidence_year",
            value=str(record.evidence_year),
        )
