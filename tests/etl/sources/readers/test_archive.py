import io
import zipfile

import openpyxl

from etl.sources.readers.table import read_table

CSV = "codice;nome\n1;x\n"


def test_the_only_table_of_an_archive_is_read(tmp_path):
    path = tmp_path / "dati.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("2024/elenco.CSV", CSV)
        target.writestr("2024/leggimi.pdf", "x")
        target.writestr("__MACOSX/2024/._elenco.csv", "x")
        target.writestr("2024/.nascosto.csv", "x")
    assert read_table(path, format="csv").rows == ((2, {"codice": "1", "nome": "x"}),)


def test_a_workbook_in_an_archive_and_a_workbook_that_is_one(tmp_path):
    book, stream = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["codice"])
    book.active.append([1])
    book.save(stream)
    (tmp_path / "solo.xlsx").write_bytes(stream.getvalue())
    with zipfile.ZipFile(tmp_path / "dentro.zip", "w") as target:
        target.writestr("solo.xlsx", stream.getvalue())
    for name in ("solo.xlsx", "dentro.zip"):
        assert read_table(tmp_path / name, format="xlsx").rows == ((2, {"codice": "1"}),)
