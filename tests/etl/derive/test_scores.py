"""Scores of the built-in data: equal to PySAL `access`, kept in the run, counted in one unit."""

import warnings

import numpy as np
import pandas as pd
import pytest

from etl.derive import scores
from geo.access import enhanced_two_step_fca, two_step_fca
from geo.decay import SLOW, gaussian, step
from geo.floating import three_step_fca
from geo.raam import raam
from geo.scores import MEASURES
from tests.etl.tools import frame
from tests.geo.pysal import Frames, step_weight


@pytest.fixture(scope="module")
def case(every):
    """The type with the most confirmed services in the built-in data."""
    return max(every.values(), key=lambda one: (int(one.supply["confirmed"].sum()), one.kind.code))


@pytest.fixture(scope="module")
def told(case):
    """People, capacity and minutes of the confirmed supply."""
    confirmed = case.supply["confirmed"].to_numpy(dtype=bool)
    assert confirmed.sum() > 2
    return case.base, scores.counted(case.supply[confirmed]), case.travel.select_services(confirmed)


def test_the_real_instance_equals_pysal(case, told):
    people, capacity, travel = told
    peer, threshold = Frames.of(people, capacity, travel), case.kind.threshold
    zones = step_weight([threshold / 3, threshold * 2 / 3, threshold], list(SLOW))
    for ours, theirs in (
        (two_step_fca(*told, step(threshold)), peer.two_step(threshold)),
        (enhanced_two_step_fca(*told, threshold=threshold), peer.two_step(threshold, zones)),
        (three_step_fca(*told, threshold=threshold), peer.three_step(threshold, zones)),
    ):
        assert (ours > 0).sum() > len(ours) / 4
        np.testing.assert_allclose(ours, theirs.reindex(ours.index).fillna(0.0), rtol=1e-9, atol=1e-15)


def test_the_total_cost_of_the_real_instance_is_that_of_pysal(told):
    """It takes whole people only, and needs many cycles with small steps to settle."""
    people, capacity, travel = told
    whole = people.round().clip(lower=1.0)
    found = raam(whole, capacity, travel)
    assert found.converged
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = Frames.of(whole, capacity, travel).raam(rho=found.rho, max_cycles=1_500, min_step=0.0005)
    served = whole[theirs.index]
    ours, total = (float((cost[theirs.index] * served).sum()) for cost in (found.cost, theirs))
    assert abs(ours / total - 1.0) <= 0.01
    assert ours <= total * 1.0005


def test_a_run_keeps_the_scores_of_every_point(case, loaded):
    kept = frame(
        loaded,
        "select s.* from access_score s join coverage_run r on r.id = s.run_id"
        f" where r.current and s.service_type_code = '{case.kind.code}'",
    )
    kept["area_id"] = kept["area_id"].astype(str)
    expected = scores.results(case)
    kept = kept.set_index("area_id").reindex(expected.index)
    for name in MEASURES:
        np.testing.assert_allclose(kept[name], expected[name], rtol=1e-6, atol=1e-12)


def test_supply_is_conserved(case, told):
    people, capacity, _travel = told
    found = scores.results(case)
    for name in ("two_step", "enhanced", "three_step", "balanced"):
        assert (found[name] * people).sum() == pytest.approx(capacity.sum())
    assert (found["modified"] <= found["enhanced"] + 1e-15).all()


def test_places_and_sites_are_never_added_up():
    supply = pd.DataFrame({"capacity": [60.0, 1.0], "capacity_known": [True, False]})
    assert scores.counted(supply).tolist() == [1.0, 1.0]
    assert scores.counted(supply[:1]).tolist() == [60.0]


def test_another_decay_and_no_confirmed_service(case, every):
    threshold = case.kind.threshold
    smooth = scores.results(case, gaussian(threshold / 2, threshold=threshold))
    assert not np.allclose(smooth["enhanced"], scores.results(case)["enhanced"])
    nothing = next(one for one in every.values() if not one.supply["confirmed"].any())
    assert scores.rows(nothing) == []
