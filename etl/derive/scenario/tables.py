"""The tables of a run as a scenario changes them; frames in, new frames out.

Columns keep their order and their types, rows the order of their identifiers, which is that in which the database gives
them: what is computed is then, to the last digit, what would be if the changes stood in the database.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import geopandas as gpd
import pandas as pd

from etl.derive.inputs import Inputs, centres
from etl.derive.scenario.places import Spot
from etl.identity import uid

Step = Callable[[Inputs], Inputs]


@dataclass(frozen=True, kw_only=True)
class Addition:
    """A service to be added; ``unit`` is that of its capacity, ``areas`` identifiers of those that it is for."""

    service: str
    type: str
    certainty: str
    provider: str
    delivery: str
    protected: bool
    capacity: float | None
    unit: str
    spot: Spot
    areas: Sequence[str]

    @property
    def presence(self) -> str:
        """Identifier of its presence at its place."""
        return str(uid("scenario_presence", self.service))


def changed(inputs: Inputs, steps: Iterable[Step]) -> Inputs:
    """The inputs after all steps."""
    return reduce(lambda former, step: step(former), steps, inputs)


def add(addition: Addition) -> Step:
    """Step that adds a service."""

    def step(inputs: Inputs) -> Inputs:
        services = inputs.services
        row = _new_row(inputs, addition)
        frame = gpd.GeoDataFrame(
            pd.DataFrame([row], index=pd.Index([addition.presence], name=services.index.name))[services.columns],
            geometry="geometry",
            crs=services.crs,
        ).astype(services.dtypes.drop("geometry").to_dict())
        with_it = replace(
            inputs,
            services=pd.concat([services, frame]).sort_index(),
            service_areas=_served(inputs.service_areas, [addition.presence], addition.areas),
        )
        if addition.capacity is None:
            return with_it
        return _measured(with_it, [addition.presence], addition.capacity, addition.unit)

    return step


def close(service: str) -> Step:
    """Step that takes a service out, with its areas and capacities."""

    def step(inputs: Inputs) -> Inputs:
        gone = _presences(inputs, service)
        of_it = inputs.services.index.isin(gone)
        areas, capacities = inputs.service_areas, inputs.capacities
        left = replace(
            inputs,
            services=inputs.services[~of_it],
            service_areas=areas[~areas["service"].isin(gone)],
            capacities=capacities[~capacities["service"].isin(gone)],
        )
        return _with_figures(left, str(inputs.services.loc[of_it, "type"].iloc[0]))

    return step


def open_(service: str) -> Step:
    """Step that confirms a service."""

    def step(inputs: Inputs) -> Inputs:
        certainty = inputs.services["certainty"].mask(inputs.services["service"] == service, "confermata")
        return replace(inputs, services=inputs.services.assign(certainty=certainty))

    return step


def move(service: str, spot: Spot) -> Step:
    """Step that brings a service to another place; the areas that it is for stay."""

    def step(inputs: Inputs) -> Inputs:
        services = inputs.services.copy()
        there, here = _there(inputs, spot), services["service"] == service
        for column, value in there.items():
            services.loc[here, column] = value
        return replace(inputs, services=services)

    return step


def resize(service: str, capacity: float, unit: str) -> Step:
    """Step that gives a service another capacity, in equal parts at its places."""
    return lambda inputs: _measured(inputs, _presences(inputs, service), capacity, unit)


def _presences(inputs: Inputs, service: str) -> list[str]:
    return inputs.services.index[inputs.services["service"] == service].tolist()


def _new_row(inputs: Inputs, addition: Addition) -> dict[str, Any]:
    told = {name: getattr(addition, name) for name in ("service", "type", "certainty", "provider", "delivery")}
    wide = addition.protected or addition.delivery != "sede"
    unknown = {"age_min": float("nan"), "age_max": float("nan"), "hours": float("nan"), "requirements": False}
    no_capacity = {"capacity": 1.0, "capacity_known": False}
    row = told | unknown | no_capacity | {"protected": addition.protected, "area_wide": wide}
    return row | _there(inputs, addition.spot)


def _there(inputs: Inputs, spot: Spot) -> dict[str, Any]:
    """What a service has of its place: a municipality with its classes, and a point."""
    town = inputs.points[inputs.points["municipality"] == spot.municipality].iloc[0]
    classes = {name: town[name] for name in ("municipality", "degurba", "altitude_m", "altimetric_zone")}
    point = spot.point or centres(inputs.points)[spot.municipality]
    return classes | {"located": spot.located, "position_radius_m": spot.radius_m, "geometry": point}


def _served(areas: pd.DataFrame, presences: Sequence[str], chosen: Sequence[str]) -> pd.DataFrame:
    if not chosen:
        return areas
    rows = [(presence, area) for presence in presences for area in chosen]
    return pd.concat([areas, pd.DataFrame(rows, columns=areas.columns).astype(areas.dtypes.to_dict())])


def _measured(inputs: Inputs, presences: Sequence[str], capacity: float, unit: str) -> Inputs:
    """A capacity is told of a service: each of its places has an equal part."""
    part = capacity / len(presences)
    here = inputs.services.index.isin(presences)
    services = inputs.services.assign(
        capacity=inputs.services["capacity"].mask(here, part),
        capacity_known=inputs.services["capacity_known"] | here,
    )
    found = replace(inputs, services=services)
    if unit not in _spoken(inputs):
        return found
    former = inputs.capacities
    others = former[~(former["service"].isin(presences) & (former["unit"] == unit))]
    rows = pd.DataFrame([(presence, unit, part) for presence in presences], columns=former.columns)
    found = replace(found, capacities=pd.concat([others, rows.astype(former.dtypes.to_dict())]))
    return _with_figures(found, str(services.loc[here, "type"].iloc[0]))


def _spoken(inputs: Inputs) -> set[str | None]:
    """Units that rules speak of."""
    rules = inputs.registry.standards.values()
    return {unit for rule in rules for unit in (rule.capacity_unit, rule.figure_unit)} - {None}


def _with_figures(inputs: Inputs, type_code: str) -> Inputs:
    """Inputs whose registry tells which figures some service of a type has (:attr:`Registry.figures`)."""
    registry, capacities = inputs.registry, inputs.capacities
    units = {rule.figure_unit for rule in registry.standards.values()} - {None}
    own = inputs.services.index[inputs.services["type"] == type_code]
    told = capacities.loc[capacities["service"].isin(own), "unit"].unique()
    figures = {one for one in registry.figures if one[0] != type_code}
    figures |= {(type_code, str(unit)) for unit in told if unit in units}
    return replace(inputs, registry=replace(registry, figures=tuple(sorted(figures))))
