"""How a file nobody has described is to be read: format, sheet, encoding, delimiter, row of the headings."""

import json
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from etl.errors import SourceError
from etl.i18n import _
from etl.sources.readers.table import Table, read_table
from etl.sources.tabular.guessing.leaving import left_out
from etl.sources.tabular.mapping import Format

FORMATS: dict[str, Format] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".ods": "ods",
    ".json": "json", ".geojson": "geojson", ".gpkg": "gpkg", ".shp": "shp",
}  # fmt: skip
MOST_ROWS = 20_000  # rows looked at
TITLES = 8  # rows above the headings, at most


@dataclass(frozen=True)
class Opened:
    """A file as it is read: format, row of the headings (counted from 1), the table, the columns left out and why."""

    format: Format
    header_row: int
    table: Table
    ignored: dict[str, str]


def opened(file: Path, *, sheet: str | None = None) -> Opened:
    """The table in a file of a format that Ombra knows.

    Raises
    ------
    SourceError
        The format is unknown, or no row of the first ones can be the headings.
    """
    kind = format_of(file)
    faults: list[str] = []
    for row in range(1, TITLES + 1 if kind in ("csv", "xlsx", "ods") else 2):
        try:
            start = read_table(file, format=kind, sheet=sheet, header_row=row, limit=20)
        except SourceError as error:
            faults = faults or list(error.faults)
            continue
        if _plausible(start):
            ignored = left_out(start.header)
            whole = read_table(file, format=kind, sheet=sheet, header_row=row, ignored=ignored, limit=MOST_ROWS)
            return Opened(kind, row, whole, ignored)
    wanted = _("{name}: non si trova la riga con i nomi delle colonne fra le prime {rows}")
    raise SourceError(
        _("Il file non si riesce a leggere come tabella."), faults or [wanted.format(name=file.name, rows=TITLES)]
    )


def _plausible(table: Table) -> bool:
    """Headings are at least two, mostly words, and the rows below have as many cells."""
    named = [name for name in table.header if any(letter.isalpha() for letter in name)]
    return len(table.header) >= 2 and len(named) * 2 > len(table.header) and len(table.broken) <= len(table.rows)


def format_of(file: Path) -> Format:
    """The format of a file, by its name; of what a ZIP archive or a JSON file holds, by looking.

    Raises
    ------
    SourceError
        Nobody could tell.
    """
    suffix = _suffix_inside(file) if file.suffix.lower() == ".zip" else file.suffix.lower()
    found = FORMATS.get(suffix)
    if found is None:
        known = ", ".join(sorted(FORMATS))
        fault = _("{name}: formato sconosciuto; i formati sono {known}, anche dentro uno ZIP")
        raise SourceError(_("Il file non si può proporre come fonte."), [fault.format(name=file.name, known=known)])
    return "geojson" if found == "json" and _is_geojson(file) else found


def _suffix_inside(file: Path) -> str:
    try:
        with ZipFile(file) as archive:
            names = [Path(name).suffix.lower() for name in archive.namelist()]
    except (BadZipFile, OSError):
        return ""
    return next((name for name in names if name in FORMATS), "")


def _is_geojson(file: Path) -> bool:
    """Whether a JSON file says at its beginning that it holds features."""
    if file.suffix.lower() == ".zip":
        return False
    try:
        with file.open("rb") as stream:
            start = stream.read(2_000).decode("utf-8-sig", "ignore")
    except OSError:
        return False
    return json.dumps("FeatureCollection") in start.replace("'", '"')
