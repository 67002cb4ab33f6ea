"""Every code of the rules engine has its words."""

import pytest

from app.pages import reasons
from app.standards import families, words
from etl.derive.evaluable import WHY_NOT
from etl.reference import tables
from geo.compliance import CAUSES
from geo.conditions import TOLD_BY
from tests.app.pages import frames


def test_every_reason_not_to_evaluate_has_words():
    assert set(words.WHY_NOT) == set(WHY_NOT)


def test_every_condition_of_the_table_has_words():
    used = {one for cell in tables.standards()["area_condition"] for one in cell.split("|")}
    assert used | set(TOLD_BY) <= set(words.CONDITIONS) | {"tutte"}


def test_every_cause_and_verification_has_words():
    assert {*CAUSES, "eccesso"} == set(reasons.CAUSES)
    assert set(words.VERIFIED) == set(reasons.VERIFICATIONS)


@pytest.mark.parametrize(
    ("rule", "missing", "text"),
    [
        ({}, 1.0, "1 servizio"),
        ({}, 2.5, "2,5 servizi"),
        ({"capacity_unit": "posti"}, 39.0, "39 posti"),
        ({"kind": "time"}, 1_200.4, "1.200 persone"),
        ({"kind": "spacing"}, 50.0, "50 metri"),
        ({"kind": "load", "figure_unit": "assistiti"}, 100.0, "100 assistiti di troppo"),
    ],
)
def test_a_shortfall_is_told_in_the_unit_of_its_rule(rule, missing, text):
    assert words.amount(frames.outcome("X", **rule), missing) == text


def test_pairs_too_near_are_told_certain_and_possible():
    details = {"pairs": {"confirmed": {"certain": 2, "possible": 5}, "all": {"certain": 2, "possible": 5}}}
    row = frames.outcome("Torino", kind="spacing", unit="metri", value_confirmed=150.0, details=details)
    assert "Coppie troppo vicine: 2 certe e 3 possibili." in words.unit(row)
    assert "Distanze in linea d'aria: a piedi non sono mai più corte." in words.remarks(row)


def test_services_that_are_for_other_units_too_are_told_to_count_in_part():
    assert "1 servizio conta in parte: serve anche altre" in words.unit(frames.outcome("X", details={"partly": 1}))
    assert "2 servizi contano in parte" in words.unit(frames.outcome("X", details={"partly": 2}))
    assert "in parte" not in words.unit(frames.outcome("X"))


def test_both_shortfalls_are_told():
    row = frames.outcome("X", shortfall_objective_confirmed=5.0, shortfall_objective_all=5.0)
    assert "Carenza rispetto al minimo: 3 servizi. Carenza rispetto all'obiettivo: 5 servizi." in words.unit(row)


def test_nobody_listed_is_told_and_a_bound_is_not():
    none = frames.outcome("X", value_confirmed=None, capacity_confirmed=0.0)
    assert "Nessun servizio confermato in elenco." in words.unit(none)
    unsaid = frames.outcome("X", outcome_confirmed="non_determinabile", cause_confirmed="elenco")
    assert "Con i confermati" not in words.unit(unsaid)


def test_families_share_types_units_and_what_is_counted():
    rows = [frames.outcome("X"), frames.outcome("X", rule_id="S", area_condition="rurale")]
    rows += [
        frames.outcome("X", rule_id="T", geography="comune"),
        frames.outcome("X", rule_id="U", capacity_unit="fte"),
    ]
    assert families.families(rows) == {"R": ["S"], "S": ["R"]}
