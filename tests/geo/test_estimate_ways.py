"""Single ways have the very minutes of the tables, and the reach leaves nothing out."""

import geopandas as gpd
import numpy as np
import pytest

from geo.travel.estimate import Estimate
from geo.travel.frames import MODES
from geo.travel.terrain import ZONES, Ends

RANDOM = np.random.default_rng(7)
COUNT = 300


def places(count: int) -> gpd.GeoDataFrame:
    """Places all over a territory, heights and zones with gaps."""
    x, y = RANDOM.uniform(330_000, 440_000, count), RANDOM.uniform(4_950_000, 5_050_000, count)
    altitude = np.where(RANDOM.random(count) < 0.1, np.nan, RANDOM.uniform(150, 2_000, count))
    zone = np.where(RANDOM.random(count) < 0.1, None, RANDOM.choice(ZONES, count))
    frame = {"municipality": [f"m{index}" for index in range(count)], "altitude_m": altitude, "altimetric_zone": zone}
    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(x, y), crs=32632)


@pytest.mark.parametrize("mode", MODES)
def test_ways_have_the_minutes_of_the_table(mode: str) -> None:
    estimate, origin = Estimate(), places(1).assign(mode=mode, municipality="home")
    services = places(COUNT).assign(position_radius_m=RANDOM.uniform(0, 4_000, COUNT), located=True)
    table = estimate.table(origin, services, cutoff=5_000)
    assert len(table) == COUNT
    home = origin.geometry.iloc[0]
    metres = np.hypot(home.x - services.geometry.x.to_numpy(), home.y - services.geometry.y.to_numpy())
    start, end = Ends.of(origin).take(np.zeros(COUNT, dtype=np.intp)), Ends.of(services)
    radius = services["position_radius_m"].to_numpy()
    low, minutes, high = estimate.ways(metres, radius, modes=np.full(COUNT, mode), start=start, end=end)
    np.testing.assert_array_equal(table.minutes, minutes[table.service])
    np.testing.assert_array_equal(table.low, low[table.service])
    np.testing.assert_array_equal(table.high, high[table.service])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("zone", [None, "pianura", "montagna_interna"])
def test_nothing_beyond_the_reach_is_within_the_minutes(mode: str, zone: str | None) -> None:
    estimate, services = Estimate(), places(COUNT)
    home = places(1).assign(altimetric_zone=zone, altitude_m=240.0)
    start = Ends.of(home)
    metres = RANDOM.uniform(0, 120_000, COUNT)
    ways = {
        "modes": np.full(COUNT, mode),
        "start": start.take(np.zeros(COUNT, dtype=np.intp)),
        "end": Ends.of(services),
    }
    _low, minutes, _high = estimate.ways(metres, np.zeros(COUNT), **ways)
    for limit in (5.0, 20.0, 60.0):
        reach = estimate.reach(mode, start, limit)
        assert (minutes[metres > reach * (1 + 1e-9)] > limit).all()
        # The bound is no larger than it must be: in the plain, at one height, a place just within is reached.
        level = Ends(np.array([0.0]), start.altitude)
        _low, just, _high = estimate.ways(
            np.array([reach]), np.zeros(1), modes=np.array([mode]), start=start, end=level
        )
        if zone == "pianura":
            assert just[0] == pytest.approx(limit)
