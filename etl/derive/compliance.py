"""Compliance of every rule that can be evaluated, one outcome per statutory unit (methods: result b)."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import geopandas as gpd
import pandas as pd

from etl.derive.evaluable import LEVELS as LOADED
from etl.derive.evaluable import LOAD_KINDS, evaluated
from etl.derive.inputs import Inputs
from etl.derive.registry import Standard
from etl.derive.scope import NOT_LOADED, Scope, Scopes
from etl.derive.served import of_nowhere
from etl.derive.supply import PLANNED, in_unit
from etl.store.frames import records
from geo.arrays import AnySeries, FloatSeries
from geo.compliance import evaluate
from geo.reach import SUPPLIES, evaluate_reach, nearest_metres
from geo.rules import ROUNDING, Rule, make_rule
from geo.spacing import evaluate_spacing

__all__ = ["LOADED", "NOT_LOADED", "Access", "evaluated", "results"]

Access = Callable[[str], pd.DataFrame]
"""Service type to the minutes of every demand point, as :func:`etl.derive.minutes.measured` gives them."""

_WORDED = ("value", "outcome", "cause", "shortfall", "shortfall_objective", "capacity")


def results(
    inputs: Inputs, *, only: Collection[str] | None = None, access: Access | None = None
) -> Iterator[dict[str, Any]]:
    """Rows of ``compliance_result`` without the run, for every evaluable rule, or each of ``only``, and unit.

    ``access`` gives the minutes that rules of time are held against; without it they have no outcome.
    """
    scopes, services = Scopes(inputs), Supplies(inputs)
    for code in evaluated(inputs.registry):
        standard = inputs.registry.standards[code]
        if (only is None or code in only) and (standard.kind != "time" or access is not None):
            where = scopes.scope(standard)
            found = _found(inputs, standard, where, services.of(standard), access)
            yield from _rows(standard, where, found, scopes.names)


class Supplies:
    """The services of a rule's types; the long table of all is cut once."""

    def __init__(self, inputs: Inputs) -> None:
        services: gpd.GeoDataFrame = inputs.services[inputs.services["certainty"] != PLANNED]
        self._services = services.assign(confirmed=services["certainty"] == "confermata")
        self._rows = {str(code): rows for code, rows in self._services.groupby("type").indices.items()}

    def of(self, standard: Standard) -> gpd.GeoDataFrame:
        """Confirmed and uncertain services of all types of a rule, in the order of the inputs."""
        rows = [row for code in standard.service_types for row in self._rows.get(code, ())]
        return self._services.iloc[sorted(rows)]


def _rows(
    standard: Standard, where: Scope, found: pd.DataFrame, names: Mapping[str, tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    if standard.supply_bound == "eccesso":
        found = _only_failures(found)
    listed = [f"{name}_{supply}" for supply in SUPPLIES for name in _WORDED]
    for row in records(found[["base", "complete", *listed]].rename_axis("unit").reset_index()):
        unit = row.pop("unit")
        pairs = {supply: _pairs(found, unit, supply) for supply in SUPPLIES if f"certain_{supply}" in found}
        partly = int(found["partly"][unit]) if "partly" in found else 0
        details = where.details(unit) | ({"pairs": pairs} if pairs else {}) | ({"partly": partly} if partly else {})
        named = {"rule_id": standard.id, "details": details} | _named(names, unit)
        yield named | {name: _finite(value) for name, value in row.items()}


def _pairs(found: pd.DataFrame, unit: str, supply: str) -> dict[str, int]:
    return {name: int(found[f"{name}_{supply}"][unit]) for name in ("certain", "possible")}


def _named(names: Mapping[str, tuple[str, str]], unit: str) -> dict[str, Any]:
    """Code and name of a statutory unit; one row stands for everything whose membership is not loaded."""
    if unit == NOT_LOADED:
        return {"unit_code": NOT_LOADED, "unit_name": "", "area_id": None}
    code, name = names[unit]
    return {"unit_code": code, "unit_name": name, "area_id": unit}


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
        reach=standard.reach,
    )


def _found(
    inputs: Inputs, standard: Standard, where: Scope, services: gpd.GeoDataFrame, access: Access | None
) -> pd.DataFrame:
    """Outcomes of the units with the base, the completeness and what is listed of each."""
    if standard.kind == "time" and access is not None:
        return _by_time(inputs, standard, where, services, access)
    if standard.kind == "distance":
        return _by_distance(inputs, standard, where, services)
    if standard.kind == "spacing":
        return _by_spacing(standard, where, services)
    return _by_capacity(inputs, standard, where, services)


def _placed(services: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Services with a point to measure from: not those that come to people, nor protected ones."""
    found: gpd.GeoDataFrame = services[~services["area_wide"].astype(bool)]
    return found


def _all_placed(services: gpd.GeoDataFrame) -> bool:
    """Whether every service has a point to measure from: what has none may be near to anybody."""
    return len(_placed(services)) == len(services)


def _by_capacity(inputs: Inputs, standard: Standard, where: Scope, services: gpd.GeoDataFrame) -> pd.DataFrame:
    supply = _in_units(inputs, standard, where, services)
    # A service of which nobody has told whom it is for may be for anybody.
    units = where.units.assign(complete=where.units["complete"] & (not of_nowhere(inputs, services)))
    found = evaluate(_rule(standard), units, supply)
    return found.assign(
        base=units["base"],
        complete=units["complete"],
        capacity_confirmed=_capacity(supply[supply["confirmed"]], units.index),
        capacity_all=_capacity(supply, units.index),
        partly=_partly(supply, units.index),
    )


def _in_units(inputs: Inputs, standard: Standard, where: Scope, services: gpd.GeoDataFrame) -> pd.DataFrame:
    """A row for each service and unit in which it counts.

    Places, posts and premises are shared among the people they are for, as the access measures share them: a
    consultorio for two districts is one, not two, and none of a district that it does not serve though it stands there.
    So are the two figures of a load: each unit that a service serves judges it by the same ratio, and has its part of
    the excess. A presence is whole in every unit that is served: the rule asks for a service, not for so much of it.
    """
    known = in_unit(services, inputs.capacities, standard.capacity_unit)
    supply = pd.DataFrame(
        {
            "capacity": 1.0 if standard.counts_sites else known["capacity"].where(known["capacity_known"]),
            "confirmed": services["confirmed"],
        },
        index=services.index,
    )
    if standard.kind in LOAD_KINDS:
        figure = in_unit(services, inputs.capacities, standard.figure_unit)
        supply["figure"] = figure["capacity"].where(figure["capacity_known"])
    if standard.kind == "presence":
        return where.serving(supply)
    return where.sharing(supply)


def _capacity(supply: pd.DataFrame, units: "pd.Index[str]") -> FloatSeries:
    """Capacity listed in each unit: 0 where nothing is, NaN where only unknown capacities are."""
    total = supply.groupby("unit")["capacity"].sum(min_count=1)
    return total.where(total.notna(), math.nan).reindex(units, fill_value=0.0)


def _partly(supply: pd.DataFrame, units: "pd.Index[str]") -> AnySeries:
    """How many services count in each unit for a part only, being for others too; a presence is never partial."""
    share = supply.get("share", pd.Series(1.0, index=supply.index))
    return supply[share < 1.0 - ROUNDING].groupby("unit").size().reindex(units, fill_value=0)


def _by_time(
    inputs: Inputs, standard: Standard, where: Scope, services: gpd.GeoDataFrame, access: Access
) -> pd.DataFrame:
    told = [access(code).reindex(inputs.points.index) for code in standard.service_types]
    # The nearest service of any of the types; the list is complete where those of all types are.
    distances = {
        name: pd.concat([one[name] for one in told], axis=1).min(axis=1)
        for name in told[0].columns
        if name != "complete"
    }
    complete = pd.concat([one["complete"].fillna(value=False).astype(bool) for one in told], axis=1).all(axis=1)
    return _by_reach(inputs, standard, where, pd.DataFrame(distances), complete & _all_placed(services))


def _by_distance(inputs: Inputs, standard: Standard, where: Scope, services: gpd.GeoDataFrame) -> pd.DataFrame:
    placed = _placed(services)
    supplies: dict[str, gpd.GeoDataFrame] = {"confirmed": placed[placed["confirmed"]], "all": placed}
    columns = {"central": "", "low": "_low", "high": "_high"}
    metres = [
        _nearest_serving(inputs, rows).rename(columns={name: supply + end for name, end in columns.items()})
        for supply, rows in supplies.items()
    ]
    complete = inputs.points["municipality"].map(where.complete).astype(bool) & _all_placed(services)
    return _by_reach(inputs, standard, where, pd.concat(metres, axis=1), complete)


def _nearest_serving(inputs: Inputs, services: gpd.GeoDataFrame) -> pd.DataFrame:
    """Metres from each demand point to the nearest service that serves it: a declared area binds here too."""
    declared = inputs.service_areas[inputs.service_areas["service"].isin(services.index)]
    found = [nearest_metres(inputs.points, services[~services.index.isin(declared["service"])])]
    for service, areas in declared.groupby("service")["area"]:
        served = inputs.points.index.isin(inputs.within.loc[inputs.within["ancestor"].isin(areas), "area"])
        found.append(nearest_metres(inputs.points[served], services.loc[[service]]))
    return pd.concat(found).groupby(level=0).min().reindex(inputs.points.index)


def _by_reach(
    inputs: Inputs, standard: Standard, where: Scope, distances: pd.DataFrame, complete: "pd.Series[bool]"
) -> pd.DataFrame:
    points = distances.assign(
        unit=where.unit_of(inputs.points["municipality"]),
        persons=inputs.placed_persons(standard.band),
        complete=complete,
    ).dropna(subset=["unit"])
    found = evaluate_reach(_rule(standard), where.units[["loaded"]], points)
    whole = points.groupby("unit")["complete"].all().reindex(where.units.index, fill_value=True)
    return found.assign(
        complete=whole, capacity_confirmed=found["reached_confirmed"], capacity_all=found["reached_all"]
    )


def _by_spacing(standard: Standard, where: Scope, services: gpd.GeoDataFrame) -> pd.DataFrame:
    placed = _placed(services)
    placed = placed.assign(unit=where.unit_of(placed["municipality"]))
    units = where.units.assign(complete=where.units["complete"] & _all_placed(services))
    counted = {
        f"capacity_{supply}": rows.groupby("unit").size().astype(float).reindex(units.index, fill_value=0.0)
        for supply, rows in (("confirmed", placed[placed["confirmed"]]), ("all", placed))
    }
    found = evaluate_spacing(_rule(standard), units[["complete", "loaded"]], placed)
    return found.assign(base=units["base"], complete=units["complete"], **counted)


def _only_failures(found: pd.DataFrame) -> pd.DataFrame:
    """Where more is listed than the rule counts, a minimum met proves nothing; a minimum missed does."""
    for supply in SUPPLIES:
        met = found[f"outcome_{supply}"].isin(["minimo", "obiettivo"])
        found[f"outcome_{supply}"] = found[f"outcome_{supply}"].mask(met, "non_determinabile")
        found[f"cause_{supply}"] = found[f"cause_{supply}"].mask(met, "eccesso")
        for name in ("shortfall", "shortfall_objective"):
            found[f"{name}_{supply}"] = found[f"{name}_{supply}"].mask(met)
    return found
