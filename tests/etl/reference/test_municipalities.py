"""Recognising municipalities by the codes and names that publishers write."""

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.errors import ReferenceDataError
from etl.reference import tables
from etl.reference.municipalities import municipalities
from tests.etl.tools import SHARED, edit

KNOWN = municipalities()


def rows(path: Path, *, delimiter: str, encoding: str = "utf-8") -> Iterator[dict[str, str]]:
    if not path.exists():
        pytest.skip("i file veri stanno accanto al progetto e qui mancano")
    with path.open(encoding=encoding, newline="") as stream:
        yield from csv.DictReader(stream, delimiter=delimiter)


@pytest.mark.parametrize("text", ["001272", "1272", "01272", "1001272", "01001272", "201272", "1272.0", " 001272 "])
def test_istat_codes_in_any_form(text):
    found = KNOWN.recognise(istat=text)
    assert (found.code, found.name, found.by, found.former) == ("001272", "Torino", "istat", None)


@pytest.mark.parametrize("text", ["L219", "l219", "c_l219", " L219 "])
def test_cadastral_codes_in_any_form(text):
    assert KNOWN.recognise(cadastral=text).code == "001272"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Agliè", "001001"),
        ("AGLIE'", "001001"),
        ("Comune di Aglie'", "001001"),
        ("Aglie`", "001001"),
        ("Leinì", "001130"),
        ("LEINI", "001130"),
        ("Pont Canavese", "001199"),
        ("Pont - Canavese", "001199"),
        ("PONT C.SE", "001199"),
        ("S. Antonino di Susa", "001256"),
        ("S.ANTONINO DI SUSA", "001256"),
        ("Santantonino di Susa", None),
        ("Sant'Ambrogio Torinese", None),
        ("Sant’Ambrogio di Torino", "001255"),
        ("San Giorio", None),
        ("Cascinette di Ivrea", "001061"),
        ("Sauze d’Oulx", "001259"),
        ("Front Canavese", "001109"),
        ("None", "001168"),
        ("Città di Torino", "001272"),
        ("Torino (TO)", "001272"),
        ("Torino/Turin", "001272"),
        ("Oulx - Ours", "001175"),
        ("Settimo", None),
        ("", None),
    ],
)
def test_names_in_any_spelling(text, code):
    found = KNOWN.recognise(name=text)
    assert (found.code if found else None) == code


def test_every_name_and_code_of_today_leads_to_its_own_municipality():
    assert len(KNOWN.names) == 312
    for code, name in KNOWN.names.items():
        for written in (name, name.upper(), name.replace("'", "’"), f"Comune di {name}"):
            assert KNOWN.recognise(name=written).code == code, written
        assert KNOWN.recognise(istat=str(int(code))).code == code


@pytest.mark.parametrize(
    ("told", "code", "by", "former"),
    [
        ({"istat": "001005"}, "001317", "istat", "001005"),
        ({"istat": "1182"}, "001317", "istat", "001182"),
        ({"cadastral": "E727"}, "001317", "cadastral", "E727"),
        ({"name": "VICO CANAVESE"}, "001318", "name", "Vico Canavese"),
        ({"name": "Meugliano"}, "001318", "name", "Meugliano"),
        ({"cadastral": "L338"}, "001318", "cadastral", "L338"),
        ({"name": "Ulzio"}, "001175", "name", "Ulzio"),
        ({"name": "Roreto Chisone"}, "001227", "name", "Roreto Chisone"),
    ],
)
def test_municipalities_of_the_past_lead_to_those_of_today(told, code, by, former):
    found = KNOWN.recognise(**told)
    assert (found.code, found.by, found.former) == (code, by, former)


def test_a_municipality_carved_out_of_others_takes_none_of_them():
    for name in ("Borgaro Torinese", "Caselle Torinese", "Leini", "Settimo Torinese"):
        assert KNOWN.recognise(name=name).name == name
    assert KNOWN.recognise(name="Mappano").code == "001316"


def test_codes_go_before_names():
    assert KNOWN.recognise(istat="1272", name="Ivrea").by == "istat"
    assert KNOWN.recognise(istat="non so", cadastral="L219", name="Ivrea").by == "cadastral"
    assert KNOWN.recognise(istat="", cadastral="", name="Ivrea").code == "001125"
    # Samone is also a municipality in Trentino.
    assert KNOWN.recognise(istat="022165", name="Samone") is None
    assert KNOWN.recognise(name="Samone").code == "001235"


@pytest.mark.parametrize(
    ("told", "outside"),
    [
        ({"istat": "015146"}, True),
        ({"istat": "15146"}, True),
        ({"istat": "004078", "name": "Torino"}, True),
        ({"istat": "103999"}, True),
        ({"istat": "999999"}, False),
        ({"istat": "001999"}, False),
        ({"istat": "001272", "province": "MI"}, False),
        ({"cadastral": "F205"}, True),
        ({"cadastral": "Z999"}, False),
        ({"name": "Milano"}, True),
        ({"name": "Bolzano"}, True),
        ({"name": "Samone"}, False),
        ({"name": "Samone", "province": "TN"}, True),
        ({"name": "Torrino"}, False),
        ({"province": "Cuneo"}, True),
        ({"province": "004"}, True),
        ({"province": "TO"}, False),
        ({"province": "Città metropolitana di Torino"}, False),
        ({}, False),
    ],
)
def test_a_place_elsewhere_in_italy_is_told_from_a_mistake(told, outside):
    assert KNOWN.outside(**told) is outside


# --- the table of changes -----------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(tables.DATA, tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("former_istat", "001317", "in una fusione il codice di prima è diverso"),
        ("istat_code", "999999", "comune assente da zone_omogenee.csv"),
        ("former_cadastral", "001005", "una lettera maiuscola e tre cifre"),
        ("since", "2019", "la data si scrive AAAA-MM-GG"),
        ("evidence", "", "manca il valore"),
    ],
)
def test_a_wrong_change_is_told(copy, column, value, why):
    edit(copy, "reference/municipality_changes.csv", lambda frame: _first(frame, column, value))
    with pytest.raises(ReferenceDataError, match=why):
        tables.municipality_changes(folder=copy)


def _first(frame, column, value):
    frame.loc[0, column] = value
    return frame


# --- the files of the publishers ------------------------------------------------------------------------


def test_all_municipalities_of_2011_are_found_by_each_of_their_names():
    found = {}
    for row in rows(SHARED / "istat-municipi-2011" / "ElencoUnitaAmministrative2011.csv", delimiter=","):
        by_code = KNOWN.recognise(istat=row["PRO_COM"])
        assert by_code == KNOWN.recognise(istat=row["PRO_COM_T"])
        assert by_code.code == KNOWN.recognise(cadastral=row["CODICE_CATASTALE"]).code
        assert by_code.code == KNOWN.recognise(name=row["COMUNE"]).code
        found[row["PRO_COM_T"]] = by_code.code
    assert len(found) == 315
    assert set(KNOWN.names) - set(found.values()) == {"001316"}


def test_all_localities_of_2011_are_found():
    path = SHARED / "istat-localita-2011" / "Localita_11_WGS84_topo_points.geojson"
    if not path.exists():
        pytest.skip("i file veri stanno accanto al progetto e qui mancano")
    found = [one["properties"] for one in json.loads(path.read_text("utf-8"))["features"]]
    for one in found:
        assert KNOWN.recognise(istat=str(one["COD_ISTAT"])) == KNOWN.recognise(istat=str(one["PRO_COM"]))
        assert KNOWN.recognise(istat=str(one["COD_ISTAT"])) is not None
    assert len(found) == 315


SCHOOLS = ("cadastral", "CODICECOMUNESCUOLA"), "DESCRIZIONECOMUNE"


@pytest.mark.parametrize(
    ("file", "delimiter", "code", "name"),
    [
        ("iccu-biblioteche/territorio.csv", ";", ("istat", "codice istat comune"), "comune"),
        ("mim-scuole-paritarie/SCUANAGRAFEPAR20222320220901.csv", ",", *SCHOOLS),
        ("mim-scuole-paritarie/SCUANAGRAFEPAR20232420230901.csv", ",", *SCHOOLS),
        ("ministero-salute-farmacie/Torino_farmacie.csv", ";", ("istat", "CODICECOMUNEISTAT"), "DESCRIZIONECOMUNE"),
    ],
)
def test_codes_and_names_of_real_files_agree(file, delimiter, code, name):
    count = 0
    for row in rows(SHARED / file, delimiter=delimiter):
        scheme, column = code
        by_code = KNOWN.recognise(**{scheme: row[column]})
        assert by_code is not None, row
        assert by_code.code == KNOWN.recognise(name=row[name]).code, row
        count += 1
    assert count > 200


def test_ipa_knows_each_municipality_by_both_of_its_names():
    found = set()
    for row in rows(SHARED / "ipa-comuni" / "comuniIPA.tsv", delimiter="\t"):
        by_name = KNOWN.recognise(name=row["Comune"])
        assert by_name.code == KNOWN.recognise(name=row["des_amm"]).code, row["des_amm"]
        found.add(by_name.code)
    assert found == set(KNOWN.names)
