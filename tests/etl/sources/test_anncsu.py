"""Street numbers of ANNCSU: the region's file, unpacked and packed, whole and spoilt."""

import random
import resource
import time
import zipfile
from pathlib import Path

import pytest

from etl.errors import SourceError
from etl.issues import IssueLog
from etl.record import AddressRecord
from etl.sources.anncsu import Anncsu
from etl.sources.base import Received

SAMPLE = Path(__file__).parent / "samples" / "INDIR_PIEM_20260803.csv"
SOURCE = Anncsu()


def load(path):
    log = IssueLog()
    [edition] = SOURCE.editions([Received(path, path.name, "")])
    rows = list(edition.rows())
    return rows, [one for key, raw in rows for one in SOURCE.parse(key, raw, edition.label, log)], log


def told(log):
    return sorted((entry.record_key, entry.kind, entry.value) for entry in log.entries)


def test_numbers_with_exponent_metres_and_colour_are_read():
    _rows, records, _log = load(SAMPLE)
    assert records == [
        AddressRecord("90000001", "001272", "VIA DI PROVA", "12/A", 45.0704, 7.6862),
        AddressRecord("90000002", "001272", "VIA DI PROVA", "14", 45.0705, 7.6863),
        AddressRecord("90000006", "001270", 'LOCALITA\' DI PROVA "ALTA"', "1250", 45.1366, 7.0535),
        AddressRecord("90000007", "001270", "VIA DI PROVA", "3/ROSSO", 45.1367, 7.0536),
    ]


def test_what_cannot_be_used_is_counted_by_municipality_and_reason():
    rows, records, log = load(SAMPLE)
    assert told(log) == [
        ("001272", "fuori_territorio", "1"),
        ("001272", "senza_numero", "1"),
        ("001272", "senza_posizione", "3"),
        ("001999", "comune_sconosciuto", "1"),
        ("altre-province/004", "righe_fuori_fonte", "2"),
        ("altre-province/015", "righe_fuori_fonte", "1"),
        ("righe-spezzate", "righe_fuori_fonte", "1"),
    ]
    lines = len(SAMPLE.read_text(encoding="utf-8").splitlines()) - 1
    counted = sum(int(entry.value) for entry in log.entries)
    assert len(records) + counted == lines
    assert len(rows) == len(records) + 6 + 3  # one row each for the two provinces and for the broken rows


def test_order_of_rows_changes_nothing(tmp_path):
    header, *lines = SAMPLE.read_text(encoding="utf-8-sig").splitlines()
    random.Random(5).shuffle(lines)
    other = tmp_path / SAMPLE.name
    other.write_text("\n".join([header, *lines]), encoding="utf-8")
    assert sorted(load(other)[0], key=repr) == sorted(load(SAMPLE)[0], key=repr)
    assert told(load(other)[2]) == told(load(SAMPLE)[2])
    assert set(load(other)[1]) == set(load(SAMPLE)[1])


def test_the_archive_of_the_agency_gives_the_same(tmp_path):
    archive = tmp_path / "INDIR_PIEM.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.write(SAMPLE, SAMPLE.name)
    [edition] = SOURCE.editions([Received(archive, archive.name, "")])
    assert edition.label == "2026-08-03"
    assert load(archive)[0] == load(SAMPLE)[0]
    assert SOURCE.faults(archive) == SOURCE.faults(SAMPLE) == []


def test_a_copy_saved_anew_by_a_spreadsheet_is_read_too(tmp_path):
    other = tmp_path / "INDIR_PIEM.csv"
    text = SAMPLE.read_text(encoding="utf-8-sig").replace(",", ".").replace(";", ",").replace(",001272,", ",1272,")
    other.write_text(text, encoding="utf-8")
    assert set(load(other)[1]) == set(load(SAMPLE)[1])


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("INDIR_PIEM.zip", True),
        ("indir_piem_20260803.csv", True),
        ("INDIR_ITA_20260803.csv", True),
        ("STRAD_PIEM_20260803.csv", False),
        ("indirizzi.csv", False),
    ],
)
def test_the_source_knows_its_files_by_name(name, known):
    assert SOURCE.knows(name) is known


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "vuoto"),
        (b"<html>", "pagina web"),
        (b"PK\x03\x04 troncato", "archivio|colonne|UTF-8"),
        (b"CODICE_COMUNE;CODICE_ISTAT\r\n", "PROGRESSIVO_ACCESSO, ODONIMO"),
        ("CODICE_COMUNE;LOCALITÀ".encode("utf-16"), "UTF-8"),
        (b"\x00" * 5_000, "colonne"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, content, why):
    path = tmp_path / "INDIR_PIEM.csv"
    path.write_bytes(content)
    faults = SOURCE.faults(path)
    assert len(faults) == 1
    assert any(part in faults[0] for part in why.split("|"))


def test_a_file_that_breaks_off_inside_is_refused_whole(tmp_path):
    path = tmp_path / "INDIR_PIEM.csv"
    path.write_bytes(SAMPLE.read_bytes() + b"L219;001272;\xff\xfe")
    with pytest.raises(SourceError, match="UTF-8"):
        load(path)


@pytest.mark.parametrize("line", ['L219;"' + "x" * 200_000, "a\x00b;c", ";" * 5_000, "", "=1+1"])
def test_hostile_lines_are_counted_as_broken(tmp_path, line):
    path = tmp_path / "INDIR_PIEM.csv"
    path.write_text(SAMPLE.read_text(encoding="utf-8-sig") + line + "\r\n", encoding="utf-8")
    _rows, records, log = load(path)
    assert len(records) == 4
    assert ("righe-spezzate", "righe_fuori_fonte", "1" if line == "" else "2") in told(log)


@pytest.mark.slow
def test_half_a_million_numbers_are_read_in_seconds_and_little_memory(tmp_path):
    """A million rows of the region, half of them ours: as a stream, only the records are kept."""
    header = SAMPLE.read_text(encoding="utf-8-sig").splitlines()[0]
    path = tmp_path / "INDIR_PIEM.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write(header + "\n")
        for number in range(1_000_000):
            code = ("001272", "004078")[number % 2]
            stream.write(f"L219;{code};1;;VIA {number // 40};;;;{number};;{number % 40};;;;;7,68620;45,07040;;3\n")
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    [edition] = SOURCE.editions([Received(path, path.name, "")])
    log = IssueLog()
    count = sum(len(SOURCE.parse(key, raw, edition.label, log)) for key, raw in edition.rows())
    assert count == 500_000
    assert time.monotonic() - start < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024  # kilobytes
