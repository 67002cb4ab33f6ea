"""Rules of spacing: pairs too near, and how sure that is."""

import math

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from geo.errors import InvalidInput, NotEvaluated
from geo.rules import RatioRule, SpacingRule
from geo.spacing import evaluate_spacing, pairs

RULE = SpacingRule(200)


def services(*rows, confirmed=True, unit="u"):
    """Services on a line as (metres, radius), each its own."""
    return gpd.GeoDataFrame(
        {
            "service": [f"s{at}" for at in range(len(rows))],
            "unit": unit,
            "confirmed": confirmed,
            "position_radius_m": pd.Series([radius for _x, radius in rows], dtype=float),
        },
        geometry=[Point(x, 0) for x, _radius in rows],
        crs=32632,
    )


def units(complete=True, labels=("u",)):
    return pd.DataFrame({"complete": complete, "loaded": True}, index=list(labels))


@pytest.mark.parametrize(
    ("rows", "complete", "outcome", "cause", "value", "shortfall", "certain", "possible"),
    [
        ([(0, 0), (150, 0)], True, "sotto_minimo", None, 150, 50, 1, 1),
        ([(0, 0), (200, 0)], True, "minimo", None, math.nan, 0, 0, 0),  # exactly the distance is enough
        ([(0, 0), (500, 0)], True, "minimo", None, math.nan, 0, 0, 0),
        ([(0, 0), (500, 0)], False, "non_determinabile", "elenco", math.nan, math.nan, 0, 0),
        # 150 metres, give or take 20 each: 190 at most.
        ([(0, 20), (150, 20)], True, "sotto_minimo", None, 150, 50, 1, 1),
        # Give or take 30 each: perhaps 210, perhaps 90.
        ([(0, 30), (150, 30)], True, "non_determinabile", "posizione", 150, math.nan, 0, 1),
        ([(0, 30), (250, 30)], True, "non_determinabile", "posizione", 250, math.nan, 0, 1),
        # A pair that is certain decides, whatever the others and the list are.
        ([(0, 0), (150, 0), (1_000, 300), (1_150, 0)], False, "sotto_minimo", None, 150, 50, 1, 2),
        ([(0, 0)], True, "minimo", None, math.nan, 0, 0, 0),
        ([], True, "minimo", None, math.nan, 0, 0, 0),
    ],
)
def test_one_unit_at_a_time(rows, complete, outcome, cause, value, shortfall, certain, possible):
    found = evaluate_spacing(RULE, units(complete), services(*rows)).iloc[0]
    assert (found["outcome_confirmed"], found["cause_confirmed"]) == (outcome, cause)
    assert found["value_confirmed"] == pytest.approx(value, nan_ok=True)
    assert found["shortfall_confirmed"] == pytest.approx(shortfall, nan_ok=True)
    assert (found["certain_confirmed"], found["possible_confirmed"]) == (certain, possible)


def test_an_objective_asks_for_more():
    rule = SpacingRule(200, 400)
    found = evaluate_spacing(rule, units(), services((0, 0), (300, 0))).iloc[0]
    assert (found["outcome_all"], found["shortfall_objective_all"]) == ("minimo", 100)
    assert evaluate_spacing(rule, units(), services((0, 0), (400, 0)))["outcome_all"].tolist() == ["obiettivo"]


def test_two_doors_of_one_service_are_no_pair():
    told = services((0, 0), (10, 0)).assign(service="one")
    assert evaluate_spacing(RULE, units(), told)["outcome_confirmed"].tolist() == ["minimo"]


def test_uncertain_services_count_only_in_all():
    told = services((0, 0), (10, 0)).assign(confirmed=[True, False])
    found = evaluate_spacing(RULE, units(), told).iloc[0]
    assert (found["outcome_confirmed"], found["outcome_all"]) == ("minimo", "sotto_minimo")


def test_a_pair_across_a_border_counts_on_both_sides_and_a_neighbour_of_no_unit_too():
    told = services((0, 0), (100, 0), (1_000, 0), (1_100, 0)).assign(unit=["u", "v", "v", None])
    found = evaluate_spacing(RULE, units(labels=("u", "v", "w")), told)
    assert found["certain_all"].to_dict() == {"u": 1, "v": 2, "w": 0}


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(0, 150)), max_size=14),
)
def test_pairs_are_those_of_every_two_by_hand(rows):
    told = gpd.GeoDataFrame(
        {"service": range(len(rows)), "position_radius_m": pd.Series([row[2] for row in rows], dtype=float)},
        geometry=[Point(row[:2]) for row in rows],
        crs=32632,
    )
    found = pairs(told, 200)
    expected = {}
    for i, (x, y, r) in enumerate(rows):
        for j, (u, v, s) in enumerate(rows[:i]):
            apart = math.hypot(x - u, y - v)
            if max(apart - r - s, 0) < 200:
                expected[j, i] = (apart, apart + r + s < 200)
    assert {(row.left, row.right) for row in found.itertuples()} == set(expected)
    for row in found.itertuples():
        apart, certain = expected[row.left, row.right]
        assert row.metres == pytest.approx(apart)
        assert (row.high < 200) == certain


def test_every_fault_is_reported_at_once():
    told = services((0, -1), unit="elsewhere").drop(columns="confirmed").to_crs(4326)
    with pytest.raises(InvalidInput) as caught:
        evaluate_spacing(RULE, units().drop(columns="complete"), told)
    text = "\n".join(caught.value.faults)
    for piece in ("'complete' is missing", "'confirmed' is missing", "services.unit", "EPSG:4326", "position_radius_m"):
        assert piece in text


def test_another_rule_is_refused():
    with pytest.raises(NotEvaluated):
        evaluate_spacing(RatioRule("<=", 5), units(), services())
