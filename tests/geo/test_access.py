import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.access import enhanced_two_step_fca, nearest, reachable, reachable_supply, two_step_fca
from geo.decay import SHARP, SLOW, exponential, gaussian, step, thirds, zones
from geo.errors import InvalidInput

DECAYS = [
    step(20),
    step(60),
    zones([10, 20, 30]),
    thirds(45),
    gaussian(15),
    gaussian(15, threshold=30),
    exponential(12),
]

many = settings(max_examples=60)


def naive_fca(demand, capacity, travel, decay):
    pairs = list(zip(travel.origin, travel.service, travel.minutes, strict=True))
    pairs = [(i, j, float(decay(np.array([t]))[0])) for i, j, t in pairs if t <= travel.cutoff]
    scores = [0.0] * len(demand)
    for service in range(len(capacity)):
        reached = sum(demand.iloc[i] * w for i, j, w in pairs if j == service)
        for i, j, weight in pairs:
            if j == service and reached > 0:
                scores[i] += weight * capacity.iloc[j] / reached
    return scores


@many
@given(seed=st.integers(0, 10_000), decay=st.sampled_from(DECAYS))
def test_floating_catchments_equal_a_loop(instance, seed, decay):
    case = instance(seed)
    found = two_step_fca(case.persons, case.services["capacity"], case.travel, decay)
    assert found.index.equals(case.persons.index)
    np.testing.assert_allclose(
        found, naive_fca(case.persons, case.services["capacity"], case.travel, decay), atol=1e-12
    )


@many
@given(seed=st.integers(0, 10_000), decay=st.sampled_from(DECAYS))
def test_scores_weighted_by_demand_add_up_to_the_reachable_supply(instance, seed, decay):
    case = instance(seed)
    capacity = case.services["capacity"]
    scores = two_step_fca(case.persons, capacity, case.travel, decay)
    supply = reachable_supply(case.persons, capacity, case.travel, decay)
    assert (scores >= 0).all()
    assert supply <= capacity.sum()
    np.testing.assert_allclose((scores * case.persons).sum(), supply, rtol=1e-9, atol=1e-9)


@many
@given(seed=st.integers(0, 10_000))
def test_enhanced_catchments_equal_pysal_access(instance, seed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from access import fca, weights
    case = instance(seed, certain=True)
    demand = case.persons + 1.0
    supply = case.services["capacity"]
    cost = case.travel.to_frame().rename(columns={"service": "dest", "minutes": "cost"})
    for theirs, ours in (
        (
            weights.step_fn({10: SLOW[0], 20: SLOW[1], 30: SLOW[2]}),
            enhanced_two_step_fca(demand, supply, case.travel, threshold=30),
        ),
        (
            weights.step_fn({10: SHARP[0], 20: SHARP[1], 30: SHARP[2]}),
            enhanced_two_step_fca(demand, supply, case.travel, threshold=30, weights=SHARP),
        ),
        (None, two_step_fca(demand, supply, case.travel, step(30))),
        (weights.gaussian(12), two_step_fca(demand, supply, case.travel, gaussian(12, threshold=30))),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = fca.two_stage_fca(
                demand.rename_axis("geoid").rename("demand").reset_index(),
                supply.rename("supply").to_frame(),
                cost,
                max_cost=30,
                demand_index="geoid",
                demand_name="demand",
                supply_name="supply",
                weight_fn=theirs,
            )
        np.testing.assert_allclose(ours, expected.reindex(ours.index).fillna(0.0), rtol=1e-9, atol=1e-12)


@many
@given(seed=st.integers(0, 10_000), extra=st.floats(0, 100))
def test_more_capacity_never_lowers_a_score(instance, seed, extra):
    case = instance(seed)
    capacity = case.services["capacity"]
    more = capacity + np.eye(len(capacity))[seed % len(capacity)] * extra
    before, after = (two_step_fca(case.persons, c, case.travel, thirds(30)) for c in (capacity, more))
    assert (after >= before - 1e-12).all()


@many
@given(seed=st.integers(0, 10_000), threshold=st.integers(1, 60))
def test_reachable_counts_equal_sets(instance, seed, threshold):
    case = instance(seed)
    owners = case.services["owner"]
    found = reachable(case.travel, case.services["provider"], threshold=threshold)
    by_owner = reachable(case.travel, case.services["provider"], threshold=threshold, owners=owners)
    frame = case.travel.to_frame().assign(provider=lambda f: f["service"].map(case.services["provider"]))
    for origin in case.travel.origins:
        near = frame[(frame["origin"] == origin) & (frame["minutes"] <= threshold)]
        providers = {"?" if pd.isna(name) else name for name in near["provider"]}
        assert found.loc[origin].tolist() == [len(near), len(providers)]
        assert by_owner.loc[origin].tolist() == [near["service"].map(owners).nunique(), len(providers)]


def test_nearest_gives_the_interval_of_the_nearest_by_central_time(table):
    travel = table([[20.0, 25.0], [np.inf, np.inf]], low=[[15.0, 5.0], [np.inf] * 2], high=[[30.0, 26.0], [np.inf] * 2])
    found = nearest(travel)
    assert found.iloc[0].tolist() == [20.0, 15.0, 30.0]
    assert found.iloc[1].isna().all()


def test_a_pair_beyond_the_cutoff_weighs_nothing(table):
    travel = table([[70.0]], low=[[50.0]], high=[[90.0]], cutoff=60)
    people, capacity = pd.Series([10.0], index=travel.origins), pd.Series([1.0], index=travel.services)
    assert len(travel) == 1
    assert two_step_fca(people, capacity, travel, gaussian(50)).tolist() == [0.0]


def test_bad_input_is_reported_all_at_once(table):
    travel = table([[5.0]])
    with pytest.raises(InvalidInput) as caught:
        two_step_fca(pd.Series([-1.0], index=["other"]), pd.Series([np.nan], index=travel.services), travel, step(10))
    assert len(caught.value.faults) == 3
    with pytest.raises(InvalidInput, match="exceed the cutoff"):
        reachable(travel, pd.Series(["x"], index=travel.services), threshold=61)


@given(minutes=st.lists(st.floats(0, 500), min_size=1, max_size=20))
def test_weights_are_between_zero_and_one_and_never_rise(minutes):
    ordered = np.sort(np.array(minutes))
    for decay in DECAYS:
        weight = decay(ordered)
        assert weight.shape == ordered.shape
        assert ((weight >= 0) & (weight <= 1)).all()
        assert (np.diff(weight) <= 1e-15).all()
        assert decay(np.zeros(1)) == 1.0


@pytest.mark.parametrize(
    "make",
    [
        lambda: zones([10, 20], [1.0]),
        lambda: zones([20, 10], [1.0, 0.5]),
        lambda: zones([10], [1.5]),
        lambda: zones([], []),
        lambda: gaussian(0),
        lambda: exponential(-1),
        lambda: step(np.nan),
        lambda: thirds(0),
    ],
)
def test_a_decay_that_makes_no_sense_is_refused(make):
    with pytest.raises(InvalidInput):
        make()
