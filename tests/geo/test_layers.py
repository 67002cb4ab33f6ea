"""What is wrong with a layer, all at once and by name; which polygon a point lies in."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from geo.errors import InvalidInput
from geo.layers import MENDING, SLIVER, check, faults, locate, partly_outside

LAND = box(0, 0, 10_000, 10_000)
LEFT, RIGHT = box(0, 0, 5_000, 10_000), box(5_000, 0, 10_000, 10_000)
BOW = Polygon([(0, 0), (1_000, 1_000), (1_000, 0), (0, 1_000)])


def layer(*shapes, names=None, crs=32632) -> gpd.GeoDataFrame:
    labels = [f"f{place}" for place in range(len(shapes))] if names is None else names
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries(list(shapes), index=pd.Index(labels), crs=crs))


def people(*values) -> pd.Series:
    return pd.Series(list(values), dtype=float)


SOUND = [
    (layer(LEFT, RIGHT), None),
    (layer(MultiPolygon([box(0, 0, 1, 1), box(3, 3, 4, 4)])), people(7)),
    (layer(Point(5, 5), Point(6, 6)), people(0, 3.5)),
    (layer(box(-5_000, 0, 5_000, 10_000)), None),  # partly outside
    (layer(LEFT, box(4_999, 0, 10_000, 10_000)), None),  # a sliver of a metre
]
FAULTY = {
    "empty": (layer(), None, ()),
    "crs_missing": (layer(LEFT, crs=None), None, ()),
    "no_geometry": (layer(LEFT, None, Polygon()), None, ("f1", "f2")),
    "infinite": (layer(LEFT, Polygon([(0, 0), (np.inf, 1), (1, 0)])), None, ("f1",)),
    "kind": (layer(LineString([(0, 0), (5, 5)]), LEFT), None, ("f0",)),
    "invalid": (layer(BOW, RIGHT), None, ("f0",)),
    "overlap": (layer(LEFT, box(4_000, 0, 10_000, 10_000)), None, ("f0 + f1",)),
    "name_missing": (layer(LEFT, RIGHT, names=["a", " "]), None, ("#2",)),
    "name_repeated": (layer(LEFT, RIGHT, names=["a", "a"]), None, ("a",)),
    "outside": (layer(LEFT, box(20_000, 0, 21_000, 1)), None, ("f1",)),
    "people_missing": (layer(LEFT, RIGHT), people(1, np.nan), ("f1",)),
    "people_negative": (layer(LEFT, RIGHT, box(1, 1, 2, 2)), people(-1, np.inf, 3), ("f0", "f1")),
    "points_without_people": (layer(Point(5, 5)), None, ()),
}


@pytest.mark.parametrize(("given_layer", "counted"), SOUND)
def test_a_sound_layer_has_no_faults(given_layer, counted):
    assert faults(given_layer, territory=LAND, people=counted) == ()
    check(given_layer, territory=LAND, people=counted)


@pytest.mark.parametrize("code", MENDING)
def test_every_fault_is_told_by_name(code):
    given_layer, counted, features = FAULTY[code]
    found = {fault.code: fault for fault in faults(given_layer, territory=LAND, people=counted)}
    assert found[code].features == features
    with pytest.raises(InvalidInput, match="layer: "):
        check(given_layer, territory=LAND, people=counted)


def test_a_point_among_polygons_is_of_another_kind():
    (fault,) = faults(layer(LEFT, Point(7_000, 5)), territory=LAND)
    assert (fault.code, fault.features) == ("kind", ("f1",))


def test_all_faults_come_at_once_in_one_order():
    shapes = [BOW, None, box(20_000, 0, 21_000, 1), LEFT, box(1_000, 0, 5_000, 10_000), Point(np.nan, 1)]
    many = layer(*shapes, names=["bow", "nothing", "far", "left", "left", ""])
    found = [fault.code for fault in faults(many, territory=LAND, people=people(1, 2, -3, np.nan, 5, 6))]
    assert found == [
        "no_geometry", "infinite", "invalid", "overlap", "name_missing", "name_repeated", "outside", "people_missing",
        "people_negative",
    ]  # fmt: skip
    with pytest.raises(InvalidInput) as caught:
        check(many, territory=LAND, people=people(1, 2, -3, np.nan, 5, 6))
    assert len(caught.value.faults) == len(found)


def test_the_largest_overlap_is_told():
    (fault,) = faults(layer(LEFT, box(4_000, 0, 10_000, 10_000)), territory=LAND)
    assert fault.square_metres == pytest.approx(1e7)
    assert "f0 + f1" in str(fault)


def test_degrees_are_understood():
    degrees = layer(LEFT, RIGHT).to_crs(4326)
    assert faults(degrees, territory=LAND) == ()


def test_polygons_partly_outside_are_told_apart():
    shapes = layer(LEFT, box(-5_000, 0, 5_000, 10_000), box(-(SLIVER / 2) * 5_000, 0, 5_000, 10_000)).geometry
    assert partly_outside(shapes, LAND).tolist() == [False, True, False]


@settings(max_examples=80)
@given(data=st.data())
def test_every_point_is_in_the_first_polygon_that_has_it(data):
    """Against a loop over all pairs, with borders and slivers."""
    corner = st.integers(0, 6)
    boxes = data.draw(st.lists(st.tuples(corner, corner, st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=6))
    polygons = gpd.GeoSeries([box(x, y, x + w, y + h) for x, y, w, h in boxes], crs=32632)
    spots = data.draw(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12))
    points = gpd.GeoSeries([Point(x, y) for x, y in spots], crs=32632)
    expected = [
        next((place for place, shape in enumerate(polygons) if shapely.intersects(shape, point)), -1)
        for point in points
    ]
    assert locate(points, polygons).tolist() == expected
