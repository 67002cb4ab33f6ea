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
from etl.errors import FaultsError
from etl.i18n import _
from geo.arrays import AnySeries, Bools, Positions, TextSeries
from geo.checks import examples
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
    """Write the whole into a folder by parts.

    Parameters
    ----------
    parts
        The part of each municipality, such as its province.

    Returns
    -------
    Store, list of Part
        Where they are, and the parts that have demand points, the longest work first.

    Raises
    ------
    FaultsError
        Municipalities with demand points have no part.
    """
    homes = _homes(whole, parts)
    store = Store(folder, whole.facts, reach)
    store.write(whole, vars(homes), len(homes.names))
    sizes = np.bincount(homes.points, minlength=len(homes.names))
    made = [part for part in _parts(whole, homes, reach) if sizes[part.number]]
    return store, sorted(made, key=lambda part: (-sizes[part.number] * len(part.services), part.number))


def _homes(whole: Territory, parts: TextSeries) -> _Homes:
    points, services = whole.points, whole.services
    placed = points["municipality"].map(parts)
    if placed.isna().any():
        lost = examples(pd.unique(points.loc[placed.isna(), "municipality"]))
        fault = _("Comuni senza una parte: {comuni}. Indicare la parte di ogni comune.").format(comuni=lost)
        raise FaultsError(_("Il territorio non si può dividere in parti."), [fault])
    codes, names = pd.factorize(placed, sort=True)
    home = pd.Series(codes, index=points.index)
    # A service beyond the territory goes with the people nearest to it.
    nearest = codes[cKDTree(coordinates(points)).query(coordinates(services))[1]]
    told = pd.Index(names).get_indexer(pd.Index(services["municipality"].map(parts)))
    of_service: AnySeries = pd.Series(np.where(told < 0, nearest, told).astype(np.intp), index=services.index)
    return _Homes(
        names=tuple(map(str, names)),
        points=home.to_numpy(dtype=np.intp),
        services=of_service.to_numpy(dtype=np.intp),
        within=home.reindex(whole.within["area"]).to_numpy(dtype=np.intp),
        service_areas=of_service.reindex(whole.service_areas["service"]).to_numpy(dtype=np.intp),
    )


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
