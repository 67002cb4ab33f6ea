"""The municipalities as they are in the database."""

import pytest
import shapely

from etl.locate.territory import read_municipalities
from tests.etl.locate.samples import MONCALIERI, TORINO


@pytest.fixture(scope="module")
def municipalities(loaded):
    with loaded.connect() as connection:
        return read_municipalities(connection)


def test_every_municipality_is_known(municipalities):
    assert len(municipalities.municipalities) == len(municipalities.polygons) == 312
    assert municipalities.municipalities[TORINO].name == "Torino"
    assert municipalities.municipalities[TORINO].radius_m == pytest.approx(4_289, abs=20)


def test_the_municipalities_that_contain_a_point(municipalities):
    points = {"castello": shapely.Point(7.6862, 45.0704), "roma": shapely.Point(12.5, 41.9)}
    assert municipalities.containing(points) == {"castello": {TORINO}}
    assert municipalities.containing({}) == {}


def test_a_centroid_lies_in_the_middle(municipalities):
    assert len(municipalities.centroids) == 312
    assert municipalities.polygons[MONCALIERI].contains(municipalities.centroids[MONCALIERI])
