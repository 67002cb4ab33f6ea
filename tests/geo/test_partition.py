"""Halos and neighbourhoods against every pair of places."""

import numpy as np
import pytest

from geo.partition import Within, box_distances, boxes, distances, farthest_metres, halo, neighbourhoods
from geo.travel.curve import walking
from geo.travel.estimate import Estimate


def metres(places, others):
    return np.hypot(*(places[:, None, :] - others[None, :, :]).transpose(2, 0, 1))


@pytest.mark.parametrize("seed", range(4))
def test_a_halo_takes_three_steps(seed):
    rng = np.random.default_rng(seed)
    homes, desks = rng.random((60, 2)) * 1_000, rng.random((40, 2)) * 1_000
    own, placed = homes[:, 0] < 200, rng.random(40) < 0.9
    near = (metres(homes, desks) <= 120) & placed
    found = halo(own, Within(homes, desks, placed, 120.0))
    used = near[own].any(axis=0)
    points = own | near[:, used].any(axis=1)
    assert found.used.tolist() == used.tolist()
    assert found.points.tolist() == points.tolist()
    assert found.services.tolist() == near[points].any(axis=0).tolist()
    assert own.sum() < points.sum() < len(homes)


@pytest.mark.parametrize("cells", [1, 50, 10_000])
def test_neighbourhoods_hold_every_place_once_and_every_near_pair(cells):
    rng = np.random.default_rng(cells)
    places, others = rng.random((70, 2)) * 1_000, rng.random((90, 2)) * 1_500
    held = np.zeros((70, 90), dtype=bool)
    seen = []
    for rows, near in neighbourhoods(places, others, metres=90.0, cells=cells):
        held[np.ix_(rows, near)] = True
        seen += rows.tolist()
        assert (np.diff(rows) > 0).all()
        assert (np.diff(near) > 0).all()
    assert sorted(seen) == list(range(70))
    assert held[metres(places, others) <= 90.0].all()
    assert held.sum() < held.size
    assert (cells == 10_000) == (held.all(axis=0) == held.any(axis=0)).all()


def test_nothing_has_no_neighbourhood_and_is_infinitely_far():
    nowhere, somewhere = np.zeros((0, 2)), np.zeros((1, 2))
    assert list(neighbourhoods(nowhere, somewhere, metres=1.0)) == []
    assert distances(somewhere, nowhere).tolist() == [np.inf]
    assert distances(nowhere, somewhere).tolist() == []
    ((rows, near),) = neighbourhoods(somewhere, nowhere, metres=1.0)
    assert (rows.tolist(), near.tolist()) == ([0], [])


def test_boxes_are_never_farther_than_their_places():
    rng = np.random.default_rng(7)
    places, part = rng.random((80, 2)) * 1_000, rng.integers(0, 6, 80)
    part[part == 3] = 4
    found = boxes(places, part, 6)
    assert np.isnan(found[3]).all()
    apart = np.array([box_distances(box, found) for box in found])
    assert np.isinf(apart[3]).all()
    for one in (0, 1, 2, 4, 5):
        for other in (0, 1, 2, 4, 5):
            assert apart[one, other] <= metres(places[part == one], places[part == other]).min()


@pytest.mark.parametrize("minutes", [1.0, 20.0, 50.0, 120.0])
def test_nothing_is_nearer_in_time_than_the_farthest_metres_say(minutes):
    for engine in (Estimate(), Estimate(terrain=None), Estimate(foot=walking(), terrain=None)):
        beyond = np.array([farthest_metres(engine, minutes) * 1.001])
        curves = [engine.car, engine.foot, engine.bike] + ([engine.terrain.curve] if engine.terrain else [])
        assert all(curve.minutes(beyond)[0] > minutes for curve in curves)
