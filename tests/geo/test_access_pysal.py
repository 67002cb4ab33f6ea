"""Equal to PySAL `access` 1.1.10 on random instances; the real one stands in tests/etl/derive/test_scores.py."""

import numpy as np
import pandas as pd
import pytest

from geo.access import enhanced_two_step_fca, two_step_fca
from geo.decay import SLOW, WAN, gaussian, step, zones
from geo.floating import three_step_fca, three_step_fca_by
from geo.raam import raam
from tests.geo.pysal import Frames, gaussian_weight, step_weight

THRESHOLD = 45.0
EQUAL = {"rtol": 1e-9, "atol": 1e-12}


@pytest.fixture(scope="module", params=[(1, 60, 12), (2, 300, 40), (3, 900, 25)])
def case(request, plane):
    seed, points, count = request.param
    return plane(seed, points=points, count=count)


@pytest.fixture(scope="module")
def peer(case) -> Frames:
    return Frames.of(case.persons, case.services["capacity"], case.travel)


def agree(ours: pd.Series, theirs: pd.Series) -> None:
    assert (ours > 0).any()
    np.testing.assert_allclose(ours, theirs.reindex(ours.index).fillna(0.0), **EQUAL)


def test_two_step(case, peer):
    capacity = case.services["capacity"]
    agree(two_step_fca(case.persons, capacity, case.travel, step(THRESHOLD)), peer.two_step(THRESHOLD))


def test_enhanced_two_step(case, peer):
    capacity = case.services["capacity"]
    ours = enhanced_two_step_fca(case.persons, capacity, case.travel, threshold=THRESHOLD)
    agree(ours, peer.two_step(THRESHOLD, step_weight([15, 30, 45], list(SLOW))))


def test_two_step_with_a_gaussian(case, peer):
    ours = two_step_fca(case.persons, case.services["capacity"], case.travel, gaussian(20, threshold=THRESHOLD))
    agree(ours, peer.two_step(THRESHOLD, gaussian_weight(20)))


def test_three_step(case, peer):
    capacity = case.services["capacity"]
    agree(
        three_step_fca(case.persons, capacity, case.travel, threshold=THRESHOLD),
        peer.three_step(THRESHOLD, step_weight([15, 30, 45], list(SLOW))),
    )
    bounds, values = WAN
    agree(
        three_step_fca_by(case.persons, capacity, case.travel, zones(bounds, values)),
        peer.three_step(60, step_weight(list(bounds), list(values))),
    )


def test_total_cost_of_raam(case, peer):
    """Total cost: sum over origins of their people times the mean cost that these bear at the final loads.

    PySAL moves at most half a percent of an origin's people in a cycle and stops after 150 cycles, wherever it is;
    with smaller steps and more cycles it comes to the equilibrium that is found here at once.
    """
    ours = raam(case.persons, case.services["capacity"], case.travel)
    assert ours.converged
    near, long = peer.raam(rho=ours.rho), peer.raam(rho=ours.rho, max_cycles=2_000, min_step=0.0005)
    people = case.persons[near.index]
    here, there, later = (float((cost[near.index] * people).sum()) for cost in (ours.cost, near, long))
    assert here <= there * 1.0005
    assert abs(here - later) <= 0.01 * later
    assert abs(here - later) <= abs(here - there)
    np.testing.assert_allclose(ours.cost[near.index], long[near.index], rtol=0.05, atol=0.02)
