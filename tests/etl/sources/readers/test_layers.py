import warnings
import zipfile

import geopandas as gpd
import pytest
from shapely import Point, Polygon

from etl.errors import SourceError
from etl.sources.readers.table import read_header, read_table


@pytest.fixture
def layer():
    frame = gpd.GeoDataFrame(
        {"codice": ["001", None], "posti": [30, None], "quota": [1.5, 2.0], "data": ["01/09/2023", "x"]},
        geometry=[Point(394000.25, 4990000.5), None],
        crs="EPSG:32632",
    )
    return frame.astype({"posti": "Int64"})


ROWS = (
    (
        1,
        {
            "codice": "001",
            "posti": "30",
            "quota": "1.5",
            "data": "01/09/2023",
            "geometry": "POINT (394000.25 4990000.5)",
        },
    ),
    (2, {"codice": "", "posti": "", "quota": "2", "data": "x", "geometry": ""}),
)


@pytest.mark.parametrize("form", ["gpkg", "shp"])
def test_a_layer_is_read_as_text_in_its_own_system(tmp_path, layer, form):
    path = tmp_path / f"nidi.{form}"
    layer.to_file(path)
    table = read_table(path, format=form)
    assert (table.rows, table.crs, table.sheet) == (ROWS, "EPSG:32632", "nidi")
    assert read_table(path, format=form, limit=1).rows == ROWS[:1]
    assert read_table(path, format=form, ignored={"geometry", "quota"}).header == ("codice", "posti", "data")
    assert read_header(path, format=form) == ("codice", "posti", "quota", "data", "geometry")


def test_a_shapefile_in_an_archive(tmp_path, layer):
    layer.to_file(tmp_path / "nidi.shp")
    with zipfile.ZipFile(tmp_path / "nidi.zip", "w") as target:
        for part in tmp_path.glob("nidi.*"):
            if part.suffix != ".zip":
                target.write(part, f"dati/{part.name}")
        target.writestr("__MACOSX/dati/._nidi.shp", "x")
    assert read_table(tmp_path / "nidi.zip", format="shp").rows == ROWS


def test_one_of_several_layers_must_be_chosen(tmp_path, layer):
    path = tmp_path / "tutto.gpkg"
    layer.to_file(path, layer="nidi")
    layer.head(1).to_file(path, layer="scuole")
    with pytest.raises(SourceError, match=r"più livelli \(nidi, scuole\)"):
        read_table(path, format="gpkg")
    with pytest.raises(SourceError, match="«asili» non c'è"):
        read_table(path, format="gpkg", sheet="asili")
    assert len(read_table(path, format="gpkg", sheet="scuole").rows) == 1


def test_a_large_polygon_is_no_broken_row(tmp_path):
    shape = Polygon([(number / 7, number**2 / 7) for number in range(2_000)])
    gpd.GeoDataFrame({"n": [1]}, geometry=[shape], crs=4326).to_file(tmp_path / "a.gpkg")
    table = read_table(tmp_path / "a.gpkg", format="gpkg")
    assert len(table.rows[0][1]["geometry"]) > 20_000
    assert table.crs == "EPSG:4326"


def test_a_file_that_leads_gdal_elsewhere_is_not_opened(tmp_path):
    path = tmp_path / "finto.gpkg"
    path.write_text('<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>altrove.csv</SrcDataSource></OGRVRTLayer>')
    with pytest.raises(SourceError, match="GeoPackage"):
        read_table(path, format="gpkg")


@pytest.mark.filterwarnings("error")
def test_infinite_coordinates_break_their_row_only(tmp_path, layer):
    layer.geometry = [Point(float("inf"), 2), Point(394000, 4990000)]
    path = tmp_path / "nidi.gpkg"
    with warnings.catch_warnings(action="ignore"):
        layer.to_file(path)
    table = read_table(path, format="gpkg")
    assert [number for number, _row in table.rows] == [2]
    assert [(row.number, "infinite" in row.message) for row in table.broken] == [(1, True)]
