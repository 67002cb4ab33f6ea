"""Census sections of ISTAT: their boundaries (Basi territoriali) and their variables (Variabili censuarie).

Boundaries: ``R01_11_WGS84.shp`` or ``.zip``, ``R01_21_WGS84.shp``, ``R01_21.zip``; EPSG:32632. Variables:
``R01_indicatori_2011_sezioni.csv`` (Windows-1252, ``;``, 152 columns, the meaning of each in
``tracciato_2011_sezioni.csv``), or an extract of one city such as ``Torino_cpa_2011.csv``. A section is known by
``SEZ2011`` or ``SEZ21_ID``: the municipality's number and seven digits. Sections 888888x and 999999x are no places:
they hold the homeless and people of contested land, and have no boundary.

Both kinds of file of a census make one edition of one source, because an area comes from one source only; put them in
the same folder. A section without a boundary is an area all the same.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
import shapely

from etl.i18n import _
from etl.issues import IssueLog
from etl.record import AreaRecord, IndicatorRecord, Record
from etl.reference.municipalities import municipalities
from etl.sources import istat_layers, istat_tables
from etl.sources.base import Declaration, Download, Edition, Raw, Received, Source
from etl.sources.istat_tables import Columns, Skipped, code_of, tell_skipped
from etl.sources.shapes import sound
from etl.sources.tabular.coverage import coverage
from etl.sources.tabular.figures import MISSING, number

LEVEL = "census_section"
BOUNDARY, VARIABLES = "confine", "variabili"
# Figures kept of the hundred and forty: each the sum of columns of the record layout.
FIGURES: Mapping[str, tuple[str, ...]] = {
    "popolazione": ("P1",),
    "maschi": ("P2",),
    "femmine": ("P3",),
    "eta_0_14": ("P14", "P15", "P16"),
    "eta_65_oltre": ("P27", "P28", "P29"),
    "eta_75_oltre": ("P29",),
    "forze_lavoro": ("P60",),
    "occupati": ("P61",),
    "in_cerca_di_occupazione": ("P62",),
    "laureati": ("P47",),
    "senza_diploma": ("P49", "P50", "P51", "P52"),
    "stranieri": ("ST1",),
    "famiglie": ("PF1",),
    "famiglie_un_componente": ("PF3",),
    "famiglie_sei_e_oltre": ("PF8",),
    "famiglie_in_affitto": ("A46",),
    "abitazioni_occupate": ("A2",),
}
# The record layout of 2021 was not read: only what public readers of those files agree on is taken.
FIGURES_2021 = ("popolazione", "eta_0_14", "eta_65_oltre", "eta_75_oltre", "famiglie")
_READ = {name: (name,) for columns in FIGURES.values() for name in columns}
COLUMNS = Columns(
    {"section": ("SEZ2011", "SEZ21_ID", "SEZ2021"), "place": ("COMUNE",), **_READ},
    frozenset({"place", *_READ} - {"P1"}),
)
_SHAPES = re.compile(r"r\d{2}_(11|21)(_wgs84)?\.(shp|zip)")
_TABLES = re.compile(r"(r\d{2}_indicatori_20(11|21)_sezioni|.*_cpa_2011)\.(csv|zip)")
_WANTED = istat_layers.named(lambda name: name.startswith("r"))
_FICTITIOUS = re.compile(r"(888888\d|999999\d|777777\d)$")


class Sections(Source):
    """Sections of a census, with what was counted in them; the later census replaces the earlier."""

    declaration = Declaration(
        id="istat-sezioni",
        title="Sezioni di censimento",
        publisher="ISTAT",
        licence="CC-BY-4.0",
        kind="areas",
        address="https://www.istat.it/notizia/basi-territoriali-e-variabili-censuarie/",
        downloads=(
            Download(
                "https://www.istat.it/storage/cartografia/basi_territoriali/WGS_84_UTM/2011/R01_11_WGS84.zip",
                "R01_11_WGS84.zip",
            ),
        ),
        territory="Piemonte",
        note="Confini e variabili dello stesso censimento vanno messi nella stessa cartella. Le sezioni fittizie (senza"
        " tetto, territori contesi) contano le persone e non hanno confine. Conviene lo ZIP: dei file sciolti Ombra"
        " conserva solo lo .shp.",
    )

    def knows(self, name: str) -> bool:
        """Names as ISTAT gives them."""
        return bool(_SHAPES.fullmatch(name.lower()) or _TABLES.fullmatch(name.lower()))

    def faults(self, file: Path) -> list[str]:
        """What the layer or the table lacks."""
        if not _SHAPES.fullmatch(file.name.lower()):
            return istat_tables.faults(file, COLUMNS)
        return istat_layers.faults(file, _WANTED, ("PRO_COM", _section_column(file.name)))

    def editions(self, files: Sequence[Received]) -> list[Edition]:
        """One edition a census."""
        years: dict[str, list[Received]] = {}
        for file in sorted(files, key=lambda one: (one.name, one.sha256)):
            years.setdefault(_year(file.path.name), []).append(file)
        return [Edition(year, tuple(found), partial(_rows, found)) for year, found in sorted(years.items())]

    def parse(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:
        """The section of a row, with its boundary or its figures."""
        if tell_skipped(key, raw, log):
            return []
        section, _slash, kind = key.partition("/")
        found = municipalities().recognise(istat=_municipality(section))
        if found is None:
            why = _("Il numero della sezione non comincia con quello di un comune.")
            log.rejected(key, "comune_sconosciuto", why, field="section", value=section)
            return []
        code = f"{edition[:4]}-{section}"
        shape = None
        if kind == BOUNDARY and raw["geometry"]:
            shape = sound(key, shapely.from_wkt(str(raw["geometry"]), on_invalid="ignore"), log)
        area = AreaRecord(key, LEVEL, code, _name(found.name, section), found.code, shape)
        return [area, *(_figures(key, code, int(edition[:4]), raw, log) if kind == VARIABLES else ())]

    def finish(self, records: Sequence[Record]) -> Sequence[Record]:
        """One area for each section: the one that has the boundary, where any has."""
        areas: dict[str, AreaRecord] = {}
        for record in records:
            if isinstance(record, AreaRecord):
                other = areas.get(record.code)
                if other is None or _worth(record) < _worth(other):
                    areas[record.code] = record
        figures = [record for record in records if not isinstance(record, AreaRecord)]
        return [*(areas[code] for code in sorted(areas)), *figures]

    def coverage(self, records: Sequence[Record]) -> pd.DataFrame:
        """Nothing: sections are no services."""
        return coverage((), records)


def _rows(files: Sequence[Received]) -> Iterator[tuple[str, Raw]]:
    skipped = Skipped()
    for file in files:
        if _SHAPES.fullmatch(file.path.name.lower()):
            column = _section_column(file.path.name)
            for raw in istat_layers.read(file.path, _WANTED, skipped):
                yield f"{raw[column]}/{BOUNDARY}", raw
        else:
            for raw in istat_tables.read(file.path, COLUMNS, skipped):
                section = raw["section"].strip()
                if not skipped.outside(_municipality(section)):
                    yield f"{section}/{VARIABLES}", raw
    yield from skipped.rows()


def _figures(key: str, code: str, year: int, raw: Raw, log: IssueLog) -> list[IndicatorRecord]:
    taken = FIGURES_2021 if year >= 2021 else tuple(FIGURES)
    values = {name: _sum(key, name, raw, log) for name in taken}
    return [IndicatorRecord(key, LEVEL, code, year, name, value) for name, value in values.items() if value is not None]


def _sum(key: str, name: str, raw: Raw, log: IssueLog) -> float | None:
    """The figure out of its columns; none where one of them is empty or no number."""
    total = 0.0
    for column in FIGURES[name]:
        told = str(raw.get(column, "")).strip()
        value = number(told)
        if value is None:
            if told.casefold() not in MISSING:
                log.rejected(key, "numero_illeggibile", _("Non è un numero."), field=column, value=told)
            return None
        total += value
    return total


def _municipality(section: str) -> str | None:
    """The number that a section begins with; its last seven digits are its own."""
    return code_of(section[:-7]) if section.isdigit() and len(section) > 7 else None


def _name(municipality: str, section: str) -> str:
    if _FICTITIOUS.search(section):
        return _("{municipality}, sezione senza luogo {number}").format(municipality=municipality, number=section[-7:])
    return _("{municipality}, sezione {number}").format(municipality=municipality, number=int(section[-7:]))


def _worth(record: AreaRecord) -> tuple[bool, str]:
    return record.geometry is None, record.key


def _section_column(name: str) -> str:
    return "SEZ21_ID" if _year(name) == "2021" else "SEZ2011"


def _year(name: str) -> str:
    match = re.search(r"_(?:20)?(11|21)[_.]", name)
    return f"20{match.group(1)}" if match else "2011"


SOURCES = (Sections(),)
