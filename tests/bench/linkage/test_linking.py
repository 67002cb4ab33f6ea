"""The plain model, the groups of both, and what is left when records are dropped."""

import uuid

import pandas as pd
import pytest

from etl.link.pair import Pair
from tests.bench.linkage import ours, peers, plain
from tests.bench.linkage.counts import of_clusters
from tests.bench.linkage.folds import Truth
from tests.bench.linkage.pharmacies import across, drop, remaining
from tests.bench.linkage.synthetic.lists import claims, records


@pytest.fixture(scope="module")
def told():
    return records(1_500)


def scored(*rows):
    return pd.DataFrame(rows, columns=["left", "right", "probability"])


PAIRS = scored(("a1", "b1", 0.99), ("a1", "b2", 0.9), ("b1", "c1", 0.8), ("a2", "c1", 0.7), ("a3", "b3", 0.2))
LISTS = {"a1": "a", "a2": "a", "a3": "a", "b1": "b", "b2": "b", "b3": "b", "c1": "c"}


def grouped(*options, **named):
    return {"".join(sorted(one)) for one in plain.clusters(*options, **named)}


def test_best_links_leave_one_record_of_each_list_in_a_group():
    assert grouped(PAIRS, LISTS, threshold=0.5) == {"a1b1c1"}
    assert grouped(PAIRS, LISTS, threshold=0.1) == {"a1b1c1", "a3b3"}


def test_without_lists_whatever_hangs_together_is_one_group():
    assert grouped(PAIRS, None, threshold=0.5) == {"a1a2b1b2c1"}


def test_plain_text_is_lower_case_words_without_accents():
    told = plain.plain_text(pd.Series(["Nido «Papà Natale», n° 2", " - ", None]))
    assert told[0] == "nido papa natale n 2"
    assert told[1:].isna().all()


@pytest.mark.filterwarnings("ignore")
def test_the_plain_model_links_invented_records_mostly_rightly(told):
    lists = peers.frames(list(claims(told)))
    assert set(lists) == set(told["list"])
    of = {record: name for name, frame in lists.items() for record in frame["unique_id"]}
    groups = list(plain.clusters(plain.score(lists), of, threshold=peers.USUAL))
    number = {record: place for place, members in enumerate(groups) for record in members}
    truth = {str(claim.id): thing for claim, thing in zip(claims(told), told["truth"], strict=True)}
    counts = of_clusters([truth[one] for one in of], [number.get(one, one) for one in of])
    assert counts.precision.value > 0.85
    assert counts.recall.value > 0.7


def pair(weight, **more):
    left, right = sorted((uuid.uuid4(), uuid.uuid4()))
    return Pair("service", left, right, 0.5, weight, (), "incerto", **more)


def test_thresholds_change_what_the_model_thinks_and_not_what_a_rule_decides():
    pairs = [pair(9.0), pair(5.0), pair(-3.0), pair(9.0, decided_by="regola", rule="numero_diverso")]
    found = ours.with_thresholds(pairs, merge=6, review=0)
    assert [one.verdict for one in found] == ["stesso", "incerto", "diverso", "incerto"]


def test_dropping_is_drawn_by_the_seed_whatever_the_order(told):
    known = list(claims(told))
    sizes = told["list"].value_counts()
    kept = drop(known, {"elenco-a": 0.15, "elenco-b": 0.3}, seed=7)
    left = pd.Series([claim.source_id for claim in kept]).value_counts()
    assert left["elenco-a"] == sizes["elenco-a"] - round(sizes["elenco-a"] * 0.15)
    assert left["elenco-b"] == sizes["elenco-b"] - round(sizes["elenco-b"] * 0.3)
    assert left["elenco-c"] == sizes["elenco-c"]
    again = drop(known[::-1], {"elenco-b": 0.3, "elenco-a": 0.15}, seed=7)
    assert {claim.id for claim in again} == {claim.id for claim in kept}
    assert {claim.id for claim in drop(known, {"elenco-a": 0.15}, seed=8)} != {claim.id for claim in kept}


def test_the_truth_loses_the_pairs_of_dropped_records(told):
    known = list(claims(told))
    rows = [(claim.source_id, claim.key) for claim in known[:4]]
    truth = Truth(frozenset({(rows[0], rows[1]), (rows[2], rows[3])}), frozenset({(rows[0], rows[2])}))
    assert remaining(truth, known[1:]) == Truth(frozenset({(rows[2], rows[3])}), frozenset())


def test_pairs_across_lists_are_told_from_those_within_one():
    within, between = (("a", "1"), ("a", "2")), (("a", "1"), ("b", "1"))
    assert across({within, between}) == {between}
