"""Census sections: boundaries and variables of one census, with all the people."""

import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import Polygon, box

from etl.batch import Batch, read
from etl.issues import IssueLog
from etl.record import AreaRecord, IndicatorRecord
from etl.sources.istat_sezioni import FIGURES, SOURCES
from tests.etl.sources.istat import issues, received
from tests.etl.tools import SHARED

SAMPLE = Path(__file__).parent / "samples" / "istat" / "R01_indicatori_2011_sezioni.csv"
(SOURCE,) = SOURCES
CROSSED = Polygon([(396000, 4992000), (396100, 4992100), (396100, 4992000), (396000, 4992100)])


def of(*paths: Path) -> Batch:
    for path in paths:
        assert SOURCE.knows(path.name)
        assert SOURCE.faults(path) == []
    (edition,) = SOURCE.editions([received(path) for path in paths])
    return read(SOURCE, edition)


def areas(batch: Batch) -> dict[str, AreaRecord]:
    return {one.code: one for one in batch.records if isinstance(one, AreaRecord)}


def figures(batch: Batch) -> dict[tuple[str, str], float]:
    return {(one.code, one.name): one.value for one in batch.records if isinstance(one, IndicatorRecord)}


def layer(folder: Path, name: str, **columns: object) -> Path:
    """A shapefile with the columns of ISTAT, in its coordinate system."""
    shapes = [box(395000, 4991000, 395100, 4991100), CROSSED, box(470000, 5000000, 470100, 5000100)]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:32632")
    frame.to_file(folder / name)
    return folder / name


def sections_2011(folder: Path) -> Path:
    return layer(
        folder,
        "R01_11_WGS84.shp",
        COD_REG=[1, 1, 1],
        COD_ISTAT=[1001272, 1001005, 1002158],
        PRO_COM=[1272, 1005, 2158],
        SEZ2011=[12720000001.0, 10050000002.0, 21580000001.0],
        SEZ=[1, 2, 1],
        TIPO_LOC=[1, 1, 1],
    )


def test_names_of_boundaries_and_variables_are_known():
    layers = ("R01_11_WGS84.zip", "R01_21_WGS84.shp", "R01_21.zip")
    for name in (*layers, "R01_indicatori_2011_sezioni.csv", "Torino_cpa_2011.csv"):
        assert SOURCE.knows(name)
    for name in ("R01_11_WGS84.dbf", "tracciato_2011_sezioni.csv", "Torino_Istat.json"):
        assert not SOURCE.knows(name)


def test_variables_alone_give_areas_without_boundary_and_figures():
    batch = of(SAMPLE)
    assert batch.edition == "2011"
    assert batch.counts == {"read": 7, "accepted": 5, "rejected": 2}
    found, told = areas(batch), figures(batch)
    assert found["2011-12720000001"] == AreaRecord(
        "12720000001/variabili", "census_section", "2011-12720000001", "Torino, sezione 1", "001272", None
    )
    assert found["2011-12728888888"].name == "Torino, sezione senza luogo 8888888"
    # The section is that of a municipality of then; its people live in one of today.
    assert found["2011-10050000002"].municipality == "001317"
    assert told["2011-12720000001", "popolazione"] == 311
    assert told["2011-12720000001", "eta_0_14"] == 2 + 17 + 7
    assert told["2011-12720000001", "eta_65_oltre"] == 14 + 21 + 14
    # An empty cell is no zero.
    assert ("2011-12728888888", "famiglie") not in told
    assert ("12720000003/variabili", "numero_illeggibile") in issues(batch.log)
    assert issues(batch.log)["altre-province/002", "righe_fuori_fonte"] == "1"


def test_boundaries_and_variables_of_one_census_are_one_edition(tmp_path):
    boundary = sections_2011(tmp_path)
    batch = of(boundary, SAMPLE)
    assert batch.counts["rejected"] == 2  # a broken row, and the two other provinces in one
    found = areas(batch)
    assert found["2011-12720000001"].geometry.is_valid
    assert found["2011-12720000001"].geometry.bounds == pytest.approx((7.6668, 45.0652, 7.6681, 45.0662), abs=0.001)
    assert found["2011-12728888888"].geometry is None
    assert figures(batch)["2011-12720000001", "popolazione"] == 311
    assert ("10050000002/confine", "geometria_riparata") in issues(batch.log)
    assert issues(batch.log)["altre-province/002", "righe_fuori_fonte"] == "2"
    assert of(SAMPLE, boundary).digest == batch.digest


def test_the_zip_as_it_is_downloaded(tmp_path):
    sections_2011(tmp_path)
    packed = tmp_path / "zip" / "R01_11_WGS84.zip"
    packed.parent.mkdir()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in sorted(tmp_path.glob("R01_11_WGS84.*")):
            archive.write(part, f"R01_11_WGS84/{part.name}")
    assert set(areas(of(packed))) == {"2011-12720000001", "2011-10050000002"}


def test_the_layer_of_2021(tmp_path):
    path = layer(
        tmp_path,
        "R01_21_WGS84.shp",
        COD_REG=[1, 1, 1],
        COD_UTS=[201, 201, 2],
        PRO_COM=[1272, 1317, 2158],
        SEZ21=[1, 2, 1],
        SEZ21_ID=[12720000001.0, 13170000002.0, 21580000001.0],
    )
    batch = of(path)
    assert batch.edition == "2021"
    assert {one.municipality for one in areas(batch).values()} == {"001272", "001317"}


@pytest.mark.parametrize("suffix", [".dbf", ".shx"])
def test_a_shapefile_that_lacks_a_part_is_told(tmp_path, suffix):
    path = sections_2011(tmp_path)
    path.with_suffix(suffix).unlink()
    assert any(path.stem + suffix in fault for fault in SOURCE.faults(path))


def test_a_layer_of_another_kind_is_told(tmp_path):
    path = layer(tmp_path, "R01_11_WGS84.shp", NOME=["a", "b", "c"])
    assert SOURCE.faults(path) == [
        "R01_11_WGS84.shp: manca la colonna «PRO_COM»",
        "R01_11_WGS84.shp: manca la colonna «SEZ2011»",
    ]


def test_every_figure_is_in_the_record_layout():
    path = SHARED / "istat-sezioni-torino-2011" / "tracciato_2011_sezioni.csv"
    if not path.exists():
        pytest.skip("i file veri stanno accanto al progetto e qui mancano")
    layout = dict(line.split(";", 1) for line in path.read_text("cp1252").splitlines())
    assert {column for columns in FIGURES.values() for column in columns} <= set(layout)
    assert layout["P1"] == "Popolazione residente - totale"
    assert layout["ST1"].startswith("Stranieri e apolidi residenti in Italia - totale")
    assert layout["A46"] == "Famiglie in alloggi in affitto"


def test_all_people_of_torino_are_in_its_sections():
    path = SHARED / "istat-sezioni-torino-2011" / "Torino_cpa_2011.csv"
    if not path.exists():
        pytest.skip("i file veri stanno accanto al progetto e qui mancano")
    batch = of(path)
    assert batch.counts == {"read": 3713, "accepted": 3713, "rejected": 0}
    assert len(areas(batch)) == 3713
    assert {one.municipality for one in areas(batch).values()} == {"001272"}
    told = figures(batch)
    assert sum(value for (_code, name), value in told.items() if name == "popolazione") == 872_367
    by_sex = sum(value for (_code, name), value in told.items() if name in {"maschi", "femmine"})
    assert by_sex == 872_367
    assert batch.log == IssueLog()
