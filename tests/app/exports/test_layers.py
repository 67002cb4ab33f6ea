"""Exports hold what the OGC face serves: read back with GDAL and Arrow, counted against SQL."""

import io
import json
import sqlite3
import zipfile
from pathlib import Path

import geopandas as gpd
import pyarrow.parquet as pq
import pyogrio
import pytest
from sqlalchemy import Engine, text

from app.cli import main
from app.exports import geopackage, geoparquet
from app.exports.layers import batches, layers, one_state
from app.ogc.catalogue import COLLECTIONS
from tests.app.test_protected import NAME, STREET

SUMS = {"gaps_municipality": "municipality", "gaps_zona_omogenea": "zona_omogenea", "gaps_distretto": "distretto"}


def in_sql(engine: Engine, statement: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(statement)).scalar()


@pytest.fixture(scope="module")
def package(loaded: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("gpkg") / "ombra.gpkg"
    with one_state(loaded) as connection:
        geopackage.write(connection, out, progress=lambda _step: None)
    return out


@pytest.fixture(scope="module")
def archive(loaded: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("parquet") / "ombra.zip"
    with one_state(loaded) as connection:
        geoparquet.write(connection, out, progress=lambda _step: None)
    return out


def test_gdal_finds_every_layer_with_its_rows(package: Path, loaded: Engine) -> None:
    shapes = dict(pyogrio.list_layers(package))
    assert set(shapes) == {*COLLECTIONS, "informazioni", "fonti", *(f"{name}_mappa" for name in SUMS)}
    for name in COLLECTIONS:
        info = pyogrio.read_info(package, layer=name, force_feature_count=True)
        assert info["features"] == in_sql(loaded, f"select count(*) from ogc.{name}"), name
        assert (shapes[name] is None) == (name in SUMS)
        assert info["crs"] == (None if name in SUMS else "EPSG:4326")
    assert shapes["municipality"] == shapes["gaps_municipality_mappa"] == "MultiPolygon"
    assert shapes["services"] == "Point"


def test_a_map_joins_each_sum_with_its_area(package: Path, loaded: Engine) -> None:
    drawn = pyogrio.read_dataframe(package, layer="gaps_zona_omogenea_mappa", where="type = 'centro_impiego'")
    zones = pyogrio.read_dataframe(package, layer="zona_omogenea").set_index("code")
    assert len(drawn) == len(zones) == 11
    assert drawn["persons"].sum() == pytest.approx(
        in_sql(loaded, "select sum(persons) from ogc.gaps_zona_omogenea where type = 'centro_impiego'")
    )
    for row in drawn.itertuples():
        assert row.geometry.equals(zones.geometry[row.code])


def test_the_package_is_sound_and_says_of_which_data_it_is(package: Path, loaded: Engine) -> None:
    with sqlite3.connect(package) as file:
        assert file.execute("pragma integrity_check").fetchone() == ("ok",)
        assert file.execute("pragma foreign_key_check").fetchall() == []
        told = dict(file.execute("select name, value from informazioni"))
        licences = dict(file.execute("select id, licence from fonti"))
    assert told["Calcolo"] == str(in_sql(loaded, "select id from coverage_run where current"))
    assert len(licences) == in_sql(loaded, "select count(*) from source")
    assert all(licences.values())


def test_parquet_has_the_same_rows_with_types(archive: Path, loaded: Engine) -> None:
    with zipfile.ZipFile(archive) as files:
        assert {Path(name).stem for name in files.namelist()} == {*COLLECTIONS, "informazioni", "fonti"}
        for name in COLLECTIONS:
            table = pq.read_table(io.BytesIO(files.read(f"{name}.parquet")))
            assert table.num_rows == in_sql(loaded, f"select count(*) from ogc.{name}"), name
        places = gpd.read_parquet(io.BytesIO(files.read("municipality.parquet")))
        told = pq.read_metadata(io.BytesIO(files.read("gaps_municipality.parquet"))).metadata[b"ombra"]
    assert json.loads(told)["areas"] == "municipality"
    assert places.crs.to_authority() == ("OGC", "CRS84")
    assert set(places.geom_type) == {"MultiPolygon"}
    whole = places.to_crs(32632).area.sum() / 1e6
    assert whole == pytest.approx(in_sql(loaded, "select sum(area_km2) from ogc.municipality"), rel=1e-3)


def test_the_same_data_make_the_same_archive(archive: Path, loaded: Engine, tmp_path: Path) -> None:
    with one_state(loaded) as connection:
        geoparquet.write(connection, tmp_path / "again.zip", progress=lambda _step: None)
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_batches_are_the_whole_in_order(loaded: Engine) -> None:
    municipality = next(layer for layer in layers() if layer.name == "municipality")
    with one_state(loaded) as connection:
        parts = list(batches(connection, municipality, rows=100))
    assert [part.num_rows for part in parts] == [100, 100, 100, 12]
    codes = [code for part in parts for code in part.column("code").to_pylist()]
    assert codes == sorted(set(codes))


def test_a_protected_place_is_in_no_file(guarded: Engine, tmp_path: Path) -> None:
    with one_state(guarded) as connection:
        geopackage.write(connection, tmp_path / "o.gpkg", progress=lambda _step: None)
        geoparquet.write(connection, tmp_path / "o.zip", progress=lambda _step: None)
    services = pyogrio.read_dataframe(tmp_path / "o.gpkg", layer="services").set_index("name")
    refuge = services.loc[NAME]
    assert refuge.geometry is None
    assert refuge["zone"] == "Ciriacese-Valli di Lanzo"
    assert refuge[["address", "municipality", "municipality_code"]].isna().all()
    assert STREET.encode() not in (tmp_path / "o.gpkg").read_bytes()
    with zipfile.ZipFile(tmp_path / "o.zip") as files:
        for name in COLLECTIONS:
            for row in pq.read_table(io.BytesIO(files.read(f"{name}.parquet"))).to_pylist():
                assert STREET not in str(row)


# --- the command --------------------------------------------------------------------------------------------


@pytest.fixture
def ombra(loaded: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    monkeypatch.setenv("OMBRA_DATABASE_URL", loaded.url.render_as_string(hide_password=False))

    def run(*words: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        told = capfd.readouterr()
        return ended.value.code, told.out + told.err

    return run


def test_a_file_is_replaced_when_it_is_whole(ombra, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "ombra.gpkg"
    out.write_text("di prima")

    def broken(*_arguments: object, **_options: object) -> dict[str, int]:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(geopackage, "write", broken)
        code, told = ombra("export", "gpkg", str(out))
    assert (code, out.read_text()) == (2, "di prima")
    assert "il disco è pieno" in told
    assert list(tmp_path.iterdir()) == [out]
    code, told = ombra("export", "gpkg", str(out))
    assert code == 0, told
    assert "13/13 Sovrapposizioni" in told
    assert pyogrio.read_info(out, layer="municipality")["features"] == 312
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (("gpkg", "ombra.shp"), "deve finire con .gpkg"),
        (("geoparquet", "ombra.parquet"), "deve finire con .zip"),
        (("gpkg", "/non/esiste/ombra.gpkg"), "non esiste"),
    ],
)
def test_what_cannot_be_written_is_said(ombra, words: tuple[str, str], word: str) -> None:
    code, told = ombra("export", *words)
    assert code == 2
    assert word in told


def test_a_list_of_a_command_comes_as_parquet(ombra, tmp_path: Path) -> None:
    out = tmp_path / "ombre.parquet"
    words = ("gaps", "--type", "centro_impiego", "--level", "zona_omogenea")
    code, told = ombra(*words, "--out", str(out))
    assert code == 0, told
    assert len(gpd.read_parquet(out)) == 11
    code, told = ombra(*words, "--format", "parquet")
    assert (code, "--out FILE.parquet" in told) == (2, True)
