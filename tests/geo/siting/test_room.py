"""Sites that take only so many persons, against every set of sites with the best flow for each."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.siting import Limits, gains, lscp, mclp, p_median
from tests.geo.conftest import table_of
from tests.geo.siting.cases import CUTOFF, case_of, flow_value, subsets

CLOSE = 1e-4
few = settings(max_examples=15)
seeds = st.integers(0, 10_000)


def roomy(seed: int):
    """A case with candidates of limited room: some take nobody, some everybody."""
    case = case_of(seed, points=9, count=5)
    room = np.random.default_rng(seed).choice([0.0, 150.0, 400.0, 900.0, np.inf], 5)
    room[0] = 300.0
    return case, room, pd.Series(room, index=case.travel.services)


@few
@given(seed=seeds, k=st.integers(1, 3))
def test_no_set_with_room_serves_more(seed, k):
    case, room, capacity = roomy(seed)
    found = mclp(case.travel, case.persons, threshold=25, k=k, existing=case.existing, capacity=capacity)
    worth = ((case.minutes <= 25) & ~(case.base <= 25)[:, None]).astype(float)
    best = max(flow_value(case, one, room, worth) for one in subsets(5, k))
    assert found.exact
    assert found.gained == found.objective == pytest.approx(best, abs=CLOSE)
    told = gains(case.travel, case.persons, found.chosen, threshold=25, existing=case.existing, capacity=capacity)
    assert told.sum() == pytest.approx(found.gained, abs=CLOSE)
    assert (found.sites["assigned"] <= capacity.reindex(found.chosen) + CLOSE).all()
    gone = found.flows.groupby("origin")["persons"].sum()
    assert (gone <= case.persons.reindex(gone.index) + CLOSE).all()


@few
@given(seed=seeds, k=st.integers(1, 3))
def test_no_set_with_room_leaves_fewer_person_minutes(seed, k):
    case, room, capacity = roomy(seed)
    found = p_median(case.travel, case.persons, threshold=25, k=k, existing=case.existing, capacity=capacity)
    base = np.minimum(case.base, CUTOFF)
    worth = np.maximum(base[:, None] - np.where(np.isfinite(case.minutes), case.minutes, CUTOFF), 0.0)
    best = float(case.persons @ base) - max(flow_value(case, one, room, worth) for one in subsets(5, k))
    assert found.exact
    assert found.objective == pytest.approx(best, rel=1e-6)


@few
@given(seed=seeds)
def test_as_few_sites_with_room_as_any_set(seed):
    case, room, capacity = roomy(seed)
    found = lscp(case.travel, case.persons, threshold=25, existing=case.existing, capacity=capacity)
    worth = ((case.minutes <= 25) & ~(case.base <= 25)[:, None]).astype(float)
    every = flow_value(case, tuple(range(5)), room, worth)
    smallest = next(len(one) for one in subsets(5, 5) if flow_value(case, one, room, worth) >= every - CLOSE)
    assert found.exact
    assert found.objective == len(found.chosen) == smallest
    assert found.gained == pytest.approx(every, abs=CLOSE)


@few
@given(seed=seeds, k=st.integers(1, 3))
def test_the_greedy_way_with_room_is_within_its_bound(seed, k):
    case, _room, capacity = roomy(seed)
    told = {"threshold": 25, "existing": case.existing, "capacity": capacity}
    quick, exact = (mclp(case.travel, case.persons, k=k, limits=one, **told) for one in (Limits(pairs=0), Limits()))
    assert quick.objective <= exact.objective + CLOSE
    assert quick.bound >= exact.objective - CLOSE
    some, fewest = (lscp(case.travel, case.persons, limits=one, **told) for one in (Limits(pairs=0), Limits()))
    assert some.bound <= fewest.objective <= some.objective


def test_people_of_one_place_divide_between_two_sites():
    travel = table_of([[5.0, 10.0]])
    room = pd.Series([60.0, 60.0], index=travel.services)
    found = mclp(travel, pd.Series([100.0], index=travel.origins), threshold=20, k=2, capacity=room)
    assert found.gained == 100.0
    assert sorted(found.flows["persons"]) == pytest.approx([40.0, 60.0])
    assert found.assignment.notna().all()


def test_who_finds_no_room_is_left():
    travel = table_of([[5.0]])
    found = lscp(
        travel,
        pd.Series([100.0], index=travel.origins),
        threshold=20,
        capacity=pd.Series([60.0], index=travel.services),
    )
    assert (found.gained, found.left) == (60.0, 40.0)
    assert found.unreachable.empty
    assert found.exact
