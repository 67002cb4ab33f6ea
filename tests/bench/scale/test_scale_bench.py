"""The parts of the bench that need not all of Italy: services are the same every time, differences are seen."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from etl.derive import scale
from etl.derive.people import PARTS
from etl.errors import OmbraError
from geo.crs import METRIC
from tests.bench.kit.shapes import Options
from tests.bench.scale import invented, measure
from tests.bench.scale.beside import apart
from tests.bench.scale.italy import Italy
from tests.bench.scale.worker import ENGINE, ordinary


@pytest.fixture(scope="module")
def country():
    codes = pd.Index([f"{province:03d}{town:03d}" for province in (1, 2, 3) for town in range(4)], name="code")
    towns = pd.DataFrame({"name": codes, "province": codes.str[:3] + " P", "region": "R"}, index=codes)
    towns = towns.assign(km2=30.0, residents=np.arange(1, 13) * 1_000.0)
    rng = np.random.default_rng(0)
    xy = rng.random((24, 2)) * 60_000
    homes = codes.repeat(2)
    columns = {"weight": 1.0, "municipality": homes, "degurba": "rurale", "altitude_m": np.nan}
    columns |= {"altimetric_zone": pd.Series([None] * 24, dtype="str"), "boundary_x": xy[:, 0], "boundary_y": 0.0}
    columns |= {f"weight_{part}": np.nan for part in PARTS}
    points = gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(*xy.T, crs=METRIC))
    points.index = pd.Index([f"p{number:02d}" for number in range(24)])
    people = pd.DataFrame([(town, sex, age, 500) for town in codes for sex in "FM" for age in (1, 30, 70)])
    within = [pd.DataFrame({"area": points.index, "ancestor": above}) for above in (homes, homes.str[:3] + " P")]
    population = people.set_axis(["area", "sex", "age", "persons"], axis=1)
    return Italy(towns, points, population, pd.concat(within, ignore_index=True))


def test_services_are_invented_alike_every_time(country):
    first, second = (invented.inputs(country, services=400) for _ in range(2))
    assert len(first.services) == 400
    assert first.services.equals(second.services)
    assert first.service_areas.equals(second.service_areas)
    assert set(first.services["type"]) == set(invented.TYPES)
    assert set(first.registry.kinds) == set(invented.TYPES)


def test_a_slice_is_of_whole_provinces(country):
    every = invented.inputs(country, services=400)
    part = invented.slice_of(every, country.municipalities["province"], 0.01)
    assert set(part.points["municipality"].str[:3]) == {"001"} == set(part.services["municipality"].str[:3])
    assert set(part.population["area"].str[:3]) == {"001"}
    assert invented.slice_of(every, country.municipalities["province"], 1.0).services.equals(every.services)


def test_the_invented_country_is_the_same_by_province(country, tmp_path):
    every = invented.inputs(country, services=400)
    expected = ordinary(every)
    homes = country.municipalities["province"]
    for found in (
        scale.whole(every, ENGINE),
        scale.partitioned(every, homes, folder=tmp_path, engine=ENGINE).answers(),
    ):
        gap = apart(found[sorted(found)], expected[sorted(expected)])
        assert gap.cells == 12 * 24 * 32
        assert gap.unlike == 0
        assert gap.most <= measure.EQUAL


def test_a_difference_is_seen():
    one = pd.DataFrame({"number": [1.0, np.nan, 3.0], "word": ["a", None, "c"], "flag": [True, False, True]})
    assert apart(one, one.copy()) == apart(one.copy(), one)
    assert (apart(one, one).unlike, apart(one, one).inexact, apart(one, one).most) == (0, 0, 0.0)
    other = one.assign(number=[1.0 + 1e-6, 2.0, 3.0], word=["a", "b", "x"], flag=[True, True, True])
    gap = apart(one, other)
    assert (gap.cells, gap.unlike, gap.inexact) == (9, 4, 1)
    assert gap.most == pytest.approx(1e-6, rel=1e-3)
    assert apart(one, one.iloc[:2]).unlike == 9


def test_a_measurement_that_breaks_off_is_told(tmp_path):
    with pytest.raises(OmbraError, match="«whole» si è interrotta"):
        measure.worker(Options(), "whole", tmp_path, "0.5")
