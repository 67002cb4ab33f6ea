"""The built-in services: real public services compiled from public pages, with evidence for every row."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd

from etl.errors import SourceError
from etl.i18n import _
from etl.identity import files_hash, slug
from etl.issues import IssueLog
from etl.record import ServiceRecord
from etl.reference import tables
from etl.sources.base import Declaration, Raw

OLDEST_FRESH_YEAR = 2020  # evidence before this year no longer shows that a service operates
# Works funded by the national recovery plan are due by mid 2026; the rows say only "atteso_2026".
EXPECTED = {"atteso_2026": ("atteso", date(2026, 6, 30))}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class BuiltinServices:
    """``data/builtin/services.csv``, one row a service."""

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

    def rows(self) -> Iterable[tuple[str, Raw]]:
        """Rows of the table with their key: type, municipality and name, which must be unique."""
        table = tables.builtin_services(folder=self._folder)
        keys = [f"{row.service_type}/{row.istat_code}/{slug(row.name)}" for row in table.itertuples(name="Row")]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise SourceError(
                _("data/builtin/services.csv: lo stesso servizio compare due volte."),
                [_("Togliere o distinguere per nome: {key}.").format(key=key) for key in twice],
            )
        raws = table.astype(object).where(table.notna(), None).to_dict("records")
        return zip(keys, raws, strict=True)

    def coverage(self) -> pd.DataFrame:
        """Where the list of each type is declared complete."""
        return tables.completeness(folder=self._folder)

    def content_hash(self) -> str:
        """Hash of the two files of this source."""
        return files_hash((self._folder / "builtin").glob("*.csv"))

    def parse(self, key: str, raw: Raw, log: IssueLog) -> ServiceRecord | None:
        """A row as a record; what is doubtful about it goes to the log."""
        status, expected_on = EXPECTED.get(raw["status"], (raw["status"], None))
        email, url = _contact(key, raw["website_or_email"], log)
        record = ServiceRecord(
            key=key,
            service_type=raw["service_type"],
            name=raw["name"],
            organization=raw["organization"],
            municipality=raw["istat_code"],
            supply_status=status,
            expected_on=expected_on,
            precision=raw["precision"],
            latitude=_number(raw["lat"]),
            longitude=_number(raw["lon"]),
            coord_source=raw["coord_source"],
            address=raw["address"],
            phone=raw["phone"],
            email=email,
            url=url,
            opening_hours=raw["opening_hours"],
            evidence=raw["evidence"],
            evidence_year=None if raw["evidence_year"] is None else int(raw["evidence_year"]),
            note=raw["note"],
        )
        _doubts(record, log)
        return record


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


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


def _doubts(record: ServiceRecord, log: IssueLog) -> None:
    """Issue rows for what a moderator should look at first."""
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
    if record.address is None:
        log.doubtful(record.key, "indirizzo_mancante", _("L'indirizzo non è stato trovato."), field="address")
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
    if record.supply_status == "atteso":
        log.doubtful(
            record.key,
            "apertura_non_vista",
            _("Apertura prevista entro la metà del 2026, non ancora vista."),
            field="status",
        )
    if record.note is not None and record.supply_status == "da_verificare":
        log.doubtful(record.key, "nota", record.note, field="note")
