import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.compliance import CAUSES, OUTCOMES, PresenceRule, RatioRule, apportion, evaluate, make_rule, together
from geo.errors import InvalidInput, NotEvaluated
from geo.rules import LoadRule, ReachRule, SpacingRule

RULES = [
    RatioRule("<=", 20_000),
    RatioRule("<=", 20_000, 10_000, whole=True),
    RatioRule(">=", 33, 45, per=100),
    RatioRule(">=", 0.2, per=1_000),
    PresenceRule(1),
    PresenceRule(2, 3, counted="capacity"),
]


def one_unit(base, capacities, rule, *, complete=True, loaded=True, confirmed=True):
    units = pd.DataFrame({"base": [base], "complete": [complete], "loaded": [loaded]}, index=["u"])
    supply = pd.DataFrame({"unit": "u", "capacity": pd.Series(capacities, dtype=float), "confirmed": confirmed})
    return evaluate(rule, units, supply).iloc[0]


@pytest.mark.parametrize(
    ("base", "capacities", "rule", "value", "outcome", "shortfall"),
    [
        (50_000, [1, 1], RatioRule("<=", 20_000), 25_000, "sotto_minimo", 0.5),
        (50_000, [1, 1], RatioRule("<=", 20_000, whole=True), 25_000, "sotto_minimo", 1),
        (40_000, [1, 1], RatioRule("<=", 20_000), 20_000, "minimo", 0),
        (40_000, [3, 1], RatioRule("<=", 20_000, 10_000), 10_000, "obiettivo", 0),
        (40_000, [], RatioRule("<=", 20_000), math.inf, "sotto_minimo", 2),
        (300, [99], RatioRule(">=", 33, per=100), 33, "minimo", 0),
        (300, [60, 30], RatioRule(">=", 33, per=100), 30, "sotto_minimo", 9),
        (301, [99], RatioRule(">=", 33, per=100, whole=True), 9_900 / 301, "sotto_minimo", 1),
        # Half of one, shared with another unit, is enough for half of its people; two whole ones are missing for more.
        (10_000, [0.5], RatioRule("<=", 20_000, whole=True), 20_000, "minimo", 0),
        (32_000, [0.5], RatioRule("<=", 20_000, whole=True), 64_000, "sotto_minimo", 2),
        (30_000, [0.5], RatioRule("<=", 20_000, whole=True), 60_000, "sotto_minimo", 1),
        (0, [], RatioRule("<=", 20_000), math.nan, "non_determinabile", math.nan),
        (9, [40], PresenceRule(2), 1, "sotto_minimo", 1),
        (9, [40], PresenceRule(2, counted="capacity"), 40, "minimo", 0),
        (9, [], PresenceRule(), 0, "sotto_minimo", 1),
        (9, [math.nan, 1], PresenceRule(2), 2, "minimo", 0),
    ],
)
def test_one_unit_at_a_time(base, capacities, rule, value, outcome, shortfall):
    found = one_unit(base, capacities, rule)
    assert found["outcome_confirmed"] == outcome
    assert found["value_confirmed"] == pytest.approx(value, nan_ok=True)
    assert found["shortfall_confirmed"] == pytest.approx(shortfall, nan_ok=True)


@pytest.mark.parametrize(
    ("capacities", "complete", "outcome", "cause"),
    [
        ([1], False, "non_determinabile", "elenco"),
        ([1, math.nan], True, "non_determinabile", "capacita"),
        ([1, math.nan], False, "non_determinabile", "elenco"),
        # A lower bound that already meets the minimum proves it.
        ([1, 1], False, "minimo", None),
        ([1, 1, math.nan], True, "minimo", None),
        ([1], True, "sotto_minimo", None),
    ],
)
def test_an_incomplete_list_is_a_lower_bound(capacities, complete, outcome, cause):
    found = one_unit(40_000, capacities, RatioRule("<=", 20_000), complete=complete)
    assert found["outcome_confirmed"] == outcome
    assert found["cause_confirmed"] == cause
    assert math.isnan(found["shortfall_confirmed"]) == (outcome == "non_determinabile")


@pytest.mark.parametrize(
    ("rule", "base", "capacities", "to_minimum", "to_objective"),
    [
        # 40,000 residents: 2 at one for 20,000, 4 at one for 10,000.
        (RatioRule("<=", 20_000, 10_000, whole=True), 40_000, [1], 1, 3),
        (RatioRule("<=", 20_000, 10_000, whole=True), 40_000, [1, 1], 0, 2),
        (RatioRule("<=", 20_000, 10_000, whole=True), 40_000, [1] * 4, 0, 0),
        # 300 children: 99 places at 33 in a hundred, 135 at 45.
        (RatioRule(">=", 33, 45, per=100), 300, [60], 39, 75),
        (RatioRule(">=", 33, 45, per=100), 300, [99], 0, 36),
        (PresenceRule(1, 3), 9, [1], 0, 2),
        (PresenceRule(1), 9, [1], 0, math.nan),
    ],
)
def test_what_is_missing_to_both_thresholds(rule, base, capacities, to_minimum, to_objective):
    found = one_unit(base, capacities, rule)
    assert found["shortfall_confirmed"] == pytest.approx(to_minimum)
    assert found["shortfall_objective_confirmed"] == pytest.approx(to_objective, nan_ok=True)


def test_what_is_missing_to_an_objective_is_not_told_of_an_incomplete_list():
    found = one_unit(40_000, [1, 1], RatioRule("<=", 20_000, 10_000), complete=False)
    assert found["outcome_confirmed"] == "minimo"
    assert math.isnan(found["shortfall_objective_confirmed"])


@pytest.mark.parametrize(
    ("capacities", "outcome"),
    [
        ([2.0], "minimo"),  # one row of two doctors
        ([math.nan, math.nan], "minimo"),  # two rows are at least two
        ([math.nan], "non_determinabile"),  # one or more
        ([1.0], "sotto_minimo"),
    ],
)
def test_a_row_of_unknown_size_is_at_least_one(capacities, outcome):
    found = one_unit(9, capacities, PresenceRule(2, counted="capacity"))
    assert found["outcome_confirmed"] == outcome


@pytest.mark.parametrize(
    ("rule", "services", "complete", "value", "outcome", "shortfall"),
    [
        # Two doctors with 1,400 and 1,600 patients: the second has 100 too many, whatever the first has.
        (LoadRule("<=", 1_500), [(1, 1_400), (1, 1_600)], True, 1_600, "sotto_minimo", 100),
        (LoadRule("<=", 1_500), [(2, 3_000)], True, 1_500, "minimo", 0),
        (LoadRule("<=", 1_500, 1_000), [(2, 2_000)], True, 1_000, "obiettivo", 0),
        # A doctor beyond the limit is certain; that none is has to be known of all of them.
        (LoadRule("<=", 1_500), [(1, 1_600), (1, math.nan)], False, 1_600, "sotto_minimo", 100),
        (LoadRule("<=", 1_500), [(1, 1_400), (1, math.nan)], True, 1_400, "non_determinabile", math.nan),
        (LoadRule("<=", 1_500), [(1, 1_400)], False, 1_400, "non_determinabile", math.nan),
        # Nobody is overloaded where nobody works, and nobody is looked after either.
        (LoadRule("<=", 1_500, 1_000), [], True, math.nan, "non_determinabile", math.nan),
        (LoadRule(">=", 1), [], True, math.nan, "non_determinabile", math.nan),
        # 40 hours a week for 50 users and 30 for 20: ten hours are missing in the first.
        (LoadRule(">=", 1), [(40, 50), (30, 20)], True, 0.8, "sotto_minimo", 10),
        (LoadRule(">=", 1), [(50, 50)], True, 1, "minimo", 0),
    ],
)
def test_a_load_is_held_against_each_service(rule, services, complete, value, outcome, shortfall):
    units = pd.DataFrame({"base": [0.0], "complete": [complete], "loaded": [True]}, index=["u"])
    capacity, figure = ([row[at] for row in services] for at in (0, 1))
    supply = pd.DataFrame({"unit": "u", "capacity": capacity, "figure": figure, "confirmed": True}, dtype=object)
    supply = supply.astype({"capacity": float, "figure": float, "confirmed": bool})
    found = evaluate(rule, units, supply).iloc[0]
    assert found["outcome_confirmed"] == outcome
    assert found["value_confirmed"] == pytest.approx(value, nan_ok=True)
    assert found["shortfall_confirmed"] == pytest.approx(shortfall, nan_ok=True)


@pytest.mark.parametrize(("complete", "confirmed", "all_"), [(True, "assenza", None), (False, "elenco", "elenco")])
def test_an_absent_service_neither_meets_a_load_nor_breaks_it(complete, confirmed, all_):
    """The one that is there is to be verified: on confirmed supply there is none."""
    units = pd.DataFrame({"base": [0.0], "complete": [complete], "loaded": [True]}, index=["u"])
    supply = pd.DataFrame({"unit": ["u"], "capacity": [1.0], "figure": [900.0], "confirmed": [False]})
    found = evaluate(LoadRule("<=", 1_500, 1_000), units, supply).iloc[0]
    assert (found["outcome_confirmed"], found["cause_confirmed"]) == ("non_determinabile", confirmed)
    assert found["cause_all"] == all_
    assert found["outcome_all"] == ("non_determinabile" if all_ else "obiettivo")


A, B = frozenset("a"), frozenset("b")


@pytest.mark.parametrize(
    ("whole", "parts", "least"),
    [
        (4, [(A, 3), (B, 2)], 5),  # the parts have no place in common: both must be filled, and the whole with them
        (6, [(A, 3), (B, 2)], 6),
        (4, [(A, 3), (A | B, 2)], 4),  # they have: nothing may be added up
        (1, [(A, 3), (A | B, 2)], 3),
        (math.nan, [(A, 3)], 3),
        (4, [(A, math.nan)], 4),
        (math.nan, [(A, math.nan)], math.nan),
        (4, [], 4),
    ],
)
def test_rules_on_the_same_services_count_nobody_twice(whole, parts, least):
    assert together(whole, parts) == pytest.approx(least, nan_ok=True)


def test_a_unit_that_is_not_loaded_has_no_value():
    found = one_unit(math.nan, [1], RatioRule("<=", 20_000), loaded=False)
    assert found["outcome_all"] == "unita_non_caricata"
    assert math.isnan(found["value_all"])
    assert math.isnan(found["shortfall_all"])


def test_uncertain_supply_counts_only_in_all():
    found = one_unit(20_000, [1], RatioRule("<=", 20_000), confirmed=False)
    assert (found["outcome_confirmed"], found["outcome_all"]) == ("sotto_minimo", "minimo")
    assert (found["shortfall_confirmed"], found["shortfall_all"]) == (1.0, 0.0)


def test_no_number_is_told_where_no_capacity_is_known():
    rule = RatioRule(">=", 0.2, per=1_000)
    unknown = one_unit(50_000, [math.nan, math.nan], rule)
    assert math.isnan(unknown["value_confirmed"])
    assert unknown["outcome_confirmed"] == "non_determinabile"
    assert one_unit(50_000, [math.nan, 5], rule)["value_confirmed"] == pytest.approx(0.1)
    assert one_unit(50_000, [], rule)["value_confirmed"] == 0


@given(seed=st.integers(0, 10_000), rule=st.sampled_from(RULES))
def test_filling_the_shortfall_meets_the_minimum_and_no_less_does(seed, rule):
    rng = np.random.default_rng(seed)
    labels = [f"u{i}" for i in range(8)]
    units = pd.DataFrame(
        {"base": rng.integers(1, 120_000, 8), "complete": rng.random(8) < 0.7, "loaded": True}, index=labels
    )
    supply = pd.DataFrame(
        {
            "unit": rng.choice(labels, 20),
            "capacity": rng.choice([1.0, 2.5, 30.0, np.nan], 20, p=[0.4, 0.3, 0.2, 0.1]),
            "confirmed": rng.random(20) < 0.7,
        }
    )
    found = evaluate(rule, units, supply)
    assert found.index.equals(units.index)
    assert set(found["outcome_all"]) <= set(OUTCOMES)
    assert set(found["cause_all"].dropna()) <= set(CAUSES)
    short = found[found["outcome_confirmed"] == "sotto_minimo"]
    assert (short["shortfall_confirmed"] > 0).all()
    for label, missing in short["shortfall_confirmed"].items():
        # What comes in whole units is rounded up: only a whole one less is too few.
        less = missing - 1 if getattr(rule, "whole", False) else missing / 2
        for much, met in ((missing, True), (less, False)):
            if isinstance(rule, PresenceRule) and rule.counted == "services":
                extra = pd.DataFrame({"unit": label, "capacity": 1.0, "confirmed": True}, index=range(int(much)))
            else:
                extra = pd.DataFrame({"unit": [label], "capacity": [much], "confirmed": [True]})
            after = evaluate(rule, units, pd.concat([supply, extra])).loc[label, "outcome_confirmed"]
            assert (after in ("minimo", "obiettivo")) == met
    # A shortfall is nothing exactly where the minimum is met.
    for name in ("confirmed", "all"):
        none = found[f"shortfall_{name}"] == 0
        assert none.equals(found[f"outcome_{name}"].isin(["minimo", "obiettivo"]))
        assert (found[f"shortfall_{name}"].isna()).equals(found[f"outcome_{name}"] == "non_determinabile")
    # Uncertain supply can only add.
    both = found["shortfall_all"].notna() & found["shortfall_confirmed"].notna()
    assert (found.loc[both, "shortfall_all"] <= found.loc[both, "shortfall_confirmed"]).all()


RANK = {"sotto_minimo": 0, "non_determinabile": 1, "minimo": 2, "obiettivo": 3}


@given(seed=st.integers(0, 10_000), rule=st.sampled_from(RULES))
def test_more_supply_never_worsens_an_outcome(seed, rule):
    rng = np.random.default_rng(seed)
    units = pd.DataFrame({"base": rng.integers(1, 90_000, 4), "complete": rng.random(4) < 0.6, "loaded": True})
    rows = {
        "unit": rng.integers(0, 4, 12),
        "capacity": rng.choice([1.0, 2.5, 30.0, 200.0], 12),
        "confirmed": rng.random(12) < 0.7,
    }
    supply = pd.DataFrame(rows)
    before, after = evaluate(rule, units, supply.iloc[:6]), evaluate(rule, units, supply)
    for name in ("confirmed", "all"):
        assert (after[f"outcome_{name}"].map(RANK) >= before[f"outcome_{name}"].map(RANK)).all()
        known = before[f"shortfall_{name}"].notna()
        assert (after.loc[known, f"shortfall_{name}"] <= before.loc[known, f"shortfall_{name}"]).all()


@pytest.mark.parametrize("kind", ["area", "class", "conformity"])
def test_kinds_that_are_not_evaluated_say_so(kind):
    with pytest.raises(NotEvaluated, match=kind):
        make_rule(kind, "<=", 3)


@pytest.mark.parametrize("rule", ["coverage", SpacingRule(200), ReachRule("<=", 30)])
def test_a_rule_that_is_held_against_something_else_is_refused(rule):
    with pytest.raises(NotEvaluated):
        evaluate(rule, pd.DataFrame(), pd.DataFrame())


def test_an_unknown_kind_is_an_error_by_name_with_its_other_faults():
    with pytest.raises(InvalidInput) as caught:
        make_rule("ratio", "<", 3)
    text = "\n".join(caught.value.faults)
    assert "'ratio' is unknown" in text
    assert "'<'" in text


@pytest.mark.parametrize(
    "make",
    [
        lambda: RatioRule("<=", 5_000, 6_000),
        lambda: RatioRule(">=", 33, 15, per=100),
        lambda: RatioRule(">=", 0),
        lambda: RatioRule("<", 5_000),
        lambda: PresenceRule(2, 1),
        lambda: RatioRule(">=", 33, per=0),
        lambda: ReachRule(">=", 75),
        lambda: ReachRule(">=", 120, reach=3_000),
        lambda: ReachRule("<=", 30, reach=3_000),
        lambda: SpacingRule(200, 100),
        lambda: LoadRule("<=", 800, 900),
        lambda: make_rule("presence", "<=", 1),
        lambda: make_rule("spacing", "<=", 200),
    ],
)
def test_a_rule_out_of_order_is_refused(make):
    with pytest.raises(InvalidInput):
        make()


def test_every_fault_of_units_and_supply_is_reported_at_once():
    units = pd.DataFrame({"base": [-1.0], "complete": ["x"]}, index=["u"])
    supply = pd.DataFrame({"unit": ["v"], "capacity": [-2.0], "confirmed": [None]})
    with pytest.raises(InvalidInput) as caught:
        evaluate(PresenceRule(), units, supply)
    text = "\n".join(caught.value.faults)
    for piece in ("'loaded' is missing", "units.complete", "supply.unit", "supply.capacity", "supply.confirmed"):
        assert piece in text


@given(data=st.data())
def test_apportioned_shortfalls_add_up(data):
    missing = data.draw(st.lists(st.floats(0, 1e4) | st.just(math.nan), min_size=1, max_size=5))
    shortfall = pd.Series(missing, index=[f"u{i}" for i in range(len(missing))], dtype=float)
    rows = [
        (unit, f"zone{k}", base)
        for unit in shortfall.index
        for k, base in enumerate(data.draw(st.lists(st.floats(0, 1e6), min_size=1, max_size=4)))
    ]
    found = apportion(shortfall, pd.DataFrame(rows, columns=["unit", "part", "base"]))
    assert found.sum() == pytest.approx(shortfall.sum(), rel=1e-9, abs=1e-9)


def test_a_part_whose_units_are_all_unknown_is_unknown():
    parts = pd.DataFrame({"unit": ["a", "b", "b"], "part": ["x", "x", "y"], "base": [1, 1, 1]})
    found = apportion(pd.Series({"a": 2.0, "b": math.nan}), parts)
    assert found["x"] == 2.0
    assert math.isnan(found["y"])


def test_a_shortfall_that_would_be_lost_is_a_fault():
    parts = pd.DataFrame({"unit": ["a", "a", "z"], "part": ["x", "x", "x"], "base": [1, 1, 1]})
    with pytest.raises(InvalidInput) as caught:
        apportion(pd.Series({"a": 2.0, "b": 3.0}), parts)
    text = "\n".join(caught.value.faults)
    for piece in ("repeated", "(b)", "parts.unit"):
        assert piece in text


@pytest.mark.parametrize("complete", [True, False])
def test_where_nobody_of_the_base_lives_no_ratio_is_met_or_missed(complete):
    units = pd.DataFrame({"base": [0.0, 100.0], "complete": complete, "loaded": True}, index=["empty", "lived in"])
    supply = pd.DataFrame({"unit": ["empty", "lived in"], "capacity": [40.0, 40.0], "confirmed": True})
    found = evaluate(RatioRule(">=", 33.0, per=100.0, objective=45.0), units, supply)
    assert list(found[["outcome_confirmed", "cause_confirmed"]].loc["empty"]) == ["non_determinabile", "nessuno"]
    assert found.loc["empty", ["value_confirmed", "shortfall_confirmed"]].isna().all()
    assert found.loc["lived in", "outcome_confirmed"] == "minimo"
