"""Spreadsheets (XLSX and ODS) as text: whole numbers without a decimal point, dates in ISO 8601."""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from etl.i18n import _
from etl.sources.readers.archive import rebuilt
from etl.sources.readers.content import Content, Line, Options, Unreadable, require_file
from etl.sources.readers.signatures import refuse_other_format
from etl.sources.readers.values import text
from etl.sources.readers.workbook import Sheet, look

LARGEST = 256 * 1024**2  # bytes of XML; the programs that write these formats stop long before


def read(path: Path, options: Options) -> Content:
    """Rows of a sheet, numbered as the program that shows it numbers them; the first sheet with content by default.

    A formula counts by the value that was computed when the file was saved. Where there is none the row is broken;
    where it failed the cell holds the text that a person sees (``#N/A``).

    Raises
    ------
    Unreadable
        The workbook is damaged, protected, hostile, empty, or lacks the sheet.
    """
    require_file(path)
    with path.open("rb") as stream:
        refuse_other_format(stream.read(512), text=False)
    if not zipfile.is_zipfile(path):
        raise Unreadable(_("Non è un foglio XLSX o ODS, o è interrotto: scaricarlo o salvarlo di nuovo."))
    copy, parts = rebuilt(path, _matters, room=LARGEST)
    sheets = look(parts)
    name = _choose(sheets, options.sheet)
    try:
        workbook = CalamineWorkbook.from_filelike(copy)
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, OverflowError):
        raise Unreadable(_("Il foglio è danneggiato: aprirlo e salvarlo di nuovo.")) from None
    if sheets[name].rows and not rows:
        raise Unreadable(_("Il foglio è scritto in un modo insolito: aprirlo e salvarlo di nuovo."))
    return Content(lines=_lines(rows, sheets[name], options.header_row), sheet=name)


def _matters(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels")) or name == "mimetype"


def _choose(sheets: dict[str, Sheet], wanted: str | None) -> str:
    if wanted is None:
        filled = next((name for name, sheet in sheets.items() if sheet.rows), None)
        if filled is None:
            raise Unreadable(_("Tutti i fogli sono vuoti: serve almeno l'intestazione con i nomi delle colonne."))
        return filled
    if wanted not in sheets:
        why = _("Il foglio «{voluto}» non c'è; ci sono: {fogli}. Correggere «sheet».")
        raise Unreadable(why.format(voluto=wanted, fogli=", ".join(sheets)))
    return wanted


def _lines(rows: Sequence[Sequence[object]], seen: Sheet, header_row: int) -> Iterator[Line]:
    uncomputed: dict[int, dict[int, str]] = {}
    why = _("la formula non ha un valore calcolato: aprire il foglio, ricalcolare e salvare")
    for row, column in seen.uncomputed:
        uncomputed.setdefault(row, {})[column] = why
    errors: dict[int, dict[int, str]] = {}
    for (row, column), shown in seen.errors.items():
        errors.setdefault(row, {})[column] = shown
    # A sheet whose last cells are formulas without a value is larger than what is read of it.
    width = seen.columns
    rows = [*rows, *([()] * (seen.rows - len(rows)))]
    for row, values in enumerate(rows):
        if row + 1 < header_row:
            continue
        cells = [text(value) for value in values]
        cells += [""] * (width - len(cells))
        for column, shown in errors.get(row, {}).items():
            cells[column] = shown
        yield Line(row + 1, tuple(cells), spoilt=uncomputed.get(row, {}))
