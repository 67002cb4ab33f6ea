"""Rules of time and distance: who is near enough, how sure that is, and how many more must be."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from geo.errors import InvalidInput, NotEvaluated
from geo.reach import evaluate_reach, nearest_metres
from geo.rules import RatioRule, ReachRule

SHARE = ReachRule(">=", 75, 92.5, reach=3.0)
EVERYBODY = ReachRule("<=", 30, 15)
NONE = (math.nan, math.nan, math.nan)


def near(*rows, unit="u", complete=True):
    """Points as (persons, (low, central, high)), the same on both supplies."""
    low, central, high = (pd.Series([bounds[at] for _persons, bounds in rows], dtype=float) for at in range(3))
    told = {
        f"{supply}{end}": values
        for supply in ("confirmed", "all")
        for end, values in (("", central), ("_low", low), ("_high", high))
    }
    persons = pd.Series([persons for persons, _bounds in rows], dtype=float)
    return pd.DataFrame({"unit": unit, "persons": persons, "complete": complete} | told)


def at(distance):
    return (distance, distance, distance)


def one_unit(rule, points, *, loaded=True):
    return evaluate_reach(rule, pd.DataFrame({"loaded": [loaded]}, index=["u"]), points).iloc[0]


@pytest.mark.parametrize(
    ("rule", "rows", "complete", "value", "outcome", "cause", "shortfall", "to_objective"),
    [
        # 700 of 1,000 within 3: 50 are missing to 750, 225 to 925.
        (SHARE, [(700, at(2)), (300, at(4))], True, 70, "sotto_minimo", None, 50, 225),
        (SHARE, [(750, at(3)), (250, at(4))], True, 75, "minimo", None, 0, 175),
        (SHARE, [(925, at(2)), (75, NONE)], True, 92.5, "obiettivo", None, 0, 0),
        (SHARE, [(700, at(2)), (300, NONE)], True, 70, "sotto_minimo", None, 50, 225),
        # An unlisted service may stand near the others.
        (SHARE, [(700, at(2)), (300, NONE)], False, 70, "non_determinabile", "elenco", math.nan, math.nan),
        # So may one whose position is not known well enough: it may be nearer, or farther than it seems.
        (SHARE, [(700, at(2)), (300, (2, 4, 6))], True, 70, "non_determinabile", "posizione", math.nan, math.nan),
        (SHARE, [(700, at(2)), (300, (1, 2, 4))], True, 100, "non_determinabile", "posizione", math.nan, math.nan),
        # What is certain without them stands.
        (SHARE, [(800, at(2)), (200, (2, 4, 6))], False, 80, "minimo", None, 0, math.nan),
        # Everybody within 30 minutes, better within 15.
        (EVERYBODY, [(900, at(10)), (100, at(40))], True, 40, "sotto_minimo", None, 100, 100),
        (EVERYBODY, [(900, at(10)), (100, at(30))], True, 30, "minimo", None, 0, 100),
        (EVERYBODY, [(900, at(10)), (100, at(15))], True, 15, "obiettivo", None, 0, 0),
        (EVERYBODY, [(900, at(10)), (100, NONE)], True, math.inf, "sotto_minimo", None, 100, 100),
        (EVERYBODY, [(900, at(10)), (0, NONE)], True, 10, "obiettivo", None, 0, 0),
        # Where nobody lives there is nothing to ask, as of a ratio.
        (EVERYBODY, [(0, NONE)], True, math.nan, "non_determinabile", "nessuno", math.nan, math.nan),
        (SHARE, [(0, at(2))], False, math.nan, "non_determinabile", "nessuno", math.nan, math.nan),
    ],
)
def test_one_unit_at_a_time(rule, rows, complete, value, outcome, cause, shortfall, to_objective):
    found = one_unit(rule, near(*rows, complete=complete))
    assert found["outcome_confirmed"] == outcome
    assert found["cause_confirmed"] == cause
    assert found["value_confirmed"] == pytest.approx(value, nan_ok=True)
    assert found["shortfall_confirmed"] == pytest.approx(shortfall, nan_ok=True)
    assert found["shortfall_objective_confirmed"] == pytest.approx(to_objective, nan_ok=True)
    assert found["base"] == sum(persons for persons, _bounds in rows)


def test_the_two_supplies_are_told_apart():
    points = near((1_000, at(9)))
    points[["all", "all_low", "all_high"]] = 2.0
    found = one_unit(SHARE, points)
    assert (found["outcome_confirmed"], found["outcome_all"]) == ("sotto_minimo", "obiettivo")
    assert (found["reached_confirmed"], found["reached_all"]) == (0, 1_000)


def test_a_unit_that_is_not_loaded_has_no_value():
    found = one_unit(SHARE, near((1_000, at(9))), loaded=False)
    assert found["outcome_all"] == "unita_non_caricata"
    assert math.isnan(found["value_all"])
    assert math.isnan(found["shortfall_all"])


@given(data=st.data(), rule=st.sampled_from([SHARE, EVERYBODY, ReachRule("<=", 3)]))
def test_a_nearer_service_never_worsens_and_a_shortfall_is_nothing_where_met(data, rule):
    rank = {"sotto_minimo": 0, "non_determinabile": 1, "minimo": 2, "obiettivo": 3}
    distances = st.floats(0, 60)
    rows = data.draw(st.lists(st.tuples(st.integers(0, 500), distances, st.floats(0, 5)), min_size=1, max_size=6))
    closer = data.draw(st.lists(st.floats(0, 1), min_size=len(rows), max_size=len(rows)))
    complete = data.draw(st.booleans())

    def judged(shrink):
        points = [(n, (max(d * k - r, 0), d * k, d * k + r)) for (n, d, r), k in zip(rows, shrink, strict=True)]
        return one_unit(rule, near(*points, complete=complete))

    before, after = judged([1.0] * len(rows)), judged(closer)
    assert rank[after["outcome_all"]] >= rank[before["outcome_all"]]
    for found in (before, after):
        assert (found["shortfall_all"] == 0) == (found["outcome_all"] in ("minimo", "obiettivo"))
        assert found["shortfall_all"] > 0 or found["outcome_all"] != "sotto_minimo"


def places(xy, **columns):
    return gpd.GeoDataFrame(columns, geometry=[Point(pair) for pair in xy], crs=32632)


def test_the_nearest_in_metres_against_every_distance_by_hand():
    rng = np.random.default_rng(5)
    points = places(rng.uniform(0, 20_000, (40, 2)), municipality=rng.choice(["a", "b", "c"], 40))
    radius, located = rng.choice([0.0, 300.0, 4_000.0], 25), rng.random(25) < 0.6
    services = places(
        rng.uniform(0, 20_000, (25, 2)),
        municipality=rng.choice(["a", "b", None], 25),
        position_radius_m=radius,
        located=located,
    )
    found = nearest_metres(points, services)
    for at_, row in points.iterrows():
        apart = services.distance(row.geometry).to_numpy()
        own = (services["municipality"] == row["municipality"]).to_numpy() & ~located
        apart = np.where(own, np.maximum(apart, radius), apart)
        assert found.loc[at_, "central"] == pytest.approx(apart.min())
        assert found.loc[at_, "low"] == pytest.approx(np.maximum(apart - radius, 0).min())
        assert found.loc[at_, "high"] == pytest.approx((apart + radius).min())


def test_without_services_nothing_is_near():
    points = places([(0, 0)], municipality=["a"])
    none = places([], municipality=[], position_radius_m=pd.Series([], dtype=float), located=pd.Series([], dtype=bool))
    assert nearest_metres(points, none).isna().all(axis=None)


def test_every_fault_is_reported_at_once():
    points = near((-5, at(2)), unit="elsewhere").assign(all_low=-1.0)
    with pytest.raises(InvalidInput) as caught:
        evaluate_reach(SHARE, pd.DataFrame({"loaded": ["x"]}, index=["u"]), points.drop(columns="confirmed"))
    text = "\n".join(caught.value.faults)
    for piece in ("units.loaded", "'confirmed' is missing", "points.unit", "points.persons", "points.all_low"):
        assert piece in text


def test_another_rule_is_refused():
    with pytest.raises(NotEvaluated):
        evaluate_reach(RatioRule("<=", 5), pd.DataFrame(), pd.DataFrame())
