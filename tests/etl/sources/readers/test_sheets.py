import datetime as dt
import zipfile

import openpyxl
import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

from etl.sources.readers.table import read_table

TYPED = {"codice": "1272", "x": "7.5", "data": "2023-09-01", "ora": "08:30", "vero": "true", "cap": "00010"}


@pytest.fixture
def book(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(list(TYPED))
    book.active.append([1272, 7.5, dt.date(2023, 9, 1), dt.time(8, 30), True, "00010"])
    return book


def saved(book, tmp_path):
    path = tmp_path / "foglio.xlsx"
    book.save(path)
    return path


def test_typed_cells_of_a_workbook_become_text(book, tmp_path):
    table = read_table(saved(book, tmp_path), format="xlsx")
    assert table.rows == ((2, TYPED),)
    assert table.sheet == "Sheet"


def test_typed_cells_of_an_open_document_become_text(tmp_path):
    document, sheet = OpenDocumentSpreadsheet(), Table(name="Dati")

    def add(*cells):
        row = TableRow()
        for cell in cells:
            row.addElement(cell)
        sheet.addElement(row)

    def string(text):
        cell = TableCell(valuetype="string")
        cell.addElement(P(text=text))
        return cell

    add(*map(string, TYPED))
    add(
        TableCell(valuetype="float", value="1272"),
        TableCell(valuetype="float", value="7.5"),
        TableCell(valuetype="date", datevalue="2023-09-01"),
        TableCell(valuetype="time", timevalue="PT08H30M00S"),
        TableCell(valuetype="boolean", booleanvalue="true"),
        string("00010"),
    )
    add(string("1"), TableCell(formula="of:=1+1"), *map(string, "abcd"))
    document.spreadsheet.addElement(sheet)
    path = tmp_path / "foglio.ods"
    document.save(path)
    table = read_table(path, format="ods")
    assert table.rows == ((2, TYPED),)
    assert [(row.number, "formula" in row.message) for row in table.broken] == [(3, True)]


def test_rows_are_numbered_as_the_program_shows_them(book, tmp_path):
    book.active["A10"] = "tardi"
    book.active.insert_rows(1, 2)
    table = read_table(saved(book, tmp_path), format="xlsx", header_row=3)
    assert [number for number, _row in table.rows] == [4, 12]


def test_a_formula_counts_by_its_computed_value_and_is_told_where_there_is_none(book, tmp_path):
    sheet = book.active
    sheet.append(["=A2*2", 1, None, None, None, "x"])
    sheet.append([5, "#DIV/0!", None, None, None, "y"])
    sheet.append(["=A2"])
    path = saved(book, tmp_path)
    computed = tmp_path / "calcolato.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(computed, "w") as target:
        for name in source.namelist():
            body = source.read(name)
            if name.endswith("sheet1.xml"):
                assert b"<f>A2*2</f><v" in body
                body = body.replace(b"<f>A2*2</f><v />", b"<f>A2*2</f><v>2544</v>")
                body = body.replace(b"<f>A2*2</f><v></v>", b"<f>A2*2</f><v>2544</v>")
            target.writestr(name, body)
    table = read_table(computed, format="xlsx")
    assert {number: row["codice"] for number, row in table.rows} == {2: "1272", 3: "2544", 4: "5"}
    assert table.rows[2][1]["x"] == "#DIV/0!"
    assert [row.number for row in table.broken] == [5]
    assert "«codice»" in table.broken[0].message
    assert [row.number for row in read_table(path, format="xlsx").broken] == [3, 5]
    # A formula in a column that is not read does no harm.
    assert len(read_table(path, format="xlsx", ignored={"codice"}).rows) == 4


def test_empty_sheets_and_columns_are_passed_over(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Dati")
    sheet.append(["a", None, "b", None])
    sheet.append([1, None, 2, None])
    table = read_table(saved(book, tmp_path), format="xlsx")
    assert (table.sheet, table.header, table.rows) == ("Dati", ("a", "b"), ((2, {"a": "1", "b": "2"}),))


def test_a_sheet_is_chosen_by_name_and_names_of_columns_lose_their_line_breaks(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["altro"])
    book.create_sheet("Dati").append([" Codice \n (numerico) "])
    assert read_table(saved(book, tmp_path), format="xlsx", sheet="Dati").header == ("Codice (numerico)",)


def test_a_cell_merged_with_those_below_counts_in_each_row_that_holds_anything(tmp_path):
    book = openpyxl.Workbook()
    for cells in (["Elenco"], ["ente", "sede", "nota"], ["A", "x", "a"], ["", "y"], [], ["B", "z"]):
        book.active.append(cells)
    for area in ("A1:C1", "A3:A5", "C3:C4", "B6:C7"):
        book.active.merge_cells(area)
    table = read_table(saved(book, tmp_path), format="xlsx", header_row=2)
    assert [(number, *row.values()) for number, row in table.rows] == [
        (3, "A", "x", "a"),
        (4, "A", "y", "a"),
        (6, "B", "z", ""),
    ]
    assert table.merged == {4: ("ente", "nota")}
    ignored = read_table(saved(book, tmp_path), format="xlsx", header_row=2, ignored={"nota"})
    assert ignored.merged == {4: ("ente",)}


def test_merged_cells_of_an_open_document(tmp_path):
    document, sheet = OpenDocumentSpreadsheet(), Table(name="Dati")
    for cells in (("ente", "sede"), ("A", "x"), (None, "y"), ("B", "z")):
        row = TableRow()
        for text in cells:
            cell = CoveredTableCell() if text is None else TableCell(valuetype="string")
            if text is not None:
                cell.addElement(P(text=text))
            if text == "A":
                cell.setAttribute("numberrowsspanned", 2)
                cell.setAttribute("numbercolumnsspanned", 1)
            row.addElement(cell)
        sheet.addElement(row)
    document.spreadsheet.addElement(sheet)
    path = tmp_path / "foglio.ods"
    document.save(path)
    table = read_table(path, format="ods")
    assert [(number, *row.values()) for number, row in table.rows] == [(2, "A", "x"), (3, "A", "y"), (4, "B", "z")]
    assert table.merged == {3: ("ente",)}


def test_rows_below_a_merged_formula_without_a_value_are_broken_with_it(tmp_path):
    book = openpyxl.Workbook()
    for cells in (["ente", "sede"], ["=1+1", "x"], [None, "y"]):
        book.active.append(cells)
    book.active.merge_cells("A2:A3")
    assert [row.number for row in read_table(saved(book, tmp_path), format="xlsx").broken] == [2, 3]
