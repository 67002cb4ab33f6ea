import math

import pytest

from tests.bench.linkage.counts import Counts, mean, of_clusters, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Newcombe 1998 (Statistics in Medicine 17, 857-872), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_intervals_of_its_literature(successes, trials, low, high):
    found = wilson(successes, trials)
    assert found.value == successes / trials
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_counts_compare_links_with_the_truth():
    linked, true = {(1, 2), (3, 4), (5, 6), (7, 8)}, {(1, 2), (3, 4), (9, 10)}
    assert Counts.of(linked, true) == Counts(2, 2, 1)
    assert Counts.of(linked, true, undecided={(7, 8)}) == Counts(2, 1, 1)


def test_figures_follow_from_the_counts():
    counts = Counts(right=8, wrong=2, missed=8)
    assert counts.precision.value == 0.8
    assert counts.recall.value == 0.5
    assert counts.f1.value == pytest.approx(2 * 0.8 * 0.5 / 1.3)
    assert counts.f1.low < counts.f1.value < counts.f1.high


def test_nothing_linked_and_nothing_true_is_no_fault_and_no_certainty():
    assert str(Counts(0, 0, 0).precision) == "1,000 [0,000; 1,000]"


def test_mean_of_five_parts_has_the_interval_of_student():
    found = mean([0.90, 0.92, 0.94, 0.96, 0.98])
    half = 2.776 * math.sqrt(0.001) / math.sqrt(5)
    assert (found.value, found.high - found.value) == pytest.approx((0.94, half))
    assert mean([0.5]).low == 0.0


def test_clusters_are_counted_by_pairs():
    truth, found = ["a", "a", "a", "b", "b", "c"], [1, 1, 2, 2, 3, 4]
    assert of_clusters(truth, found) == Counts(right=1, wrong=1, missed=3)
    assert of_clusters(truth, truth) == Counts(right=4, wrong=0, missed=0)
