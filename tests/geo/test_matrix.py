import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import METRIC
from geo.errors import InvalidInput
from geo.travel.estimate import Estimate
from geo.travel.matrix import Matrix
from geo.travel.report import report

TOWNS = np.array(["m1", "m2", "m3", None], dtype=object)


def frames(seed, points=14, count=8):
    rng = np.random.default_rng(seed)

    def at(size):
        return gpd.points_from_xy(rng.uniform(0, 30_000, size), rng.uniform(0, 30_000, size))

    origins = gpd.GeoDataFrame(
        {"municipality": rng.choice(TOWNS, points), "mode": rng.choice(["car", "foot"], points)},
        geometry=at(points),
        crs=METRIC,
        index=[f"o{i}" for i in range(points)],
    )
    services = gpd.GeoDataFrame(
        {
            "municipality": rng.choice(TOWNS, count),
            "position_radius_m": rng.choice([0.0, 300.0, 4_000.0], count),
            "located": rng.random(count) < 0.6,
        },
        geometry=at(count),
        crs=METRIC,
        index=[f"s{i}" for i in range(count)],
    )
    return origins, services


def random_pairs(rng, origins, destinations):
    """Three quarters of the pairs, with whole minutes so that ties and the cutoff itself come up."""
    pairs = pd.DataFrame([(o, d) for o in origins for d in destinations], columns=["origin", "destination"])
    pairs = pairs[rng.random(len(pairs)) < 0.75].sample(frac=1, random_state=int(rng.integers(100)))
    minutes = rng.integers(0, 60, len(pairs)).astype(float)
    return pairs.assign(minutes=minutes, low=np.maximum(minutes - 3, 0), high=minutes + 5)


def loop(matrix, origins, services, cutoff):
    """Every pair by itself, from the text of the docstring."""
    told = {(row.origin, row.destination): (row.low, row.minutes, row.high) for row in matrix.pairs.itertuples()}
    everywhere = matrix.mode not in ("car", "foot", "bike")
    expected = {}
    for o, origin in origins.iterrows():
        for s, service in services.iterrows():
            mode = "bike" if everywhere else origin["mode"]
            alone = gpd.GeoDataFrame([origin.to_dict() | {"mode": mode}], crs=METRIC, geometry="geometry")
            other = gpd.GeoDataFrame([service.to_dict()], crs=METRIC, geometry="geometry").astype({"located": bool})
            own = origin["municipality"] is not None and origin["municipality"] == service["municipality"]
            if (not everywhere and origin["mode"] != matrix.mode) or (matrix.by == "municipality" and own):
                estimated = Estimate().table(alone, other, cutoff=1e6)
                span = estimated.low[0], estimated.minutes[0], estimated.high[0]
            else:
                key = (o, s) if matrix.by == "point" else (origin["municipality"], service["municipality"])
                if key not in told:
                    continue
                doubt = Estimate().minutes(np.array([service["position_radius_m"]]), np.array([mode]))[0]
                low, minutes, high = told[key]
                span = max(low - doubt, 0), minutes, high + doubt
            if span[0] <= cutoff:
                expected[o, s] = span
    return expected


@settings(max_examples=8)
@given(
    seed=st.integers(0, 10_000),
    by=st.sampled_from(["point", "municipality"]),
    mode=st.sampled_from(["car", "foot", "transit"]),
    cutoff=st.sampled_from([10, 35]),
)
def test_the_table_equals_a_loop_over_every_pair(seed, by, mode, cutoff):
    origins, services = frames(seed)
    names = (origins.index, services.index) if by == "point" else (TOWNS[:2], TOWNS[:3])
    matrix = Matrix(pairs=random_pairs(np.random.default_rng(seed), *names), by=by, mode=mode)
    found = matrix.table(origins, services, cutoff=cutoff)
    frame = found.to_frame().set_index(["origin", "service"])
    expected = loop(matrix, origins, services, cutoff)
    assert set(frame.index) == set(expected)
    for pair, span in expected.items():
        np.testing.assert_allclose(frame.loc[pair, ["low", "minutes", "high"]].tolist(), span, rtol=1e-9, atol=1e-9)


def towns():
    origins = gpd.GeoDataFrame(
        {"municipality": ["m1", "m1", "m9"], "mode": "car"},
        geometry=gpd.points_from_xy([0, 2_000, 50_000], [0, 0, 0]),
        crs=METRIC,
        index=["centre", "hamlet", "elsewhere"],
    )
    services = gpd.GeoDataFrame(
        {"municipality": ["m1", "m2", "m9"], "position_radius_m": [1_000.0, 0.0, 0.0], "located": [False, True, True]},
        geometry=gpd.points_from_xy([0, 9_000, 52_000], [0, 0, 0]),
        crs=METRIC,
        index=["own", "next", "unknown"],
    )
    return origins, services


def test_within_a_municipality_the_estimate_holds_with_the_interval_of_the_radius():
    pairs = pd.DataFrame({"origin": ["m1", "m1"], "destination": ["m1", "m2"], "minutes": [0.0, 12.0]})
    travel = Matrix(pairs=pairs, by="municipality", mode="car").table(*towns(), cutoff=60)
    frame = travel.to_frame().set_index(["origin", "service"])
    # The 0 minutes that the table gives to a municipality and itself are not used.
    np.testing.assert_allclose(frame.loc[("centre", "own")], [2.94, 0.0, 5.88])
    np.testing.assert_allclose(frame.loc[("hamlet", "own")], [5.88, 2.94, 8.82])
    assert frame.loc[("centre", "next"), "minutes"] == frame.loc[("hamlet", "next"), "minutes"] == 12
    assert ("centre", "unknown") not in frame.index
    assert travel.estimated


def test_places_that_the_table_does_not_know_are_reported_as_not_placed():
    pairs = pd.DataFrame({"origin": ["m1"], "destination": ["m2"], "minutes": [12.0]})
    origins, services = towns()
    travel = Matrix(pairs=pairs, by="municipality", mode="car").table(origins, services, cutoff=60)
    np.testing.assert_array_equal(travel.origin_snap_m, [0.0, 0.0, np.nan])
    np.testing.assert_array_equal(travel.service_snap_m, [np.nan, 0.0, np.nan])
    found = report(travel, origins["mode"])
    assert (found["origin_snap_m"]["unplaced"], found["service_snap_m"]["unplaced"]) == (1, 2)
    assert found["origins_without_service"] == 0


def test_public_transport_holds_for_everybody_and_is_not_estimated_between_points():
    origins, services = towns()
    pairs = pd.DataFrame(
        {"origin": ["centre"], "destination": ["next"], "minutes": [40.0], "low": [33.0], "high": [55.0]}
    )
    origins = origins.assign(mode=["foot", "car", "car"])
    travel = Matrix(pairs=pairs, by="point", mode="transit").table(origins, services, cutoff=60)
    assert travel.to_frame().to_numpy().tolist() == [["centre", "next", 40.0, 33.0, 55.0]]
    assert not travel.estimated
    assert travel.engine == "matrix"


def test_a_table_by_car_leaves_those_on_foot_to_the_estimate():
    origins, services = towns()
    pairs = pd.DataFrame({"origin": ["centre", "hamlet"], "destination": ["next", "next"], "minutes": [5.0, 6.0]})
    origins = origins.assign(mode=["foot", "car", "car"])
    travel = Matrix(pairs=pairs, by="point", mode="car").table(origins, services, cutoff=300)
    frame = travel.to_frame().set_index(["origin", "service"])["minutes"]
    assert frame[("centre", "next")] == pytest.approx(9 * 16.25)
    assert frame[("hamlet", "next")] == 6.0
    assert travel.estimated
    # Who is not looked up in the table is not missing from it.
    assert travel.origin_snap_m[0] == 0.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"minutes": [np.inf, 5.0]}, "pairs.minutes: 1 values infinite"),
        ({"minutes": [-1.0, 5.0]}, "pairs.minutes: 1 values below 0"),
        ({"minutes": [np.nan, 5.0]}, "pairs.minutes: 1 values missing"),
        ({"minutes": ["5", "6"]}, "not numeric"),
        ({"low": [1.0, 7.0]}, "low <= minutes <= high"),
        ({"high": [1.0, 7.0]}, "low <= minutes <= high"),
        ({"destination": ["b", "b"], "origin": ["a", "a"]}, "repeat a pair"),
        ({"origin": ["a", None]}, "pairs.origin: 1 values missing"),
    ],
)
def test_a_table_that_would_mislead_is_refused(changes, message):
    sound = {"origin": ["a", "c"], "destination": ["b", "b"], "minutes": [4.0, 6.0]}
    Matrix(pairs=pd.DataFrame(sound), by="point", mode="car")
    with pytest.raises(InvalidInput) as caught:
        Matrix(pairs=pd.DataFrame(sound | changes), by="point", mode="car")
    assert message in str(caught.value)


def test_all_faults_of_a_matrix_and_of_the_frames_are_reported_at_once():
    with pytest.raises(InvalidInput) as caught:
        Matrix(pairs=pd.DataFrame({"origin": [], "minutes": []}), by="cap", mode="")
    assert len(caught.value.faults) == 4
    origins, services = towns()
    matrix = Matrix(pairs=pd.DataFrame({"origin": ["a"], "destination": ["b"], "minutes": [1.0]}), by="point", mode="x")
    with pytest.raises(InvalidInput) as caught:
        matrix.table(origins.assign(mode="rail"), services.set_crs(None, allow_override=True), cutoff=np.inf)
    for piece in ("origins.mode", "services: coordinate reference system None", "cutoff"):
        assert piece in str(caught.value)


def test_frames_without_rows_give_an_empty_table():
    origins, services = towns()
    matrix = Matrix(
        pairs=pd.DataFrame({"origin": ["m1"], "destination": ["m2"], "minutes": [1.0]}), by="municipality", mode="car"
    )
    assert len(matrix.table(origins.iloc[:0], services, cutoff=30)) == 0
    assert len(matrix.table(origins, services.iloc[:0], cutoff=30)) == 0


def test_what_the_engine_tells_of_itself_holds_what_the_table_was_made_from():
    pairs = pd.DataFrame({"origin": ["a"], "destination": ["b"], "minutes": [1.0]})
    told = Matrix(pairs=pairs, by="point", mode="transit", provenance={"sha256": "x", "percentile": 50}).describe()
    assert json.loads(json.dumps(told))["percentile"] == 50
    assert (told["by"], told["mode"], told["pairs"], told["sha256"]) == ("point", "transit", 1, "x")
