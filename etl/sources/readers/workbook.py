"""Look at the XML of a workbook before it is opened: how large its sheets are, which cells hold no usable value.

Office Open XML (ECMA-376) and OpenDocument (ISO/IEC 26300). A program that writes formulas without computing them
leaves their cells empty, and a failed formula leaves a text such as ``#N/A``: both would be lost in silence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from xml.parsers import expat

from etl.i18n import _
from etl.sources.readers.content import Unreadable

MOST_ROWS = 1_048_576  # of both formats' programs
MOST_COLUMNS = 16_384
MOST_CELLS = 10_000_000  # of the rectangle that a sheet fills: each takes memory even if it is empty
DECLARATIONS = tuple(mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le"))
NAME = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"


@dataclass
class Sheet:
    """What was seen of a sheet: the rectangle it fills, from the first cell, and cells without a value of their own.

    Places of cells are row and column, from 0. ``merged`` are cells that reach over rows below them: first row,
    column of the value, last row.
    """

    rows: int = 0
    columns: int = 0
    uncomputed: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    _covered: int = 0

    def merge(self, row: int, column: int, last: int) -> None:
        """A cell that reaches down to the row ``last``.

        Raises
        ------
        Unreadable
            The merged cells are more than a sheet has: they must overlap.
        """
        if last <= row:
            return
        self.merged.append((row, column, last))
        self._covered += last - row
        if self._covered > MOST_CELLS:
            raise Unreadable(_("Il foglio ha troppe celle unite: separarle, o copiare i soli dati in un foglio nuovo."))

    def fill(self, row: int, column: int) -> None:
        """A cell with content.

        Raises
        ------
        Unreadable
            The sheet is larger than a sheet can be, or than memory allows.
        """
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
        if self.rows > MOST_ROWS or self.columns > MOST_COLUMNS or self.rows * self.columns > MOST_CELLS:
            why = _("Il foglio occupa {righe} × {colonne} celle, troppe: copiare i soli dati in un foglio nuovo.")
            raise Unreadable(why.format(righe=self.rows, colonne=self.columns))


def look(parts: Mapping[str, bytes]) -> dict[str, Sheet]:
    """What there is to know of each sheet, by name, in the order of the workbook.

    Raises
    ------
    Unreadable
        XML that is damaged or declares entities, a sheet too large, no workbook at all.
    """
    for name, part in parts.items():
        if any(mark in part for mark in DECLARATIONS):
            why = _("«{parte}» dichiara entità XML, che un foglio di calcolo non usa: salvarlo di nuovo.")
            raise Unreadable(why.format(parte=name))
    if "xl/workbook.xml" in parts:
        return {name: _office_sheet(parts, part) for name, part in _office_sheets(parts)}
    if "content.xml" in parts:
        scan = _OpenDocument()
        _parse(scan, parts["content.xml"], "content.xml")
        return scan.sheets
    raise Unreadable(_("Non è un foglio di calcolo XLSX o ODS: aprirlo e salvarlo di nuovo come .xlsx."))


class _Scan:
    """What is done at the elements of a document.

    Names of elements come without their namespace, those of attributes with it (``"uri name"``): whoever reads the
    workbook afterwards must not take another attribute for the place of a cell.
    """

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, content: str) -> None:
        """Text inside of an element, perhaps in pieces."""


def _parse(scan: _Scan, part: bytes, name: str) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda tag, told: scan.start(tag.rpartition(" ")[2], told)
    parser.EndElementHandler = lambda tag: scan.end(tag.rpartition(" ")[2])
    parser.CharacterDataHandler = scan.text
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        why = _("«{parte}» è danneggiato alla riga {riga}: aprire il foglio di calcolo e salvarlo di nuovo.")
        raise Unreadable(why.format(parte=name, riga=error.lineno)) from None


class _Elements(_Scan):
    """Attributes of all elements of one name."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        self.found: list[dict[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self.wanted:
            self.found.append(attributes)


def _elements(parts: Mapping[str, bytes], part: str, wanted: str) -> list[dict[str, str]]:
    scan = _Elements(wanted)
    if part in parts:
        _parse(scan, parts[part], part)
    return scan.found


def _office_sheets(parts: Mapping[str, bytes]) -> list[tuple[str, str]]:
    targets = {
        told.get("Id", ""): told.get("Target", "")
        for told in _elements(parts, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    sheets = []
    for sheet in _elements(parts, "xl/workbook.xml", "sheet"):
        relation = next((value for name, value in sheet.items() if name.endswith(" id")), "")
        target = targets.get(relation, "")
        part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
        sheets.append((sheet.get("name", ""), part))
    return sheets


def _office_sheet(parts: Mapping[str, bytes], part: str) -> Sheet:
    scan = _Office()
    if part in parts:
        _parse(scan, parts[part], part)
    return scan.sheet


class _Office(_Scan):
    """Cells of a worksheet part: ``<row r><c r t><f/><v/></c></row>``; the places ``r`` may be left out."""

    def __init__(self) -> None:
        self.sheet = Sheet()
        self.place = (-1, -1)
        self.seen: set[str] = set()
        self.kind = ""
        self.value = ""
        self.inside = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            row = _place(f"A{attributes['r']}")[0] if "r" in attributes else self.place[0] + 1
            self.place = (row, -1)
        elif name == "c":
            self.place = _place(attributes["r"]) if "r" in attributes else (self.place[0], self.place[1] + 1)
            self.seen, self.kind, self.value = set(), attributes.get("t", ""), ""
        elif name == "mergeCell":
            first, _colon, last = attributes.get("ref", "").partition(":")
            self.sheet.merge(*_place(first), _place(last or first)[0])
        else:
            self.seen.add(name)
            self.inside = name

    def text(self, content: str) -> None:
        if self.inside == "v" and (self.kind == "e" or "f" in self.seen):
            self.value += content

    def end(self, name: str) -> None:
        self.inside = ""
        if name != "c" or not self.seen:
            return
        self.sheet.fill(*self.place)
        if self.kind == "e":
            self.sheet.errors[self.place] = self.value.strip() or "#N/A"
        elif "f" in self.seen and not self.value and self.kind != "str":
            self.sheet.uncomputed.add(self.place)


def _place(name: str) -> tuple[int, int]:
    """Row and column, from 0, of a cell: ``B2`` is ``(1, 1)``. Other readers make room for whatever they can parse."""
    found = NAME.fullmatch(name)
    if found is None:
        why = _("Il foglio ha una cella in un posto impossibile («{posto}»): aprirlo e salvarlo di nuovo.")
        raise Unreadable(why.format(posto=name[:40]))
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


class _OpenDocument(_Scan):
    """Tables of ``content.xml``, whose rows and cells may stand for several equal ones."""

    def __init__(self) -> None:
        self.sheets: dict[str, Sheet] = {}
        self.sheet = Sheet()
        self.row = self.column = 0
        self.rows = self.columns = 1
        self.cell: dict[str, str] | None = None
        self.value = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self.sheet = self.sheets.setdefault(attributes.get(f"{TABLE} name", ""), Sheet())
            self.row, self.rows = 0, 0
        elif name == "table-row":
            self.rows, self.column = _times(attributes, "number-rows-repeated", MOST_ROWS), 0
        elif name in {"table-cell", "covered-table-cell"}:
            self.columns = _times(attributes, "number-columns-repeated", MOST_COLUMNS)
            self.cell, self.value = attributes, ""
            spanned = _times(attributes, "number-rows-spanned", MOST_ROWS)
            self.sheet.merge(self.row, self.column, self.row + spanned - 1)

    def text(self, content: str) -> None:
        if self.cell is not None and len(self.value) < 100:
            self.value += content.strip()

    def end(self, name: str) -> None:
        if name == "table-row":
            self.row += self.rows
        elif name in {"table-cell", "covered-table-cell"} and self.cell is not None:
            if self.value or f"{OFFICE} value-type" in self.cell or f"{TABLE} formula" in self.cell:
                self._fill(self.cell)
            self.column += self.columns
            self.cell = None

    def _fill(self, cell: dict[str, str]) -> None:
        self.sheet.fill(self.row + self.rows - 1, self.column + self.columns - 1)
        computed = f"{TABLE} formula" in cell
        failed = computed and self.value.startswith(("#", "Err:"))
        missing = computed and not self.value and f"{OFFICE} value-type" not in cell
        if not failed and not missing:
            return
        for row in range(self.row, self.row + self.rows):
            for column in range(self.column, self.column + self.columns):
                if failed:
                    self.sheet.errors[row, column] = self.value
                else:
                    self.sheet.uncomputed.add((row, column))


def _times(attributes: dict[str, str], name: str, most: int) -> int:
    told = attributes.get(f"{TABLE} {name}", "1")
    if not (told.isascii() and told.isdecimal()) or not 1 <= int(told[:10]) <= most:
        why = _("Il foglio ripete {volte} volte una riga o una cella, troppe: copiare i soli dati in un foglio nuovo.")
        raise Unreadable(why.format(volte=told[:20]))
    return int(told)
