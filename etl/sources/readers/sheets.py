"""Spreadsheets (XLSX and ODS) as text: whole numbers without a decimal point, dates in ISO 8601."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
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
    where it failed the cell holds the text that a person sees (``#N/A``). A cell merged with those below it counts in
    each of their rows that holds anything else.

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
    why = _("la formula non ha un valore calcolato: aprire il foglio, ricalcolare e salvare")
    uncomputed: dict[int, dict[int, str]] = {}
    for row, column in seen.uncomputed:
        uncomputed.setdefault(row, {})[column] = why
    errors: dict[int, dict[int, str]] = {}
    for (row, column), shown in seen.errors.items():
        errors.setdefault(row, {})[column] = shown
    # A sheet whose last cells are formulas without a value is larger than what is read of it.
    rows = [*rows, *([()] * (seen.rows - len(rows)))]
    above = _above(seen, header_row, len(rows))
    for row in range(header_row - 1, len(rows)):
        cells = _texts(rows[row], seen.columns, errors.get(row, {}))
        spoilt = dict(uncomputed.get(row, {}))
        merged = [] if _empty(cells) else [(top, column) for top, column in above.get(row, ()) if not cells[column]]
        for top, column in merged:
            cells[column] = _texts(rows[top], seen.columns, errors.get(top, {}))[column]
            spoilt |= {at: fault for at, fault in uncomputed.get(top, {}).items() if at == column}
        filled = tuple(column for _top, column in merged if cells[column])
        yield Line(row + 1, tuple(cells), spoilt=spoilt, merged=filled)


def _texts(values: Sequence[object], width: int, errors: Mapping[int, str]) -> list[str]:
    cells = [text(value) for value in values]
    cells += [""] * (width - len(cells))
    for column, shown in errors.items():
        cells[column] = shown
    return cells


def _empty(cells: Sequence[str]) -> bool:
    return not any(cell and not cell.isspace() for cell in cells)


def _above(seen: Sheet, header_row: int, rows: int) -> dict[int, list[tuple[int, int]]]:
    """By row, where the cells stand that reach down to it: titles and headings reach nowhere."""
    found: dict[int, list[tuple[int, int]]] = {}
    for top, column, last in seen.merged:
        if top >= header_row and column < seen.columns:
            for row in range(top + 1, min(last + 1, rows)):
                found.setdefault(row, []).append((top, column))
    return found
