"""RAAM: the equilibrium against a general solver on small instances, and what it promises about itself."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from geo.errors import InvalidInput
from geo.raam import raam


def by_general_solver(people, room, times) -> tuple[np.ndarray, float]:
    """Loads and Beckmann's potential at its minimum over all ways to send people to services, by SLSQP."""
    points, count = times.shape
    allowed = np.isfinite(times).ravel()
    fixed = np.where(np.isfinite(times), times, 0.0).ravel()

    def potential(shares):
        flow = shares.reshape(points, count) * people[:, None]
        return (flow.sum(axis=0) ** 2 / (2 * room)).sum() + (flow.ravel() * fixed).sum()

    def slope(shares):
        flow = shares.reshape(points, count) * people[:, None]
        return (
            (flow.sum(axis=0) / room)[None, :] * people[:, None] + fixed.reshape(points, count) * people[:, None]
        ).ravel()

    start = (allowed.reshape(points, count) / allowed.reshape(points, count).sum(axis=1, keepdims=True)).ravel()
    everyone = {"type": "eq", "fun": lambda shares: shares.reshape(points, count).sum(axis=1) - 1.0}
    bounds = [(0.0, 1.0 if free else 0.0) for free in allowed]
    found = minimize(
        potential,
        start,
        jac=slope,
        bounds=bounds,
        constraints=[everyone],
        method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-14},
    )
    return (found.x.reshape(points, count) * people[:, None]).sum(axis=0), float(found.fun)


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), tau=st.sampled_from([5.0, 60.0, 600.0]))
def test_loads_are_those_of_a_general_solver(table, seed, tau):
    rng = np.random.default_rng(seed)
    times = rng.integers(0, 60, (5, 3)).astype(float)
    times[:, 1:][rng.random((5, 2)) < 0.3] = np.inf
    travel = table(times)
    people = pd.Series(rng.integers(1, 100, 5).astype(float), index=travel.origins)
    capacity = pd.Series(rng.integers(1, 20, 3).astype(float), index=travel.services)
    found = raam(people, capacity, travel, tau=tau, gap=1e-8)
    assert found.converged
    loads, _least = by_general_solver(people.to_numpy(), found.rho * capacity.to_numpy(), times / tau)
    np.testing.assert_allclose(found.load, loads, atol=1e-3 * people.sum())
    np.testing.assert_allclose(found.load.sum(), people.sum(), rtol=1e-9)


@settings(max_examples=50)
@given(seed=st.integers(0, 10_000))
def test_nobody_can_do_better_elsewhere(instance, seed):
    case = instance(seed)
    capacity = case.services["capacity"]
    found = raam(case.persons, capacity, case.travel, gap=1e-8)
    assert found.converged
    pairs = case.travel.to_frame()
    pairs = pairs[(pairs["minutes"] <= case.travel.cutoff) & (pairs["service"].map(capacity) > 0)]
    cost = pairs["minutes"] / found.tau + pairs["service"].map(found.load / (found.rho * capacity))
    best = cost.groupby(pairs["origin"]).min().reindex(found.cost.index)
    np.testing.assert_allclose(found.cost, best, rtol=1e-4, atol=1e-6)
    served = best.notna()
    np.testing.assert_allclose(found.load.sum(), case.persons[served].sum(), rtol=1e-9)
    np.testing.assert_allclose(found.total_cost, (found.cost * case.persons)[served].sum(), rtol=1e-9)
    np.testing.assert_allclose(found.minutes, found.cost * found.tau)
    crowding = (found.cost - found.travel_minutes / found.tau)[served]
    assert (crowding >= -1e-9).all()


def test_two_services_by_hand(table):
    """100 people, one unit each near by and 30 minutes off, 50 people a unit: D/50 = (100 - D)/50 + 30/60, D = 62.5."""
    travel = table([[0.0, 30.0]])
    people, capacity = pd.Series([100.0], index=travel.origins), pd.Series([1.0, 1.0], index=travel.services)
    found = raam(people, capacity, travel)
    np.testing.assert_allclose(found.load, [62.5, 37.5], rtol=1e-4)
    np.testing.assert_allclose(found.cost, [1.25], rtol=1e-4)
    assert found.travel_minutes.iloc[0] == pytest.approx(30 * 0.375, rel=1e-3)
    # Where travel weighs more nobody goes far: 30 minutes at tau 10 are 3, more than all the crowding of 100 people.
    assert raam(people, capacity, travel, tau=10).load.tolist() == pytest.approx([100.0, 0.0], abs=1e-3)


def test_no_capacity_nothing_within_reach_and_nobody_are_defined(table):
    travel = table([[5.0, 10.0], [np.inf, np.inf], [np.inf, 20.0]])
    people, capacity = pd.Series([10.0, 7.0, 0.0], index=travel.origins), pd.Series([0.0, 2.0], index=travel.services)
    found = raam(people, capacity, travel, rho=5.0)
    np.testing.assert_allclose(found.cost, [1.0 + 10 / 60, np.nan, 1.0 + 20 / 60], rtol=1e-6)
    assert found.load.tolist() == pytest.approx([0.0, 10.0])
    assert np.isnan(found.crowding.iloc[0])
    nobody = raam(people * 0.0, capacity, travel)
    np.testing.assert_allclose(nobody.minutes, [10.0, np.nan, 20.0], rtol=1e-6)
    assert (nobody.total_cost, nobody.gap, nobody.converged) == (0.0, 0.0, True)
    nothing = raam(people, capacity * 0.0, travel)
    assert nothing.cost.isna().all()
    assert nothing.converged


def test_many_services_take_the_coarse_way_first(plane):
    case = plane(5, points=200, count=600)
    capacity = case.services["capacity"] + 1.0
    found = raam(case.persons, capacity, case.travel)
    assert found.converged
    assert 0 <= found.gap <= 1e-6


def test_wrong_parameters_are_told_all_at_once(table):
    travel = table([[5.0]])
    with pytest.raises(InvalidInput) as caught:
        raam(
            pd.Series([-1.0], index=travel.origins),
            pd.Series([1.0], index=["?"]),
            travel,
            tau=0,
            rho=np.inf,
            gap=-1,
        )
    told = " ".join(caught.value.faults)
    assert all(word in told for word in ("demand", "capacity", "tau", "rho", "gap"))
