"""What has to be known of the whole before any part of it can be computed, and the whole as parts take it.

Most of what a type needs is local: people, services, minutes. Not so whether a list is complete (one service that
covers an unknown area makes it incomplete everywhere), whether the capacities of all services are known, and where the
territory ends. These are found once, with no minutes between people and services, and go with every part.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from etl.derive.cases import TypeCase, cases
from etl.derive.inputs import Inputs
from etl.derive.registry import Kind, Registry, Standard
from etl.derive.scale.codes import coded
from etl.derive.scale.untold import nothing, of_services
from geo.arrays import AnySeries
from geo.supply import CapacityRule
from geo.travel.table import TravelEngine, TravelTable

_POINT = ("label", "municipality", "degurba", "altitude_m", "altimetric_zone", "geometry")
_SERVICE = (
    *("label", "service", "type", "certainty", "provider", "municipality", "degurba", "altitude_m", "altimetric_zone"),
    *("capacity", "capacity_known", "located", "area_wide", "position_radius_m", "geometry"),
)


@dataclass(frozen=True, kw_only=True)
class TypeFacts:
    """What is known of a type over the whole.

    ``persons``, ``base``, ``complete`` and ``boundary`` (None as in :class:`etl.derive.cases.TypeCase`) name columns of
    the points. ``confirmed``: some service of the whole is; ``known``: the capacities of all these are.
    """

    kind: Kind
    standard: Standard | None
    rule: CapacityRule | None
    persons: str
    base: str
    complete: str
    boundary: str | None
    confirmed: bool
    known: bool


@dataclass(frozen=True)
class Territory:
    """Demand points, the services that matter to them, and what is known of the whole.

    Points, services and areas are whole numbers here (:func:`etl.derive.scale.codes.coded`), which are quicker to look
    up than text, a point's and a service's being its position in the whole.

    Attributes
    ----------
    points
        EPSG:32632: what engines read; ``label``, the identifier; ``own`` where answers are asked for (the others
        compete for services); a column for each that ``facts`` name.
    services
        EPSG:32632: what the measures read, with the capacity that their type is judged by; ``label``; ``used`` where
        an own point is within the threshold and the tolerance, ``near`` where somebody is who competes with one.
    within, service_areas
        As in :class:`etl.derive.inputs.Inputs`, of these points and services.
    """

    points: gpd.GeoDataFrame
    services: gpd.GeoDataFrame
    within: pd.DataFrame
    service_areas: pd.DataFrame
    facts: tuple[TypeFacts, ...]

    def as_inputs(self) -> Inputs:
        """As the journeys read it: nothing but places and areas."""
        empty = pd.DataFrame()
        return Inputs(
            year=0,
            points=self.points,
            population=empty,
            services=self.services,
            service_areas=self.service_areas,
            capacities=empty,
            within=self.within,
            units=empty,
            complete=empty,
            registry=Registry({}, {}, {}),
        )


def territory(inputs: Inputs, engine: TravelEngine, *, only: Collection[str] | None = None) -> Territory:
    """The whole as parts take it, for each type or each of ``only``; all points are its own, all services near."""
    columns, numbered = _Columns(), coded(inputs)
    every = list(cases(numbered, _Untravelled(engine), only=only))
    facts = tuple(_facts(case, columns) for case in every)
    frames = [case.everything[[*_SERVICE]] for case in every if len(case.everything)]
    services = pd.concat(frames) if frames else numbered.services[[*_SERVICE]].iloc[:0]
    points = numbered.points[[*_POINT]].join(pd.DataFrame(columns.kept, index=numbered.points.index))
    return Territory(
        points=points.assign(own=True),
        services=gpd.GeoDataFrame(services).assign(used=True, near=True),
        within=numbered.within,
        service_areas=numbered.service_areas[numbered.service_areas["service"].isin(services.index)],
        facts=facts,
    )


@dataclass(frozen=True)
class _Untravelled:
    """An engine that tells minutes to the boundary only: those to the services are found part by part."""

    engine: TravelEngine

    @property
    def name(self) -> str:
        return self.engine.name

    def describe(self) -> dict[str, Any]:
        return self.engine.describe()

    def table(self, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame, *, cutoff: float) -> TravelTable:
        if of_services(services):
            return nothing(origins.index, services.index, cutoff, self.name)
        return self.engine.table(origins, services, cutoff=cutoff)


class _Columns:
    """Columns of the points, each kept once: many types have the same people, lists and boundaries."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self._names: dict[tuple[str, bytes], str] = {}

    def name(self, values: AnySeries) -> str:
        """The name of the column that holds these values."""
        array = values.to_numpy()
        key = array.dtype.str, array.tobytes()
        if key not in self._names:
            self._names[key] = f"told_{len(self._names)}"
            self.kept[self._names[key]] = array
        return self._names[key]


def _facts(case: TypeCase, columns: _Columns) -> TypeFacts:
    confirmed = case.supply[case.supply["confirmed"]]
    return TypeFacts(
        kind=case.kind,
        standard=case.standard,
        rule=case.capacity_rule,
        persons=columns.name(case.persons),
        base=columns.name(case.base),
        complete=columns.name(case.complete),
        boundary=None if case.boundary_minutes is None else columns.name(case.boundary_minutes),
        confirmed=len(confirmed) > 0,
        known=bool(confirmed["capacity_known"].all()),
    )


def thresholds(facts: Collection[TypeFacts]) -> Mapping[float, tuple[TypeFacts, ...]]:
    """The types by their threshold in minutes, which says how far a halo goes."""
    found: dict[float, tuple[TypeFacts, ...]] = {}
    for one in facts:
        found[one.kind.threshold] = (*found.get(one.kind.threshold, ()), one)
    return found
