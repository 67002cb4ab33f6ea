"""The whole divided into parts: whose is each row, and which other parts each of them has to read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from etl.derive.scale.facts import Territory
from etl.derive.scale.narrow import Covering, Reach, coordinates, flags
from etl.derive.scale.store import Part, Store
from geo.arrays import AnySeries, Bools, Positions, TextSeries
from geo.partition import HAIR, box_distances, boxes


@dataclass(frozen=True)
class _Homes:
    """The part of each row of each table, by number, and the names of the parts."""

    names: tuple[str, ...]
    points: Positions
    services: Positions
    within: Positions
    service_areas: Positions


def split(whole: Territory, parts: TextSeries, folder: Path, reach: Reach) -> tuple[Store, list[Part]]:
    """Write the whole into a folder by parts; these come back with the store, the longest work first.

    Parameters
    ----------
    parts
        The part of each point, one and the same for those of one municipality: its province, say.
    """
    homes = _homes(whole, parts)
    store = Store(folder, whole.facts, reach)
    store.write(whole, vars(homes), len(homes.names))
    sizes = np.bincount(homes.points, minlength=len(homes.names))
    made = _parts(whole, homes, reach)
    return store, sorted(made, key=lambda part: (-sizes[part.number] * len(part.services), part.number))


def _homes(whole: Territory, parts: TextSeries) -> _Homes:
    codes, names = pd.factorize(parts, sort=True)
    home: AnySeries = pd.Series(codes, index=whole.points.index)
    of_service = _of_services(whole, home)
    return _Homes(
        names=tuple(map(str, names)),
        points=home.to_numpy(dtype=np.intp),
        services=of_service.to_numpy(dtype=np.intp),
        within=home.reindex(whole.within["area"]).to_numpy(dtype=np.intp),
        service_areas=of_service.reindex(whole.service_areas["service"]).to_numpy(dtype=np.intp),
    )


def _of_services(whole: Territory, home: AnySeries) -> AnySeries:
    """The part of the municipality of each service; beyond the territory, that of the people nearest to it."""
    points, services = whole.points, whole.services
    towns = pd.Series(home.to_numpy(), index=points["municipality"])
    own = services["municipality"].map(towns[~towns.index.duplicated()])
    if not len(services):
        return own.astype("int64")
    nearest = cKDTree(coordinates(points)).query(coordinates(services))[1]
    return own.fillna(pd.Series(home.to_numpy()[nearest], index=services.index)).astype("int64")


def _parts(whole: Territory, homes: _Homes, reach: Reach) -> Iterator[Part]:
    """Each part with those of the points that its halo may hold, and of the services that they may be told."""
    count = len(homes.names)
    placed = ~whole.services["area_wide"].to_numpy(dtype=bool)
    people = boxes(coordinates(whole.points), homes.points, count)
    desks = boxes(coordinates(whole.services)[placed], homes.services[placed], count)
    radius = float(whole.services["position_radius_m"].max()) if len(whole.services) else 0.0
    serving, competing = _by_area(whole, homes)
    within = np.array([box_distances(one, desks) for one in people])
    near = serving | (within <= reach.widest * HAIR)
    for number, name in enumerate(homes.names):
        around = competing[number] | (box_distances(people[number], people) <= 2.0 * reach.widest * HAIR)
        told = near[around].any(axis=0) | (within[number] <= (reach.farthest + radius) * HAIR)
        yield Part(number, name, _numbers(around), _numbers(told))


def _numbers(mask: Bools) -> tuple[int, ...]:
    return tuple(np.flatnonzero(mask).tolist())


def _by_area(whole: Territory, homes: _Homes) -> tuple[Bools, Bools]:
    """For each part the parts of the services that cover some of its people, and those of all whom these cover."""
    services, count = whole.services, len(homes.names)
    covering = Covering.of(whole, services.index, services["area_wide"].to_numpy(dtype=bool))
    people = flags(homes.points, np.arange(len(homes.points)), (count, len(homes.points)))
    home = flags(np.arange(len(services)), homes.services, (len(services), count))
    covered = people @ covering.inside @ covering.covers
    return (covered @ home).toarray() > 0, (covered @ covered.T).toarray() > 0
