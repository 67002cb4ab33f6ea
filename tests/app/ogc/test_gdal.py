"""GDAL, which nobody here wrote, reads what is published: its drivers for OGC API Features and for vector tiles."""

from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import morecantile
import pandas as pd
import pyogrio
import pytest
from sqlalchemy import Engine, text

from app.ogc.catalogue import COLLECTIONS

DRIVERS = pyogrio.list_drivers(read=True)
needs_oapif = pytest.mark.skipif("OAPIF" not in DRIVERS, reason="this GDAL is built without its driver OAPIF")
needs_mvt = pytest.mark.skipif("MVT" not in DRIVERS, reason="this GDAL is built without its driver MVT")
TURIN = (7.6, 45.0, 7.7, 45.1)
WEB = morecantile.tms.get("WebMercatorQuad")
Z, X, Y = 12, 2135, 1472  # the centre of Torino


@needs_oapif
def test_every_collection_is_there(served: str) -> None:
    layers = dict(pyogrio.list_layers(f"OAPIF:{served}"))
    assert set(layers) == set(COLLECTIONS)
    assert layers["municipality"] == "MultiPolygon"
    assert layers["services"] == "Point"
    assert layers["overlaps"] == "MultiPoint"


@needs_oapif
@pytest.mark.parametrize("name", ["municipality", "settlement", "services", "overlaps"])
def test_counts_and_columns_are_those_of_sql(served: str, loaded: Engine, name: str) -> None:
    """More than one page of each: whoever follows the links gets each row once."""
    read = pyogrio.read_dataframe(f"OAPIF:{served}", layer=name, PAGE_SIZE="100")
    key = COLLECTIONS[name].key.name
    with loaded.connect() as connection:
        keys = connection.execute(text(f"select {key}::text from ogc.{name}")).scalars().all()
    assert sorted(read[key].astype(str)) == sorted(keys)
    columns = {column.name for column in COLLECTIONS[name].properties if not column.is_geometry}
    assert columns <= set(read.columns)
    assert pyogrio.read_info(f"OAPIF:{served}", layer=name)["features"] == len(keys)


@needs_oapif
def test_a_box_is_that_of_sql(served: str, loaded: Engine) -> None:
    read = pyogrio.read_dataframe(f"OAPIF:{served}", layer="services", bbox=TURIN)
    where = "st_intersects(geom, st_makeenvelope(7.6, 45, 7.7, 45.1, 4326))"
    assert len(read) == _count(loaded, f"services where {where}") > 0


@needs_oapif
@pytest.mark.parametrize(
    ("layer", "where", "sql"),
    [
        ("municipality", "name = 'Torino'", "name = 'Torino'"),
        ("municipality", "name LIKE 'C%' AND persons > 5000", "name like 'C%' and persons > 5000"),
        ("services", "certainty = 'confermata' OR type = 'csm'", "certainty = 'confermata' or type = 'csm'"),
        (
            "gaps_zona_omogenea",
            "type = 'casa_comunita' AND shadow_all > 0.5",
            "type = 'casa_comunita' and shadow_all > 0.5",
        ),
    ],
)
@pytest.mark.parametrize("sent", ["NO", "YES"])
def test_a_filter_is_that_of_sql(served: str, loaded: Engine, layer: str, where: str, sql: str, sent: str) -> None:
    """By itself GDAL sends what is equal and looks through the rest; told so, it sends all as CQL2."""
    pyogrio.set_gdal_config_options({"OGR_OAPIF_ALLOW_CQL_TEXT": sent})
    try:
        read = pyogrio.read_dataframe(f"OAPIF:{served}", layer=layer, where=where)
    finally:
        pyogrio.set_gdal_config_options({"OGR_OAPIF_ALLOW_CQL_TEXT": None})
    assert len(read) == _count(loaded, f"{layer} where {sql}") > 0


@needs_mvt
@pytest.mark.parametrize("query", ["", "?filter=" + quote("certainty = 'confermata' AND name LIKE 'C%'")])
def test_a_tile_is_that_of_sql(served: str, loaded: Engine, tmp_path: Path, query: str) -> None:
    """The same features, attributes and points as ``ST_AsMVT`` asked by hand."""
    shown = _tile(f"{served}/collections/services/tiles/WebMercatorQuad/{Z}/{Y}/{X}{query}", tmp_path / "shown.mvt")
    condition = "certainty = 'confermata' and name like 'C%'" if query else "true"
    by_hand = text(
        "with t as (select id, name, type, certainty, evidence_year, st_asmvtgeom(st_transform(geom, 3857),"
        f" st_tileenvelope({Z}, {X}, {Y}), 4096, 256, true) as geom from ogc.services where"
        f" st_intersects(geom, st_transform(st_tileenvelope({Z}, {X}, {Y}), 4326)) and {condition})"
        " select st_asmvt(t.*, 'services') from t"
    )
    with loaded.connect() as connection:
        (tmp_path / "own.mvt").write_bytes(bytes(connection.execute(by_hand).scalar_one()))
    expected = _read(tmp_path / "own.mvt")
    assert len(expected) > 2
    columns = ["id", "name", "type", "certainty", "evidence_year"]
    pd.testing.assert_frame_equal(shown[columns], expected[columns])
    assert shown.geometry.geom_equals(expected.geometry).all()


@needs_mvt
def test_areas_lie_where_they_are(served: str, loaded: Engine, tmp_path: Path) -> None:
    """Each municipality of a tile, within what the grid of a tile rounds."""
    shown = _tile(
        f"{served}/collections/municipality/tiles/WebMercatorQuad/9/183/266", tmp_path / "areas.mvt", at=(9, 266, 183)
    )
    envelope = "st_tileenvelope(9, 266, 183)"
    codes = text(f"select code from ogc.municipality where st_intersects(geom, st_transform({envelope}, 4326))")
    area = text(
        f"select code, st_area(st_intersection(st_transform(geom, 3857), st_expand({envelope}, 4891.97)))"
        f" from ogc.municipality where st_intersects(geom, st_transform({envelope}, 4326))"
    )
    with loaded.connect() as connection:
        assert set(shown["code"]) <= set(connection.execute(codes).scalars())
        expected = dict(connection.execute(area).all())
    assert len(shown) > 20
    areas = shown.set_index("code").geometry.area
    assert {code: areas[code] for code in areas.index} == pytest.approx(
        {code: expected[code] for code in areas.index}, rel=0.02, abs=50_000
    )


def _count(engine: Engine, rest: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"select count(*) from ogc.{rest}")).scalar_one())


def _tile(address: str, kept: Path, *, at: tuple[int, int, int] = (Z, X, Y)) -> pd.DataFrame:
    with urlopen(address) as answer:
        kept.write_bytes(answer.read())
    return _read(kept, at=at)


def _read(tile: Path, *, at: tuple[int, int, int] = (Z, X, Y)) -> pd.DataFrame:
    z, x, y = (str(number) for number in at)
    key = "code" if "areas" in tile.name else "id"
    read = pyogrio.read_dataframe(f"MVT:{tile}", X=x, Y=y, Z=z, CLIP="NO")
    return read.sort_values(key).reset_index(drop=True)
