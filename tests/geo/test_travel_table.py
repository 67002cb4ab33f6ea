import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInput
from geo.travel.area import restrict, service_area
from geo.travel.report import report
from geo.travel.table import TravelTable

MATRIX = [[5.0, 9.0, np.inf], [np.inf, np.inf, np.inf], [7.0, 7.0, 50.0]]


def test_pairs_come_sorted_by_origin_minutes_and_service(table):
    travel = table(MATRIX)
    assert travel.origin.tolist() == [0, 0, 2, 2, 2]
    assert travel.service.tolist() == [0, 1, 0, 1, 2]
    assert travel.minutes.tolist() == [5, 9, 7, 7, 50]
    assert travel.to_frame().columns.tolist() == ["origin", "service", "minutes", "low", "high"]
    assert len(travel) == 5


@given(seed=st.integers(0, 10_000), k=st.integers(1, 4), limit=st.integers(0, 70))
def test_nearest_counts_and_within_equal_a_loop(instance, seed, k, limit):
    travel = instance(seed).travel
    rows = [[] for _ in travel.origins]
    for origin, service, minutes in zip(travel.origin, travel.service, travel.minutes, strict=True):
        rows[origin].append((minutes, service))
    expected = [
        (travel.origins[i], rank + 1, travel.services[service], minutes)
        for i, found in enumerate(rows)
        for rank, (minutes, service) in enumerate(sorted(pair for pair in found if pair[0] <= travel.cutoff)[:k])
    ]
    found = travel.nearest(k)
    assert list(found[["origin", "rank", "service", "minutes"]].itertuples(index=False, name=None)) == expected
    within = [sum(minutes <= limit for minutes, _ in pairs) for pairs in rows]
    assert travel.within(limit).counts().tolist() == within
    assert travel.within(limit).cutoff == min(limit, travel.cutoff)


def test_nearest_minutes_is_nan_where_none_is_within_the_cutoff(table):
    travel = table([[70.0], [50.0]], low=[[55.0], [45.0]], high=[[80.0], [60.0]], cutoff=60)
    assert len(travel) == 2
    assert travel.nearest_minutes().index.equals(travel.origins)
    # The first pair is kept for its low; beyond the cutoff other services may be nearer and absent.
    assert np.isnan(travel.nearest_minutes().iloc[0])
    assert travel.nearest_minutes().iloc[1] == 50


@given(seed=st.integers(0, 10_000))
def test_selecting_services_equals_dropping_columns(instance, table, seed):
    rng = np.random.default_rng(seed)
    minutes = rng.integers(0, 80, (6, 5)).astype(float)
    mask = rng.random(5) < 0.5
    travel = table(minutes).select_services(mask)
    expected = table(minutes[:, mask], services=[f"s{j}" for j in np.nonzero(mask)[0]])
    pd.testing.assert_frame_equal(travel.to_frame(), expected.to_frame(), check_dtype=False)
    assert travel.services.tolist() == expected.services.tolist()


def test_matrix_holds_the_values_of_the_pairs(table):
    travel = table(MATRIX)
    assert travel.matrix(travel.minutes).toarray().tolist() == [[5, 9, 0], [0, 0, 0], [7, 7, 50]]
    assert travel.matrix().toarray().tolist() == [[1, 1, 0], [0, 0, 0], [1, 1, 1]]


def test_concat_unites_services_and_keeps_the_shortest_of_a_repeated_pair(table):
    # The pair of 50 minutes is beyond the smaller cutoff, where the other table may lack some.
    one = table([[10.0, 20.0, 50.0]], services=["a", "b", "d"], cutoff=60)
    two = table([[5.0, 30.0, 55.0]], services=["b", "c", "d"], cutoff=40, estimated=False)
    both = TravelTable.concat([one, two])
    assert both.services.tolist() == ["a", "b", "d", "c"]
    assert both.to_frame()[["service", "minutes"]].to_numpy().tolist() == [["b", 5.0], ["a", 10.0], ["c", 30.0]]
    assert both.cutoff == 40
    assert both.estimated
    assert both.engine == "test"


def test_concat_with_services_that_come_home_keeps_the_cutoff_of_the_others(table):
    one = table([[10.0], [np.inf]], services=["desk"], cutoff=60)
    home = service_area(
        pd.DataFrame({"origin": ["o0", "o1"], "area": ["m", "n"]}),
        pd.DataFrame({"service": ["care"], "area": ["n"]}),
        origins=one.origins,
        services=pd.Index(["care"]),
    )
    both = TravelTable.concat([one, home])
    assert both.cutoff == 60
    assert both.engine == "test+area"
    assert both.nearest_minutes().tolist() == [10.0, 0.0]


def test_service_area_makes_one_pair_of_several_shared_areas():
    origins, services = pd.Index(["a", "b", "c"]), pd.Index(["s", "t", "none"])
    travel = service_area(
        pd.DataFrame({"origin": ["a", "a", "b", "c"], "area": ["m1", "zone", "m2", None]}),
        pd.DataFrame({"service": ["s", "s", "t", "none"], "area": ["m1", "zone", "m2", None]}),
        origins=origins,
        services=services,
    )
    assert travel.matrix().toarray().tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert (travel.engine, travel.estimated, travel.cutoff) == ("area", False, np.inf)
    assert travel.high.tolist() == [0.0, 0.0]


@settings(max_examples=50)
@given(seed=st.integers(0, 10_000))
def test_restricting_to_service_areas_equals_a_loop(instance, seed):
    travel = instance(seed).travel
    rng = np.random.default_rng(seed)
    origins = pd.DataFrame({"origin": travel.origins, "area": rng.choice(["m1", "m2", "m3"], len(travel.origins))})
    services = pd.DataFrame({"service": rng.choice(travel.services, 4), "area": rng.choice(["m1", "m2", None], 4)})
    home = origins.set_index("origin")["area"]
    exempt = pd.Series(rng.random(len(travel.origins)) < 0.2, index=travel.origins)
    expected = [
        pair
        for pair in travel.to_frame().itertuples(index=False, name=None)
        if pair[1] not in set(services["service"])
        or home[pair[0]] in set(services.loc[services["service"] == pair[1], "area"].dropna())
        or exempt[pair[0]]
    ]
    found = restrict(travel, origins, services, exempt=exempt)
    assert list(found.to_frame().itertuples(index=False, name=None)) == expected
    assert found.services.equals(travel.services)


def test_service_area_reports_unknown_labels_of_both_frames():
    with pytest.raises(InvalidInput) as caught:
        service_area(
            pd.DataFrame({"origin": ["x"], "area": ["m"]}),
            pd.DataFrame({"service": ["y"]}),
            origins=pd.Index(["a"]),
            services=pd.Index(["s"]),
        )
    assert len(caught.value.faults) == 3


def _pairs(**changes):
    given = {
        "origin": np.array([0, 0]),
        "service": np.array([0, 1]),
        "minutes": np.array([5.0, 9.0]),
        "cutoff": 30.0,
        "engine": "test",
        "estimated": False,
    }
    return TravelTable.from_pairs(pd.Index(["o"]), pd.Index(["s", "t"]), **(given | changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"service": np.array([0, 0])}, "more than once"),
        ({"service": np.array([0, 2])}, "positions outside"),
        ({"origin": np.array([0, -1])}, "positions outside"),
        ({"minutes": np.array([5.0, np.inf])}, "low <= minutes <= high"),
        ({"minutes": np.array([5.0, np.nan])}, "low <= minutes <= high"),
        ({"low": np.array([6.0, 9.0])}, "low <= minutes <= high"),
        ({"minutes": np.array([5.0, 31.0])}, "exceeds the cutoff"),
        ({"cutoff": -1.0}, "travel.cutoff"),
    ],
)
def test_a_table_that_would_mislead_is_refused(changes, message):
    assert len(_pairs()) == 2
    with pytest.raises(InvalidInput, match=message):
        _pairs(**changes)


def test_unsorted_pairs_and_repeated_labels_are_refused():
    with pytest.raises(InvalidInput) as caught:
        TravelTable(
            origins=pd.Index(["o", "o"]),
            services=pd.Index(["s"]),
            origin=np.array([1, 0]),
            service=np.array([0, 0]),
            minutes=np.array([1.0, 2.0]),
            low=np.array([1.0, 2.0]),
            high=np.array([1.0, 2.0]),
            cutoff=9.0,
            engine="test",
            estimated=False,
        )
    assert len(caught.value.faults) == 2


def test_an_empty_table_answers_every_question():
    travel = TravelTable.from_pairs(
        pd.Index([], dtype=object),
        pd.Index([], dtype=object),
        origin=np.array([], dtype=np.intp),
        service=np.array([], dtype=np.intp),
        minutes=np.array([]),
        cutoff=30,
        engine="test",
        estimated=False,
    )
    assert travel.nearest_minutes().empty
    assert travel.counts().empty
    assert travel.matrix().shape == (0, 0)
    assert TravelTable.concat([travel, travel]).origins.empty


def snapped(origins, services, origin_snap_m, service_snap_m):
    return TravelTable.from_pairs(
        pd.Index(origins),
        pd.Index(services),
        origin=np.zeros(len(services), dtype=int),
        service=np.arange(len(services)),
        minutes=np.full(len(services), 5.0),
        cutoff=30,
        engine="test",
        estimated=False,
        origin_snap_m=None if origin_snap_m is None else np.array(origin_snap_m),
        service_snap_m=None if service_snap_m is None else np.array(service_snap_m),
    )


def test_snapping_distances_follow_their_labels():
    travel = snapped(["a", "b"], ["s", "t"], [10.0, np.nan], [1.0, 2.0])
    assert travel.select_services(np.array([False, True])).service_snap_m.tolist() == [2.0]
    for kept in (travel.within(3), travel.select_pairs(np.array([False, False]))):
        np.testing.assert_array_equal(kept.origin_snap_m, [10.0, np.nan])
        assert kept.service_snap_m.tolist() == [1.0, 2.0]


def test_concat_keeps_the_first_snapping_distance_that_is_known_of_a_label():
    one = snapped(["a", "b"], ["s"], [10.0, np.nan], [1.0])
    two = snapped(["b", "c"], ["t"], [20.0, np.nan], [2.0])
    without = snapped(["a", "b", "c", "d"], ["home"], None, None)
    both = TravelTable.concat([one, two, without])
    np.testing.assert_array_equal(both.origin_snap_m, [10.0, 20.0, np.nan, 0.0])
    assert both.service_snap_m.tolist() == [1.0, 2.0, 0.0]
    assert TravelTable.concat([without, without]).origin_snap_m is None


@pytest.mark.parametrize("wrong", [[1.0, 2.0], [-1.0], [np.inf]])
def test_snapping_distances_that_mean_nothing_are_refused(wrong):
    with pytest.raises(InvalidInput, match=r"travel\.origin_snap_m"):
        snapped(["a"], ["s"], wrong, None)


def test_the_report_counts_what_is_not_reached(table):
    travel = table([[70.0, 5.0, 90.0], [np.inf, np.inf, np.inf]], low=[[50.0, 5.0, 90.0], [0.0, 0.0, 0.0]])
    found = report(travel, pd.Series(["car", "foot"], index=travel.origins))
    # One pair is kept for its low only: in the middle it is beyond the cutoff.
    assert (found["pairs"], found["origins_without_service"], found["services_unreached"]) == (2, 1, 2)
    assert found["origins_by_mode"] == {"car": 1, "foot": 1}
    assert found["origin_snap_m"] is None
    assert report(snapped(["a"], ["s"], [np.nan], [3.0]))["origin_snap_m"]["unplaced"] == 1
    with pytest.raises(InvalidInput, match="modes"):
        report(travel, pd.Series(["car"], index=["x"]))
    assert json.loads(json.dumps(found)) == found
