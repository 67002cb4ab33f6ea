"""Answers on layers that an officer brings: sums that are exact, people of their own, and all that is refused."""

import json
import shutil
import zipfile
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import box, mapping

from etl.derive import layers
from etl.derive.inputs import read_territory
from etl.derive.layer_file import LARGEST, Layer, read_layer
from etl.errors import OmbraError, SourceError
from geo.crs import METRIC
from geo.statuses import STATUSES
from geo.travel.estimate import Estimate
from tests.etl.tools import SHARED, frame

KIND = "centro_impiego"
CURRENT = "select id from coverage_run where current"
REAL = SHARED / "istat-sezioni-torino-2011" / "ex_quartieri_wsg84.geojson"


@pytest.fixture
def connection(loaded):
    with loaded.connect() as opened:
        yield opened


@pytest.fixture(scope="module")
def territory(loaded):
    with loaded.connect() as opened:
        return read_territory(opened)


@pytest.fixture(scope="module")
def stored(loaded) -> pd.DataFrame:
    """The answers of the run at every point, with their places in EPSG:32632."""
    told = frame(
        loaded,
        "select r.*, a.code, a.name point, ST_X(ST_Transform(a.label_point, 32632)) x,"
        " ST_Y(ST_Transform(a.label_point, 32632)) y from coverage_result r join area a on a.id = r.area_id"
        f" where r.run_id = ({CURRENT}) and r.service_type_code = '{KIND}' order by a.code",
    )
    return told.astype({name: float for name in layers.FIGURES if name in told})


def squares(territory, size: float) -> gpd.GeoSeries:
    """The territory in squares, but for its western end."""
    west, south, east, north = territory.bounds
    corners = [(x, y) for x in np.arange(west + 2 * size, east, size) for y in np.arange(south, north, size)]
    shapes = gpd.GeoSeries([box(x, y, x + size, y + size) for x, y in corners], crs=METRIC)
    shapes = shapes[shapes.intersects(territory)].reset_index(drop=True)
    return shapes.set_axis([f"q{number}" for number in range(len(shapes))])


# --- sums ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [3_000.0, 10_000.0, 45_000.0])
def test_polygons_and_what_lies_in_none_add_up_to_the_whole(connection, territory, stored, size):
    shapes = squares(territory, size)
    found = layers.summed(connection, Layer(shapes, None), KIND).rows
    assert found["name"].tolist() == [*shapes.index, None]
    assert found["points"].sum() == len(stored)
    for name in ("persons", "assessed", "unknown", "shadow_confirmed", "shadow_all_plus"):
        assert found[name].sum() == pytest.approx(stored[name].sum(), rel=1e-12), name
    by_status = found[[f"persons_{status}" for status in STATUSES]].sum()
    expected = stored.groupby("status")["persons"].sum()
    for status in STATUSES:
        assert by_status[f"persons_{status}"] == pytest.approx(expected.get(status, 0.0), rel=1e-12)


def test_each_polygon_has_the_people_of_the_points_in_it(connection, territory, stored):
    """Against a loop over all points and polygons."""
    shapes = squares(territory, 20_000.0)
    found = layers.summed(connection, Layer(shapes, None), KIND).rows.set_index("name")
    for name, shape in shapes.items():
        there = [shape.intersects(shapely.Point(x, y)) for x, y in zip(stored["x"], stored["y"], strict=True)]
        own = stored[there]
        assert found.loc[name, "points"] == len(own)
        if len(own):
            assert found.loc[name, "shadow_confirmed"] == pytest.approx(own["shadow_confirmed"].sum())
            assert found.loc[name, "probable"] == pytest.approx(own["shadow_confirmed"].where(own["bordo"], 0).sum())


def test_a_polygon_without_points_has_no_figures_and_not_zero(connection, territory, stored):
    shapes = squares(territory, 3_000.0)
    found = layers.summed(connection, Layer(shapes, None), KIND).rows
    empty = found[found["points"] == 0]
    assert len(empty) > 100
    assert empty[["persons", "assessed", "unknown", "shadow_confirmed"]].isna().all(axis=None)


def test_where_every_point_lies_in_a_polygon_there_is_no_last_row(connection, territory):
    found = layers.summed(connection, Layer(gpd.GeoSeries([territory], index=["tutto"], crs=METRIC), None), KIND)
    assert found.rows["name"].tolist() == ["tutto"]
    assert found.rule_id == f"LAV-{KIND}"
    assert found.threshold == 30.0


# --- people of its own -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [KIND, "consultorio_familiare", "sportello_sociale"])
def test_the_points_of_the_run_as_a_layer_have_the_answers_of_the_run(connection, loaded, read, kind):
    """The same places with all their residents: status and persons in shadow are those that are stored."""
    everybody = read.placed_persons(
        next(iter([k.band for k in read.registry.kinds.values() if k.code == "casa_comunita"]))
    )
    names = [f"p{number}" for number in range(len(read.points))]
    layer = Layer(read.points.geometry.set_axis(names), pd.Series(everybody.to_numpy(), index=names))
    found = layers.answered(connection, layer, kind, Estimate(), today=date.today()).rows  # noqa: DTZ011
    stored = frame(
        loaded,
        f"select * from coverage_result where run_id = ({CURRENT}) and service_type_code = '{kind}'",
    )
    stored = stored.set_index(stored["area_id"].astype(str)).reindex(read.points.index)
    assert found["status"].tolist() == stored["status"].tolist()
    for name in ("persons", "assessed", "shadow_confirmed", "shadow_all_minus", "nearest_confirmed"):
        np.testing.assert_allclose(found[name], stored[name].astype(float), rtol=1e-9, atol=1e-6, err_msg=name)


def test_people_of_the_layer_do_not_compete_a_second_time(connection, territory):
    """A layer with ten times the people finds the same access per person."""
    shape = gpd.GeoSeries([shapely.Point(395_000, 4_990_000).buffer(3_000)], index=["centro"], crs=METRIC)
    few, many = (
        layers.answered(
            connection, Layer(shape, pd.Series([people], index=["centro"])), "consultorio_familiare", Estimate(),
            today=date.today(),  # noqa: DTZ011
        ).rows.iloc[0]
        for people in (1_000.0, 10_000.0)
    )  # fmt: skip
    assert many["access_confirmed"] == few["access_confirmed"] > 0
    assert many["persons"] == pytest.approx(10 * few["persons"])


def test_a_target_group_has_its_share_of_the_municipality(connection, read):
    """Of a thousand people at Susa as many are of working age as in Susa."""
    point = read.points[read.points["municipality"].map(read.units["code"]) == "001270"].iloc[[0]]
    layer = Layer(point.geometry.set_axis(["susa"]), pd.Series([1_000.0], index=["susa"]))
    found = layers.answered(connection, layer, KIND, Estimate(), today=date.today()).rows.iloc[0]  # noqa: DTZ011
    people = read.population[read.population["area"] == point["municipality"].iloc[0]]
    working = people[people["age"].between(15, 64)]["persons"].sum()
    assert found["persons"] == pytest.approx(1_000 * working / people["persons"].sum())


# --- files --------------------------------------------------------------------------------------------------------

LAND = box(7.60, 45.00, 7.70, 45.10)
WEST, EAST = box(7.60, 45.00, 7.65, 45.10), box(7.65, 45.00, 7.70, 45.10)
BOW = shapely.Polygon([(7.6, 45.0), (7.7, 45.1), (7.7, 45.0), (7.6, 45.1)])


def geojson(path, *features):
    """A file of features: name, geometry, people."""
    listed = [
        {"type": "Feature", "properties": {"nome": name, "abitanti": people}, "geometry": shape and mapping(shape)}
        for name, shape, people in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}))
    return path


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".shp", ".zip"])
def test_every_format_gives_the_same_layer(tmp_path, territory, ending):
    given = gpd.GeoDataFrame({"nome": ["Ovest", "Est"], "abitanti": [10, 20]}, geometry=[WEST, EAST], crs=4326)
    path = tmp_path / f"livello{ending}"
    if ending == ".zip":
        given.to_file(tmp_path / "parti.shp")
        with zipfile.ZipFile(path, "w") as archive:
            for part in tmp_path.glob("parti.*"):
                archive.write(part, part.name)
    else:
        given.to_file(path)
    found = read_layer(path, territory=territory, people="abitanti")
    assert found.shapes.index.tolist() == ["Ovest", "Est"]
    assert found.people.tolist() == [10.0, 20.0]
    assert found.shapes.area.sum() == pytest.approx(given.to_crs(METRIC).area.sum(), rel=1e-6)


def test_features_without_a_name_have_their_number(tmp_path, territory):
    path = tmp_path / "x.geojson"
    gpd.GeoDataFrame({"codice": ["a", "b"]}, geometry=[WEST, EAST], crs=4326).to_file(path)
    assert read_layer(path, territory=territory).shapes.index.tolist() == ["1", "2"]
    assert read_layer(path, territory=territory, name="codice").shapes.index.tolist() == ["a", "b"]


FAULTY = {
    "vuoto": ([], None, ["Il livello è vuoto"]),
    "geometria": ([("a", WEST, 1), ("b", None, 1)], None, ["senza geometria", "«b»"]),
    "incroci": ([("fiocco", BOW, 1)], None, ["incrociano", "«fiocco»", "Ripara geometrie"]),
    "sovrapposti": ([("a", LAND, 1), ("b", EAST, 1)], None, ["sovrapposti", "«a + b»", "m²"]),
    "fuori": ([("Roma", box(12.4, 41.8, 12.5, 41.9), 1)], None, ["fuori dalla città metropolitana", "«Roma»"]),
    "nomi ripetuti": ([("a", WEST, 1), ("a", EAST, 1)], None, ["Nomi ripetuti", "«a»"]),
    "senza nome": ([("a", WEST, 1), ("", EAST, 1)], None, ["senza nome", "#2"]),
    "persone negative": ([("a", WEST, -5), ("b", EAST, 1)], "abitanti", ["negativi", "«a»"]),
    "persone mancanti": ([("a", WEST, None), ("b", EAST, "molte")], "abitanti", ["senza un numero", "«a», «b»"]),
    "colonna": ([("a", WEST, 1)], "residenti", ["«residenti» non c'è", "nome, abitanti"]),
    "punti": ([("a", WEST.centroid, 1)], None, ["--people"]),
    "linee": ([("a", shapely.LineString(WEST.exterior), 1)], None, ["né punti né poligoni", "«a»"]),
    "infinito": ([("a", shapely.Point(np.inf, 45), 1), ("b", EAST, 2)], "abitanti", ["Elemento 1"]),
    "solo infinito": ([("a", shapely.Point(np.inf, 45), 1)], "abitanti", ["Elemento 1"]),
}


@pytest.mark.parametrize("case", FAULTY)
def test_what_is_wrong_is_told_in_italian_by_name_with_how_to_mend_it(tmp_path, territory, case):
    features, people, expected = FAULTY[case]
    with pytest.raises(SourceError) as caught:
        read_layer(geojson(tmp_path / "livello.geojson", *features), territory=territory, people=people)
    assert "livello.geojson" in caught.value.summary
    told = " ".join(caught.value.faults)
    assert all(text in told for text in expected), told


def test_all_faults_of_a_file_come_at_once(tmp_path, territory):
    features = [("a", BOW, -1), ("a", None, 2), ("c", box(12.4, 41.8, 12.5, 41.9), None)]
    with pytest.raises(SourceError) as caught:
        read_layer(geojson(tmp_path / "l.geojson", *features), territory=territory, people="abitanti")
    assert len(caught.value.faults) == 6


def test_a_shapefile_without_its_system_is_refused(tmp_path, territory):
    gpd.GeoDataFrame({"nome": ["a"]}, geometry=[WEST], crs=4326).to_file(tmp_path / "l.shp")
    (tmp_path / "l.prj").unlink()
    with pytest.raises(SourceError, match=r"sistema di riferimento.*\.prj"):
        read_layer(tmp_path / "l.shp", territory=territory)


def test_a_file_too_large_to_be_read_in_a_moment_is_refused_before(tmp_path, territory):
    file = tmp_path / "tutti.geojson"
    with file.open("wb") as stream:
        stream.truncate(LARGEST + 1)
    with pytest.raises(OmbraError, match="50 MB"):
        read_layer(file, territory=territory)


def test_other_files_are_refused(tmp_path, territory):
    with pytest.raises(OmbraError, match=r"deve finire per \.geojson"):
        read_layer(tmp_path / "livello.kml", territory=territory)
    broken = tmp_path / "l.gpkg"
    broken.write_bytes(b"SQLite format 3\x00 and nothing more")
    with pytest.raises(SourceError, match="danneggiato"):
        read_layer(broken, territory=territory)


@pytest.mark.skipif(not REAL.exists(), reason="the neighbourhoods of Torino are not in ../shared/data")
def test_the_neighbourhoods_of_torino_cross_themselves_and_mended_they_hold_its_quarters(
    connection, tmp_path, territory
):
    shutil.copy(REAL, tmp_path / "quartieri.geojson")
    with pytest.raises(SourceError, match="«Centro»") as caught:
        read_layer(tmp_path / "quartieri.geojson", territory=territory)
    assert len(caught.value.faults) == 1
    mended = gpd.read_file(REAL)
    mended.geometry = mended.make_valid(method="structure", keep_collapsed=False)
    mended.to_file(tmp_path / "quartieri.gpkg")
    found = layers.summed(connection, read_layer(tmp_path / "quartieri.gpkg", territory=territory), KIND).rows
    assert found["points"].tolist()[:-1] == [1] * 23
