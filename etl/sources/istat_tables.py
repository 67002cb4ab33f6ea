"""Large tables of ISTAT, read line by line: a title above the header, columns whose names change from year to year.

A national file has ten million rows of which a few thousand are ours; the others are counted, by province.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from etl.errors import SourceError
from etl.i18n import _
from etl.issues import IssueLog
from etl.reference.municipality_names import istat_code
from etl.sources.base import Raw
from etl.sources.readers import archive
from etl.sources.readers.content import Unreadable, require_file
from etl.sources.readers.signatures import refuse_other_format
from etl.sources.tabular.fields import folded

ABOVE = 10  # lines among which the header is looked for
_HEAD = 65_536  # bytes by which the encoding is told
_ENDINGS = (".csv", ".txt", ".tsv")
PROVINCE = "001"
ELSEWHERE, BROKEN = "altre-province", "righe-spezzate"


@dataclass(frozen=True)
class Columns:
    """Names that the columns of a table may have, by field, in any case; ``perhaps`` are fields that may be missing.

    A name that ends in ``*`` stands for all that begin so.
    """

    names: Mapping[str, Sequence[str]]
    perhaps: frozenset[str] = frozenset()

    def find(self, header: Sequence[str]) -> dict[str, int]:
        """Place of each field that a header has."""
        there = [folded(name) for name in header]
        found = {}
        for told, names in self.names.items():
            at = next((place for name in names for place, one in enumerate(there) if _fits(one, folded(name))), None)
            if at is not None:
                found[told] = at
        return found

    def missing(self, header: Sequence[str]) -> list[str]:
        """First name of each field that a header must have and has not."""
        found = self.find(header)
        return [names[0] for told, names in self.names.items() if told not in found and told not in self.perhaps]


@dataclass
class Skipped:
    """Rows that are passed over, counted by province or as broken."""

    counts: Counter[str] = field(default_factory=Counter)

    def rows(self) -> Iterator[tuple[str, Raw]]:
        """One row for each reason, which :func:`tell_skipped` turns into an issue."""
        for name in sorted(self.counts):
            yield name, {"righe": str(self.counts[name])}

    def outside(self, code: str | None) -> bool:
        """Whether a row is about another province; it is then counted."""
        if code is None or code.startswith(PROVINCE):
            return False
        self.counts[f"{ELSEWHERE}/{code[:3]}"] += 1
        return True


def tell_skipped(key: str, raw: Raw, log: IssueLog) -> bool:
    """Whether a row is one of :class:`Skipped`; the log then says why and how many."""
    if "righe" not in raw:
        return False
    why = (
        _("Righe che non si leggono: numero di celle sbagliato.")
        if key == BROKEN
        else _("Righe di un'altra provincia (codice {code}).").format(code=key[-3:])
    )
    log.rejected(key, "righe_fuori_fonte", why, value=str(raw["righe"]))
    return True


def faults(path: Path, columns: Columns) -> list[str]:
    """Why a file is not such a table; empty where it is."""
    try:
        with _opened(path) as stream:
            header = _header(stream, columns)
    except Unreadable as error:
        return [f"{path.name}: {fault}" for fault in error.faults]
    why = _("{name}: manca la colonna «{column}»")
    return [why.format(name=path.name, column=column) for column in columns.missing(header)]


def read(path: Path, columns: Columns, skipped: Skipped) -> Iterator[dict[str, str]]:
    """Rows by field, only the columns that are named; broken ones are counted.

    Raises
    ------
    SourceError
        The file is unusable.
    """
    try:
        with _opened(path) as stream:
            yield from _rows(stream, columns, skipped)
    except Unreadable as error:
        summary = _("Il file «{name}» non si legge: nulla ne è stato caricato.").format(name=path.name)
        raise SourceError(summary, [f"{path.name}: {fault}" for fault in error.faults]) from None


def _rows(stream: "_Stream", columns: Columns, skipped: Skipped) -> Iterator[dict[str, str]]:
    header = _header(stream, columns)
    if absent := columns.missing(header):
        raise Unreadable(_("Mancano le colonne: {columns}.").format(columns=", ".join(absent)))
    places = columns.find(header)
    for cells in csv.reader(stream.text, delimiter=stream.delimiter):
        if len(cells) == len(header):
            yield {told: cells[at] for told, at in places.items()}
        elif any(cell.strip() for cell in cells):
            skipped.counts[BROKEN] += 1


def year_of(name: str) -> str:
    """The first year in a file's name; empty where there is none.

    >>> year_of("POSAS_2024_it_001_Torino.csv"), year_of("Piemonte.txt")
    ('2024', '')
    """
    match = re.search(r"(?<!\d)(19|20)\d{2}(?!\d)", name)
    return match.group(0) if match else ""


def code_of(text: str) -> str | None:
    """An ISTAT code in six digits; none where the text is no code."""
    return istat_code(text)


def _fits(name: str, wanted: str) -> bool:
    return name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted


@dataclass
class _Stream:
    """A text, and the delimiter of its cells once the header was found."""

    text: TextIO
    delimiter: str = ";"


@contextmanager
def _opened(path: Path) -> Iterator[_Stream]:
    require_file(path)
    if archive.is_archive(path):
        with archive.extracted(path, lambda name: name.endswith(_ENDINGS), "CSV") as inner, _opened(inner) as stream:
            yield stream
        return
    with path.open("rb") as head:
        start = head.read(_HEAD)
    refuse_other_format(start[:512], text=True)
    try:
        with path.open(encoding=_encoding(start), newline="") as text:
            yield _Stream(text)
    except (csv.Error, UnicodeDecodeError):
        raise Unreadable(_("Il testo è guasto: scaricare di nuovo il file.")) from None


def _encoding(start: bytes) -> str:
    """UTF-8 as published of late, else the code page of the older files; a character cut at the end is no fault."""
    whole = start if len(start) < _HEAD else start[: start.rfind(b"\n") + 1]
    try:
        whole.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _header(stream: _Stream, columns: Columns) -> list[str]:
    """Names of the columns: of the first lines the one that has most of those that are wanted."""
    best: list[str] = []
    for _number in range(ABOVE):
        line = stream.text.readline()
        stream.delimiter = max(";,\t|", key=line.count)
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=stream.delimiter), [])]
        if not columns.missing(cells):
            return cells
        if len(columns.find(cells)) > len(columns.find(best)):
            best = cells
    return best
