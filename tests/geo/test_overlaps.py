from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cliques import partition
from geo.errors import InvalidInput
from geo.overlaps import compatible, coordination_groups, jaccard, marginal_coverage, overlapping_pairs

many = settings(max_examples=60)


def catchment(travel, service, threshold):
    frame = travel.to_frame()
    return set(frame.loc[(frame["service"] == service) & (frame["minutes"] <= threshold), "origin"])


@many
@given(seed=st.integers(0, 10_000), threshold=st.integers(1, 60), least=st.sampled_from([0.0, 0.3, 0.5]))
def test_jaccard_equals_sets(instance, seed, threshold, least):
    case = instance(seed)
    expected = []
    for one, two in combinations(case.travel.services, 2):
        first, second = (catchment(case.travel, service, threshold) for service in (one, two))
        shared, union = (sum(case.persons[o] for o in points) for points in (first & second, first | second))
        if shared > 0 and shared >= least * union:
            expected.append((one, two, shared, union, pytest.approx(shared / union)))
    found = jaccard(case.persons, case.travel, threshold=threshold, least=least)
    assert list(found.itertuples(index=False, name=None)) == expected


@many
@given(seed=st.integers(0, 10_000), threshold=st.integers(1, 60))
def test_marginal_coverage_is_what_closing_the_service_uncovers(instance, seed, threshold):
    case = instance(seed)
    found = marginal_coverage(case.persons, case.travel, threshold=threshold)
    assert found.index.equals(case.travel.services)
    covered = case.travel.within(threshold).counts() > 0
    for position, service in enumerate(case.travel.services):
        others = np.arange(len(case.travel.services)) != position
        left = case.travel.select_services(others).within(threshold).counts() > 0
        assert found[service] == case.persons[covered & ~left].sum()


def services_of(count, **columns):
    given_ = {"users": [frozenset()] * count, "hours": [frozenset()] * count, "delivery": "sede"}
    given_ |= {"capacity": 1.0, "capacity_known": True} | columns
    return pd.DataFrame(given_, index=[f"s{j}" for j in range(count)])


@many
@given(data=st.data())
def test_compatible_equals_sets(data):
    sets = st.frozensets(st.sampled_from("abcd"), max_size=3)
    users, hours = (data.draw(st.lists(sets, min_size=4, max_size=4)) for _ in range(2))
    delivery = data.draw(st.lists(st.sampled_from(["sede", "domicilio"]), min_size=4, max_size=4))
    services = services_of(4, users=users, hours=hours, delivery=delivery)
    pairs = pd.DataFrame(list(combinations(services.index, 2)), columns=["a", "b"], index=range(10, 16))
    found = compatible(pairs, services)
    assert found.index.equals(pairs.index)
    for (i, j), row in zip(combinations(range(4), 2), found.itertuples(index=False), strict=True):
        same_users = bool(users[i] & users[j]) or not users[i] or not users[j]
        same_hours = bool(hours[i] & hours[j]) or not hours[i] or not hours[j]
        assert row.users_overlap == same_users
        assert row.hours_overlap == same_hours
        assert row.hours_unknown == (not hours[i] or not hours[j])
        assert row.compatible == (same_users and same_hours and delivery[i] == delivery[j])


def test_missing_hours_are_unknown_and_text_is_a_fault():
    services = services_of(2, hours=[None, frozenset({"mon"})])
    pairs = pd.DataFrame({"a": ["s0"], "b": ["s1"]})
    assert compatible(pairs, services)["hours_unknown"].tolist() == [True]
    with pytest.raises(InvalidInput) as caught:
        compatible(pairs.assign(b="nowhere"), services.assign(users="minors"))
    assert len(caught.value.faults) == 2


def within(table, minutes, *, people, count):
    travel = table(minutes)
    return travel, pd.Series(people, index=travel.origins, dtype=float)


def test_joint_capacity_against_the_objective_decides_with_a_rule(table):
    travel, people = within(table, [[5.0, 5.0], [9.0, np.inf]], people=[80, 20], count=2)
    # Union of the catchments: 100 people. Two units exceed an objective of 1.9 per 100, not one of 2.
    for objective, kind in ((0.019, "sovrapposti"), (0.02, None)):
        found = overlapping_pairs(people, travel, services_of(2), threshold=10, objective=objective).iloc[0]
        assert found["jaccard"] == pytest.approx(0.8)
        assert (found["joint_capacity"], found["needed_capacity"]) == (2.0, pytest.approx(100 * objective))
        assert (found["kind"] if pd.notna(found["kind"]) else None) == kind


def test_different_users_or_hours_complete_each_other_and_delivery_alone_does_not(table):
    travel, people = within(table, [[5.0, 5.0]], people=[100], count=2)
    for columns, kind in (
        ({"users": [frozenset("a"), frozenset("b")]}, "complementari"),
        ({"hours": [frozenset("a"), frozenset("b")]}, "complementari"),
        ({"delivery": ["sede", "domicilio"]}, None),
        ({}, "sovrapposti"),
    ):
        found = overlapping_pairs(people, travel, services_of(2, **columns), threshold=10, objective=0.001)
        kinds = found["kind"].tolist()
        assert [k if pd.notna(k) else None for k in kinds] == [kind]


def between(table, minutes):
    labels = [f"s{j}" for j in range(len(minutes))]
    return table(minutes, origins=labels, services=labels)


def test_without_a_rule_three_services_close_together_are_to_be_coordinated(table):
    travel, people = within(table, [[5.0] * 4], people=[100], count=4)
    apart = np.full((4, 4), 20.0)
    apart[:3, :3] = 5.0
    options = {"threshold": 10, "between": between(table, apart)}
    pairs = overlapping_pairs(people, travel, services_of(4), **options)
    groups = coordination_groups(people, travel, pairs, threshold=10)
    assert groups[["kind", "members", "size", "persons", "jaccard", "hours_unknown"]].to_numpy().tolist() == [
        ["da_coordinare", ("s0", "s1", "s2"), 3, 100.0, 1.0, True]
    ]
    # Two are not enough, and T/2 is included.
    pairs = overlapping_pairs(
        people, travel, services_of(4), threshold=10, between=between(table, apart + np.eye(4) * 0)
    )
    assert coordination_groups(people, travel, pairs[~pairs["b"].isin(["s2"])], threshold=10).empty


def test_the_longer_direction_counts_and_an_absent_one_is_far(table):
    travel, people = within(table, [[5.0] * 3], people=[100], count=3)
    there = np.array([[0.0, 0.0, 4.0], [0.0, 0.0, 5.0], [6.0, np.inf, 0.0]])
    pairs = overlapping_pairs(people, travel, services_of(3), threshold=10, between=between(table, there))
    minutes = pairs.set_index(["a", "b"])["minutes"]
    assert minutes["s0", "s1"] == 0.0
    assert minutes["s0", "s2"] == 6.0
    assert np.isnan(minutes["s1", "s2"])
    assert pairs["kind"].tolist()[0] == "da_coordinare"
    assert pairs["kind"].isna().tolist() == [False, True, True]


def test_an_unknown_capacity_falls_back_to_closeness_where_minutes_are_given(table):
    travel, people = within(table, [[5.0] * 3], people=[100], count=3)
    services = services_of(3, capacity_known=[True, True, False])
    pairs = overlapping_pairs(people, travel, services, threshold=10, objective=0.001)
    assert pairs["kind"].tolist()[0] == "sovrapposti"
    assert pairs["kind"].isna().tolist() == [False, True, True]
    near = overlapping_pairs(
        people, travel, services, threshold=10, objective=0.001, between=between(table, np.zeros((3, 3)))
    )
    assert near["kind"].tolist() == ["sovrapposti", "da_coordinare", "da_coordinare"]


def test_faults_of_overlaps_come_together(table):
    travel, people = within(table, [[5.0] * 2], people=[100], count=2)
    with pytest.raises(InvalidInput) as caught:
        overlapping_pairs(people, travel, services_of(2).drop(columns="capacity"), threshold=10)
    assert len(caught.value.faults) == 2
    with pytest.raises(InvalidInput, match="half the threshold"):
        overlapping_pairs(
            people, travel, services_of(2), threshold=10, between=table([[0.0] * 2] * 2, cutoff=4, origins=["s0", "s1"])
        )


graphs = st.integers(0, 100_000).map(lambda seed: nx.gnp_random_graph(1 + seed % 14, 0.2 + 0.1 * (seed % 7), seed=seed))


@many
@given(graph=graphs, smallest=st.sampled_from([2, 3]), most=st.sampled_from([0, 20_000]))
def test_groups_are_disjoint_cliques_and_nothing_is_left_over(graph, smallest, most):
    found = partition(graph.edges, smallest=smallest, most=most)
    taken = set()
    for group, exact in found:
        assert exact == (most > 0)
        assert len(group) >= smallest
        assert not taken & set(group)
        taken |= set(group)
        assert all(graph.has_edge(a, b) for a, b in combinations(group, 2))
    if most:
        left = graph.subgraph(set(graph) - taken)
        assert max((len(clique) for clique in nx.find_cliques(left)), default=0) < smallest


@many
@given(graph=graphs)
def test_the_largest_clique_is_taken_first_each_time(graph):
    left = nx.Graph(graph)
    for group, _ in partition(graph.edges):
        assert len(group) == max(len(clique) for clique in nx.find_cliques(left))
        assert group == min(tuple(sorted(c)) for c in all_cliques(left, len(group)))
        left.remove_nodes_from(group)


def all_cliques(graph, size):
    return [c for c in nx.enumerate_all_cliques(graph) if len(c) == size]


@many
@given(graph=graphs, seed=st.integers(0, 100))
def test_the_order_of_the_edges_does_not_matter(graph, seed):
    edges = [(b, a) if (a + b) % 2 else (a, b) for a, b in graph.edges]
    np.random.default_rng(seed).shuffle(edges)
    assert partition([tuple(map(int, edge)) for edge in edges]) == partition(graph.edges)


def test_a_chain_is_not_a_group():
    assert partition([(0, 1), (1, 2)]) == [((0, 1), True)]
    assert partition([(0, 1), (1, 2)], smallest=3) == []


def test_a_tangle_with_too_many_cliques_is_still_parted_quickly():
    # Moon and Moser's worst case: 3^20 maximal cliques.
    graph = nx.complete_multipartite_graph(*[3] * 20)
    found = partition(graph.edges)
    assert [(len(group), exact) for group, exact in found] == [(20, False)] * 3


# --- complementary groups, places of one service, and what is told of a group ----------------------------------------


def one_town(minutes):
    from geo.travel.table import TravelTable

    count = len(minutes)
    return TravelTable.from_pairs(
        pd.Index(["town"]), pd.Index([f"s{j}" for j in range(count)]), origin=np.zeros(count, dtype=np.intp),
        service=np.arange(count), minutes=np.array(minutes, dtype=float), cutoff=60, engine="official", estimated=False,
    )  # fmt: skip


def test_services_of_other_hours_or_users_are_kept_as_complementary_groups():
    """Morning, afternoon and evening desks are one group of three; whom each pair differs in is told."""
    travel = one_town([5, 6, 7])
    hours = [frozenset({"am"}), frozenset({"pm"}), frozenset({"eve"})]
    pairs = overlapping_pairs(
        pd.Series({"town": 100.0}), travel, services_of(3, hours=hours), threshold=10, objective=1 / 80
    )
    assert set(pairs["kind"]) == {"complementari"}
    (group,) = coordination_groups(pd.Series({"town": 100.0}), travel, pairs, threshold=10).to_dict("records")
    assert (group["kind"], group["members"], group["persons"]) == ("complementari", ("s0", "s1", "s2"), 100.0)
    assert (group["hours_differ"], group["users_differ"], group["hours_unknown"]) == (True, False, False)
    assert np.isnan(group["minutes"])  # no travel between them was given


def test_a_complementary_pair_is_a_group_and_two_to_coordinate_are_none():
    travel = one_town([5, 6])
    between = one_town([5, 6])
    between = type(travel).from_pairs(
        travel.services, travel.services, origin=np.array([0, 0, 1, 1]), service=np.array([0, 1, 0, 1]),
        minutes=np.array([0.0, 3.0, 4.0, 0.0]), cutoff=60, engine="official", estimated=False,
    )  # fmt: skip
    people = pd.Series({"town": 100.0})
    users = [frozenset({"minors"}), frozenset({"elderly"})]
    for given_users, kinds in ((users, ["complementari"]), ([frozenset()] * 2, [])):
        pairs = overlapping_pairs(people, travel, services_of(2, users=given_users), threshold=10, between=between)
        found = coordination_groups(people, travel, pairs, threshold=10)
        assert found["kind"].tolist() == kinds
    assert pairs["minutes"].tolist() == [4.0]  # the longer of the two ways


@many
@given(seed=st.integers(0, 10_000), threshold=st.integers(1, 60), data=st.data())
def test_places_of_one_service_are_no_alternative_to_each_other(instance, seed, threshold, data):
    """Against closing all the places of an owner at once."""
    case = instance(seed)
    count = len(case.travel.services)
    named = data.draw(st.lists(st.sampled_from("xyz"), min_size=count, max_size=count))
    owners = pd.Series(named, index=case.travel.services)
    found = marginal_coverage(case.persons, case.travel, threshold=threshold, owners=owners)
    assert found.index.tolist() == list(dict.fromkeys(named))
    covered = case.travel.within(threshold).counts() > 0
    for owner in found.index:
        left = case.travel.select_services((owners != owner).to_numpy()).within(threshold).counts() > 0
        assert found[owner] == pytest.approx(case.persons[covered & ~left].sum())


def test_owners_are_checked():
    travel = one_town([5, 6])
    with pytest.raises(InvalidInput, match="owners"):
        marginal_coverage(pd.Series({"town": 1.0}), travel, threshold=10, owners=pd.Series({"s0": "x"}))
    with pytest.raises(InvalidInput, match="missing"):
        marginal_coverage(pd.Series({"town": 1.0}), travel, threshold=10, owners=pd.Series({"s0": "x", "s1": None}))


@many
@given(seed=st.integers(0, 10_000))
def test_what_is_told_of_a_group_is_that_of_its_pairs(instance, seed):
    case = instance(seed)
    services = services_of(len(case.travel.services)).set_axis(case.travel.services)
    pairs = overlapping_pairs(case.persons, case.travel, services, threshold=40, objective=1e-9)
    pairs = pairs.assign(minutes=np.arange(len(pairs), dtype=float), hours_overlap=np.arange(len(pairs)) % 3 > 0)
    for group in coordination_groups(case.persons, case.travel, pairs, threshold=40).to_dict("records"):
        own = pairs[pairs["a"].isin(group["members"]) & pairs["b"].isin(group["members"])]
        own = own[own["kind"] == group["kind"]]
        assert len(own) == group["size"] * (group["size"] - 1) // 2
        assert group["minutes"] == own["minutes"].max()
        assert group["jaccard"] == own["jaccard"].min()
        assert group["hours_differ"] == (not own["hours_overlap"].all())
