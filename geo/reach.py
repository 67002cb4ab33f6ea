"""Compliance with rules of time and distance: how many people of a statutory unit have a service near enough."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats, bools, floats
from geo.checks import columns, flags, known_labels, metric_points, numbers, require, unique_labels
from geo.errors import NotEvaluated
from geo.outcomes import Threshold, doubts, outcomes
from geo.rules import ROUNDING, ReachRule, Rule

SUPPLIES = ("confirmed", "all")
BLOCK = 1_000_000
"""Cells of the distance matrix held at once."""


def evaluate_reach(rule: Rule, units: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """Outcome and shortfall of every statutory unit under a rule of time or distance.

    `units`, indexed by unit: `loaded`. `points`, one row per demand point: `unit`, `persons` (>= 0, of the rule's base
    population), `complete` (the list of this type is), and for supply `confirmed` and `all` the minutes or metres to
    the nearest service, `confirmed`, `confirmed_low`, `confirmed_high`, `all`, …: central value and the interval that
    the positions allow, missing where no service is near.

    The result has the columns of :func:`geo.compliance.evaluate`, and `base` and `reached_*` (persons within the limit
    of the minimum by central value). `value_*` is the share reached in the rule's `per`, or for '<=' the farthest
    inhabited point (infinite where none is near); `shortfall_*` are persons, at the least: those of an incomplete list,
    of whom nothing is known, are not counted as lacking. A threshold is met where enough people are reached whatever
    the true positions (high <= limit); it is not determinable where that hangs on the positions (cause posizione) or on
    services that an incomplete list may lack (elenco). In a unit without people there is nothing to ask (nessuno).

    Raises :class:`NotEvaluated` for another rule; :class:`InvalidInput` with all faults of the frames.

    >>> units = pd.DataFrame({"loaded": [True]}, index=["u"])
    >>> near = {"confirmed": [2.0, 9.0], "confirmed_low": [2.0, 9.0], "confirmed_high": [2.0, 9.0]}
    >>> points = pd.DataFrame({"unit": "u", "persons": [600.0, 400.0], "complete": True} | near)
    >>> points = points.assign(all=points["confirmed"], all_low=points["confirmed"], all_high=points["confirmed"])
    >>> found = evaluate_reach(ReachRule(">=", 75, reach=3.0), units, points)
    >>> found[["value_confirmed", "outcome_confirmed", "shortfall_confirmed"]].values.tolist()
    [[60.0, 'sotto_minimo', 150.0]]
    """
    if not isinstance(rule, ReachRule):
        raise NotEvaluated(f"{rule!r} is no rule of time or distance")
    require(_faults(units, points))
    persons = _Persons(units, points)
    parts = [_assess(rule, units, points, persons, supply).add_suffix(f"_{supply}") for supply in SUPPLIES]
    return pd.concat([pd.DataFrame({"base": persons.base}, index=units.index), *parts], axis=1)


def nearest_metres(points: gpd.GeoDataFrame, services: gpd.GeoDataFrame) -> pd.DataFrame:
    """Straight metres from each point to the nearest service: `central`, `low`, `high`, NaN where there is none.

    Both frames hold points in EPSG:32632 and `municipality`; `services` also `position_radius_m` (>= 0, how far the
    true position may lie) and `located` (False: known only by its municipality). A distance d stands for
    [max(0, d - r), d + r]; of a service that is not located people of its own municipality are at least r away, as
    in :class:`geo.travel.estimate.Estimate`. Each column is the least over the services by itself.

    Raises :class:`InvalidInput` with all faults of the two frames.
    """
    require(_place_faults(points, services))
    radius, vague = floats(services["position_radius_m"]), ~bools(services["located"])
    start, end = _coordinates(points), _coordinates(services)
    home, place = points["municipality"].to_numpy(dtype=object), services["municipality"].to_numpy(dtype=object)
    found = np.full((3, len(points)), np.inf)
    size = max(BLOCK // max(len(services), 1), 1)
    for first in range(0, len(points) if len(services) else 0, size):
        rows = slice(first, first + size)
        metres = np.hypot(start[rows, 0, None] - end[:, 0], start[rows, 1, None] - end[:, 1])
        metres = np.where((home[rows, None] == place) & vague, np.maximum(metres, radius), metres)
        for column, distances in enumerate((metres, np.maximum(metres - radius, 0.0), metres + radius)):
            found[column, rows] = distances.min(axis=1)
    found[np.isinf(found)] = np.nan
    return pd.DataFrame(dict(zip(("central", "low", "high"), found, strict=True)), index=points.index)


class _Persons:
    """Sums of persons over the points of each unit."""

    def __init__(self, units: pd.DataFrame, points: pd.DataFrame) -> None:
        self._unit = units.index.get_indexer(pd.Index(points["unit"]))
        self._count = len(units)
        self.each = floats(points["persons"])
        self.base = self.where(np.ones(len(points), dtype=np.bool_))

    def where(self, mask: Bools) -> Floats:
        return floats(np.bincount(self._unit, weights=np.where(mask, self.each, 0.0), minlength=self._count))

    def farthest(self, values: Floats) -> Floats:
        """The largest of the values at inhabited points, infinite where one is missing, NaN where nobody lives."""
        found = np.full(self._count, -np.inf)
        lived = self.each > 0
        np.maximum.at(found, self._unit[lived], np.where(np.isnan(values), np.inf, values)[lived])
        return np.where(np.isneginf(found), np.nan, found)


def _assess(rule: ReachRule, units: pd.DataFrame, points: pd.DataFrame, persons: _Persons, supply: str) -> pd.DataFrame:
    central, low, high = (floats(points[f"{supply}{bound}"]) for bound in ("", "_low", "_high"))
    complete, nobody = bools(points["complete"]), persons.base == 0.0

    def judged(threshold: float) -> Threshold:
        limit, share = rule.within(threshold)
        needed = share * persons.base
        enough = needed * (1.0 - ROUNDING)
        there, unlisted = persons.where(low <= limit) >= enough, persons.where((low <= limit) | ~complete) >= enough
        causes = {"nessuno": nobody, "posizione": there, "elenco": unlisted}
        # Whoever an unlisted service may reach is not told to lack one: what remains is certainly missing.
        missing = needed - persons.where((central <= limit) | ~complete)
        met = (persons.where(high <= limit) >= enough) & ~nobody
        return Threshold(met, doubts(**causes), missing)

    reached = persons.where(central <= rule.within(rule.minimum)[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        value = persons.farthest(central) if rule.reach is None else reached / persons.base * rule.per
    objective = None if rule.objective is None else judged(rule.objective)
    found = outcomes(units.index, bools(units["loaded"]), value, judged(rule.minimum), objective)
    return found.assign(reached=reached)


def _coordinates(frame: gpd.GeoDataFrame) -> Floats:
    return np.column_stack([floats(frame.geometry.x), floats(frame.geometry.y)])


def _faults(units: pd.DataFrame, points: pd.DataFrame) -> list[str]:
    distances = [f"{supply}{bound}" for supply in SUPPLIES for bound in ("", "_low", "_high")]
    faults = unique_labels(units.index, where="units") + columns(units, ["loaded"], where="units")
    faults += flags(units.get("loaded"), where="units.loaded")
    faults += columns(points, ["unit", "persons", "complete", *distances], where="points")
    faults += known_labels(points.get("unit"), units.index, where="points.unit", of="units")
    faults += numbers(points.get("persons"), where="points.persons")
    faults += flags(points.get("complete"), where="points.complete")
    for name in distances:
        faults += numbers(points.get(name), where=f"points.{name}", missing=True)
    return faults


def _place_faults(points: gpd.GeoDataFrame, services: gpd.GeoDataFrame) -> list[str]:
    faults = metric_points(points, where="points") + columns(points, ["municipality"], where="points")
    faults += metric_points(services, where="services")
    faults += columns(services, ["municipality", "position_radius_m", "located"], where="services")
    faults += numbers(services.get("position_radius_m"), where="services.position_radius_m")
    return faults + flags(services.get("located"), where="services.located")
