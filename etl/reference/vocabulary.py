"""Rows of the vocabulary: sources, taxonomy, service types, standards, indicators of the plan."""

from typing import Any

import pandas as pd

from etl.identity import uid
from etl.store.frames import Rows, records

TAXONOMY = uid("taxonomy", "ombra")
TAXONOMY_VERSION = "2026.1"
CROSSWALKS = ("fnps", "siuss", "istat", "inps", "cisis_2013")


def split(value: object) -> list[str]:
    """The parts of a cell that holds several values separated by ``|``.

    >>> split("a| b |"), split(float("nan"))
    (['a', 'b'], [])
    """
    return [part.strip() for part in value.split("|") if part.strip()] if isinstance(value, str) else []


def taxonomy() -> Rows:
    """Ombra's own taxonomy; its codes are never passed off as official ones."""
    return [
        {
            "id": TAXONOMY,
            "name": "Ombra",
            "description": "Tassonomia dei servizi sociali di Ombra, con raccordi alle liste ufficiali lette.",
            "version": TAXONOMY_VERSION,
        }
    ]


def terms(table: pd.DataFrame, macro_areas: pd.DataFrame) -> Rows:
    """Terms of the taxonomy: macro-areas on top, then the terms that service types are given."""
    top = [_term(row["code"], row["name_it"], None) for row in records(macro_areas)]
    below = [_term(row["code"], row["name_it"], row["macro_area"]) for row in records(table)]
    return top + below


def _term(code: str, name: str, parent: str | None) -> dict[str, Any]:
    return {
        "id": uid("taxonomy_term", code),
        "taxonomy_id": TAXONOMY,
        "code": code,
        "name": name,
        "description": name,
        "parent_id": None if parent is None else uid("taxonomy_term", parent),
    }


def service_types(types: pd.DataFrame) -> Rows:
    """Rows of ``service_type`` in the order of the table."""
    plain = [
        "code", "macro_area", "name_it", "name_en", "description_it", "age_min", "age_max", "sex",
        "capacity_unit", "delivery", "residence_bound", "protected", "proximity", "travel_mode", "social",
    ]  # fmt: skip
    return [
        {column: row[column] for column in plain}
        | {column: split(row[column]) for column in ("synonyms_it", "synonyms_en", "users")}
        | {
            "position": position,
            "term_id": uid("taxonomy_term", row["term"]),
            "crosswalk": {column: split(row[column]) for column in CROSSWALKS},
        }
        for position, row in enumerate(records(types))
    ]


def standards(table: pd.DataFrame) -> Rows:
    """Rows of ``standard`` in the order of the table."""
    plain = [
        "id", "title_it", "indicator_it", "kind", "comparator", "minimum", "objective", "unit", "per",
        "capacity_unit", "supply_bound", "reach", "figure_unit", "base_kind",
        "base_age_min", "base_age_max", "base_sex", "base_note", "geography",
        "area_condition", "act", "article", "verification", "read_at", "law", "note",
    ]  # fmt: skip
    return [
        {column: row[column] for column in plain} | {"position": position, "service_types": split(row["service_type"])}
        for position, row in enumerate(records(table))
    ]


def kpis(table: pd.DataFrame) -> Rows:
    """Rows of ``kpi`` in the order of the table."""
    plain = ["id", "title_it", "description_it", "formula", "unit", "direction", "target", "target_source"]
    lists = ("service_types", "action", "levels")
    return [
        {column: row[column] for column in plain}
        | {"position": position}
        | {("actions" if name == "action" else name): split(row[name]) for name in lists}
        for position, row in enumerate(records(table))
    ]
