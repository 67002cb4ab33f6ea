"""Compliance with a rule, one outcome per statutory unit, and what is missing in the rule's own unit."""

import numpy as np
import pandas as pd

from geo.arrays import AnySeries, Bools, Floats, FloatSeries, bools, floats
from geo.checks import columns, examples, flags, known_labels, numbers, require, unique_labels
from geo.errors import NotEvaluated
from geo.outcomes import CAUSES, OUTCOMES, Threshold, doubts, outcomes
from geo.rules import EVALUATED_KINDS, LoadRule, PresenceRule, RatioRule, Rule, make_rule

__all__ = [
    "CAUSES",
    "EVALUATED_KINDS",
    "OUTCOMES",
    "LoadRule",
    "PresenceRule",
    "RatioRule",
    "Rule",
    "apportion",
    "evaluate",
    "make_rule",
    "together",
]


def evaluate(rule: Rule, units: pd.DataFrame, supply: pd.DataFrame) -> pd.DataFrame:
    """Outcome and shortfall of every statutory unit, on confirmed supply and on all of it.

    `units`, indexed by unit: `base` (persons of the rule's base population, >= 0), `complete` (the list of this type
    is declared complete in the unit), `loaded` (its membership is known). `supply`, one row per service: `unit`,
    `capacity` (>= 0, in the rule's unit; missing where unknown), `confirmed` and, for a :class:`LoadRule`, `figure`
    (>= 0, missing where unknown).

    The result has the index of `units` and, for supply `confirmed` and `all`:

    - value_*: the indicator as the rule words it (residents per unit, capacity per `per` persons, count; of a load the
      worst service); infinite persons per unit where nothing is listed, NaN for a unit that is not loaded and where
      services are listed but the capacity of none is known. With an incomplete list or an unknown capacity it is only
      a bound;
    - outcome_*: one of `OUTCOMES`. What is listed is a lower bound where the list is incomplete or a capacity
      unknown: if it already meets the minimum the outcome stands, otherwise it is non_determinabile. Of a load it is
      the other way round: a service beyond the limit is certain, that none is has to be known of all. Where no
      service is there is none that meets it and none that breaks it (cause assenza): whoever sets 1,500 patients for
      a doctor speaks of doctors, and that there is one is for rules of coverage and presence to ask. Where nobody of
      the base of a ratio lives there is nothing to ask of services (cause nessuno);
    - cause_*: why it is non_determinabile, one of `CAUSES`, None elsewhere;
    - shortfall_*, shortfall_objective_*: capacity units missing to meet the minimum, and the objective (of a load the
      figure beyond the limit); 0 when met, NaN where not determinable, not loaded or without objective. Where capacity
      is created in whole units so many of them, though a service shared with other units counts for a part here.

    Raises :class:`NotEvaluated` for a rule of reach or spacing (:mod:`geo.reach`, :mod:`geo.spacing`) or none at all;
    :class:`InvalidInput` with all faults of the frames.

    >>> units = pd.DataFrame({"base": [50_000, 18_000], "complete": True, "loaded": True}, index=["north", "south"])
    >>> supply = pd.DataFrame({"unit": ["north", "south"], "capacity": [1.0, 1.0], "confirmed": [True, True]})
    >>> found = evaluate(RatioRule("<=", 20_000, whole=True), units, supply)
    >>> found[["value_confirmed", "outcome_confirmed", "shortfall_confirmed"]].values.tolist()
    [[50000.0, 'sotto_minimo', 2.0], [18000.0, 'minimo', 0.0]]
    """
    if not isinstance(rule, RatioRule | PresenceRule | LoadRule):
        raise NotEvaluated(f"{rule!r} is no rule of coverage, presence, load or intensity")
    require(_unit_faults(units), _supply_faults(units, supply, figure=isinstance(rule, LoadRule)))
    supplies = {"confirmed": supply[bools(supply["confirmed"])], "all": supply}
    found = [
        (_loads(rule, units, rows) if isinstance(rule, LoadRule) else _assess(rule, units, rows)).add_suffix(f"_{name}")
        for name, rows in supplies.items()
    ]
    return pd.concat(found, axis=1)


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


def together(whole: float, parts: "list[tuple[frozenset[str], float]]") -> float:
    """What a unit lacks under a rule for all of it and rules for parts of it, no person counted twice.

    `whole` is the shortfall under the rule that holds everywhere, each of `parts` the places of a part and the
    shortfall under the rule for it; NaN where not determinable, which counts for nothing: the result is the least that
    is missing. A service placed in a part also serves the whole, so that the larger of the two counts; only shortfalls
    of parts without a place in common add up. NaN where nothing is known.

    >>> a, b = frozenset("a"), frozenset("b")
    >>> together(4.0, [(a, 3.0), (b, 2.0)]), together(6.0, [(a, 3.0), (a | b, 2.0)])
    (5.0, 6.0)
    """
    known = [(places, missing) for places, missing in parts if not np.isnan(missing)]
    figures = [*([] if np.isnan(whole) else [whole]), *(missing for _places, missing in known)]
    if not figures:
        return float("nan")
    apart = sum(len(places) for places, _missing in known) == len(frozenset().union(*(one for one, _ in known)))
    return max([*figures, *([sum(missing for _places, missing in known)] if apart else [])])


def _assess(rule: RatioRule | PresenceRule, units: pd.DataFrame, supply: pd.DataFrame) -> pd.DataFrame:
    base, loaded = floats(units["base"]), bools(units["loaded"])
    capacity, unknown, told = _capacity(rule, units, supply)
    nobody = (base == 0.0) if isinstance(rule, RatioRule) else np.zeros_like(unknown)
    doubt = doubts(nessuno=nobody, elenco=~bools(units["complete"]), capacita=unknown)

    def judged(threshold: float) -> Threshold:
        missing = rule.missing(threshold, base, capacity)
        return Threshold(met=(missing == 0.0) & ~nobody, doubt=doubt, missing=missing)

    value = np.where(told & ~nobody, rule.value(base, capacity), np.nan)
    objective = None if rule.objective is None else judged(rule.objective)
    return outcomes(units.index, loaded, value, judged(rule.minimum), objective)


def _capacity(rule: RatioRule | PresenceRule, units: pd.DataFrame, supply: pd.DataFrame) -> tuple[Floats, Bools, Bools]:
    """What each unit has at least; whether the capacity of some service is unknown; whether any of it is told."""
    counts_rows = isinstance(rule, PresenceRule) and rule.counted == "services"
    each = pd.Series(1.0, index=supply.index) if counts_rows else supply["capacity"].astype(np.float64)
    unknown = _by_unit(each.isna().groupby(supply["unit"]).any(), units)
    untold = _by_unit(each.isna().groupby(supply["unit"]).all(), units)
    if isinstance(rule, PresenceRule):
        each, untold = each.fillna(1.0), np.zeros_like(untold)
    total = floats(each.groupby(supply["unit"]).sum().reindex(units.index, fill_value=0.0))
    return total, unknown, ~untold


def _loads(rule: LoadRule, units: pd.DataFrame, supply: pd.DataFrame) -> pd.DataFrame:
    capacity, figure = floats(supply["capacity"]), floats(supply["figure"])
    unknown = _by_unit(pd.Series(np.isnan(capacity + figure), supply.index).groupby(supply["unit"]).any(), units)
    absent = ~bools(units.index.isin(supply["unit"]))
    doubt = doubts(elenco=~bools(units["complete"]), capacita=unknown, assenza=absent)
    each = pd.Series(rule.value(capacity, figure), index=supply.index).groupby(supply["unit"])
    worst = (each.max() if rule.comparator == "<=" else each.min()).reindex(units.index)

    def judged(threshold: float) -> Threshold:
        beyond = pd.Series(rule.excess(threshold, capacity, figure), index=supply.index)
        missing = floats(beyond.groupby(supply["unit"]).sum().reindex(units.index, fill_value=0.0))
        # A service beyond the limit is beyond it whatever the others are.
        return Threshold(
            met=(missing == 0.0) & (doubt == ""), doubt=np.where(missing > 0.0, "", doubt), missing=missing
        )

    objective = None if rule.objective is None else judged(rule.objective)
    return outcomes(units.index, bools(units["loaded"]), floats(worst), judged(rule.minimum), objective)


def _by_unit(found: AnySeries, units: pd.DataFrame) -> Bools:
    return bools(found.reindex(units.index, fill_value=False))


def _unit_faults(units: pd.DataFrame) -> list[str]:
    faults = unique_labels(units.index, where="units")
    faults += columns(units, ["base", "complete", "loaded"], where="units")
    if "base" in units and "loaded" in units:
        # A unit whose membership is not loaded has no population to speak of.
        faults += numbers(units["base"].where(units["loaded"].eq(other=True), 0.0), where="units.base")
    faults += flags(units.get("loaded"), where="units.loaded")
    return faults + flags(units.get("complete"), where="units.complete")


def _supply_faults(units: pd.DataFrame, supply: pd.DataFrame, *, figure: bool) -> list[str]:
    names = ["unit", "capacity", "confirmed", *(["figure"] if figure else [])]
    faults = columns(supply, names, where="supply")
    faults += known_labels(supply.get("unit"), units.index, where="supply.unit", of="units")
    faults += numbers(supply.get("capacity"), where="supply.capacity", missing=True)
    faults += numbers(supply.get("figure"), where="supply.figure", missing=True)
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
