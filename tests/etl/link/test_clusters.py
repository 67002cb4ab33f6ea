"""Clusters: whatever the order, never against a judgement; beside Splink's own clustering; each trap by name."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.link.clusters import CLEAR, EVEN, cluster
from etl.link.contradictions import Contradictory, contradictions, in_force
from etl.link.pair import Judgement, Pair
from etl.link.verdicts import CONTESTED, FOLLOWS, INDIRECT, LISTED, RIVAL, STOPPED

many = settings(max_examples=150, deadline=None)
DAY = datetime(2026, 11, 22, 9, tzinfo=UTC)
LISTS = ("a", "b", "c")
FREE = ("a", "b")


def member(number):
    return uuid.UUID(int=number)


def pair(left, right, weight, verdict=None, rule=None):
    """A pair as compared: a link from 10 bits on, open from 0 on, else told apart."""
    by_weight = "stesso" if weight >= 10 else "incerto" if weight >= 0 else "diverso"
    left, right = sorted((member(left), member(right)))
    by = "regola" if rule else "modello"
    return Pair("service", left, right, 0.5, float(weight), (), verdict or by_weight, by, rule)


def veto(left, right):
    return pair(left, right, 12, "diverso", "numero_diverso")


def judgement(left, right, verdict, minute=0, **others):
    left, right = sorted((member(left), member(right)))
    identifier = uuid.uuid5(left, f"{right} {minute}")
    made = DAY + timedelta(minutes=minute)
    return Judgement(identifier, "service", left, right, verdict, "Anna", made, **others)


def grouped(pairs, judgements=(), lists=None, free=FREE, size=12):
    found = cluster([member(n) for n in range(size)], pairs, judgements, _lists(lists or {}), free)
    return {frozenset(one.int for one in group) for group in found.clusters}, found


def _lists(lists):
    return {member(n): name for name, numbers in lists.items() for n in numbers}


def verdict_of(found, left, right):
    [one] = [one for one in found.pairs if (one.left.int, one.right.int) == (left, right)]
    return one.verdict, one.decided_by, one.rule


def asked(found):
    return [(one.left.int, one.right.int) for one in found.queue]


# --- what always holds ----------------------------------------------------------------------------------


@st.composite
def instances(draw):
    """Members of three lists, of which one may hold doubles, with pairs, vetoes and judgements that agree."""
    size = draw(st.integers(2, 9))
    lists = {member(n): draw(st.sampled_from(LISTS)) for n in range(size)}
    edges = draw(st.lists(st.sampled_from(list(combinations(range(size), 2))), unique=True, max_size=20))
    weights = st.one_of(st.sampled_from([10, 12, 12.5, 30]), st.integers(-5, 40))
    pairs = [veto(*edge) if draw(st.integers(0, 7)) == 0 else pair(*edge, draw(weights)) for edge in edges]
    decided = draw(st.lists(st.sampled_from(list(combinations(range(size), 2))), unique=True, max_size=5))
    judgements = []
    for at, edge in enumerate(decided):
        one = judgement(*edge, draw(st.sampled_from(["stesso", "diverso", "incerto"])), at)
        if not contradictions([*judgements, one]):
            judgements.append(one)
    return list(lists), pairs, judgements, lists


@many
@given(instances(), st.randoms(use_true_random=False))
def test_no_order_matters(instance, chance):
    members, pairs, judgements, lists = instance
    found = cluster(members, pairs, judgements, lists, FREE)
    for shuffled in (members, pairs, judgements):
        chance.shuffle(shuffled)
    assert cluster(members, pairs, judgements, dict(reversed(lists.items())), FREE) == found


@many
@given(instances())
def test_judgements_vetoes_and_lists_hold(instance):
    members, pairs, judgements, lists = instance
    found = cluster(members, pairs, judgements, lists, FREE)
    home = {one: group for group in found.clusters for one in group}
    judged = {(one.left, one.right): one.verdict for one in judgements}
    for (left, right), verdict in judged.items():
        together = home.get(left, left) == home.get(right, right)
        assert together is (verdict == "stesso")
    told_by_hand = bool([verdict for verdict in judged.values() if verdict == "stesso"])
    for one in pairs:
        if one.rule and not told_by_hand:
            assert home.get(one.left, one.left) != home.get(one.right, one.right)
    for group in found.clusters:
        for name in FREE:
            assert told_by_hand or sum(lists[one] == name for one in group) <= 1
    assert len({one for group in found.clusters for one in group}) == sum(map(len, found.clusters))


@many
@given(instances())
def test_verdicts_tell_the_clusters_and_the_queue_asks_once(instance):
    members, pairs, judgements, lists = instance
    found = cluster(members, pairs, judgements, lists, FREE)
    home = {one: min(group) for group in found.clusters for one in group}
    for one in found.pairs:
        assert (one.verdict == "stesso") is (home.get(one.left, one.left) == home.get(one.right, one.right))
    between = [frozenset((home.get(one.left, one.left), home.get(one.right, one.right))) for one in found.queue]
    assert len(between) == len(set(between))
    open_pairs = {one for one in found.pairs if one.verdict == "incerto" and one.decided_by != "giudizio"}
    assert set(found.queue) == {one for one in open_pairs if one.rule != FOLLOWS}


@many
@given(instances())
def test_what_was_decided_before_counts_for_nothing(instance):
    """Pairs as a grouping left them group as the pairs that were compared, whatever was judged then."""
    members, pairs, judgements, lists = instance
    judged = cluster(members, pairs, judgements, lists, FREE)
    assert cluster(members, judged.pairs, [], lists, FREE) == cluster(members, pairs, [], lists, FREE)
    assert cluster(members, judged.pairs, judgements, lists, FREE) == judged


@many
@given(instances(), st.data())
def test_answers_empty_the_queue(instance, data):
    members, pairs, judgements, lists = instance
    for _ in range(40):
        found = cluster(members, pairs, judgements, lists, FREE)
        if not found.queue:
            return
        one = found.queue[0]
        verdict = data.draw(st.sampled_from(["stesso", "diverso", "incerto"]))
        number = len(judgements)
        judgements = [*judgements, judgement(one.left.int, one.right.int, verdict, number)]
        assert not contradictions(judgements), "what is asked can be answered either way"
    pytest.fail("the queue never ends")


# --- the traps by name ----------------------------------------------------------------------------------


def test_the_best_partner_of_each_list_is_taken_and_a_clearly_worse_one_is_dropped():
    lists = {"a": [0, 1], "b": [5, 6]}
    pairs = [pair(0, 5, 30), pair(0, 6, 12), pair(1, 6, 25)]
    groups, found = grouped(pairs, lists=lists)
    assert groups == {frozenset({0, 5}), frozenset({1, 6})}
    assert verdict_of(found, 0, 6) == ("diverso", "modello", RIVAL)
    assert not found.queue


def test_the_loser_waits_where_its_rival_is_not_clearly_better():
    lists = {"a": [0], "b": [5, 6]}
    near, far = 20 - CLEAR + 0.1, 20 - CLEAR - 0.1
    groups, found = grouped([pair(0, 5, 20), pair(0, 6, near)], lists=lists)
    assert (groups, asked(found)) == ({frozenset({0, 5})}, [(0, 6)])
    assert verdict_of(found, 0, 6) == ("incerto", "modello", STOPPED)
    _, found = grouped([pair(0, 5, 20), pair(0, 6, far)], lists=lists)
    assert asked(found) == []


def test_two_partners_as_good_are_both_asked():
    lists = {"a": [0], "b": [5, 6]}
    groups, found = grouped([pair(0, 5, 20), pair(0, 6, 20 - EVEN / 2)], lists=lists)
    assert groups == set()
    assert asked(found) == [(0, 6), (0, 5)]
    assert {verdict_of(found, 0, n) for n in (5, 6)} == {("incerto", "modello", CONTESTED)}


def test_one_that_exclude_each_other_by_a_rule_are_rivals_too():
    """A "Nido" that is as near to "Nido 1" as to "Nido 2" is neither."""
    groups, found = grouped([pair(0, 1, 20), pair(0, 2, 20), veto(1, 2)], lists={"c": [0], "a": [1], "b": [2]})
    assert (groups, len(found.queue)) == (set(), 2)


def test_a_partner_that_is_taken_is_no_rival():
    lists = {"a": [0, 1], "b": [5, 6]}
    groups, _ = grouped([pair(0, 5, 20), pair(0, 6, 20), pair(1, 6, 35)], lists=lists)
    assert groups == {frozenset({0, 5}), frozenset({1, 6})}


def test_doubles_of_a_list_meet_only_where_they_are_decided_to_be_one():
    lists = {"a": [0], "c": [5, 6]}
    apart, found = grouped([pair(0, 5, 30), pair(0, 6, 28)], lists=lists)
    assert (apart, asked(found)) == ({frozenset({0, 5})}, [(0, 6)])
    together, found = grouped([pair(0, 5, 30), pair(0, 6, 28), pair(5, 6, 15)], lists=lists)
    assert together == {frozenset({0, 5, 6})}
    groups, _ = grouped([pair(5, 6, 15), pair(6, 7, 15)], lists={"c": [5, 6, 7]})
    assert groups == {frozenset({5, 6, 7})}, "not every two of three doubles were compared"


def test_a_list_without_doubles_has_them_only_by_judgement():
    lists = {"a": [0, 1, 2]}
    groups, found = grouped([pair(0, 1, 30), pair(1, 2, 5)], lists=lists)
    assert (groups, asked(found)) == (set(), [(0, 1)])
    assert verdict_of(found, 1, 2) == ("diverso", "modello", LISTED)
    groups, _ = grouped([pair(0, 1, 30)], [judgement(0, 1, "stesso")], lists=lists)
    assert groups == {frozenset({0, 1})}


def test_what_a_rule_decides_goes_before_what_weighs_more():
    lists = {"a": [0], "b": [5, 6]}
    groups, found = grouped([pair(0, 5, 40), pair(0, 6, 3, "stesso", "codice_fiscale")], lists=lists)
    assert groups == {frozenset({0, 6})}
    assert verdict_of(found, 0, 5) == ("diverso", "modello", RIVAL)


def test_what_a_rule_leaves_open_has_no_more_force_than_it_weighs():
    lists = {"a": [0], "b": [5, 6]}
    groups, found = grouped([pair(0, 5, 20), pair(0, 6, 12, "incerto", "stesso_elenco")], lists=lists)
    assert groups == {frozenset({0, 5})}
    assert verdict_of(found, 0, 6) == ("diverso", "modello", RIVAL)


def test_a_judgement_wins_over_rule_list_and_model():
    pairs = [veto(0, 1), pair(2, 3, 40, "stesso", "codice_fiscale")]
    judgements = [judgement(0, 1, "stesso"), judgement(2, 3, "diverso")]
    groups, found = grouped(pairs, judgements, lists={"a": [0, 1]})
    assert groups == {frozenset({0, 1})}
    assert verdict_of(found, 0, 1) == ("stesso", "giudizio", None)
    assert verdict_of(found, 2, 3) == ("diverso", "giudizio", None)


def test_an_unsure_judgement_keeps_apart_and_is_not_asked_again():
    groups, found = grouped([pair(0, 1, 30), pair(1, 2, 20)], [judgement(0, 2, "incerto")])
    assert groups == {frozenset({0, 1})}
    assert not found.queue
    assert verdict_of(found, 0, 2) == ("incerto", "giudizio", None)


def test_what_follows_from_a_judgement_is_not_asked():
    pairs = [pair(0, 1, 30), pair(0, 2, 5), pair(1, 2, 20)]
    groups, found = grouped(pairs, [judgement(1, 2, "diverso")])
    assert groups == {frozenset({0, 1})}
    assert verdict_of(found, 0, 2) == ("diverso", "giudizio", INDIRECT)


def test_of_several_open_pairs_between_two_things_one_is_asked():
    _, found = grouped([pair(0, 1, 30), pair(0, 2, 3), pair(1, 2, 8)])
    assert asked(found) == [(1, 2)]
    assert verdict_of(found, 0, 2) == ("incerto", "modello", FOLLOWS)


def test_a_judgement_by_way_of_one_that_is_gone_still_joins():
    judgements = [judgement(0, 99, "stesso"), judgement(1, 99, "stesso")]
    groups, found = grouped([], judgements)
    assert (groups, found.pairs) == ({frozenset({0, 1})}, ())


def test_a_judgement_of_two_that_were_never_compared_is_told():
    groups, found = grouped([], [judgement(0, 1, "stesso")])
    assert groups == {frozenset({0, 1})}
    assert verdict_of(found, 0, 1) == ("stesso", "giudizio", None)


# --- judgements -----------------------------------------------------------------------------------------


def test_the_latest_judgement_of_a_pair_counts_and_an_undone_one_gives_way():
    first, second = judgement(0, 1, "stesso", 0), judgement(0, 1, "diverso", 1)
    assert in_force([second, first]) == [second]
    undone = judgement(0, 1, "diverso", 1, undone_at=DAY)
    assert in_force([first, undone]) == [first]


def test_all_contradictions_are_told_at_once():
    chains = [judgement(0, 1, "stesso"), judgement(1, 2, "stesso"), judgement(0, 2, "diverso")]
    others = [judgement(5, 6, "stesso"), judgement(6, 7, "stesso"), judgement(5, 7, "incerto")]
    with pytest.raises(Contradictory) as raised:
        grouped([], [*chains, *others])
    assert [len(one.chain) for one in raised.value.found] == [2, 2]
    assert len(raised.value.faults) == 2
    assert all(str(one.id)[:8] in raised.value.faults[0] for one in chains)


# --- Splink as a peer -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_splink_clusters_alike_where_there_are_no_judgements(seed):
    """Two lists without doubles, weights a bit and more apart: both take the best link that is left, and so on."""
    pytest.importorskip("splink")
    chance = random.Random(seed)
    edges = chance.sample([(left, right) for left in range(40) for right in range(40, 80)], 160)
    weights = [10 + 1.01 * at for at in range(len(edges))]
    chance.shuffle(weights)
    pairs = [pair(*edge, weight) for edge, weight in zip(edges, weights, strict=True)]
    groups, _ = grouped(pairs, lists={"a": range(40), "b": range(40, 80)}, size=80)
    assert len(groups) > 20
    assert groups == _by_splink(pairs)


def _by_splink(pairs):
    """The clusters of two and more that Splink makes of the links, the weight taken for the probability."""
    import pandas as pd
    from splink import DuckDBAPI
    from splink.internals.one_to_one_clustering import one_to_one_clustering

    api = DuckDBAPI()
    nodes = pd.DataFrame([{"unique_id": n, "source_dataset": "a" if n < 40 else "b"} for n in range(80)])
    edges = pd.DataFrame(
        [
            {"l": one.left.int, "r": one.right.int, "source_dataset_l": "a", "source_dataset_r": "b"}
            | {"match_probability": one.weight}
            for one in pairs
        ]
    )
    found = one_to_one_clustering(
        nodes_table=api.register(nodes),
        edges_table=api.register(edges),
        node_id_column_name="unique_id",
        source_dataset_column_name="source_dataset",
        edge_id_column_name_left="l",
        edge_id_column_name_right="r",
        duplicate_free_datasets=["a", "b"],
        ties_method="lowest_id",
        db_api=api,
        threshold_match_probability=None,
    ).as_pandas_dataframe()
    groups = [frozenset(map(int, group)) for _, group in found.groupby("cluster_id")["unique_id"]]
    return {group for group in groups if len(group) > 1}
