"""Circoscrizioni and former quarters of Torino as layers: codes that do not collide, boundaries made sound."""

from pathlib import Path

import geopandas as gpd
import pytest

from etl.batch import read
from etl.sources.aperto_aree import SOURCES
from geo.crs import METRIC, WGS84
from tests.etl.sources.istat import issues, received
from tests.etl.tools import SHARED

SAMPLES = Path(__file__).parent / "samples" / "istat"
CIRCOSCRIZIONI, QUARTIERI = SOURCES


def of(source, path: Path):
    assert source.knows(path.name)
    assert source.faults(path) == []
    (edition,) = source.editions([received(path)])
    return read(source, edition)


def square_km(records) -> float:
    return float(gpd.GeoSeries([one.geometry for one in records], crs=WGS84).to_crs(METRIC).area.sum() / 1e6)


def test_two_layers_number_their_areas_from_one_and_do_not_collide():
    first = of(CIRCOSCRIZIONI, SAMPLES / "circoscrizioni_wgs84.geojson").records
    second = of(QUARTIERI, SAMPLES / "ex_quartieri_WGS84.geojson").records
    assert [(one.level, one.code, one.name, one.municipality) for one in first] == [
        ("layer", "aperto-circoscrizioni/1", "Circoscrizione 1, Centro - Crocetta", "001272"),
        ("layer", "aperto-circoscrizioni/2", "Circoscrizione 2, Santa Rita - Mirafiori", "001272"),
    ]
    assert not {one.code for one in first} & {one.code for one in second}


def test_a_boundary_that_crosses_itself_is_mended_and_told():
    batch = of(QUARTIERI, SAMPLES / "ex_quartieri_WGS84.geojson")
    told = issues(batch.log)
    assert ("22", "geometria_riparata") in told
    areas = {one.key: one.geometry for one in batch.records}
    assert areas["22"].is_valid
    assert not areas["22"].is_empty
    # Three points on a line enclose nothing: the area stays, without a boundary.
    assert areas["23"] is None
    assert ("23", "geometria_inutile") in told
    assert batch.counts == {"read": 3, "accepted": 3, "rejected": 0}


@pytest.mark.parametrize(
    ("source", "file", "count", "surface"),
    [
        (CIRCOSCRIZIONI, "circoscrizioni_wgs84.geojson", 8, 129.994),
        (QUARTIERI, "ex_quartieri_WGS84.geojson", 23, 127.628),
    ],
)
def test_the_real_layers_keep_their_surface(source, file, count, surface):
    path = SHARED / "aperto-torino" / "geo" / file
    if not path.exists():
        pytest.skip("i file veri stanno accanto al progetto e qui mancano")
    batch = of(source, path)
    assert batch.counts == {"read": count, "accepted": count, "rejected": 0}
    assert all(one.geometry.is_valid for one in batch.records)
    assert square_km(batch.records) == pytest.approx(surface, abs=0.001)
