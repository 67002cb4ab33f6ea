"""Residents of municipalities by sex and single year of age on 1 January (ISTAT, demo.istat.it, POSAS).

``POSAS_2024_it_001_Torino.csv`` or, for all of Italy, ``POSAS_2024_it_Comuni.csv``, also as the ZIP that is downloaded:
UTF-8 or Windows-1252, ``;`` or ``,``, a title in quotes above the header, ages from 0 to 100 (100: and over), and for
each municipality a row of age 999 with the totals. Until 2022 the columns of marital status stand between.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from etl.i18n import _
from etl.issues import IssueLog
from etl.record import PopulationRecord, Record
from etl.reference.municipalities import municipalities
from etl.reference.population import YEARS
from etl.sources import istat_tables
from etl.sources.base import Declaration, Download, Edition, Raw, Received, Source
from etl.sources.istat_tables import Columns, Skipped, code_of, tell_skipped
from etl.sources.tabular.coverage import coverage

COLUMNS = Columns(
    {
        "code": ("Codice comune",),
        "age": ("Età", "Eta'", "Eta"),
        "M": ("Totale maschi",),
        "F": ("Totale femmine",),
    }
)
TOTAL, OLDEST = 999, 100
SEXES = ("F", "M")
_NAME = re.compile(r"posas_\d{4}_it_(?!regioni|province).*\.(csv|zip)")


class Population(Source):
    """Residents of a year; a row of the file stands for the women and the men of one age."""

    declaration = Declaration(
        id="istat-popolazione",
        title="Popolazione residente per sesso ed età al 1° gennaio",
        publisher="ISTAT",
        licence="CC-BY-4.0",
        kind="population",
        address="https://demo.istat.it/",
        downloads=(Download("https://demo.istat.it/data/posas/POSAS_2025_it_Comuni.zip", "POSAS_2025_it_Comuni.zip"),),
        refresh_days=365,
        note="Gli anni 2022 e 2023 sono già nei dati di riferimento e restano quelli. Gli stati civili non si leggono.",
    )

    def knows(self, name: str) -> bool:
        """Names as ISTAT gives them, those of regions and provinces left out."""
        return _NAME.fullmatch(name.lower()) is not None

    def faults(self, file: Path) -> list[str]:
        """What the header lacks."""
        return istat_tables.faults(file, COLUMNS)

    def editions(self, files: Sequence[Received]) -> list[Edition]:
        """One edition a year."""
        years: dict[str, list[Received]] = defaultdict(list)
        for file in sorted(files, key=lambda one: (one.name, one.sha256)):
            years[istat_tables.year_of(file.path.name)].append(file)
        return [Edition(f"{year}-01-01", tuple(found), _Rows(found, year)) for year, found in sorted(years.items())]

    def parse(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:
        """Women and men of one age in one municipality."""
        if tell_skipped(key, raw, log):
            return []
        year, age = int(edition[:4]), _whole(raw["age"])
        if age == TOTAL:
            _check_total(key, raw, log)
            log.counted(str(year), "riga_di_totale", _("Righe di totale (età 999): servono solo al controllo."))
            return []
        found = municipalities().recognise(istat=raw["code"])
        persons = {sex: _whole(raw[sex]) for sex in SEXES}
        if year in YEARS:
            why = _("I residenti di quest'anno sono già nei dati di riferimento: restano quelli.")
            log.counted(str(year), "anno_di_riferimento", why, field="year")
        elif found is None:
            log.rejected(key, "comune_sconosciuto", _("Non è un comune."), field="code", value=raw["code"])
        elif age is None or age > OLDEST:
            why = _("L'età si scrive da 0 a 100.")
            log.rejected(key, "eta_illeggibile", why, field="age", value=raw["age"])
        elif any(count is None for count in persons.values()):
            why = _("Il numero di residenti manca o non è un numero intero.")
            log.rejected(key, "numero_illeggibile", why, value=" / ".join(raw[sex] for sex in SEXES))
        else:
            return [
                PopulationRecord(key, found.code, year, sex, age, count)
                for sex, count in persons.items()
                if count is not None
            ]
        return []

    def finish(self, records: Sequence[Record]) -> Sequence[Record]:
        """Residents of merged municipalities as those of one."""
        parts: dict[tuple[str, int, str, int], list[PopulationRecord]] = defaultdict(list)
        for record in records:
            if isinstance(record, PopulationRecord):
                parts[record.municipality, record.year, record.sex, record.age].append(record)
        return [
            replace(min(same, key=lambda part: part.key), persons=sum(part.persons for part in same))
            for _thing, same in sorted(parts.items())
        ]

    def coverage(self, records: Sequence[Record]) -> pd.DataFrame:
        """Nothing: residents are no services."""
        return coverage((), records)


class _Rows:
    """Rows of the files of a year; those of totals come last, with the sums of their ages beside them."""

    def __init__(self, files: Sequence[Received], year: str) -> None:
        self.files = files
        self.year = year

    def __call__(self) -> Iterator[tuple[str, Raw]]:
        skipped = Skipped()
        for file in self.files:
            yield from self._file(file, skipped)
        yield from skipped.rows()

    def _file(self, file: Received, skipped: Skipped) -> Iterator[tuple[str, Raw]]:
        totals: list[tuple[str, Raw]] = []
        sums: dict[str, int] = defaultdict(int)
        for raw in istat_tables.read(file.path, COLUMNS, skipped):
            code = code_of(raw["code"])
            if skipped.outside(code):
                continue
            key = f"{code or raw['code']}/{self.year}/{raw['age'].strip()}"
            if _whole(raw["age"]) == TOTAL:
                totals.append((key, raw))
                continue
            for sex in SEXES:
                sums[f"{code}/{sex}"] += _whole(raw[sex]) or 0
            yield key, raw
        for key, raw in totals:
            code = code_of(raw["code"])
            yield key, {**raw, **{f"somma {sex}": str(sums[f"{code}/{sex}"]) for sex in SEXES}}


def _check_total(key: str, raw: Raw, log: IssueLog) -> None:
    told = [_whole(raw[sex]) for sex in SEXES]
    summed = [_whole(raw[f"somma {sex}"]) for sex in SEXES]
    if told != summed:
        why = _("Il totale della fonte non è la somma delle età ({told} invece di {summed}, donne e uomini).")
        message = why.format(told=told, summed=summed)
        log.doubtful(key, "totale_non_coincide", message, value=str(told))


def _whole(text: str) -> int | None:
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() else None


SOURCES = (Population(),)
