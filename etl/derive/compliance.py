"""Compliance of every rule that can be evaluated, one outcome per statutory unit (methods: result b)."""

import math
from collections.abc import Collection, Iterator
from typing import Any

import pandas as pd

from etl.derive.inputs import Inputs
from etl.derive.registry import Registry, Standard
from etl.derive.supply import PLANNED, in_unit
from etl.store.frames import records
from geo.arrays import AnySeries, FloatSeries
from geo.compliance import EVALUATED_KINDS, Rule, evaluate, make_rule

# Statutory geographies by the level of area that holds them; the others are not loaded.
LOADED = {"comune": "municipality", "distretto": "distretto", "asl": "asl", "provincia": "metropolitan_city"}
PEOPLE_BASES = ("residenti", "nessuna")
NOT_LOADED = "non-caricata"


def evaluable(standard: Standard) -> bool:
    """Whether the engine computes a rule; the others are listed as not evaluated, never guessed."""
    return (
        standard.kind in EVALUATED_KINDS
        and standard.everywhere
        and standard.base_kind in PEOPLE_BASES
        and len(standard.service_types) > 0
        and standard.minimum is not None
    )


def evaluated(registry: Registry) -> list[str]:
    """The rules that the engine computes, in the order of their table."""
    return [code for code, standard in registry.standards.items() if evaluable(standard)]


def results(inputs: Inputs, *, only: Collection[str] | None = None) -> Iterator[dict[str, Any]]:
    """Rows of ``compliance_result`` without the run, for every evaluable rule, or each of ``only``, and unit."""
    for code in evaluated(inputs.registry):
        if only is None or code in only:
            yield from _standard_results(inputs, inputs.registry.standards[code])


def _standard_results(inputs: Inputs, standard: Standard) -> Iterator[dict[str, Any]]:
    membership = _membership(inputs, standard)
    units = _units(inputs, standard, membership)
    supply = _supply(inputs, standard, membership)
    found = evaluate(_rule(standard), units, supply.dropna(subset=["unit"]))
    if standard.supply_bound == "eccesso":
        found = _only_failures(found)
    found = found.assign(
        base=units["base"],
        complete=units["complete"],
        capacity_confirmed=_capacity(supply[supply["confirmed"]], units.index),
        capacity_all=_capacity(supply, units.index),
    )
    for row in records(found.rename_axis("unit").reset_index()):
        named = {"rule_id": standard.id} | _named(inputs, row.pop("unit"))
        yield named | {name: _finite(value) for name, value in row.items()}


def _named(inputs: Inputs, unit: str) -> dict[str, Any]:
    """Code and name of a statutory unit; one row stands for everything whose membership is not loaded."""
    if unit == NOT_LOADED:
        return {"unit_code": NOT_LOADED, "unit_name": "", "area_id": None}
    return {"unit_code": inputs.units["code"][unit], "unit_name": inputs.units["name"][unit], "area_id": unit}


def _finite(value: object) -> object:
    """Infinite persons per unit, where there is none, have no number in the database."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _rule(standard: Standard) -> Rule:
    if standard.minimum is None:
        raise ValueError(f"{standard.id}: a rule without a minimum is not evaluated")
    return make_rule(
        standard.kind,
        standard.comparator,
        standard.minimum,
        objective=standard.objective,
        per=standard.per,
        whole=standard.counts_sites,
    )


def _membership(inputs: Inputs, standard: Standard) -> AnySeries:
    """Statutory unit of each municipality: its identifier, or :data:`NOT_LOADED`."""
    levels = [LOADED[name] for name in standard.geography if name in LOADED]
    municipalities = inputs.units.index[inputs.units["level"] == "municipality"]
    if not levels:
        return pd.Series(NOT_LOADED, index=municipalities)
    units = inputs.units.index[inputs.units["level"] == levels[0]]
    pairs = inputs.within[inputs.within["area"].isin(municipalities) & inputs.within["ancestor"].isin(units)]
    return pairs.set_index("area")["ancestor"].reindex(municipalities).fillna(NOT_LOADED)


def _units(inputs: Inputs, standard: Standard, membership: AnySeries) -> pd.DataFrame:
    declared = inputs.complete[inputs.complete["complete"] & inputs.complete["type"].isin(standard.service_types)]
    # A rule on several types needs every one of their lists.
    lists = declared.groupby("municipality").size().reindex(membership.index, fill_value=0)
    table = pd.DataFrame(
        {
            "unit": membership,
            "base": inputs.persons(standard.band).reindex(membership.index),
            "complete": lists == len(standard.service_types),
        }
    )
    units = table.groupby("unit").agg(base=("base", "sum"), complete=("complete", "all"))
    return units.assign(loaded=units.index != NOT_LOADED)


def _supply(inputs: Inputs, standard: Standard, membership: AnySeries) -> pd.DataFrame:
    services = inputs.services
    services = services[services["type"].isin(standard.service_types) & (services["certainty"] != PLANNED)]
    services = in_unit(services, inputs.capacities, standard.capacity_unit)
    known = services["capacity"].where(services["capacity_known"])
    return pd.DataFrame(
        {
            "unit": services["municipality"].map(membership),
            "capacity": 1.0 if standard.counts_sites else known,
            "confirmed": services["certainty"] == "confermata",
        },
        index=services.index,
    )


def _capacity(supply: pd.DataFrame, units: "pd.Index[str]") -> FloatSeries:
    """Capacity listed in each unit: 0 where nothing is, NaN where only unknown capacities are."""
    total = supply.groupby("unit")["capacity"].sum(min_count=1)
    return total.where(total.notna(), math.nan).reindex(units, fill_value=0.0)


def _only_failures(found: pd.DataFrame) -> pd.DataFrame:
    """Where more is listed than the rule counts, a minimum met proves nothing; a minimum missed does."""
    for supply in ("confirmed", "all"):
        met = found[f"outcome_{supply}"].isin(["minimo", "obiettivo"])
        found[f"outcome_{supply}"] = found[f"outcome_{supply}"].mask(met, "non_determinabile")
        found[f"shortfall_{supply}"] = found[f"shortfall_{supply}"].mask(met)
    return found
