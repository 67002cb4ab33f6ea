"""ANNCSU: the national register of streets and street numbers (Agenzia delle Entrate and ISTAT).

The open file of a region, as the agency gives it (a ZIP with one ``INDIR_PIEM_20260803.csv``) or unpacked: UTF-8 with
or without BOM, ``;``, decimal comma, 19 columns. ``COORD_X_COMUNE`` and ``COORD_Y_COMUNE`` are longitude and latitude
in degrees of ETRF2000 (RDN2008, EPSG:6706), which lies less than a metre from EPSG:4326 and is taken as such; about
one number in five has none. Layout: technical specifications of the ANNCSU, DPCM of 12 May 2016, and its metadata
(``metadata_indirizzario.json``), checked against public readers of the file.
"""

import csv
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TextIO

import pandas as pd

from etl.errors import SourceError
from etl.i18n import _
from etl.issues import IssueLog
from etl.record import AddressRecord, Record
from etl.reference.municipalities import municipalities
from etl.sources.base import Declaration, Download, Edition, Raw, Received, Source
from etl.sources.readers import archive
from etl.sources.readers.content import Unreadable, require_file
from etl.sources.readers.signatures import refuse_other_format
from etl.sources.tabular.coverage import coverage
from etl.sources.where import finder

KEY, CODE, STREET = "PROGRESSIVO_ACCESSO", "CODICE_ISTAT", "ODONIMO"
NUMBER = ("CIVICO", "ESPONENTE", "SPECIFICITA")
METRES = "METRICO"  # outside towns a number may be a distance along the road instead
X, Y = "COORD_X_COMUNE", "COORD_Y_COMUNE"
READ = (KEY, CODE, STREET, *NUMBER, METRES, X, Y)
PROVINCE = "001"
SKIPPED, BROKEN = "altre-province", "righe-spezzate"
_NAME = re.compile(r"indir_[a-z]{3,4}(_\d{8})?\.(csv|zip)")
_UNREAD = "non serve a trovare un indirizzo"


class Anncsu(Source):
    """Street numbers by their national number (``PROGRESSIVO_ACCESSO``), which stays when street or number change.

    The file is a region's: rows of other provinces are counted in one row for each province and are no rows of this
    source. What else cannot be used is told once for each municipality and reason, with how many
    (``IssueLog.counted``): a number without a point places nothing.
    """

    declaration = Declaration(
        id="anncsu",
        title="Numeri civici (ANNCSU)",
        publisher="Agenzia delle Entrate e ISTAT",
        licence="CC-BY-4.0",
        kind="addresses",
        address="https://www.anncsu.gov.it/",
        downloads=(
            Download(
                "https://anncsu.open.agenziaentrate.gov.it/age-inspire/opendata/anncsu/getds.php?INDIR_PIEM",
                "INDIR_PIEM.zip",
            ),
        ),
        refresh_days=30,
        positions="rilevate",
        ignored={
            "CODICE_COMUNE": "il comune è detto dal codice ISTAT",
            "PROGRESSIVO_NAZIONALE": _UNREAD,
            "CODICE_COMUNALE": _UNREAD,
            "LOCALITA'": _UNREAD,
            "DIZIONE_LINGUA1": _UNREAD,
            "DIZIONE_LINGUA2": _UNREAD,
            "CODICE_COMUNALE_ACCESSO": _UNREAD,
            "PROGRESSIVO_SNC": "un accesso senza numero non si trova con un indirizzo",
            "QUOTA": _UNREAD,
            "METODO": "i cinque codici non hanno un errore in metri dichiarato",
        },
        note="I comuni inseriscono gli indirizzi; un numero su cinque non ha coordinate.",
    )

    def knows(self, name: str) -> bool:
        """Names as the agency gives them: ``INDIR_PIEM.zip``, ``INDIR_PIEM_20260803.csv``."""
        return _NAME.fullmatch(name.lower()) is not None

    def faults(self, file: Path) -> list[str]:
        """What the header lacks."""
        try:
            with _opened(file) as stream:
                header = next(csv.reader(stream, delimiter=_delimiter(stream)), [])
        except Unreadable as error:
            return [f"{file.name}: {fault}" for fault in error.faults]
        except (UnicodeDecodeError, csv.Error):
            return [_("{name}: non è un testo in UTF-8 con le colonne dell'ANNCSU.").format(name=file.name)]
        missing = [name for name in READ if name not in header]
        why = _("{name}: mancano le colonne {columns}.")
        return [why.format(name=file.name, columns=", ".join(missing))] if missing else []

    def editions(self, files: Sequence[Received]) -> list[Edition]:
        """One edition a file, by the day in its name or in that of the file in the archive.

        Raises
        ------
        SourceError
            An archive cannot be opened.
        """
        dated: dict[str, list[Received]] = {}
        for file in sorted(files, key=lambda one: (one.name, one.sha256)):
            dated.setdefault(_label(file.path), []).append(file)
        return [
            Edition(day, tuple(dated[day]), partial(rows, [file.path for file in dated[day]])) for day in sorted(dated)
        ]

    def parse(self, key: str, raw: Raw, edition: str, log: IssueLog) -> Sequence[Record]:  # noqa: ARG002
        """The street number of a row; none where it has no number or no point, or its municipality is not ours."""
        if "righe" in raw:
            _tell_skipped(key, raw, log)
            return []
        code = _code(raw[CODE])
        number = "/".join(part for part in (raw[name].strip() for name in NUMBER) if part) or raw[METRES].strip()
        point = _point(raw)
        found = municipalities().recognise(istat=code)
        if found is None:
            log.counted(code, "comune_sconosciuto", _("Numeri civici di un comune che non esiste."), field="istat_code")
        elif not number or not raw[STREET].strip():
            log.counted(code, "senza_numero", _("Accessi senza numero civico o senza nome della via."))
        elif point is None:
            log.counted(code, "senza_posizione", _("Numeri civici senza coordinate: non collocano nulla."))
        elif not _near(point):
            log.counted(code, "fuori_territorio", _("Numeri civici con un punto lontano dal territorio."))
        else:
            return [AddressRecord(key, found.code, raw[STREET].strip(), number, point[1], point[0])]
        return []

    def coverage(self, records: Sequence[Record]) -> pd.DataFrame:
        """Nothing: addresses are no services."""
        return coverage((), records)


def rows(paths: Sequence[Path]) -> Iterator[tuple[str, Raw]]:
    """Rows of the metropolitan city by key, only the columns that are read; at the end what was passed over, counted.

    Raises
    ------
    SourceError
        A file is unusable.
    """
    skipped: Counter[str] = Counter()
    for path in paths:
        try:
            with _opened(path) as stream:
                yield from _rows(stream, skipped)
        except Unreadable as error:
            raise _unusable(path, error.faults) from None
        except UnicodeDecodeError:
            raise _unusable(path, [_("Il testo non è in UTF-8: scaricare di nuovo il file.")]) from None
    for name in sorted(skipped):
        yield name, {"righe": str(skipped[name])}


def _rows(stream: TextIO, skipped: Counter[str]) -> Iterator[tuple[str, Raw]]:
    reader = csv.reader(stream, delimiter=_delimiter(stream))
    header = next(reader, [])
    columns = {name: header.index(name) for name in READ if name in header}
    if len(columns) < len(READ):
        raise Unreadable(
            _("Mancano colonne dell'ANNCSU: {columns}.").format(columns=", ".join(set(READ) - set(columns)))
        )
    for cells in _lines(reader):
        if len(cells) != len(header) or not cells[columns[KEY]].strip():
            skipped[BROKEN] += 1
        elif not _code(cells[columns[CODE]]).startswith(PROVINCE):
            skipped[f"{SKIPPED}/{_code(cells[columns[CODE]])[:3]}"] += 1
        else:
            yield cells[columns[KEY]].strip(), {name: cells[at] for name, at in columns.items()}


def _code(text: str) -> str:
    """A municipality's code; a spreadsheet may have taken its zeros."""
    return text.strip().zfill(6)


def _lines(reader: "csv._reader") -> Iterator[list[str]]:  # type: ignore[name-defined]  # the stubs hide its name
    """Lines of a table that hold something; one that cannot be read is a line of one empty cell."""
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = [""]
        if cells:
            yield cells


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    require_file(path)
    with path.open("rb") as head:
        refuse_other_format(head.read(512), text=False)
    if not archive.is_archive(path):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield stream
        return
    wanted = archive.extracted(path, lambda name: name.endswith(".csv"), "CSV")
    with wanted as inner, inner.open(encoding="utf-8-sig", newline="") as stream:
        yield stream


def _delimiter(stream: TextIO) -> str:
    """``;`` as published; a copy that a program has saved anew may have commas."""
    header = stream.readline(4_000)
    stream.seek(0)
    return ";" if header.count(";") >= header.count(",") else ","


def _label(path: Path) -> str:
    names = [path.name]
    if archive.is_archive(path):
        try:
            with archive.opened(path) as opened:
                names += sorted(opened.namelist())
        except Unreadable as error:
            raise _unusable(path, error.faults) from None
    days = (re.search(r"_(20\d{2})([01]\d)([0-3]\d)\.", name) for name in names)
    return next(("-".join(day.groups()) for day in days if day), "")


def _point(raw: Raw) -> tuple[float, float] | None:
    """Longitude and latitude; none where one is missing or no number."""
    try:
        x, y = (float(raw[name].strip().replace(",", ".")) for name in (X, Y))
    except ValueError:
        return None
    return (x, y) if math.isfinite(x) and math.isfinite(y) else None


def _near(point: tuple[float, float]) -> bool:
    west, south, east, north = finder().bounds
    return west <= point[0] <= east and south <= point[1] <= north


def _tell_skipped(key: str, raw: Mapping[str, str], log: IssueLog) -> None:
    if key == BROKEN:
        why = _("Righe con un numero di celle sbagliato o senza chiave: non si leggono.")
    else:
        why = _("Righe di un'altra provincia (codice {code}): il file è della regione.").format(code=key[-3:])
    log.rejected(key, "righe_fuori_fonte", why, value=raw["righe"])


def _unusable(path: Path, faults: Sequence[str]) -> SourceError:
    summary = _("ANNCSU dal file «{file}»: nulla è stato caricato.").format(file=path.name)
    return SourceError(summary, [f"{path.name}: {fault}" for fault in faults])


SOURCES = (Anncsu(),)
