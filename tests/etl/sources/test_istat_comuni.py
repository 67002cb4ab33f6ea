"""Tables of municipalities by ISTAT: classifications, the 315 of 2011 with their town halls, main centres."""

import csv
import math
from pathlib import Path

import openpyxl
import pytest
from pyproj import Transformer

from etl.batch import Batch, read
from etl.issues import IssueLog
from etl.record import AddressRecord, IndicatorRecord
from etl.reference import tables
from etl.reference.municipalities import municipalities
from etl.sources import istat_classificazioni, istat_localita, istat_municipi
from tests.etl.sources.istat import issues, received
from tests.etl.tools import SHARED

SAMPLES = Path(__file__).parent / "samples" / "istat"
(CLASSES,) = istat_classificazioni.SOURCES
(HALLS,) = istat_municipi.SOURCES
(CENTRES,) = istat_localita.SOURCES
HEADER = (
    *("Codice Regione", "Codice Istat del Comune \n(alfanumerico)", "Codice Istat del Comune \n(numerico)"),
    *("Denominazione (Italiana e straniera)", "Denominazione altra lingua"),
    *("Superficie territoriale (kmq) al 01/01/2023", "Popolazione legale 2021 (31/12/2021)"),
    *("Popolazione residente al 31/12/2022", "Zona altimetrica", "Altitudine del centro (metri)"),
    *("Comune litoraneo", "Comune isolano", "Zone costiere", "Grado di urbanizzazione"),
)


def of(source, path: Path) -> Batch:
    assert source.knows(path.name)
    assert source.faults(path) == []
    (edition,) = source.editions([received(path)])
    return read(source, edition)


def real(file: str) -> Path:
    path = SHARED / file
    if not path.exists():
        pytest.skip("i file veri stanno accanto al progetto e qui mancano")
    return path


def figures(batch: Batch) -> dict[tuple[str, str, int], float]:
    return {(one.code, one.name, one.year): one.value for one in batch.records if isinstance(one, IndicatorRecord)}


def column(batch: Batch, name: str, year: int) -> dict[str, float]:
    """One figure by municipality."""
    return {code: value for (code, told, at), value in figures(batch).items() if (told, at) == (name, year)}


# --- classifications ---------------------------------------------------------------------------------------


def test_classifications_out_of_a_workbook(tmp_path):
    path = tmp_path / "Classificazioni statistiche-e-dimensione-dei-comuni_01_01_2023.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Comuni 01-01-2023"
    sheet.append(HEADER)
    sheet.append(("01", "001272", 1272, "Torino", None, 130.0114, 100, 101, "5", 239, 0, 0, 0, 1))
    sheet.append(("01", "001318", 1318, "Valchiusa", None, 49.6245, 7, 8, "1", 738, 0, 0, 0, 3))
    sheet.append(("03", "015146", 15146, "Milano", None, 181.7, 900, 901, "5", 122, 0, 0, 0, 1))
    book.create_sheet("Legenda").append(("Campo", "Descrizione"))
    book.save(path)
    batch = of(CLASSES, path)
    assert batch.edition == "2023-01-01"
    assert batch.counts == {"read": 3, "accepted": 2, "rejected": 1}
    found = figures(batch)
    assert found["001272", "altitudine_m", 2023] == 239
    assert found["001272", "popolazione_31_dicembre", 2021] == 100
    assert found["001318", "superficie_km2", 2023] == 49.6245
    assert ("015146", "fuori_territorio") in issues(batch.log)


def test_classifications_of_the_real_file_are_those_of_the_reference_data():
    path = real("istat-classificazioni-2023/Classificazioni statistiche-e-dimensione-dei-comuni_01_01_2023.xlsx")
    batch = of(CLASSES, path)
    assert batch.counts == {"read": 312, "accepted": 312, "rejected": 0}
    found = figures(batch)
    zones = ("", "montagna_interna", "montagna_litoranea", "collina_interna", "collina_litoranea", "pianura")
    degrees = ("", "citta", "piccole_citta_sobborghi", "rurale")
    classes = tables.municipality_classes().set_index("istat_code")
    for code, row in classes.iterrows():
        assert found[code, "altitudine_m", 2023] == row["altitude_m"]
        assert zones[int(found[code, "zona_altimetrica", 2023])] == row["altimetric_zone"]
        assert degrees[int(found[code, "grado_urbanizzazione", 2023])] == row["degurba"]
    assert len(classes) == 312
    # The residents of 31 December 2022 are those of 1 January 2023 in the reference data.
    assert sum(column(batch, "popolazione_31_dicembre", 2022).values()) == 2_198_237
    assert sum(column(batch, "superficie_km2", 2023).values()) == pytest.approx(6827, abs=1)


# --- the municipalities of 2011 --------------------------------------------------------------------------------


def test_town_halls_give_figures_and_addresses():
    batch = of(HALLS, SAMPLES / "ElencoUnitaAmministrative2011.csv")
    assert batch.counts == {"read": 6, "accepted": 5, "rejected": 1}
    found = figures(batch)
    assert found["001317", "popolazione_censimento", 2011] == 70 + 40 + 21
    assert found["001317", "popolazione_censimento", 2001] == 60 + 30 + 20
    assert found["001168", "superficie_km2", 2011] == 24.64
    addresses = {one.key: one for one in batch.records if isinstance(one, AddressRecord)}
    torino = addresses["001272"]
    assert (torino.municipality, torino.street, torino.number) == ("001272", "Piazza Palazzo di Città", "1")
    # The columns in WGS84, not those in ED50 beside them, which are two hundred metres away.
    point = Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True).transform(396000.0, 4991822.2)
    assert (torino.longitude, torino.latitude) == pytest.approx(point, abs=1e-6)
    assert addresses["001005"].municipality == "001317"
    # No number, no address; the figures of the row stay.
    assert "001182" not in addresses
    told = issues(batch.log)
    assert ("001182", "civico_incompleto") in told
    assert ("007003", "fuori_territorio") in told
    assert ("001138", "comune_soppresso") in told
    assert len(batch.log.entries) == len(set(map(repr, batch.log.entries)))


def test_municipalities_of_today_that_were_not_there_are_told():
    log = IssueLog()
    HALLS.remark(of(HALLS, SAMPLES / "ElencoUnitaAmministrative2011.csv").records, log)
    assert len(log.entries) == 312 - 3
    assert {entry.kind for entry in log.entries} == {"comune_senza_dato"}


def test_the_315_of_2011_land_on_those_of_today_with_their_totals():
    path = real("istat-municipi-2011/ElencoUnitaAmministrative2011.csv")
    batch = of(HALLS, path)
    assert batch.counts == {"read": 315, "accepted": 315, "rejected": 0}
    for year, total in ((2001, 2_165_619), (2011, 2_240_768)):
        values = column(batch, "popolazione_censimento", year)
        assert set(values) == set(municipalities().names) - {"001316"}
        assert sum(values.values()) == total
    with path.open(encoding="utf-8", newline="") as stream:
        surfaces = [float(row["SUPERFICIE (in KMQ)"]) for row in csv.DictReader(stream)]
    assert math.fsum(column(batch, "superficie_km2", 2011).values()) == pytest.approx(math.fsum(surfaces), rel=1e-12)
    log = IssueLog()
    HALLS.remark(batch.records, log)
    assert [(entry.record_key, entry.kind) for entry in log.entries] == [("001316", "comune_senza_dato")]
    addresses = [one for one in batch.records if isinstance(one, AddressRecord)]
    assert len(addresses) > 300


# --- main centres ----------------------------------------------------------------------------------------------


def test_main_centres_of_merged_municipalities_are_summed():
    batch = of(CENTRES, SAMPLES / "Localita_11_WGS84_topo_points.geojson")
    assert batch.counts == {"read": 2, "accepted": 2, "rejected": 0}
    assert figures(batch)["001317", "centro_principale_popolazione", 2011] == 82


def test_main_centres_of_the_real_file():
    batch = of(CENTRES, real("istat-localita-2011/Localita_11_WGS84_topo_points.geojson"))
    assert batch.counts == {"read": 315, "accepted": 315, "rejected": 0}
    people = column(batch, "centro_principale_popolazione", 2011)
    assert (len(people), sum(people.values())) == (311, 2_018_350)
