"""Chapman's estimate and its interval, with and without linkage errors."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.completeness import FEWEST, Share, chapman
from geo.errors import InvalidInput


@st.composite
def lists(draw):
    """Two lists and what they have in common."""
    left, right = draw(st.integers(1, 400)), draw(st.integers(1, 400))
    return left, right, draw(st.integers(0, min(left, right)))


@st.composite
def shares(draw):
    trials = draw(st.integers(1, 500))
    return draw(st.integers(1, trials)), trials


def logit_interval(left, right, both):
    """Sadinle's 0.5 transformed logit interval at 95 %."""
    a, b, c = left - both + 0.5, right - both + 0.5, both + 0.5
    spread = math.sqrt(1 / a + 1 / b + 1 / c + c / (a * b))
    return [left + right - both - 0.5 + a * b / c * math.exp(sign * 1.959964 * spread) for sign in (-1, 1)]


# --- known results ------------------------------------------------------------------------------------------


def test_the_estimate_is_that_of_worked_examples():
    # 10 marked, 15 caught, 5 of them marked: 28, from 22 to 65, in the article "Mark and recapture" of Wikipedia.
    found = chapman(10, 15, 5)
    assert round(found.total) == 28
    assert logit_interval(10, 15, 5) == pytest.approx([22, 65], abs=0.5)
    assert found.standard_error**2 == pytest.approx(11 * 16 * 5 * 10 / (6**2 * 7))
    # NChapman(n1=100, n2=100, m2=20) and vChapman of the R package recapr.
    found = chapman(100, 100, 20)
    assert found.total == pytest.approx(101 * 101 / 21 - 1)
    assert found.standard_error**2 == pytest.approx(101 * 101 * 80 * 80 / (22 * 21**2))


@pytest.mark.parametrize(
    "counts", [(10, 15, 5), (100, 100, 20), (300, 250, 120), (2000, 1500, 900), (60, 40, 2 * FEWEST)]
)
def test_the_logit_interval_is_the_approximation_where_much_is_left_out(counts):
    found, logit = chapman(*counts), logit_interval(*counts)
    seen = counts[0] + counts[1] - counts[2]
    assert found.low - seen == pytest.approx(logit[0] - seen, rel=0.1, abs=2)
    assert found.high - seen == pytest.approx(logit[1] - seen, rel=0.1, abs=2)


@pytest.mark.parametrize("counts", [(15, 10, 5), (100, 100, 76), (243, 279, 230), (1000, 900, 850), (60, 40, 30)])
def test_the_interval_is_that_of_the_distribution_summed_term_by_term(counts):
    left, right, both = counts
    a, b, c = left - both + 0.5, right - both + 0.5, both + 0.5
    chance = math.exp(math.lgamma(a + c) + math.lgamma(b + c) - math.lgamma(c) - math.lgamma(a + b + c))
    reached, terms = 0.0, []
    for unseen in range(5000):
        reached += chance
        terms.append(reached)
        chance *= (a + unseen) * (b + unseen) / ((a + b + c + unseen) * (unseen + 1))
    low, high = np.searchsorted(terms, [0.025, 0.975])
    found = chapman(*counts)
    assert abs(found.missing_low - low) <= 1
    assert abs(found.missing_high - high) <= 1
    assert (found.low, found.high) == (
        left + right - both + found.missing_low,
        left + right - both + found.missing_high,
    )


def test_two_lists_that_agree_leave_nothing_out_and_have_a_sensible_interval():
    found = chapman(100, 100, 100)
    assert (found.total, found.low, found.missing) == (100, 100, 0)
    assert found.high <= 101
    assert logit_interval(100, 100, 100)[1] > 10**14


# --- what always holds --------------------------------------------------------------------------------------


@given(lists())
def test_no_fewer_than_were_seen(counts):
    left, right, both = counts
    found = chapman(left, right, both)
    seen = left + right - both
    assert seen <= found.low <= found.total <= found.high
    assert 0 <= found.missing_low <= found.missing <= found.missing_high
    assert found.total == pytest.approx(seen + found.missing)


@settings(max_examples=40)
@given(lists(), shares() | st.none(), shares() | st.none())
def test_order_within_bounds_and_symmetry(counts, precision, recall):
    left, right, both = counts
    found = chapman(left, right, both, precision=precision, recall=recall)
    assert found.low <= found.total <= found.high
    assert 0 <= found.missing_low <= found.missing <= found.missing_high
    assert 0 <= found.matched <= min(left, right)
    assert found.total >= max(left, right)
    assert found.total == pytest.approx(left + right - found.matched + found.missing)
    assert chapman(right, left, both, precision=precision, recall=recall) == found


@settings(max_examples=40)
@given(lists(), shares() | st.none(), shares() | st.none())
def test_more_in_common_never_raises_the_estimate(counts, precision, recall):
    left, right, both = counts
    if both < min(left, right):
        fewer = chapman(left, right, both, precision=precision, recall=recall)
        more = chapman(left, right, both + 1, precision=precision, recall=recall)
        assert more.total <= fewer.total
        assert more.low <= fewer.low
        assert more.missing_low <= fewer.missing_low


@given(lists(), st.floats(0.5, 0.9))
def test_a_surer_interval_is_wider(counts, confidence):
    sure, less = chapman(*counts, confidence=0.95), chapman(*counts, confidence=confidence)
    assert sure.low <= less.low
    assert less.high <= sure.high


def test_an_error_that_was_measured_on_more_pairs_widens_less():
    exact = chapman(240, 280, 200)
    rough, fine = (
        chapman(240, 280, 200, precision=(19 * many, 20 * many), recall=(19 * many, 20 * many)) for many in (5, 500)
    )
    assert rough.total == fine.total == exact.total
    assert rough.low < fine.low <= exact.low
    assert exact.high <= fine.high < rough.high


def test_missed_links_lower_the_estimate_and_false_ones_raise_it():
    exact = chapman(240, 280, 200)
    assert (
        chapman(240, 280, 200, recall=(90, 100)).total < exact.total < chapman(240, 280, 200, precision=(90, 100)).total
    )
    assert chapman(240, 280, 200, precision=Share(9, 10)).matched == 180
    assert chapman(240, 280, 200, recall=(1, 2)).matched == 240  # no more than the smaller list


# --- coverage, with known truth -----------------------------------------------------------------------------

WORLDS = [(30, 0.6, 0.6), (60, 0.9, 0.8), (200, 0.5, 0.7), (300, 0.97, 0.95), (1000, 0.3, 0.3)]


@pytest.mark.parametrize(("size", "first", "second"), WORLDS)
def test_the_interval_holds_the_truth_as_often_as_it_says(size, first, second):
    rng = np.random.default_rng(541)
    left, right = rng.binomial(size, first, 400), rng.binomial(size, second, 400)
    both = rng.hypergeometric(left, size - left, right)
    found = [chapman(*counts) for counts in zip(left.tolist(), right.tolist(), both.tolist(), strict=True)]
    assert np.mean([one.low <= size <= one.high for one in found]) >= 0.93
    assert np.mean([one.low <= size for one in found]) >= 0.95
    # 0.95 of 0.95 lists would leave the logit interval useless: thousands wide for a few things missing.
    assert np.median([one.high - one.low for one in found]) < size


@pytest.mark.parametrize(("precision", "recall"), [(0.97, 0.9), (0.85, 0.98)])
def test_it_does_so_too_where_links_are_wrong_or_missed_and_would_not_if_that_were_forgotten(precision, recall):
    rng = np.random.default_rng(541)
    size, runs, labelled = 300, 80, 250
    left, right = rng.binomial(size, 0.8, runs), rng.binomial(size, 0.75, runs)
    both = rng.hypergeometric(left, size - left, right)
    right_links = rng.binomial(both, recall)
    # Of all links the share `precision` is right: wrong ones are a negative binomial number beside the right ones.
    links = np.minimum(right_links + rng.negative_binomial(right_links, precision), np.minimum(left, right))
    checked = rng.binomial(labelled, precision, runs), rng.binomial(labelled, recall, runs)
    rows = zip(left.tolist(), right.tolist(), links.tolist(), *(one.tolist() for one in checked), strict=True)
    told = [
        (chapman(*counts, precision=(p, labelled), recall=(r, labelled)), chapman(*counts)) for *counts, p, r in rows
    ]
    held = [np.mean([one.low <= size <= one.high for one in kind]) for kind in zip(*told, strict=True)]
    assert held[0] >= 0.9
    assert held[1] < held[0] - 0.1
    assert abs(np.mean([one.total for one, _naive in told]) - size) < 0.01 * size


def test_lists_that_lean_on_each_other_give_too_low_a_figure():
    """Why it is a lower bound: half of the things are in each list almost surely, half hardly ever."""
    rng = np.random.default_rng(541)
    chance = np.where(np.arange(400) < 200, 0.95, 0.2)
    one, other = (rng.random((200, 400)) < chance for _ in range(2))
    totals = [chapman(int(a.sum()), int(b.sum()), int((a & b).sum())).total for a, b in zip(one, other, strict=True)]
    assert np.mean(totals) < 350


# --- faults -------------------------------------------------------------------------------------------------


def test_all_faults_come_at_once():
    with pytest.raises(InvalidInput) as raised:
        chapman(0, 5, 6, precision=(3, 2), recall=(0, 7))
    assert [fault.split(":")[0] for fault in raised.value.faults] == ["left", "both", "precision", "recall"]


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0, math.nan])
def test_a_confidence_that_is_no_share_is_refused(confidence):
    with pytest.raises(InvalidInput, match="confidence"):
        chapman(10, 10, 5, confidence=confidence)
