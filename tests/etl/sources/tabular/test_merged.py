"""Merged cells of a spreadsheet on their way to records: the text counts in each row, and that is told."""

import openpyxl

from etl.sources.tabular.mapping import Mapping
from etl.sources.tabular.source import TabularSource
from tests.etl.sources.reading import read_one


def test_a_row_below_a_merged_cell_has_its_text_and_says_so(tmp_path):
    book = openpyxl.Workbook()
    for cells in (["codice", "nome", "comune"], ["1", "CAF Uno", "Torino"], ["2", "CAF Due", None]):
        book.active.append(cells)
    book.active.merge_cells("C2:C3")
    path = tmp_path / "caf.xlsx"
    book.save(path)
    source = TabularSource(
        Mapping.model_validate(
            {
                "id": "prova",
                "title": "Prova",
                "publisher": "Ente di prova",
                "licence": "CC0-1.0",
                "files": ("*",),
                "format": "xlsx",
                "key": ("codice",),
                "fields": {"name": "nome", "municipality": "comune", "service_type": {"constant": "caf"}},
            }
        )
    )
    found = read_one(source, path)
    assert {record.key: record.municipality for record in found.records} == {"1": "001272", "2": "001272"}
    told = [entry for entry in found.issues if entry.kind == "celle_unite"]
    assert [(entry.record_key, entry.field, entry.value, entry.mended) for entry in told] == [
        ("2", "comune", "", "Torino")
    ]
