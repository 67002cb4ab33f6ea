"""What a run depends on, part by part, and what the results of each service type and of each rule depend on.

The hashes of the parts make the identifier of a run and tell why two runs differ: they are the same on every machine,
whatever the order of rows.

Two runs in which the hash of a type or of a rule is the same have the same results there, so that the later takes over
those of the earlier. There every value counts with all its digits: what is taken over is what would be computed here.
Names are left out, save those that results show.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from etl.derive.cases import capacity_standard
from etl.derive.compliance import LOADED, evaluated
from etl.derive.evaluable import LOAD_KINDS
from etl.derive.inputs import Inputs, frame_hash
from etl.derive.registry import Kind, Standard
from etl.derive.served import in_parts
from etl.identity import content_hash
from geo.arrays import AnySeries

# Parts of what a run reads, by the tables of its inputs; a table that is not named is one of places and lists.
TABLES: Final[Mapping[str, str]] = {
    "services": "services",
    "service_areas": "services",
    "capacities": "services",
    "population": "population",
    "year": "population",
    "registry": "standards",
}
PARTS = ("services", "data", "population", "standards", "travel", "method")
"""Services with their areas and capacities; places, areas and lists; residents; types and rules; engine; code."""


def part_of(table: str) -> str:
    """The part that a table of the inputs belongs to."""
    return TABLES.get(table, "data")


def part_digests(inputs: Inputs, *, travel: Mapping[str, Any], method: str) -> dict[str, str]:
    """SHA-256 of each of :data:`PARTS`; ``travel`` is what the engine tells, ``method`` code and parameters."""
    told: dict[str, dict[str, object]] = {part: {} for part in PARTS}
    for table in (field.name for field in fields(inputs)):
        told[part_of(table)][table] = _portable(inputs, table)
    told["travel"], told["method"] = dict(travel), {"method": method}
    return {part: content_hash(content) for part, content in told.items()}


def _portable(inputs: Inputs, table: str) -> object:
    if table == "population":
        return inputs.people_hash
    value = getattr(inputs, table)
    return frame_hash(value) if isinstance(value, pd.DataFrame) else repr(value)


@dataclass(frozen=True)
class Digests:
    """SHA-256 by service type, and by rule that is evaluated, in the order of their tables."""

    types: Mapping[str, str]
    rules: Mapping[str, str]


def digests(inputs: Inputs, method: str) -> Digests:
    """The hashes of all types and rules; ``method`` stands for code, engine and parameters."""
    parts = _Parts(inputs, method)
    registry = inputs.registry
    return Digests(
        {code: parts.of_type(kind) for code, kind in registry.kinds.items()},
        {code: parts.of_rule(registry.standards[code]) for code in evaluated(registry)},
    )


class _Parts:
    """Hashes of the parts that types and rules are made of; what several share is hashed once."""

    def __init__(self, inputs: Inputs, method: str) -> None:
        self._registry = inputs.registry
        self._supply = _supply(inputs)
        self._lists = _by_key(inputs.complete, inputs.complete["type"])
        # Target groups are cut out of one table: where it changes, those of nearly all types do.
        shared = [method, inputs.people_hash]
        # Points in their order: sums of floating-point numbers depend on it.
        self._places = content_hash([*shared, _hash(_lines(inputs.points.reset_index())), _around_points(inputs)])
        self._units = content_hash([*shared, *_statutory(inputs)])
        self._around = _around_towns(inputs)
        self._in_parts = in_parts(inputs)

    def of_type(self, kind: Kind) -> str:
        standard = capacity_standard(self._registry, kind.code)
        return content_hash([self._places, repr(kind), repr(standard), self._listed(kind.code)])

    def of_rule(self, standard: Standard) -> str:
        spoken = repr(self._registry.conditions[standard.area_condition])
        listed = [self._listed(code) for code in standard.service_types]
        return content_hash([self._units, repr(standard), spoken, listed, self._by_kind(standard)])

    def _by_kind(self, standard: Standard) -> object:
        """What only some kinds of rule are held against: where people live, their minutes, whom services are for."""
        if standard.kind == "time":
            return [self.of_type(self._registry.kinds[code]) for code in standard.service_types]
        if standard.kind in ("coverage", "presence", *LOAD_KINDS):
            # Of a part of a municipality it counts who lives where.
            return [self._around, self._places if self._in_parts.intersection(standard.service_types) else None]
        return self._places if standard.kind == "distance" else None

    def _listed(self, code: str) -> list[str | None]:
        """What is listed of a type, and where its list is complete."""
        return [self._supply.get(code), self._lists.get(code)]


def _around_points(inputs: Inputs) -> str:
    """The areas in which points lie; an area of a layer that holds no point changes no answer."""
    within = inputs.within
    return _hash(sorted(_lines(within[within["area"].isin(inputs.points.index)])))


def _around_towns(inputs: Inputs) -> str:
    """The areas in which municipalities lie, any of which may be what a service is for, and their parts that are."""
    towns = inputs.units.index[inputs.units["level"] == "municipality"]
    within, declared = inputs.within, inputs.service_areas["area"]
    parts = within["ancestor"].isin(towns) & within["area"].isin(declared)
    return _hash(sorted(_lines(within[within["area"].isin(towns) | parts])))


def _statutory(inputs: Inputs) -> list[str]:
    """The units that rules are judged by, with code and name, and what lies in them."""
    units = inputs.units[inputs.units["level"].isin({"municipality", *LOADED.values()})]
    within = inputs.within
    within = within[within["area"].isin(units.index) & within["ancestor"].isin(units.index)]
    return [_hash(sorted(_lines(units.reset_index()))), _hash(sorted(_lines(within)))]


def _supply(inputs: Inputs) -> dict[str, str]:
    """By type its services in their order, with the areas that they serve and their capacities."""
    services = inputs.services
    types = services["type"]
    # Areas and capacities of closed services are read too, and count for nothing.
    hanging = [_by_key(told, told["service"].map(types)) for told in (inputs.service_areas, inputs.capacities)]
    parts = [_by_key(services.reset_index(), types), *hanging]
    return {code: content_hash([part.get(code) for part in parts]) for code in parts[0]}


def _by_key(frame: pd.DataFrame, keys: AnySeries) -> dict[str, str]:
    """Hash of the rows of each key; those without one are left out. The order of rows counts where they are spots."""
    found: dict[str, list[str]] = {}
    for key, line in zip(keys.tolist(), _lines(frame), strict=True):
        if isinstance(key, str):
            found.setdefault(key, []).append(line)
    ordered = isinstance(frame, gpd.GeoDataFrame)
    return {key: _hash(lines if ordered else sorted(lines)) for key, lines in found.items()}


def _lines(frame: pd.DataFrame) -> Iterator[str]:
    """The rows as text, numbers with all their digits and geometries as WKB."""
    columns = [
        (frame.geometry.to_wkb() if isinstance(frame, gpd.GeoDataFrame) and name == "geometry" else frame[name])
        for name in frame.columns
    ]
    return map(repr, zip(*(column.tolist() for column in columns), strict=True))


def _hash(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
