"""Compliance with a rule of spacing: pairs of services nearer to each other than it allows."""

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import STRtree

from geo.arrays import Bools, Positions, bools, floats
from geo.checks import columns, flags, known_labels, metric_points, numbers, require, unique_labels
from geo.errors import NotEvaluated
from geo.outcomes import Threshold, outcomes
from geo.rules import Rule, SpacingRule


def pairs(services: gpd.GeoDataFrame, metres: float) -> pd.DataFrame:
    """Pairs of services that may stand nearer to each other than `metres`, each once.

    `services`: points in EPSG:32632 with `service` (rows of one service, at two doors, are no pair) and
    `position_radius_m` (>= 0, how far the true position may lie). The result has `left` and `right` (positions in
    `services`, left below right), the straight distance `metres` and its bounds `low` and `high`: a pair is certainly
    too near where high < `metres`, possibly where low < `metres`. On foot the distance is never shorter.
    """
    radius = floats(services["position_radius_m"])
    shapes = services.geometry.to_numpy()
    reach = metres + radius + radius.max(initial=0.0)
    left, right = STRtree(shapes).query(shapes, predicate="dwithin", distance=reach)
    identity = pd.factorize(services["service"])[0]
    once = (left < right) & (identity[left] != identity[right])
    left, right = left[once], right[once]
    x, y = floats(services.geometry.x), floats(services.geometry.y)
    apart, blur = np.hypot(x[left] - x[right], y[left] - y[right]), radius[left] + radius[right]
    found = {"left": left, "right": right, "metres": apart, "low": np.maximum(apart - blur, 0.0), "high": apart + blur}
    near = pd.DataFrame(found)
    return near[near["low"] < metres].sort_values(["left", "right"], ignore_index=True)


def evaluate_spacing(rule: Rule, units: pd.DataFrame, services: gpd.GeoDataFrame) -> pd.DataFrame:
    """Outcome of every statutory unit under a rule of spacing, on confirmed services and on all.

    `units`, indexed by unit: `complete` (the list is) and `loaded`. `services` as for :func:`pairs`, with `unit`
    (missing: of none, yet a neighbour) and `confirmed`. A pair across a border counts in both units.

    The result has the columns of :func:`geo.compliance.evaluate`, and `certain_*` and `possible_*`, the pairs of each
    unit that are, or may be, too near. `value_*` is the distance of its nearest such pair (NaN where there is none),
    `shortfall_*` the metres that this pair lacks. A pair certainly too near decides; otherwise the positions
    (posizione) or an incomplete list (elenco) may leave the outcome open.

    Raises :class:`NotEvaluated` for another rule; :class:`InvalidInput` with all faults of the frames.

    >>> from shapely import Point
    >>> units = pd.DataFrame({"complete": [True], "loaded": [True]}, index=["u"])
    >>> told = {"service": ["a", "b"], "unit": "u", "confirmed": True, "position_radius_m": 10.0}
    >>> services = gpd.GeoDataFrame(told, geometry=[Point(0, 0), Point(150, 0)], crs=32632)
    >>> found = evaluate_spacing(SpacingRule(200), units, services)
    >>> found[["value_confirmed", "outcome_confirmed", "shortfall_confirmed", "certain_confirmed"]].values.tolist()
    [[150.0, 'sotto_minimo', 50.0, 1]]
    """
    if not isinstance(rule, SpacingRule):
        raise NotEvaluated(f"{rule!r} is no rule of spacing")
    require(_faults(units, services))
    supplies = {"confirmed": services[bools(services["confirmed"])], "all": services}
    return pd.concat([_assess(rule, units, rows).add_suffix(f"_{name}") for name, rows in supplies.items()], axis=1)


def _assess(rule: SpacingRule, units: pd.DataFrame, services: gpd.GeoDataFrame) -> pd.DataFrame:
    near = _of_units(pairs(services, max(rule.minimum, rule.objective or 0.0)), units, services)
    complete = bools(units["complete"])

    def count(mask: Bools) -> Positions:
        return np.bincount(near["unit"][mask], minlength=len(units))

    def judged(threshold: float) -> tuple[Threshold, pd.DataFrame]:
        sure, maybe = bools(near["high"] < threshold), bools(near["low"] < threshold)
        certain, possible = count(sure), count(maybe)
        open_ = np.select([possible > 0, ~complete], ["posizione", "elenco"], default="").astype(object)
        doubt = np.where(certain > 0, "", open_)
        least = near[sure].groupby("unit")["metres"].min().reindex(range(len(units)))
        counts = pd.DataFrame({"certain": certain, "possible": possible}, index=units.index)
        return Threshold((possible == 0) & complete, doubt, threshold - floats(least)), counts

    minimum, counts = judged(rule.minimum)
    objective = None if rule.objective is None else judged(rule.objective)[0]
    value = near[near["low"] < rule.minimum].groupby("unit")["metres"].min().reindex(range(len(units)))
    found = outcomes(units.index, bools(units["loaded"]), floats(value), minimum, objective)
    return pd.concat([found, counts], axis=1)


def _of_units(near: pd.DataFrame, units: pd.DataFrame, services: gpd.GeoDataFrame) -> pd.DataFrame:
    """A row for each pair and each unit, by position, that holds one of the two."""
    home = units.index.get_indexer(pd.Index(services["unit"]))
    first, second = home[near["left"]], home[near["right"]]
    both = pd.concat([near.assign(unit=first), near.assign(unit=second)[first != second]], ignore_index=True)
    kept: pd.DataFrame = both[both["unit"] >= 0]
    return kept.reset_index(drop=True)


def _faults(units: pd.DataFrame, services: gpd.GeoDataFrame) -> list[str]:
    faults = unique_labels(units.index, where="units") + columns(units, ["complete", "loaded"], where="units")
    faults += flags(units.get("complete"), where="units.complete") + flags(units.get("loaded"), where="units.loaded")
    faults += metric_points(services, where="services")
    faults += columns(services, ["service", "unit", "confirmed", "position_radius_m"], where="services")
    if "unit" in services:
        faults += known_labels(services["unit"].dropna(), units.index, where="services.unit", of="units")
    faults += numbers(services.get("position_radius_m"), where="services.position_radius_m")
    return faults + flags(services.get("confirmed"), where="services.confirmed")
