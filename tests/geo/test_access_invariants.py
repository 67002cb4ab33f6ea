"""What must hold of the measures whatever the instance."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.access import reachable_supply, two_step_fca
from geo.balanced import balanced_fca, balanced_per_person, balanced_services
from geo.decay import exponential, gaussian, step, thirds, zones
from geo.floating import modified_two_step_fca, three_step_fca_by
from geo.raam import raam
from geo.travel.table import TravelTable

many = settings(max_examples=50)
seeds = st.integers(0, 10_000)
decays = st.sampled_from(
    [step(20), step(60), thirds(45), zones([10, 20, 30]), gaussian(15), exponential(12, threshold=40)]
)

PER_PERSON = [two_step_fca, three_step_fca_by, modified_two_step_fca, balanced_per_person]
CONSERVING = [two_step_fca, three_step_fca_by, balanced_per_person]
EVERY = [*PER_PERSON, balanced_fca]


def minutes_of_raam(demand, capacity, travel, _decay):
    return raam(demand, capacity, travel, gap=1e-9).minutes


ALL = [*EVERY, minutes_of_raam]


def same(found: pd.Series, expected: pd.Series) -> None:
    accuracy = 1e-4 if found.name == "minutes" else 1e-9
    np.testing.assert_allclose(found, expected, rtol=accuracy, atol=1e-12)


def taken(travel: TravelTable, origins: np.ndarray, services: np.ndarray, labels=None) -> TravelTable:
    """The table of these origins and services by position, an origin more than once if it is asked for so."""
    pairs = travel.to_frame().set_index("origin")
    names = travel.origins[origins]
    rows = [pairs.loc[[name]].assign(origin=place) for place, name in enumerate(names) if name in pairs.index]
    rows = pd.concat(rows) if rows else pairs.assign(origin=0).iloc[:0]
    chosen = travel.services[services]
    return TravelTable.from_pairs(
        names if labels is None else labels,
        chosen,
        origin=rows["origin"].to_numpy(dtype=np.intp),
        service=chosen.get_indexer(rows["service"]).astype(np.intp),
        minutes=rows["minutes"].to_numpy(),
        low=rows["low"].to_numpy(),
        high=rows["high"].to_numpy(),
        cutoff=travel.cutoff,
        engine="test",
        estimated=True,
    )


@many
@given(seed=seeds, decay=decays)
@pytest.mark.parametrize("measure", CONSERVING)
def test_scores_weighted_by_demand_add_up_to_the_reachable_supply(instance, measure, seed, decay):
    case = instance(seed)
    capacity = case.services["capacity"]
    scores = measure(case.persons, capacity, case.travel, decay)
    assert (scores >= 0).all()
    supply = reachable_supply(case.persons, capacity, case.travel, decay)
    np.testing.assert_allclose((scores * case.persons).sum(), supply, rtol=1e-9, atol=1e-9)


@many
@given(seed=seeds, decay=decays)
def test_balanced_conserves_demand_and_level_of_service(instance, seed, decay):
    case = instance(seed)
    capacity, travel = case.services["capacity"], case.travel
    services = balanced_services(case.persons, capacity, travel, decay)
    reach = pd.Series(two_step_fca(case.persons + 1.0, capacity * 0 + 1.0, travel, decay) > 0, index=travel.origins)
    np.testing.assert_allclose(services["persons"].sum(), case.persons[reach].sum(), rtol=1e-12)
    np.testing.assert_allclose(services["persons"] * services["level"], capacity.where(services["persons"] > 0, 0.0))
    scores = balanced_fca(case.persons, capacity, travel, decay)
    np.testing.assert_allclose(scores.sum(), services["level"].sum(), rtol=1e-9, atol=1e-12)


@many
@given(seed=seeds, decay=decays)
def test_the_modified_measure_never_exceeds_the_plain_one(instance, seed, decay):
    case = instance(seed)
    modified, plain = (
        measure(case.persons, case.services["capacity"], case.travel, decay)
        for measure in (modified_two_step_fca, two_step_fca)
    )
    assert (modified <= plain + 1e-15).all()
    assert (modified * case.persons).sum() <= (plain * case.persons).sum() + 1e-9


@settings(max_examples=10)
@given(seed=seeds, decay=decays)
@pytest.mark.parametrize("measure", ALL)
def test_the_order_of_rows_changes_no_score(instance, measure, seed, decay):
    case = instance(seed)
    rng = np.random.default_rng(seed)
    origins, services = rng.permutation(len(case.travel.origins)), rng.permutation(len(case.travel.services))
    shuffled = taken(case.travel, origins, services)
    capacity = case.services["capacity"]
    found = measure(case.persons.iloc[origins], capacity.iloc[services], shuffled, decay)
    assert found.index.equals(shuffled.origins)
    same(found.reindex(case.persons.index), measure(case.persons, capacity, case.travel, decay))


@settings(max_examples=10)
@given(seed=seeds, decay=decays, part=st.floats(0.0, 1.0), which=st.integers(0, 11))
@pytest.mark.parametrize("measure", [*PER_PERSON, minutes_of_raam])
def test_splitting_a_point_in_two_at_the_same_place_changes_nothing(instance, measure, seed, decay, part, which):
    case = instance(seed)
    origins = np.append(np.arange(len(case.persons)), which)
    split = taken(case.travel, origins, np.arange(len(case.travel.services)), pd.RangeIndex(len(origins)))
    people = case.persons.to_numpy()[origins]
    people[which], people[-1] = people[which] * part, people[which] * (1.0 - part)
    capacity = case.services["capacity"]
    found = measure(pd.Series(people, index=split.origins), capacity, split, decay)
    whole = measure(case.persons, capacity, case.travel, decay)
    same(found, pd.Series(whole.to_numpy()[origins], index=split.origins))


def test_the_published_balanced_measure_depends_on_how_people_are_divided_into_points(table):
    """Which is why the figure of Ombra is the one per person: the level of service is shared among points."""
    one, two = table([[5.0]]), table([[5.0], [5.0]])
    capacity = pd.Series([2.0], index=one.services)
    assert balanced_fca(pd.Series([10.0], index=one.origins), capacity, one, step(30)).tolist() == [0.2]
    assert balanced_fca(pd.Series([5.0] * 2, index=two.origins), capacity, two, step(30)).tolist() == [0.1, 0.1]
    assert balanced_per_person(pd.Series([5.0] * 2, index=two.origins), capacity, two, step(30)).tolist() == [0.2, 0.2]


@many
@given(seed=seeds, decay=decays, factor=st.floats(0.01, 100.0))
@pytest.mark.parametrize("measure", EVERY)
def test_scores_scale_with_capacity_and_against_demand(instance, measure, seed, decay, factor):
    case = instance(seed)
    capacity = case.services["capacity"]
    before = measure(case.persons, capacity, case.travel, decay)
    same(measure(case.persons, capacity * factor, case.travel, decay), before * factor)
    same(measure(case.persons * factor, capacity, case.travel, decay), before / factor)


@settings(max_examples=10)
@given(seed=seeds, factor=st.floats(0.1, 10.0))
def test_raam_does_not_depend_on_the_units_of_people_and_capacity(instance, seed, factor):
    case = instance(seed)
    capacity = case.services["capacity"]
    plain, scaled = (raam(case.persons * many, capacity * many, case.travel, gap=1e-9) for many in (1.0, factor))
    same(scaled.minutes, plain.minutes)
    np.testing.assert_allclose(scaled.load, plain.load * factor, rtol=1e-3, atol=1e-3 * case.persons.sum() * factor)
