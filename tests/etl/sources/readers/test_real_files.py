"""The publishers' own files, where they are at hand."""

import pytest

from etl.sources.readers.table import read_table
from tests.etl.tools import SHARED

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder with real files is missing")

# file, format, columns, rows, encoding
FILES = [
    ("aperto-torino/farmacie.csv", "csv", 19, 243, "cp1252"),
    ("aperto-torino/si_nidi_comunali.csv", "csv", 22, 54, "utf-8"),
    ("aperto-torino/uffici_anagrafici.csv", "csv", 16, 15, "cp1252"),
    ("aperto-torino/geo/circoscrizioni_wgs84.geojson", "geojson", 3, 8, None),
    ("iccu-biblioteche/territorio.csv", "csv", 17, 432, "utf-8"),
    ("ipa-comuni/comuniIPA.tsv", "csv", 31, 312, "utf-8"),
    ("mim-scuole-paritarie/SCUANAGRAFEPAR20222320220901.csv", "csv", 14, 384, "utf-8"),
    ("ministero-salute-farmacie/Torino_farmacie.csv", "csv", 25, 279, "utf-8"),
    ("istat-municipi-2011/ElencoUnitaAmministrative2011.csv", "csv", 26, 315, "utf-8"),
    ("istat-localita-2011/Localita_11_WGS84_topo_points.geojson", "geojson", 20, 315, None),
    ("istat-sezioni-torino-2011/Torino_cpa_2011.csv", "csv", 152, 3713, "utf-8"),
    (
        "istat-classificazioni-2023/Classificazioni statistiche-e-dimensione-dei-comuni_01_01_2023.xlsx",
        "xlsx",
        14,
        312,
        None,
    ),
]


@pytest.mark.parametrize(("name", "form", "columns", "rows", "encoding"), FILES, ids=[case[0] for case in FILES])
def test_every_row_of_a_real_file_is_read(name, form, columns, rows, encoding):
    table = read_table(SHARED / name, format=form)
    assert (len(table.header), len(table.rows), table.broken, table.encoding) == (columns, rows, (), encoding)


def test_whole_numbers_of_a_real_workbook_have_no_decimal_point():
    name = "istat-classificazioni-2023/Classificazioni statistiche-e-dimensione-dei-comuni_01_01_2023.xlsx"
    row = read_table(SHARED / name, format="xlsx").rows[0][1]
    assert row["Codice Istat del Comune (alfanumerico)"] == "001001"
    assert row["Popolazione residente al 31/12/2022"] == "2558"
    assert row["Superficie territoriale (kmq) al 01/01/2023"] == "13.1462"
