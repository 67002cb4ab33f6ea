"""Minutes to where services may stand unlisted, by whatever engine serves the run."""

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from etl.derive.boundary import Boundary
from geo.travel.estimate import Estimate
from geo.travel.matrix import Matrix
from geo.travel.table import TravelTable

WEST, EAST = 0.0, 40_000.0  # a strip of land from one boundary to the other


@dataclass(frozen=True)
class Roads:
    """Twice the minutes of the estimate; knows the places whose label ``knows`` says, and no other."""

    knows: str = ""
    name: str = "network"

    def describe(self) -> dict[str, object]:
        return {}

    def table(self, origins, services, *, cutoff) -> TravelTable:
        table = Estimate().table(origins, services, cutoff=cutoff / 2)
        slow = {name: 2 * getattr(table, name) for name in ("minutes", "low", "high")}
        known = np.array([self.knows in label for label in table.services], dtype=bool)
        return replace(table, **slow, cutoff=cutoff).select_pairs(known[table.service])


@pytest.fixture
def points():
    """Towns 2, 10, 20 and 38 km from the western boundary."""
    x = np.array([2_000.0, 10_000.0, 20_000.0, 38_000.0])
    return gpd.GeoDataFrame(
        {
            "municipality": list("abcd"),
            "mode": "car",
            "boundary_x": np.where(x < 20_000, WEST, EAST),
            "boundary_y": 0.0,
        },
        index=pd.Index(list("abcd")),
        geometry=gpd.points_from_xy(x, np.zeros(4)),
        crs=32632,
    )


def complete(points, *, but=()):
    return pd.Series([label not in but for label in points.index], index=points.index)


def ask(engine, points, *, but=(), threshold=30.0):
    return Boundary(engine).minutes(points, complete(points, but=but), key="car", threshold=threshold)


def by_car(metres) -> list[float]:
    return list(Estimate().minutes(np.array(metres, dtype=float), np.array(["car"] * len(metres))))


def test_the_outer_boundary_is_as_far_as_the_engine_says(points):
    near = by_car([2_000, 10_000, 20_000, 2_000])
    assert ask(Estimate(), points).tolist() == pytest.approx(near)
    assert ask(Roads(), points, threshold=60).tolist() == pytest.approx([2 * minutes for minutes in near])


def test_what_is_farther_than_the_threshold_is_infinitely_far(points):
    near = by_car([2_000, 10_000])
    assert ask(Roads(), points).tolist() == [2 * near[0], np.inf, np.inf, 2 * near[0]]


def test_an_engine_that_knows_no_such_place_leaves_it_to_the_estimate(points):
    assert ask(Roads(knows="nowhere"), points).equals(ask(Estimate(), points))


def test_a_table_of_minutes_by_car_knows_no_boundary_though_the_estimate_answers_for_those_on_foot(points):
    pairs = pd.DataFrame({"origin": ["a"], "destination": ["desk"], "minutes": [9.0]})
    table = Matrix(pairs=pairs, by="point", mode="car")
    mixed = points.assign(mode=["car", "foot", "foot", "car"])
    mixed.loc["b", "boundary_x"] = 9_800.0
    assert ask(table, mixed).equals(ask(Estimate(), mixed))
    assert ask(table, mixed)[["a", "b"]].lt(10).all()


def test_a_town_whose_list_is_not_complete_is_a_boundary(points):
    found = ask(Roads(), points, but="c", threshold=200)
    assert found["b"] == pytest.approx(2 * by_car([10_000])[0])  # to c, as far as to the west
    assert found["d"] == pytest.approx(2 * by_car([2_000])[0])
    assert ask(Roads(), points, but="b", threshold=200)["c"] == pytest.approx(2 * by_car([10_000])[0])
    assert ask(Roads(), points, threshold=200)["c"] == pytest.approx(2 * by_car([20_000])[0])


def test_a_list_that_is_nowhere_complete_has_no_edge_of_its_own(points):
    assert ask(Estimate(), points, but="abcd").equals(ask(Estimate(), points))


def test_the_same_question_is_asked_once(points):
    boundary, asked = Boundary(Estimate()), complete(points)
    first = boundary.minutes(points, asked, key="car", threshold=30)
    assert boundary.minutes(points, asked, key="car", threshold=30) is first
    assert not boundary.minutes(points.assign(mode="foot"), asked, key="foot", threshold=30).equals(first)
