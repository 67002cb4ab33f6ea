import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import METRIC, WGS84, to_metric
from geo.errors import InvalidInput
from geo.travel.estimate import CAR, Curve, Estimate, municipality_radius, walking


def places(seed, count, *, extent=60_000.0, **columns):
    rng = np.random.default_rng(seed)
    points = gpd.points_from_xy(rng.uniform(0, extent, count), rng.uniform(0, extent, count))
    return gpd.GeoDataFrame(columns, geometry=points, crs=METRIC, index=[f"p{i}" for i in range(count)])


def random_frames(seed, points=15, count=9):
    rng = np.random.default_rng(seed)
    towns = np.array(["m1", "m2", "m3", None], dtype=object)
    origins = places(
        seed, points, extent=30_000.0, municipality=rng.choice(towns, points), mode=rng.choice(["car", "foot"], points)
    )
    services = places(
        seed + 1,
        count,
        extent=30_000.0,
        municipality=rng.choice(towns, count),
        position_radius_m=rng.choice([0.0, 300.0, 4_000.0], count),
        located=rng.random(count) < 0.6,
    )
    return origins, services


def one_curve(metres, mode):
    km = metres / 1000
    if mode == "foot":
        return km * 1.3 / 4.8 * 60
    if km <= 3:
        return 2.94 * km
    if km <= 15:
        return 2.94 * 3 + 1.45 * (km - 3)
    return 2.94 * 3 + 1.45 * 12 + 0.72 * (km - 15)


@given(seed=st.integers(0, 10_000), cutoff=st.sampled_from([1, 5, 15, 35, 60]))
def test_the_table_equals_a_loop_over_every_pair(seed, cutoff):
    origins, services = random_frames(seed)
    expected = {}
    for o, origin in origins.iterrows():
        for s, service in services.iterrows():
            distance, radius = origin.geometry.distance(service.geometry), service["position_radius_m"]
            same = pd.notna(origin["municipality"]) and origin["municipality"] == service["municipality"]
            if same and not service["located"]:
                distance = max(distance, radius)
            span = (max(0.0, distance - radius), distance, distance + radius)
            low, minutes, high = (one_curve(metres, origin["mode"]) for metres in span)
            if low <= cutoff:
                expected[o, s] = (low, minutes, high)
    found = Estimate().table(origins, services, cutoff=cutoff)
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
    for curve in (CAR, walking()):
        low, high = curve.minutes(np.array([near, far]))
        assert low <= high


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
        {"municipality": ["m"], "mode": ["bus"]}, geometry=gpd.points_from_xy([7], [45]), crs=WGS84
    )
    services = gpd.GeoDataFrame(
        {"municipality": ["m", "m"], "position_radius_m": [-1.0, np.nan]},
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
    ):
        assert piece in text


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
