"""Compliance of every rule that can be evaluated, one outcome per statutory unit (methods: result b)."""

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from etl.derive.inputs import Inputs
from geo import demand
from geo.compliance import EVALUATED_KINDS, Rule, evaluate, make_rule

# Statutory geographies by the level of area that holds them; the others are not loaded.
LOADED = {"comune": "municipality", "distretto": "distretto", "asl": "asl", "provincia": "metropolitan_city"}
PEOPLE_BASES = ("residenti", "nessuna")
READ = ("letto", "parziale")
NOT_LOADED = "non-caricata"


def evaluable(rule: pd.Series) -> bool:
    """Whether the engine computes a rule; the others are listed as not evaluated, never guessed."""
    return (
        rule["kind"] in EVALUATED_KINDS
        and rule["verification"] in READ
        and rule["area_condition"] == "tutte"
        and rule["base_kind"] in PEOPLE_BASES
        and len(rule["service_types"]) > 0
        and not pd.isna(rule["minimum"])
    )


def results(inputs: Inputs) -> Iterator[dict[str, Any]]:
    """Rows of ``compliance_result`` without the run, for every evaluable rule and statutory unit."""
    for rule_id, rule in inputs.standards.iterrows():
        if evaluable(rule):
            yield from _rule_results(inputs, str(rule_id), rule)


def _rule_results(inputs: Inputs, rule_id: str, rule: pd.Series) -> Iterator[dict[str, Any]]:
    membership = _membership(inputs, str(rule["geography"]))
    residents = _base(inputs, rule)
    units = _units(inputs, rule, membership, residents)
    supply = _supply(inputs, rule, membership)
    found = evaluate(_rule(rule), units, supply.dropna(subset=["unit"]))
    if rule["supply_bound"] == "eccesso":
        found = _only_failures(found)
    capacity = supply.groupby("unit")["capacity"].sum(min_count=1)
    confirmed = supply[supply["confirmed"]].groupby("unit")["capacity"].sum(min_count=1)
    for unit, row in found.iterrows():
        loaded = unit != NOT_LOADED
        yield {
            "rule_id": rule_id,
            "unit_code": inputs.units.loc[unit, "code"] if loaded else NOT_LOADED,
            "unit_name": inputs.units.loc[unit, "name"] if loaded else "",
            "area_id": unit if loaded else None,
            "base": float(units.loc[unit, "base"]),
            "complete": bool(units.loc[unit, "complete"]),
            "capacity_confirmed": confirmed.get(unit, 0.0),
            "capacity_all": capacity.get(unit, 0.0),
        } | {name: _finite(value) for name, value in row.items()}


def _finite(value: object) -> object:
    """Infinite persons per unit, where there is none, have no number in the database."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _rule(rule: pd.Series) -> Rule:
    objective = None if pd.isna(rule["objective"]) else float(rule["objective"])
    return make_rule(
        str(rule["kind"]),
        str(rule["comparator"]),
        float(rule["minimum"]),
        objective=objective,
        per=float(rule["per"]),
        whole=rule["capacity_unit"] == "sede",
    )


def _membership(inputs: Inputs, geography: str) -> pd.Series:
    """Statutory unit of each municipality: its identifier, or :data:`NOT_LOADED`."""
    levels = [LOADED[name] for name in geography.split("|") if name in LOADED]
    municipalities = inputs.units.index[inputs.units["level"] == "municipality"]
    if not levels:
        return pd.Series(NOT_LOADED, index=municipalities, dtype=object)
    units = inputs.units.index[inputs.units["level"] == levels[0]]
    pairs = inputs.within[inputs.within["area"].isin(municipalities) & inputs.within["ancestor"].isin(units)]
    return pairs.set_index("area")["ancestor"].reindex(municipalities).astype(object).fillna(NOT_LOADED)


def _base(inputs: Inputs, rule: pd.Series) -> pd.Series:
    """People of the rule's base population in each municipality."""

    def whole(value: float) -> int | None:
        return None if pd.isna(value) else int(value)

    return demand.target_population(
        inputs.population,
        age_min=whole(rule["base_age_min"]),
        age_max=whole(rule["base_age_max"]),
        sex=None if pd.isna(rule["base_sex"]) else str(rule["base_sex"]),
    )


def _units(inputs: Inputs, rule: pd.Series, membership: pd.Series, residents: pd.Series) -> pd.DataFrame:
    declared = inputs.complete[inputs.complete["type"].isin(rule["service_types"])]
    # A rule on several types needs every one of their lists.
    lists = declared.groupby("municipality")["complete"].agg(["all", "size"])
    complete = (lists["all"] & (lists["size"] == len(rule["service_types"]))).reindex(
        membership.index, fill_value=False
    )
    table = pd.DataFrame(
        {"unit": membership, "base": residents.reindex(membership.index).astype(float), "complete": complete}
    )
    units = table.groupby("unit").agg(base=("base", "sum"), complete=("complete", "all"))
    return units.assign(loaded=units.index != NOT_LOADED)


def _supply(inputs: Inputs, rule: pd.Series, membership: pd.Series) -> pd.DataFrame:
    services = inputs.services[
        inputs.services["type"].isin(rule["service_types"]) & (inputs.services["certainty"] != "programmata")
    ]
    counts_sites = rule["capacity_unit"] == "sede"
    known = services["capacity"].where(services["capacity_known"])
    return pd.DataFrame(
        {
            "unit": services["municipality"].map(membership),
            "capacity": 1.0 if counts_sites else known,
            "confirmed": services["certainty"] == "confermata",
        },
        index=services.index,
    )


def _only_failures(found: pd.DataFrame) -> pd.DataFrame:
    """Where more is listed than the rule counts, a minimum met proves nothing; a minimum missed does."""
    for supply in ("confirmed", "all"):
        met = found[f"outcome_{supply}"].isin(["minimo", "obiettivo"])
        found[f"outcome_{supply}"] = found[f"outcome_{supply}"].mask(met, "non_determinabile")
        found[f"shortfall_{supply}"] = found[f"shortfall_{supply}"].mask(met)
    return found
