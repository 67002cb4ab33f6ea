"""The bench on a small instance: it measures what it says, and tells a wrong or a slow measure."""

from dataclasses import replace

import numpy as np
import pytest

from tests.bench.catchments import floating, rational
from tests.bench.catchments.instance import CUTOFF, strewn
from tests.bench.catchments.timing import best, once
from tests.bench.kit.shapes import Options, Sheets


@pytest.fixture(scope="module")
def small():
    return strewn(points=300, services=60)


def test_the_instance_is_the_same_in_every_run_and_no_pair_weighs_nothing(small):
    again = strewn(points=300, services=60)
    assert np.array_equal(small.travel.minutes, again.travel.minutes)
    assert small.demand.equals(again.demand)
    assert small.travel.minutes.max() <= CUTOFF
    assert len(small.cost) == len(small.travel)


@pytest.mark.parametrize("subject", floating.SUBJECTS, ids=lambda subject: subject.name)
def test_the_product_alone_gives_the_same_figures(small, subject):
    ours = floating.ours(small, subject)()
    reached = np.bincount(small.travel.origin, minlength=len(small.demand)) > 0
    with np.errstate(all="ignore"):
        floor = floating.bare(small, subject)()
    np.testing.assert_allclose(ours[reached], floor[reached], rtol=1e-9)
    if subject.peer is not None:
        theirs = floating.pysal(small, subject)()
        np.testing.assert_allclose(ours[theirs.index], theirs, rtol=1e-9)


def test_a_wrong_measure_misses_a_target(small, monkeypatch):
    monkeypatch.setattr(floating, "REPEATS", 1)
    subject = floating.SUBJECTS[3]
    wrong = replace(subject, measure=lambda *told: subject.measure(*told) * 1.001)
    dense = strewn(points=500, services=20)
    for one, met in ((subject, True), (wrong, False)):
        sheets = Sheets()
        floating._measured(dense, one, sheets, Options())
        assert [target.met for target in sheets.targets] == [met]


def test_raam_is_compared_by_total_cost(small):
    sheets = Sheets()
    rows = rational._beside(small, sheets, Options(), check=True)
    assert [row[1] for row in rows] == ["Ombra", "PySAL access", "PySAL a lungo"]
    assert all(target.met for target in sheets.targets)


def test_times_are_of_the_processor_and_the_best_of_all():
    calls = []
    times = best([lambda: calls.append(1), lambda: sum(range(100_000))], repeats=3)
    assert len(calls) == 3
    assert 0 <= times[0] < times[1]
    assert once(lambda: None) >= 0
