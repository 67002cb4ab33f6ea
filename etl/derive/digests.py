"""What the results of each service type and of each rule depend on, as one hash each.

Two runs in which a hash is the same have the same results there, so that the later takes over those of the earlier.
Every value counts with all its digits, unlike in the identifier of a run, which is the same on every machine: what is
taken over is what would be computed here. Names are left out, save those that results show.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from etl.derive.cases import capacity_standard
from etl.derive.compliance import LOADED, evaluated
from etl.derive.inputs import Inputs
from etl.derive.registry import Kind, Standard
from etl.identity import content_hash
from geo.arrays import AnySeries


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

    def of_type(self, kind: Kind) -> str:
        standard = capacity_standard(self._registry, kind.code)
        return content_hash([self._places, repr(kind), repr(standard), self._listed(kind.code)])

    def of_rule(self, standard: Standard) -> str:
        return content_hash([self._units, repr(standard), [self._listed(code) for code in standard.service_types]])

    def _listed(self, code: str) -> list[str | None]:
        """What is listed of a type, and where its list is complete."""
        return [self._supply.get(code), self._lists.get(code)]


def _around_points(inputs: Inputs) -> str:
    """The areas in which points lie; an area of a layer that holds no point changes no answer."""
    within = inputs.within
    return _hash(sorted(_lines(within[within["area"].isin(inputs.points.index)])))


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
