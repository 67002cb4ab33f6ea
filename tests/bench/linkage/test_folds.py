from collections import Counter
from itertools import pairwise

from tests.bench.linkage.counts import Counts
from tests.bench.linkage.folds import FOLDS, Truth, cross_validate, folds, most_recall

LEFT = [("a", f"{n}") for n in range(50)]
RIGHT = [("b", f"{n}") for n in range(60)]
TRUE = frozenset(zip(LEFT[:40], RIGHT[:40], strict=True))


def test_true_partners_share_a_fold_and_folds_are_even():
    found = folds([*LEFT, *RIGHT], TRUE)
    assert all(found[left] == found[right] for left, right in TRUE)
    pairs = Counter(found[left] for left, _right in TRUE)
    assert set(pairs.values()) == {40 // FOLDS}
    assert max(Counter(found.values()).values()) - min(Counter(found.values()).values()) <= 1


def test_folds_do_not_depend_on_order():
    assert folds([*LEFT, *RIGHT], TRUE) == folds([*reversed(RIGHT), *LEFT], list(TRUE)[::-1])


def test_a_chain_of_true_pairs_stays_whole():
    found = folds(LEFT, list(pairwise(LEFT[:7])))
    assert len({found[record] for record in LEFT[:7]}) == 1


def test_every_pair_is_measured_once_and_never_where_it_was_seen():
    links = {0.0: TRUE, 1.0: frozenset(list(TRUE)[:10])}
    looked_at = []

    def choose(by_setting):
        looked_at.append(by_setting[0.0])
        return 0.0

    fold_of = folds([*LEFT, *RIGHT], TRUE)
    parts = cross_validate(links, Truth(TRUE), fold_of, choose)
    assert sum(part.counts.right for part in parts) == len(TRUE)
    assert [counts.right + part.counts.right for counts, part in zip(looked_at, parts, strict=True)] == [40] * FOLDS


def test_a_wrong_link_across_folds_is_charged_to_its_left_record_and_seen_by_no_choice_about_either():
    fold_of = {("a", "0"): 0, ("b", "0"): 0, ("a", "1"): 1, ("b", "1"): 1}
    true = frozenset({(("a", "0"), ("b", "0")), (("a", "1"), ("b", "1"))})
    wrong = (("a", "0"), ("b", "1"))
    seen = []
    parts = cross_validate(
        {0.0: true | {wrong}}, Truth(true), fold_of, lambda by_setting: seen.append(by_setting[0.0].wrong) or 0.0
    )
    assert [part.counts.wrong for part in parts] == [1, 0, 0, 0, 0]
    assert seen == [0, 0, 1, 1, 1]


def test_undecided_pairs_count_neither_way():
    pair = (("a", "0"), ("b", "1"))
    assert Truth(TRUE, frozenset({pair})).counts({*TRUE, pair}) == Counts(40, 0, 0)


def test_the_setting_with_most_right_links_among_the_precise_ones_is_chosen():
    by_setting = {
        0.0: Counts(100, 10, 0),  # not precise enough
        1.0: Counts(99, 1, 1),
        2.0: Counts(99, 0, 1),
        3.0: Counts(99, 0, 1),
        4.0: Counts(99, 0, 1),
        5.0: Counts(90, 0, 10),
    }
    assert most_recall(by_setting) == 3.0
    assert most_recall({0.0: Counts(5, 5, 0), 1.0: Counts(4, 1, 1)}) == 1.0
