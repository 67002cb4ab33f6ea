"""Road times from municipality to municipality: two layouts, other provinces, merged municipalities."""

import csv
from pathlib import Path

import pytest

from etl.batch import Batch, read
from etl.record import TravelRecord
from etl.sources.istat_tempi import SOURCES
from tests.etl.sources.istat import issues, received

SAMPLE = Path(__file__).parent / "samples" / "istat" / "Piemonte.txt"
(SOURCE,) = SOURCES


def of(path: Path) -> Batch:
    assert SOURCE.knows(path.name)
    assert SOURCE.faults(path) == []
    (edition,) = SOURCE.editions([received(path)])
    return read(SOURCE, edition)


def ways(batch: Batch) -> dict[tuple[str, str], TravelRecord]:
    return {(one.origin, one.destination): one for one in batch.records}


def test_the_layout_of_2013():
    batch = of(SAMPLE)
    found = ways(batch)
    assert found["001001", "001272"] == TravelRecord("001001-001272", "001001", "001272", "car", 38.5, 37.12)
    assert found["001272", "001001"].minutes == 39.25
    # Two municipalities of then are one today.
    assert found["001317", "001272"].minutes == 57
    assert found["001317", "001272"].km == 59
    assert len(found) == 3


def test_every_row_is_accounted_for():
    batch = of(SAMPLE)
    assert issues(batch.log) == {
        ("001272-001125", "minuti_illeggibili"): "",
        ("altre-province/002", "righe_fuori_fonte"): "1",
        ("altre-province/015", "righe_fuori_fonte"): "1",
        ("comuni", "comune_sconosciuto"): "1",
        ("coppie", "stesso_comune"): "2",
        ("righe-spezzate", "righe_fuori_fonte"): "1",
    }
    assert batch.counts == {"read": 11, "accepted": 4, "rejected": 7}


def test_kilometres_and_other_names_of_columns(tmp_path):
    path = tmp_path / "matrice_distanze_2021_Torino.csv"
    path.write_text("PRO_COM_O,PRO_COM_D,Minuti,Km\n001001,001272,38.5,37.1\n", encoding="utf-8")
    batch = of(path)
    assert batch.edition == "2021"
    assert batch.records == [TravelRecord("001001-001272", "001001", "001272", "car", 38.5, 37.1)]


def test_a_table_without_times_is_told(tmp_path):
    path = tmp_path / "matrice_contiguita.csv"
    path.write_text("Origine;Destinazione;Lunghezza_confine\n1001;1002;3,5\n", encoding="utf-8")
    assert SOURCE.faults(path) == ["matrice_contiguita.csv: manca la colonna «Total_Minu*»"]


@pytest.mark.slow
def test_a_file_of_a_million_rows_is_read_line_by_line(tmp_path):
    """Ours are few: memory and time go with them and not with the file."""
    path = tmp_path / "Piemonte.txt"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(["Name", "Origine", "Destinazione", "Total_Minu", "Total_Mete"])
        writer.writerow(["Agliè - Torino", 1001, 1272, "38,5", "37120"])
        for place in range(1, 1_000_001):
            writer.writerow(["x", 2158, 15000 + place % 200, "1,0", "1,0"])
    batch = of(path)
    assert batch.counts["accepted"] == 1
    assert issues(batch.log)["altre-province/002", "righe_fuori_fonte"] == "1000000"
