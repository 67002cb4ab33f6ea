"""Compliance with a rule, one outcome per statutory unit, and what is missing in the rule's own unit."""

import numpy as np
import pandas as pd

from geo.arrays import AnySeries, Bools, Floats, FloatSeries, bools, floats
from geo.checks import columns, examples, flags, known_labels, numbers, require, unique_labels
from geo.errors import NotEvaluated
from geo.rules import EVALUATED_KINDS, ROUNDING, PresenceRule, RatioRule, Rule, make_rule

__all__ = ["EVALUATED_KINDS", "OUTCOMES", "PresenceRule", "RatioRule", "Rule", "apportion", "evaluate", "make_rule"]

OUTCOMES = ("sotto_minimo", "minimo", "obiettivo", "non_determinabile", "unita_non_caricata")


def evaluate(rule: Rule, units: pd.DataFrame, supply: pd.DataFrame) -> pd.DataFrame:
    """Outcome and shortfall of every statutory unit, on confirmed supply and on all of it.

    `units`, indexed by unit: `base` (persons of the rule's base population, >= 0), `complete` (the list of this type
    is declared complete in the unit), `loaded` (its membership is known). `supply`, one row per service: `unit`,
    `capacity` (>= 0, in the rule's unit; missing where unknown) and `confirmed`.

    The result has the index of `units` and, for supply `confirmed` and `all`:

    - value_*: the indicator as the rule words it (residents per unit, capacity per `per` persons, count); infinite
      persons per unit where nothing is listed, NaN for a unit that is not loaded and where services are listed but
      the capacity of none is known. With an incomplete list or an unknown capacity it is only a bound;
    - outcome_*: sotto_minimo, minimo, obiettivo, non_determinabile, unita_non_caricata. What is listed is a lower
      bound where the list is incomplete or a capacity unknown: if it already meets the minimum the outcome stands,
      otherwise it is non_determinabile;
    - shortfall_*: capacity units missing to meet the minimum, 0 when met, NaN where not determinable or not loaded.

    Raises :class:`NotEvaluated` for anything but a :class:`RatioRule` or a :class:`PresenceRule`;
    :class:`InvalidInput` with all faults of the frames.

    >>> units = pd.DataFrame({"base": [50_000, 18_000], "complete": True, "loaded": True}, index=["north", "south"])
    >>> supply = pd.DataFrame({"unit": ["north", "south"], "capacity": [1.0, 1.0], "confirmed": [True, True]})
    >>> found = evaluate(RatioRule("<=", 20_000, whole=True), units, supply)
    >>> found[["value_confirmed", "outcome_confirmed", "shortfall_confirmed"]].values.tolist()
    [[50000.0, 'sotto_minimo', 2.0], [18000.0, 'minimo', 0.0]]
    """
    if not isinstance(rule, RatioRule | PresenceRule):
        raise NotEvaluated(f"{rule!r} is of no kind that is evaluated ({', '.join(EVALUATED_KINDS)})")
    require(_unit_faults(units), _supply_faults(units, supply))
    supplies = {"confirmed": supply[bools(supply["confirmed"])], "all": supply}
    return pd.concat([_assess(rule, units, rows).add_suffix(f"_{name}") for name, rows in supplies.items()], axis=1)


def apportion(shortfall: AnySeries, parts: pd.DataFrame) -> FloatSeries:
    """Shortfall of statutory units shared among other areas in proportion to base population; sums are preserved.

    `shortfall` is indexed by unit, NaN where not determinable; `parts` has one row per `unit` and `part` with the
    `base` persons that they have in common (>= 0). The result is indexed by part, in order of first appearance: a sum
    over the units whose shortfall is known, NaN where it is known for none. Where all of a unit's bases are zero its
    parts share equally. It says where the people are who lack the service, not where it should stand.

    Raises :class:`InvalidInput`: missing columns, unit and part repeated, an unknown unit, a unit with a shortfall
    and no part.

    >>> parts = pd.DataFrame({"unit": ["d1", "d1", "d2"], "part": ["zone a", "zone b", "zone b"], "base": [30, 10, 5]})
    >>> apportion(pd.Series({"d1": 4.0, "d2": 1.0}), parts).to_dict()
    {'zone a': 3.0, 'zone b': 2.0}
    """
    require(_part_faults(shortfall, parts))
    base = parts["base"].astype(np.float64)
    total = base.groupby(parts["unit"]).transform("sum")
    count = base.groupby(parts["unit"]).transform("size").astype(np.float64)
    share = floats((base / total.where(total > 0)).where(total > 0, 1.0 / count))
    lacking = pd.Series(share * floats(parts["unit"].map(shortfall.astype(np.float64))), index=parts.index)
    return lacking.groupby(parts["part"], sort=False).sum(min_count=1).rename("shortfall")


def _assess(rule: Rule, units: pd.DataFrame, supply: pd.DataFrame) -> pd.DataFrame:
    base, loaded = floats(units["base"]), bools(units["loaded"])
    capacity, certain, told = _capacity(rule, units, supply)
    needed = rule.needed(rule.minimum, base)
    meets = capacity >= needed * (1.0 - ROUNDING)
    excels = meets & _meets_objective(rule, base, capacity)
    clauses = {
        "unita_non_caricata": ~loaded,
        "obiettivo": excels,
        "minimo": meets,
        "non_determinabile": ~certain,
    }
    missing = np.where(meets, 0.0, np.where(certain, needed - capacity, np.nan))
    found = {
        "value": np.where(loaded & told, rule.value(base, capacity), np.nan),
        "outcome": np.select(list(clauses.values()), list(clauses), default="sotto_minimo"),
        "shortfall": np.where(loaded, missing, np.nan),
    }
    return pd.DataFrame(found, index=units.index)


def _capacity(rule: Rule, units: pd.DataFrame, supply: pd.DataFrame) -> tuple[Floats, Bools, Bools]:
    """What each unit has; whether that is all of it: list complete, no unknown capacity; whether any of it is told."""
    counts_rows = isinstance(rule, PresenceRule) and rule.counted == "services"
    each = pd.Series(1.0, index=supply.index) if counts_rows else supply["capacity"].astype(np.float64)
    by_unit = each.groupby(supply["unit"])
    unknown = each.isna().groupby(supply["unit"]).any().reindex(units.index, fill_value=False)
    total = floats(by_unit.sum().reindex(units.index, fill_value=0.0))
    untold = each.isna().groupby(supply["unit"]).all().reindex(units.index, fill_value=False)
    return total, bools(units["complete"]) & ~bools(unknown), ~bools(untold)


def _meets_objective(rule: Rule, base: Floats, capacity: Floats) -> Bools:
    if rule.objective is None:
        return np.zeros(len(base), dtype=np.bool_)
    return bools(capacity >= rule.needed(rule.objective, base) * (1.0 - ROUNDING))


def _unit_faults(units: pd.DataFrame) -> list[str]:
    faults = unique_labels(units.index, where="units")
    faults += columns(units, ["base", "complete", "loaded"], where="units")
    if "base" in units and "loaded" in units:
        # A unit whose membership is not loaded has no population to speak of.
        faults += numbers(units["base"].where(units["loaded"].eq(other=True), 0.0), where="units.base")
    faults += flags(units.get("loaded"), where="units.loaded")
    return faults + flags(units.get("complete"), where="units.complete")


def _supply_faults(units: pd.DataFrame, supply: pd.DataFrame) -> list[str]:
    faults = columns(supply, ["unit", "capacity", "confirmed"], where="supply")
    faults += known_labels(supply.get("unit"), units.index, where="supply.unit", of="units")
    faults += numbers(supply.get("capacity"), where="supply.capacity", missing=True)
    return faults + flags(supply.get("confirmed"), where="supply.confirmed")


def _part_faults(shortfall: AnySeries, parts: pd.DataFrame) -> list[str]:
    faults = unique_labels(shortfall.index, where="shortfall")
    faults += numbers(shortfall, where="shortfall", missing=True)
    faults += columns(parts, ["unit", "part", "base"], where="parts")
    faults += numbers(parts.get("base"), where="parts.base")
    faults += known_labels(parts.get("unit"), shortfall.index, where="parts.unit", of="units")
    if "unit" not in parts or "part" not in parts:
        return faults
    if parts.duplicated(["unit", "part"]).any():
        faults.append("parts: unit and part repeated; keep one row for each")
    lost = shortfall.index[(shortfall > 0).to_numpy() & ~shortfall.index.isin(parts["unit"])]
    if len(lost):
        faults.append(f"parts: units with a shortfall and no part ({examples(lost)}); give each at least one part")
    return faults
