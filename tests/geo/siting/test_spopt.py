"""The optimum of each model equals that of `spopt.locate`, also beside facilities that are open already."""

import numpy as np
import pandas as pd
import pytest

from geo.siting import lscp, mclp, p_center, p_median
from tests.geo.conftest import table_of
from tests.geo.siting import peers
from tests.geo.siting.cases import CUTOFF, case_of

SEEDS = range(12)
CLOSE = 1e-6


def split(seed: int, *, dense: bool = True):
    """A case whose first columns are there already, and the rest candidates; people everywhere, as spopt has them."""
    case = case_of(seed, points=20, count=9, dense=dense)
    persons = case.persons + 1.0
    fixed = tuple(range(seed % 3))
    travel = table_of(case.minutes[:, len(fixed) :], cutoff=CUTOFF)
    near = case.minutes[:, : len(fixed)].min(axis=1, initial=np.inf)
    existing = pd.Series(near, index=travel.origins).replace(np.inf, np.nan) if fixed else None
    return case.minutes, travel, persons, fixed, existing


@pytest.mark.parametrize("seed", SEEDS)
def test_the_fewest_sites_equal_spopt(seed):
    minutes, travel, persons, fixed, existing = split(seed)
    found = lscp(travel, persons, threshold=16, existing=existing)
    reached = minutes[(minutes <= 16).any(axis=1)]
    assert found.exact
    assert found.objective + len(fixed) == pytest.approx(peers.fewest(reached, 16, fixed=fixed), abs=CLOSE)


@pytest.mark.parametrize("seed", SEEDS)
def test_persons_covered_equal_spopt(seed):
    minutes, travel, persons, fixed, existing = split(seed)
    found = mclp(travel, persons, threshold=9, k=3, existing=existing)
    theirs = peers.most_covered(minutes, persons.to_numpy(), 9, 3 + len(fixed), fixed=fixed)
    assert found.exact
    assert found.gained + found.served == pytest.approx(theirs, abs=CLOSE)
    assert found.objective == found.gained == pytest.approx(found.sites["gained"].sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_person_minutes_equal_spopt(seed):
    minutes, travel, persons, fixed, existing = split(seed)
    found = p_median(travel, persons, threshold=9, k=3, existing=existing)
    theirs = peers.least_minutes(minutes, persons.to_numpy(), 3 + len(fixed), fixed=fixed)
    assert found.exact
    assert found.objective == pytest.approx(theirs, rel=CLOSE)


@pytest.mark.parametrize("seed", SEEDS)
def test_minutes_of_the_farthest_equal_spopt(seed):
    minutes, travel, persons, fixed, existing = split(seed)
    found = p_center(travel, persons, threshold=9, k=3, existing=existing)
    assert found.exact
    assert found.objective == pytest.approx(peers.least_farthest(minutes, 3 + len(fixed), fixed=fixed), rel=CLOSE)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_fewest_sites_with_room_equal_spopt(seed):
    case = case_of(seed, points=12, count=7, dense=True)
    persons = case.persons + 1.0
    room = pd.Series(np.random.default_rng(seed).integers(900, 1800, 7).astype(float), index=case.travel.services)
    found = lscp(case.travel, persons, threshold=25, capacity=room)
    if found.left > 1e-6:
        pytest.skip("no room for everybody: spopt has no answer")
    theirs = peers.fewest(
        case.minutes, 25, demand_quantity_arr=persons.to_numpy(), facility_capacity_arr=room.to_numpy()
    )
    assert found.exact
    assert found.objective == pytest.approx(theirs, abs=CLOSE)
