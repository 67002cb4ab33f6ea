"""Rules that speak of the same services of the same units: how they bind together, no person counted twice."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from geo.compliance import together
from geo.conditions import EVERYWHERE

Row = Mapping[str, Any]
_SAME = ("kind", "comparator", "capacity_unit", "geography", "base_kind")


def family(row: Row) -> tuple[object, ...]:
    """What the rules of one family have in common: types, what is counted, on which units."""
    return (tuple(row["service_types"]), *(row[name] for name in _SAME))


def families(rows: Iterable[Row]) -> dict[str, list[str]]:
    """By rule the others of its family, in their order; rules that stand alone are left out."""
    members: dict[tuple[object, ...], dict[str, None]] = {}
    for row in rows:
        members.setdefault(family(row), {})[row["rule_id"]] = None
    return {
        rule: [one for one in group if one != rule] for group in members.values() for rule in group if len(group) > 1
    }


def least_missing(rows: Iterable[Row], unit_code: str, supply: str = "confirmed") -> float | None:
    """The least that a unit lacks under all the rules of one family, whose rows these are; None where not known.

    Of the rules that hold everywhere the hardest counts; those for a part as :func:`geo.compliance.together` says.
    """
    whole, parts = [], []
    for row in rows:
        missing = row[f"shortfall_{supply}"]
        if row["unit_code"] != unit_code or missing is None or np.isnan(missing):
            continue
        if row["area_condition"] == EVERYWHERE:
            whole.append(float(missing))
        else:
            parts.append((frozenset(row["details"]["part"]["municipalities"]), float(missing)))
    found = together(max(whole, default=float("nan")), parts)
    return None if np.isnan(found) else found
