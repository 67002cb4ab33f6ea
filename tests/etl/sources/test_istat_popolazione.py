"""Residents by sex and age out of the yearly file of ISTAT: layouts, totals, other provinces, merged municipalities."""

from pathlib import Path

import pandas as pd
import pytest

from etl.batch import read
from etl.errors import SourceError
from etl.record import PopulationRecord
from etl.reference.municipalities import municipalities
from etl.reference.population import residents
from etl.sources.istat_popolazione import SOURCES
from tests.etl.sources.istat import issues, received

SAMPLE = Path(__file__).parent / "samples" / "istat" / "POSAS_2024_it_001_Torino.csv"
(SOURCE,) = SOURCES


def of(path: Path):
    (edition,) = SOURCE.editions([received(path)])
    return read(SOURCE, edition)


def test_the_names_of_istat_are_known_and_those_of_provinces_are_not():
    for name in ("POSAS_2024_it_001_Torino.csv", "POSAS_2025_it_Comuni.zip", "posas_2021_it_comuni.csv"):
        assert SOURCE.knows(name)
    for name in ("POSAS_2024_it_Province.csv", "POSAS_2024_it_Regioni.csv", "POSAS.csv", "POSAS_2024_en_All.csv"):
        assert not SOURCE.knows(name)


def test_the_sample_is_read_whole():
    assert SOURCE.faults(SAMPLE) == []
    batch = of(SAMPLE)
    assert batch.edition == "2024-01-01"
    # Nine rows that are ours, two for the two other provinces.
    assert batch.counts == {"read": 11, "accepted": 5, "rejected": 6}
    persons = {(one.municipality, one.sex, one.age): one.persons for one in batch.records}
    assert persons["001001", "M", 1] == 11
    assert persons["001001", "F", 100] == 2
    assert persons["001272", "F", 0] == 2500
    assert sum(persons.values()) == 37 + 5511
    assert {one.year for one in batch.records} == {2024}


def test_every_row_that_is_left_out_is_told():
    batch = of(SAMPLE)
    assert issues(batch.log) == {
        ("001125/2024/0", "numero_illeggibile"): "70 / ..",
        ("001125/2024/101", "eta_illeggibile"): "101",
        ("001272/2024/999", "totale_non_coincide"): "[2801, 2711]",
        ("2024", "riga_di_totale"): "2",
        ("altre-province/015", "righe_fuori_fonte"): "2",
        ("altre-province/058", "righe_fuori_fonte"): "1",
    }


def test_the_older_layout_with_marital_status_and_semicolons(tmp_path):
    path = tmp_path / "POSAS_2018_it_Comuni.csv"
    path.write_text(
        "Popolazione residente al 1° gennaio 2018 per età, sesso e stato civile\n"
        "Codice comune;Denominazione;Età;Celibi;Coniugati;Totale Maschi;Nubili;Coniugate;Totale Femmine\n"
        "1005;Alice Superiore;40;3;2;5;2;2;4\n1138;Lugnacco;40;1;1;2;1;0;1\n1182;Pecco;40;0;1;1;0;0;0\n",
        encoding="cp1252",
    )
    batch = of(path)
    assert batch.counts == {"read": 3, "accepted": 3, "rejected": 0}
    assert [(one.municipality, one.sex, one.persons) for one in batch.records] == [
        ("001317", "F", 5),
        ("001317", "M", 8),
    ]


def test_years_of_the_reference_data_stay_as_they_are(tmp_path):
    path = tmp_path / "POSAS_2023_it_001_Torino.csv"
    path.write_bytes(SAMPLE.read_bytes())
    batch = of(path)
    assert batch.records == []
    assert issues(batch.log)["2023", "anno_di_riferimento"] == "7"
    assert {2022, 2023} == set(residents(pd.Index(["001272"]))["year"])


def test_rows_in_another_order_give_the_same(tmp_path):
    title, header, *rows = SAMPLE.read_text("utf-8").splitlines()
    path = tmp_path / SAMPLE.name
    path.write_text("\n".join([title, header, *reversed(rows)]), encoding="utf-8-sig")
    assert of(path).digest == of(SAMPLE).digest


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "vuoto"),
        (b"titolo\nCodice comune;Comune;Totale maschi\n1001;A;1\n", "manca la colonna «Età»"),
        (b"PK\x03\x04rotto", "PK"),
    ],
)
def test_a_file_that_is_none_is_told(tmp_path, content, fault):
    path = tmp_path / "POSAS_2024_it_Comuni.csv"
    path.write_bytes(content)
    assert SOURCE.faults(path)
    with pytest.raises(SourceError):
        of(path)
    if fault != "PK":
        assert fault in " ".join(SOURCE.faults(path))


def test_all_municipalities_of_the_reference_data_come_back(tmp_path):
    """A file of the size of the real one, written from the residents of 2023 as if they were those of 2024."""
    names = municipalities().names
    people = residents(pd.Index(list(names))).query("year == 2023")
    wide = people.pivot_table(index=["code", "age"], columns="sex", values="persons", aggfunc="sum").reset_index()
    rows = [f'"{row.code}","{names[row.code]}",{row.age},{row.M},{row.F},{row.M + row.F}' for row in wide.itertuples()]
    path = tmp_path / SAMPLE.name
    head = SAMPLE.read_text("utf-8").splitlines()[:2]
    path.write_text("\n".join([*head, *rows]), encoding="utf-8")
    batch = of(path)
    assert batch.counts == {"read": 312 * 101, "accepted": 312 * 101, "rejected": 0}
    assert sum(one.persons for one in batch.records if isinstance(one, PopulationRecord)) == 2_198_237
