"""Splink's settings of a question: comparisons as declared, weights as learnt, one readable file."""

from typing import Any

from etl.link.claim import Question
from etl.link.comparisons import COMPARISONS
from etl.link.levels import Comparison

# Two claims that share one of these keys are compared (etl.link.blocking).
BLOCKING: dict[str, Any] = {"blocking_rule": "l.blocks = r.blocks", "arrays_to_explode": ["blocks"]}
UNKNOWN = "non si sa"


def untrained(question: Question) -> dict[str, Any]:
    """Settings whose weights are what is expected before anything is learnt."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "row",
        "probability_two_random_records_match": 0.001,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "additional_columns_to_retain": [],
        "blocking_rules_to_generate_predictions": [BLOCKING],
        "comparisons": [_comparison(one) for one in COMPARISONS[question]],
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    share = 1.0 / len(comparison.levels)
    # Only pairs of one family are ever compared, so chance likeness is that of such pairs.
    nothing = f"family_l <> family_r OR {comparison.unknown}"
    unknown = {"sql_condition": nothing, "label_for_charts": UNKNOWN, "is_null_level": True}
    levels = [
        {"sql_condition": one.condition, "label_for_charts": one.name, "m_probability": one.m, "u_probability": share}
        for one in comparison.levels
    ]
    return {"output_column_name": comparison.name, "comparison_levels": [unknown, *levels]}
