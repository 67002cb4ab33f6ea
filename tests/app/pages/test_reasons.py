"""Every code that a measure or a table may give has its sentence."""

import pandas as pd
import pytest

from app.pages import reasons
from app.pages.features import group_title
from etl.reference import tables
from etl.store.models import LEVELS
from geo.compliance import OUTCOMES
from geo.overlaps import KINDS
from geo.statuses import REASONS


def test_every_reason_has_a_sentence() -> None:
    assert set(reasons.REASONS) == set(REASONS)


@pytest.mark.parametrize("code", sorted(REASONS))
def test_sentences_hold_the_limit_and_no_gap(code: str) -> None:
    sentence = reasons.reason(code, 30.0)
    assert "{" not in sentence
    assert sentence.endswith(".")
    if "{soglia}" in reasons.REASONS[code]:
        assert "30 min" in sentence


def test_every_outcome_has_words() -> None:
    assert set(reasons.OUTCOMES) == set(OUTCOMES)


def test_every_word_of_the_rules_has_a_translation() -> None:
    rules = tables.standards()
    assert set(rules["verification"]) <= set(reasons.VERIFICATIONS)
    geographies = {code for codes in rules["geography"] for code in codes.split("|")}
    # "punto" belongs to the rules of access, which speak of places and not of units.
    assert geographies - {"punto"} <= set(reasons.GEOGRAPHIES)


def test_every_level_that_pages_show_has_a_name() -> None:
    assert set(reasons.LEVELS) == set(LEVELS) - {"census_section", "layer"}


def test_a_working_criterion_is_never_called_law() -> None:
    assert "non una norma" in reasons.said(reasons.VERIFICATIONS, "criterio")
    assert "non va presentata come norma" in reasons.said(reasons.VERIFICATIONS, "non_letto")


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert reasons.said(reasons.OUTCOMES, "nuovo") == "nuovo"


def test_every_kind_of_group_has_a_title_of_its_own() -> None:
    titles = {group_title(kind, 3) for kind in KINDS}
    assert len(titles) == len(KINDS)
    assert pd.Series(list(titles)).str.endswith("3").all()
