"""Outcomes by statutory unit: which units are loaded, who lives there, what is listed."""

import pandas as pd
import pytest

from etl.derive.compliance import NOT_LOADED
from etl.derive.evaluable import why_not
from tests.etl.tools import frame

CURRENT = "select id from coverage_run where current"
DISTRICTS = {
    "ASL Città di Torino / Città di Torino",
    "ASL TO3 / Area Metropolitana Centro",
    "ASL TO3 / Area Metropolitana Nord",
    "ASL TO3 / Area Metropolitana Sud",
    "ASL TO3 / Pinerolese",
    "ASL TO3 / Val Susa-Val Sangone",
}


@pytest.fixture(scope="module")
def outcomes(loaded) -> pd.DataFrame:
    return frame(loaded, f"select * from compliance_result where run_id = ({CURRENT})").set_index("rule_id")


def test_family_clinics_are_judged_in_the_city_and_not_told_elsewhere(outcomes):
    rule = outcomes.loc["CONS-20"].set_index("unit_code")
    assert set(rule.index) == DISTRICTS | {NOT_LOADED}
    city = rule.loc["ASL Città di Torino / Città di Torino"]
    assert city["base"] == 841_600
    assert city["complete"]
    assert city["outcome_all"] == "sotto_minimo"
    assert city["shortfall_all"] == 43 - city["capacity_all"]  # 841,600 / 20,000, rounded up
    others = rule.drop(["ASL Città di Torino / Città di Torino", NOT_LOADED])
    assert set(others["outcome_all"]) == {"non_determinabile"}
    assert others["shortfall_all"].isna().all()


def test_what_is_not_loaded_says_so_and_holds_everybody_else(outcomes):
    for rule, rows in outcomes.groupby(level=0):
        left = rows[rows["unit_code"] == NOT_LOADED]
        assert (left["outcome_confirmed"] == "unita_non_caricata").all(), rule
        assert left[["value_all", "shortfall_all"]].isna().all(axis=None)
        assert left["area_id"].isna().all()
        assert (rows.loc[rows["unit_code"] != NOT_LOADED, "outcome_confirmed"] != "unita_non_caricata").all(), rule
    assert outcomes.loc["CONS-20", "base"].sum() == pytest.approx(2_198_237)


def test_units_are_those_of_the_geography_that_the_rule_names(outcomes):
    counts = outcomes.groupby(level=0).size()
    assert counts["FARM-3300"] == 312  # by municipality
    assert counts["ODC-BEDS"] == 3  # two ASL, and the rest
    assert counts["COT"] == 7  # six districts, and the rest
    assert counts["AS-5000"] == 1  # by ambito: not loaded


def test_a_rule_on_hubs_can_only_be_failed(outcomes):
    """The directory lists hubs and spokes alike: too few of both is certain, enough is not."""
    hubs = outcomes.loc["CDC-HUB"]
    assert not hubs["outcome_confirmed"].isin(["minimo", "obiettivo"]).any()
    assert not hubs["outcome_all"].isin(["minimo", "obiettivo"]).any()


def test_every_rule_that_can_be_evaluated_is_and_no_other(outcomes, read):
    expected = {
        standard.id for standard in read.registry.standards.values() if why_not(standard, read.registry) is None
    }
    assert set(outcomes.index) == expected
    for standard in read.registry.standards.values():
        if standard.id in expected:
            assert standard.verification in ("letto", "parziale")
            assert not standard.id.startswith("LAV-")
    unread = {s.id for s in read.registry.standards.values() if s.verification == "non_letto"}
    assert not unread & set(outcomes.index)


def test_shortfall_is_what_is_missing_to_the_minimum(outcomes, read):
    seen = 0
    for rule, row in outcomes[outcomes["outcome_all"] == "sotto_minimo"].iterrows():
        standard = read.registry.standards[rule]
        if standard.kind == "coverage" and standard.comparator == "<=" and standard.counts_sites:
            needed = -(-row["base"] // standard.minimum)
            assert row["shortfall_all"] == needed - row["capacity_all"], rule
            assert row["shortfall_all"] > 0
            seen += 1
    assert seen >= 2
