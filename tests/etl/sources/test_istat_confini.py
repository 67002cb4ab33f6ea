"""Boundaries of a later year as a layer, held against the territory of the reference data."""

import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from etl.batch import Batch, read
from etl.issues import IssueLog
from etl.reference import boundaries
from etl.sources.istat_confini import SOURCES
from geo.crs import METRIC
from tests.etl.sources.istat import issues, received

(SOURCE,) = SOURCES


@pytest.fixture(scope="module")
def reference() -> gpd.GeoDataFrame:
    return boundaries.municipalities().to_crs(METRIC)


def packed(folder: Path, frame: gpd.GeoDataFrame) -> Path:
    """The ZIP as ISTAT gives it: a folder for each level, the municipalities among them."""
    layers = {"Com01012024_g": frame, "ProvCM01012024_g": frame[["geometry"]].assign(COD_PROV=1)}
    for name, layer in layers.items():
        (folder / name).mkdir(parents=True)
        layer.to_file(folder / name / f"{name}_WGS84.shp", encoding="utf-8")
    path = folder / "Limiti01012024_g.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.rglob("*_WGS84.*")):
            archive.write(part, f"Limiti01012024_g/{part.parent.name}/{part.name}")
    return path


def published(reference: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The reference boundaries under the columns of ISTAT, and one municipality of elsewhere."""
    numbers = [int(code) for code in reference.index]
    rows = {
        "COD_RIP": 1,
        "COD_REG": 1,
        "COD_PROV": 1,
        "COD_CM": 201,
        "COD_UTS": 201,
        "PRO_COM": numbers,
        "PRO_COM_T": list(reference.index),
        "COMUNE": reference["name"].tolist(),
    }
    frame = gpd.GeoDataFrame(rows, geometry=reference.geometry.to_numpy(), crs=METRIC)
    elsewhere = frame.iloc[[0]].assign(PRO_COM=15146, PRO_COM_T="015146", COMUNE="Milano")
    return gpd.GeoDataFrame(pd.concat([frame, elsewhere], ignore_index=True), crs=METRIC)


def of(path: Path) -> Batch:
    assert SOURCE.knows(path.name)
    assert SOURCE.faults(path) == []
    (edition,) = SOURCE.editions([received(path)])
    return read(SOURCE, edition)


def test_names_of_istat_are_known():
    for name in ("Limiti01012024_g.zip", "Limiti01012024.zip", "Com01012024_WGS84.shp", "Com01012024_g_WGS84.shp"):
        assert SOURCE.knows(name)
    for name in ("ProvCM01012024_WGS84.shp", "Com01012024_WGS84.dbf", "confini.shp"):
        assert not SOURCE.knows(name)


def test_the_same_boundaries_differ_in_nothing(tmp_path, reference):
    batch = of(packed(tmp_path, published(reference)))
    assert batch.edition == "2024-01-01"
    assert batch.counts == {"read": 313, "accepted": 312, "rejected": 1}
    assert issues(batch.log) == {("altre-province/015", "righe_fuori_fonte"): "1"}
    areas = {one.code: one for one in batch.records}
    torino = areas["istat-confini-comuni/001272"]
    assert (torino.level, torino.name, torino.municipality) == ("layer", "Torino", "001272")
    assert torino.geometry.contains(gpd.points_from_xy([7.686], [45.07])[0])
    log = IssueLog()
    SOURCE.remark(batch.records, log)
    assert log == IssueLog()


def test_what_differs_from_the_reference_data_is_told(tmp_path, reference):
    frame = published(reference)
    at = frame.index[frame["PRO_COM"] == 1272][0]
    west, south, east, north = frame.geometry[at].bounds
    frame.loc[at, "geometry"] = box(west, south, east, north)
    # Ivrea is gone, and there is a municipality that the reference data do not know.
    frame.loc[frame["PRO_COM"] == 1125, ["PRO_COM", "PRO_COM_T", "COMUNE"]] = [1319, "001319", "Nuova Ivrea"]
    batch = of(packed(tmp_path, frame))
    told = issues(batch.log)
    assert float(told["001272", "confine_diverso"] or 0) > 0.3
    assert told["001319", "comune_sconosciuto"] == "001319"
    assert next(one for one in batch.records if one.key == "001319").municipality is None
    log = IssueLog()
    SOURCE.remark(batch.records, log)
    assert [(entry.record_key, entry.kind) for entry in log.entries] == [("001125", "comune_senza_dato")]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 rotto", b"niente"])
def test_a_file_that_is_none_is_told(tmp_path, content):
    path = tmp_path / "Limiti01012024_g.zip"
    path.write_bytes(content)
    assert SOURCE.faults(path)
