"""The four models against every set of sites, and what must hold of any answer."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInput
from geo.siting import Limits, gains, lscp, mclp, p_center, p_median, replacements
from tests.geo.conftest import table_of
from tests.geo.siting.cases import (
    CUTOFF,
    case_of,
    farthest,
    person_minutes,
    persons_within,
    subsets,
    times,
)

GREEDY = Limits(pairs=0)
CLOSE = 1e-6

many = settings(max_examples=40)
seeds = st.integers(0, 10_000)
MODELS = {"mclp": mclp, "p-median": p_median, "p-center": p_center}


def fewest_of(case, threshold, base):
    """The size of the smallest set that serves as many as all sites do."""
    every = persons_within(case, tuple(range(case.minutes.shape[1])), threshold, base)
    found = (
        len(one)
        for one in subsets(case.minutes.shape[1], case.minutes.shape[1])
        if persons_within(case, one, threshold, base) >= every
    )
    return next(found)


@many
@given(seed=seeds, whole=st.booleans())
def test_the_fewest_sites_are_as_few_as_any_set(seed, whole):
    case = case_of(seed, whole=whole)
    found = lscp(case.travel, case.persons, threshold=25, existing=case.existing)
    assert found.exact
    assert found.objective == len(found.chosen) == fewest_of(case, 25, case.base)
    everything = tuple(range(case.minutes.shape[1]))
    assert found.gained + found.served == persons_within(case, everything, 25, case.base)
    assert found.unreachable.sum() == pytest.approx(found.left, abs=CLOSE)


@many
@given(seed=seeds, k=st.integers(1, 4), whole=st.booleans())
def test_no_set_covers_more_persons(seed, k, whole):
    case = case_of(seed, whole=whole)
    found = mclp(case.travel, case.persons, threshold=25, k=k, existing=case.existing)
    best = max(persons_within(case, one, 25, case.base) for one in subsets(7, k))
    assert found.exact
    assert found.gap == 0
    assert found.served + found.gained == pytest.approx(best, abs=CLOSE)
    assert found.served + found.gained + found.left == pytest.approx(case.persons.sum())


@many
@given(seed=seeds, k=st.integers(1, 4), whole=st.booleans())
def test_no_set_leaves_fewer_person_minutes(seed, k, whole):
    case = case_of(seed, whole=whole)
    found = p_median(case.travel, case.persons, threshold=25, k=k, existing=case.existing)
    best = min(person_minutes(case, one, case.base) for one in subsets(7, k))
    assert found.exact
    assert found.objective == pytest.approx(best, rel=CLOSE, abs=CLOSE)


@many
@given(seed=seeds, k=st.integers(1, 4), whole=st.booleans())
def test_no_set_brings_the_farthest_nearer(seed, k, whole):
    case = case_of(seed, whole=whole)
    found = p_center(case.travel, case.persons, threshold=25, k=k, existing=case.existing)
    best = min(farthest(case, one, case.base) for one in subsets(7, k))
    assert found.exact
    assert found.objective == pytest.approx(best, abs=CLOSE)
    assert len(found.chosen) <= k


@many
@given(seed=seeds, k=st.integers(1, 4), model=st.sampled_from(["mclp", "p-median", "p-center"]))
def test_what_is_told_of_sites_follows_from_the_choice(seed, k, model):
    case = case_of(seed)
    found = MODELS[model](case.travel, case.persons, threshold=25, k=k, existing=case.existing)
    order = [case.travel.services.get_loc(label) for label in found.chosen]
    covered = [persons_within(case, tuple(order[:count]), 25, case.base) for count in range(len(order) + 1)]
    np.testing.assert_allclose(found.sites["gained"], np.diff(covered), atol=CLOSE)
    assert found.served == pytest.approx(covered[0])
    minutes = times(case, tuple(order), case.base)
    goes = (minutes < case.base) & (case.persons.to_numpy() > 0)
    assert found.assignment.index.equals(case.persons.index)
    assert (found.assignment.notna().to_numpy() == goes).all()
    for origin, site in found.assignment.dropna().items():
        place = case.persons.index.get_loc(origin)
        assert case.minutes[place, case.travel.services.get_loc(site)] == minutes[place]
    np.testing.assert_allclose(
        found.sites["assigned"], found.flows.groupby("site")["persons"].sum().reindex(found.chosen).fillna(0.0)
    )
    nowhere = ~np.isfinite(np.where(minutes <= 25, minutes, np.inf))
    everywhere = times(case, tuple(range(7)), case.base) <= 25
    assert set(found.unreachable.index) == set(
        case.persons.index[(case.persons.to_numpy() > 0) & ~everywhere & nowhere]
    )


@many
@given(seed=seeds, k=st.integers(1, 4), model=st.sampled_from(["mclp", "p-median", "p-center"]))
def test_another_candidate_never_worsens_the_answer(seed, k, model):
    case = case_of(seed)
    fewer = case.travel.select_services(np.arange(7) < 6)
    told = {"threshold": 25, "k": k, "existing": case.existing}
    former, later = (MODELS[model](table, case.persons, **told) for table in (fewer, case.travel))
    if model == "mclp":
        assert later.objective >= former.objective - CLOSE
    elif model == "p-median":
        assert later.objective <= former.objective + CLOSE
    else:
        # A candidate may bring some within reach whom nothing reached: they then have a part in the minutes.
        assert (
            later.objective <= former.objective + CLOSE
            or len(later.unreachable) < len(former.unreachable)
            or (farthest_reached(case, later, fewer) <= former.objective + CLOSE)
        )


def farthest_reached(case, found, table):
    """Minutes of the farthest among those whom the candidates of a table, or what is there, reach at all."""
    reached = np.isfinite(np.minimum(case.base, table.nearest_minutes().fillna(np.inf).to_numpy()))
    order = tuple(case.travel.services.get_loc(label) for label in found.chosen)
    counted = reached & (case.persons.to_numpy() > 0)
    return float(times(case, order, case.base)[counted].max(initial=0.0))


@many
@given(seed=seeds, k=st.integers(1, 4))
def test_the_greedy_way_is_within_its_bound(seed, k):
    case = case_of(seed, points=30, count=12)
    told = {"threshold": 25, "existing": case.existing}
    for model, least in ((mclp, 1 - 1 / np.e), (p_median, None), (p_center, None)):
        quick, exact = (model(case.travel, case.persons, k=k, limits=one, **told) for one in (GREEDY, Limits()))
        assert exact.exact
        if model is mclp:
            assert least * exact.objective - CLOSE <= quick.objective <= exact.objective + CLOSE
            assert quick.bound >= exact.objective - CLOSE
        else:
            assert quick.objective >= exact.objective - CLOSE
            assert quick.bound <= exact.objective + CLOSE
        if quick.exact:
            assert quick.objective == pytest.approx(exact.objective, abs=CLOSE)
    few, fewest = (lscp(case.travel, case.persons, limits=one, **told) for one in (GREEDY, Limits()))
    assert few.bound <= fewest.objective <= few.objective
    largest = max((case.minutes <= 25).sum(axis=0))
    assert few.objective <= fewest.objective * sum(1 / n for n in range(1, largest + 1))


@many
@given(seed=seeds, model=st.sampled_from(["lscp", "mclp", "p-median", "p-center"]))
def test_the_order_of_the_rows_decides_nothing(seed, model):
    case = case_of(seed, whole=True)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(14), rng.permutation(7)
    other = table_of(
        case.minutes[np.ix_(rows, columns)],
        cutoff=CUTOFF,
        origins=case.travel.origins[rows],
        services=case.travel.services[columns],
    )
    found = [
        (lscp if model == "lscp" else MODELS[model])(
            table,
            case.persons.reindex(table.origins),
            threshold=25,
            existing=case.existing.reindex(table.origins),
            **({} if model == "lscp" else {"k": 2}),
        )
        for table in (case.travel, other)
    ]
    pd.testing.assert_frame_equal(found[0].sites, found[1].sites)
    pd.testing.assert_series_equal(found[0].assignment, found[1].assignment.reindex(case.travel.origins))


def test_of_two_equal_sites_the_first_by_label_is_taken():
    travel = table_of([[10.0, 10.0]], services=["b", "a"])
    assert mclp(travel, pd.Series([5.0], index=["o0"]), threshold=20, k=1).chosen.tolist() == ["a"]


def test_people_between_two_sites_go_to_the_first_by_label():
    travel = table_of([[10.0, 10.0], [5.0, np.inf], [np.inf, 5.0]], services=["b", "a"])
    found = lscp(travel, pd.Series([5.0, 1.0, 2.0], index=travel.origins), threshold=20)
    assert found.assignment.tolist() == ["a", "b", "a"]


def test_a_site_that_adds_nobody_is_not_taken():
    travel = table_of([[10.0, 12.0]])
    found = mclp(travel, pd.Series([5.0], index=["o0"]), threshold=20, k=2)
    assert found.chosen.tolist() == ["s0"]
    assert found.assignment.tolist() == ["s0"]


def test_people_whom_nothing_reaches_are_told():
    travel = table_of([[10.0], [np.inf], [40.0]])
    persons = pd.Series([5.0, 7.0, 9.0], index=travel.origins)
    found = lscp(travel, persons, threshold=20)
    assert found.unreachable.to_dict() == {"o1": 7.0, "o2": 9.0}
    assert found.left == 16.0
    assert found.exact


def test_minutes_of_the_farthest_are_infinite_where_so_few_sites_cannot_reach_everybody():
    travel = table_of([[10.0, np.inf], [np.inf, 10.0]])
    found = p_center(travel, pd.Series([5.0, 7.0], index=travel.origins), threshold=20, k=1)
    assert found.objective == found.bound == np.inf
    assert found.exact
    assert found.chosen.tolist() == ["s1"]


def test_nobody_to_serve_needs_no_site():
    travel = table_of([[10.0]])
    nobody = pd.Series([0.0], index=travel.origins)
    for found in (
        lscp(travel, nobody, threshold=20),
        *(model(travel, nobody, threshold=20, k=1) for model in MODELS.values()),
    ):
        assert len(found.chosen) == 0
        assert found.exact
        assert found.gained == found.left == 0.0


def test_all_faults_are_told_at_once():
    travel = table_of([[10.0, 20.0]])
    with pytest.raises(InvalidInput) as caught:
        mclp(
            travel,
            pd.Series([-1.0], index=travel.origins),
            threshold=90,
            k=0,
            existing=pd.Series([5.0], index=["elsewhere"]),
            capacity=pd.Series([np.nan, 1.0], index=travel.services),
        )
    told = "; ".join(caught.value.faults)
    assert [word in told for word in ("threshold", "k:", "demand", "existing", "capacity")] == [True] * 5
    with pytest.raises(InvalidInput, match="no candidate"):
        lscp(travel.select_services(np.array([False, False])), pd.Series([1.0], index=travel.origins), threshold=20)
    with pytest.raises(InvalidInput, match="not whole"):
        mclp(travel, pd.Series([1.0], index=travel.origins), threshold=20, k=1.5)


@many
@given(seed=seeds)
def test_gains_of_chosen_sites_are_those_of_a_loop(seed):
    case = case_of(seed)
    order = np.random.default_rng(seed).permutation(7)[:3]
    sites = case.travel.services[order]
    found = gains(case.travel, case.persons, sites, threshold=25, existing=case.existing)
    covered = [persons_within(case, tuple(order[:count]), 25, case.base) for count in range(4)]
    assert found.index.equals(sites)
    np.testing.assert_allclose(found, np.diff(covered), atol=CLOSE)
    others = replacements(case.travel, case.persons, sites, threshold=25, existing=case.existing)
    assert len(others) == 3 * 4
    for row in others.itertuples():
        stays = [case.travel.services.get_loc(site) for site in sites if site != row.site]
        instead = (*stays, case.travel.services.get_loc(row.candidate))
        assert row.gained == pytest.approx(persons_within(case, instead, 25, case.base) - covered[0], abs=CLOSE)


def test_gains_refuse_a_site_that_is_no_candidate():
    travel = table_of([[10.0]])
    with pytest.raises(InvalidInput, match="sites"):
        gains(travel, pd.Series([5.0], index=travel.origins), pd.Index(["elsewhere"]), threshold=20)
