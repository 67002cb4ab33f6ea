"""The sparse operator that every floating catchment is made of, against the weights written down one by one."""

import gc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.decay import WAN, exponential, gaussian, step, thirds, zones
from geo.travel.table import TravelTable
from geo.weighing import _layouts, inverse, layout_of, weighing

many = settings(max_examples=80)
DECAYS = [
    step(0),
    step(20),
    step(60),
    step(500),
    zones([10, 20, 30]),
    zones(*WAN),
    zones([0.0, 69.0], [1.0, 0.25]),
    zones([-5.0, 30.0], [1.0, 0.5]),
    thirds(45),
    gaussian(15),
    exponential(12, threshold=40),
]


def dense(travel: TravelTable, decay) -> np.ndarray:
    """The weight of every origin and service, by a loop over the pairs."""
    found = np.zeros((len(travel.origins), len(travel.services)))
    for origin, service, minutes in zip(travel.origin, travel.service, travel.minutes, strict=True):
        if minutes <= travel.cutoff:
            found[origin, service] = decay(np.array([minutes]))[0]
    return found


@many
@given(seed=st.integers(0, 10_000), decay=st.sampled_from(DECAYS), points=st.sampled_from([1, 7, 40]))
def test_the_operator_equals_the_weights_written_down(instance, seed, decay, points):
    travel = instance(seed, points=points).travel
    rng = np.random.default_rng(seed)
    weights = dense(travel, decay)
    amounts, values = rng.random(len(travel.origins)), rng.random(len(travel.services))
    factors = rng.random(len(travel.origins))
    forms = (
        (lambda found: found, weights),
        (lambda found: found.squared(), weights**2),
        (lambda found: found.scaled(factors), weights * factors[:, None]),
        (lambda found: found.shares(), weights * inverse(weights.sum(axis=1))[:, None]),
        (lambda found: found.squared().scaled(factors).squared(), (weights**2 * factors[:, None]) ** 2),
    )
    for made, expected in forms:
        found = made(weighing(travel, decay))
        np.testing.assert_allclose(found.reached(amounts), amounts @ expected, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(found.gathered(values), expected @ values, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(found.sums(), expected.sum(axis=1), rtol=1e-12, atol=1e-14)


@many
@given(
    minutes=st.lists(st.lists(st.floats(0, 60, allow_subnormal=False), min_size=3, max_size=3), min_size=1),
    bound=st.floats(0, 60),
    pick=st.integers(0, 10_000),
)
def test_a_bound_at_a_time_is_within_its_zone(table, minutes, bound, pick):
    every = np.array(minutes)
    # A bound that is exactly one of the times is where a comparison in other units would go wrong.
    for edge in (bound, every.ravel()[pick % every.size]):
        found = weighing(table(every), step(edge)).sums()
        assert found.tolist() == (every <= edge).sum(axis=1).tolist()


def test_a_table_without_pairs_or_services_weighs_nothing(table):
    for travel in (table([[np.inf], [np.inf]]), table(np.zeros((2, 0)))):
        for decay in (step(10), gaussian(5)):
            found = weighing(travel, decay).shares()
            assert found.gathered(np.ones(len(travel.services))).tolist() == [0.0, 0.0]
            assert found.reached(np.ones(2)).tolist() == [0.0] * len(travel.services)


def test_the_layout_of_a_table_is_made_once_and_forgotten_with_it(table):
    travel = table([[5.0]])
    assert layout_of(travel) is layout_of(travel)
    gc.collect()
    before = len(_layouts)
    del travel
    gc.collect()
    assert len(_layouts) == before - 1


@pytest.mark.parametrize("decay", [step(30), zones([10, 20, 30]), thirds(15)])
def test_a_decay_by_zones_is_a_function_of_minutes(decay):
    minutes = np.array([[0.0, 5.0], [30.0, 31.0]])
    assert decay(minutes).shape == minutes.shape
    assert decay(np.array([31.0])).tolist() == [0.0]
    assert isinstance(decay(pd.Series([1.0]).to_numpy()), np.ndarray)
