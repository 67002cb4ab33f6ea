import json
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import METRIC, WGS84, to_metric
from geo.errors import InvalidInput
from geo.travel.curve import CAR, Curve, cycling, walking
from geo.travel.estimate import Estimate, municipality_radius
from geo.travel.prediction import CAR_BANDS, prediction_interval
from geo.travel.terrain import TERRAIN, ZONES, Ends, Terrain


def places(seed, count, *, extent=60_000.0, **columns):
    rng = np.random.default_rng(seed)
    points = gpd.points_from_xy(rng.uniform(0, extent, count), rng.uniform(0, extent, count))
    return gpd.GeoDataFrame(columns, geometry=points, crs=METRIC, index=[f"p{i}" for i in range(count)])


def random_frames(seed, points=15, count=9):
    rng = np.random.default_rng(seed)
    towns = np.array(["m1", "m2", "m3", None], dtype=object)
    origins = places(
        seed,
        points,
        extent=30_000.0,
        municipality=rng.choice(towns, points),
        mode=rng.choice(["car", "foot", "bike"], points),
        **terrain_columns(rng, points),
    )
    services = places(
        seed + 1,
        count,
        extent=30_000.0,
        municipality=rng.choice(towns, count),
        position_radius_m=rng.choice([0.0, 300.0, 4_000.0], count),
        located=rng.random(count) < 0.6,
        **terrain_columns(rng, count),
    )
    return origins, services


def terrain_columns(rng, count):
    return {
        "altitude_m": rng.choice([200.0, 240.0, 700.0, 1_500.0, np.nan], count),
        "altimetric_zone": rng.choice(np.array([*ZONES, None], dtype=object), count),
    }


def one_curve(metres, mode, origin=None, service=None):
    km = metres / 1000
    if mode == "foot":
        return km * 1.3 / 4.8 * 60
    if mode == "bike":
        return km * 1.3 / 15 * 60
    ends = [] if origin is None else [origin, service]
    if ends and all(pd.notna(end["altitude_m"]) and pd.notna(end["altimetric_zone"]) for end in ends):
        first, second, third = TERRAIN.curve.rates
        plain = first * min(km, 3) + second * min(max(km - 3, 0), 12) + third * max(km - 15, 0)
        hilly = sum(end["altimetric_zone"] != "pianura" for end in ends) / 2
        climb = abs(origin["altitude_m"] - service["altitude_m"]) / 100
        return plain * (1 + TERRAIN.rugged * hilly) + TERRAIN.climb * climb
    if km <= 3:
        return 2.94 * km
    if km <= 15:
        return 2.94 * 3 + 1.45 * (km - 3)
    return 2.94 * 3 + 1.45 * 12 + 0.72 * (km - 15)


@given(seed=st.integers(0, 10_000), cutoff=st.sampled_from([1, 5, 15, 35, 60]))
def test_the_table_equals_a_loop_over_every_pair(seed, cutoff):
    origins, services = random_frames(seed)
    check_against_a_loop(Estimate(), origins, services, cutoff)


@given(seed=st.integers(0, 10_000), cutoff=st.sampled_from([5, 35]))
def test_without_terrain_the_table_is_that_of_the_published_curve(seed, cutoff):
    origins, services = random_frames(seed)
    flat = [frame.drop(columns=["altitude_m", "altimetric_zone"]) for frame in (origins, services)]
    check_against_a_loop(Estimate(), origins, flat[1], cutoff)
    check_against_a_loop(Estimate(), flat[0], services, cutoff)
    published = Estimate(terrain=None).table(origins, services, cutoff=cutoff).to_frame()
    pd.testing.assert_frame_equal(published, Estimate().table(*flat, cutoff=cutoff).to_frame())


def check_against_a_loop(engine, origins, services, cutoff):
    expected = {}
    known = "altitude_m" in origins and "altitude_m" in services
    for o, origin in origins.iterrows():
        for s, service in services.iterrows():
            distance, radius = origin.geometry.distance(service.geometry), service["position_radius_m"]
            same = pd.notna(origin["municipality"]) and origin["municipality"] == service["municipality"]
            if same and not service["located"]:
                distance = max(distance, radius)
            span = (max(0.0, distance - radius), distance, distance + radius)
            ends = (origin, service) if known else ()
            low, minutes, high = (one_curve(metres, origin["mode"], *ends) for metres in span)
            if low <= cutoff:
                expected[o, s] = (low, minutes, high)
    found = engine.table(origins, services, cutoff=cutoff)
    frame = found.to_frame().set_index(["origin", "service"])
    assert set(frame.index) == set(expected)
    for pair, values in expected.items():
        np.testing.assert_allclose(frame.loc[pair, ["low", "minutes", "high"]].tolist(), values, rtol=1e-9, atol=1e-9)
    assert found.estimated
    assert found.origins.equals(origins.index)
    assert found.services.equals(services.index)


@given(minutes=st.floats(0, 300))
def test_the_inverse_gives_the_minutes_back(minutes):
    engine = Estimate()
    for mode, metres in engine.inverse(minutes).items():
        found = engine.minutes(np.array([metres]), np.array([mode]))
        np.testing.assert_allclose(found, [minutes], rtol=1e-9, atol=1e-9)


@given(one=st.floats(0, 200_000), two=st.floats(0, 200_000))
def test_farther_never_takes_less(one, two):
    near, far = sorted([one, two])
    for curve in (CAR, TERRAIN.curve, walking(), cycling()):
        low, high = curve.minutes(np.array([near, far]))
        assert low <= high
        assert low < high or far - near < 1e-6


def test_a_curve_reaches_infinity_only_there():
    assert CAR.minutes(np.array([np.inf])).tolist() == [np.inf]
    assert CAR.metres(np.inf) == np.inf
    np.testing.assert_allclose(CAR.minutes(np.array([500_000.0])), [26.22 + 0.72 * 485])


def test_terrain_never_shortens_a_way_and_climbing_is_worth_its_minutes():
    with pytest.raises(InvalidInput) as caught:
        Terrain(TERRAIN.curve, rugged=-0.1, climb=np.nan)
    assert len(caught.value.faults) == 2
    here, there = Ends(np.array([1.0, 0.0]), np.array([900.0, 240.0])), Ends(np.zeros(2), np.array([300.0, np.nan]))
    factor, lift = TERRAIN.between(here, there)
    np.testing.assert_allclose(factor, [1 + TERRAIN.rugged / 2, 1.0])
    np.testing.assert_allclose(lift, [6 * TERRAIN.climb, np.nan])
    assert TERRAIN.rugged > 0
    assert TERRAIN.climb > 0
    # 100 m at a grade of 6 % are 1.67 km of road: between 40 and 70 km/h.
    assert 1.67 / 70 * 60 < TERRAIN.climb < 1.67 / 40 * 60
    # In a straight line nobody drives faster than the highway code allows on the road.
    assert 60 / min(TERRAIN.curve.rates) <= 130


def test_what_the_engine_tells_of_itself_is_json_and_holds_every_coefficient():
    told = Estimate().describe()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["terrain"]["climb_per_100m"] == TERRAIN.climb
    assert told["curves"]["bike"]["rates"] == [5.2]
    assert told["prediction_interval"]["coverage"] == 0.8
    assert told != Estimate(terrain=None).describe()
    # The bands are those of the committed terrain: another one has an error that nobody has measured.
    assert Estimate(terrain=None).describe()["prediction_interval"] is None
    assert Estimate(car=walking()).describe() != told
    assert Estimate().name == "estimate"


def test_the_prediction_interval_holds_the_estimate_and_changes_with_the_band():
    minutes = np.array([0.0, 15.0, 15.1, 100.0, np.nan])
    low, high = prediction_interval(minutes)
    assert ((low <= minutes) & (minutes <= high))[:4].all()
    assert np.isnan(low[4])
    assert high[1] == 15 * CAR_BANDS[0][2]
    assert high[2] == pytest.approx(15.1 * CAR_BANDS[1][2])
    assert high[3] == pytest.approx(100 * CAR_BANDS[3][2])
    with pytest.raises(InvalidInput, match="below 0"):
        prediction_interval([-1.0])


def test_the_car_curve_has_the_rates_of_its_fit():
    np.testing.assert_allclose(CAR.minutes(np.array([0, 3e3, 15e3, 25e3])), [0, 8.82, 26.22, 33.42])


def test_a_pair_exactly_at_the_cutoff_is_kept():
    engine = Estimate()
    metres = engine.inverse(30)["car"]
    origins = gpd.GeoDataFrame(
        {"municipality": ["m"], "mode": ["car"]}, geometry=gpd.points_from_xy([0], [0]), crs=METRIC
    )
    services = gpd.GeoDataFrame(
        {"municipality": ["m", "m"], "position_radius_m": [0.0, 500.0], "located": True},
        geometry=gpd.points_from_xy([metres, metres + 500.0], [0, 0]),
        crs=METRIC,
    )
    minutes = engine.table(origins, services, cutoff=30).minutes
    assert 1 <= len(minutes) <= 2
    assert len(engine.table(origins, services, cutoff=30 + 1e-9)) == 2


def test_municipality_radius_is_two_thirds_of_the_disc_up_to_five_kilometres():
    area = np.array([0.0, np.pi * 3_000.0**2, np.pi * 7_500.0**2, np.pi * 20_000.0**2])
    np.testing.assert_allclose(municipality_radius(area), [0, 2_000, 5_000, 5_000])
    # The mean distance from the centre of a disc, drawn rather than derived.
    rng = np.random.default_rng(3)
    drawn = rng.uniform(-3_000, 3_000, (200_000, 2))
    inside = np.hypot(*drawn.T)[np.hypot(*drawn.T) <= 3_000]
    assert abs(inside.mean() - municipality_radius(area[1])) < 10


def test_every_fault_of_both_frames_is_reported_at_once():
    origins = gpd.GeoDataFrame(
        {"municipality": ["m"], "mode": ["bus"], "altitude_m": [-500.0], "altimetric_zone": ["Alpi"]},
        geometry=gpd.points_from_xy([7], [45]),
        crs=WGS84,
    )
    services = gpd.GeoDataFrame(
        {"municipality": ["m", "m"], "position_radius_m": [-1.0, np.nan], "altitude_m": ["high", None]},
        geometry=gpd.points_from_xy([0, np.nan], [0, 0]),
        crs=METRIC,
        index=["s", "s"],
    )
    with pytest.raises(InvalidInput) as caught:
        Estimate().table(origins, services, cutoff=np.nan)
    text = "\n".join(caught.value.faults)
    for piece in (
        "EPSG:4326",
        "origins.mode",
        "not points",
        "located",
        "missing",
        "below 0",
        "more than once",
        "cutoff",
        "origins.altitude_m",
        "origins.altimetric_zone",
        "services.altitude_m: not numeric",
    ):
        assert piece in text


def test_points_without_a_reference_system_are_refused_by_name():
    origins, services = random_frames(2)
    with pytest.raises(InvalidInput, match=r"services: coordinate reference system None"):
        Estimate().table(origins, services.set_crs(None, allow_override=True), cutoff=30)
    with pytest.raises(InvalidInput, match=r"cutoff: inf"):
        Estimate().table(origins, services, cutoff=np.inf)


def test_a_column_of_heights_without_any_is_as_good_as_none():
    origins, services = random_frames(2)
    empty = [frame.assign(altitude_m=None, altimetric_zone=None) for frame in (origins, services)]
    bare = [frame.drop(columns=["altitude_m", "altimetric_zone"]) for frame in (origins, services)]
    found, expected = (Estimate().table(*frames, cutoff=30).to_frame() for frames in (empty, bare))
    pd.testing.assert_frame_equal(found, expected)


def test_many_services_are_sorted_as_few_are():
    # Long rows are sorted one by one, with equal minutes on purpose.
    origins, services = random_frames(3, points=7, count=400)
    services = gpd.GeoDataFrame(pd.concat([services, services]), crs=METRIC)
    services.index = [f"s{i}" for i in range(len(services))]
    found = Estimate().table(origins, services, cutoff=60)
    assert len(found) > 64 * 7
    expected = np.lexsort((found.service, found.minutes, found.origin))
    assert (expected == np.arange(len(found))).all()


def test_a_frame_without_points_gives_an_empty_table():
    origins, services = random_frames(1)
    assert len(Estimate().table(origins.iloc[:0], services, cutoff=30)) == 0
    assert len(Estimate().table(origins, services.iloc[:0], cutoff=30)) == 0


@pytest.mark.parametrize(("breaks", "rates"), [((), ()), ((3.0,), (1.0,)), ((3.0, 2.0), (1.0, 1.0, 1.0)), ((), (0.0,))])
def test_a_curve_that_cannot_be_inverted_is_refused(breaks, rates):
    with pytest.raises(InvalidInput):
        Curve(breaks=breaks, rates=rates)


def test_coordinates_without_a_reference_system_are_refused_and_degrees_become_metres():
    with pytest.raises(InvalidInput, match="no coordinate reference system"):
        to_metric(gpd.GeoSeries.from_xy([7.7], [45.1]))
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=gpd.points_from_xy([9.0], [45.0]), crs=WGS84)
    # On the central meridian of zone 32 the easting is 500 km by definition.
    assert abs(to_metric(frame).geometry.x.iloc[0] - 500_000) < 0.01
    assert to_metric(to_metric(frame)).crs == METRIC


@pytest.mark.slow
def test_ten_thousand_points_by_two_thousand_services_take_seconds():
    origins = places(1, 10_000, municipality="m", mode="car")
    services = places(2, 2_000, municipality="m", position_radius_m=0.0, located=True)
    start = time.perf_counter()
    found = Estimate().table(origins, services, cutoff=35)
    assert len(found) > 1_000_000
    assert time.perf_counter() - start < 30
