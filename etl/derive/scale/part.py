"""The answers of one part: access status and scores of its demand points for every type."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Self

import geopandas as gpd
import numpy as np
import pandas as pd

from etl.derive import status
from etl.derive.cases import TypeCase
from etl.derive.journeys import FARTHEST, TOLERANCE
from etl.derive.scale.facts import Territory, TypeFacts, thresholds
from etl.derive.scale.sparing import PartJourneys, nothing
from etl.derive.scores import counted
from geo.access import two_step_fca
from geo.arrays import Bools, Floats, floats
from geo.balanced import balanced_per_person
from geo.decay import thirds
from geo.partition import halo
from geo.travel.table import TravelEngine

SCORES = ("enhanced", "balanced")
"""The scores that a part can tell. The rational agents of RAAM settle over the whole at once: no halo holds them."""


@dataclass(frozen=True)
class Reach:
    """Straight metres beyond which an engine puts nothing within some minutes.

    ``near``: by threshold, of the threshold and its tolerance, within which people compete; ``farthest``: of the
    minutes up to which the nearest services are told.
    """

    near: Mapping[float, float]
    farthest: float

    @classmethod
    def of(cls, facts: Iterable[TypeFacts], metres: Callable[[float], float]) -> Self:
        """Of the thresholds of some types; ``metres`` tells those of any number of minutes."""
        near = {one.kind.threshold: metres(one.kind.threshold + TOLERANCE) for one in facts}
        return cls(near, max([metres(FARTHEST), *near.values()]))

    @property
    def widest(self) -> float:
        """The largest of ``near``."""
        return max(self.near.values(), default=0.0)


def answers(whole: Territory, engine: TravelEngine, reach: Reach | None = None) -> pd.DataFrame:
    """What every own point is told of every type: the columns of :func:`etl.derive.status.results` and the scores.

    ``area_id``, ``position`` and ``service_type_code`` name a row; ``nearest`` is JSON; scores are missing where no
    service of the type is confirmed anywhere. Rows by type and position.

    ``reach`` is needed where some points are not own ones.
    """
    return pd.concat(list(_by_type(whole, engine, reach)), ignore_index=True)


def _by_type(whole: Territory, engine: TravelEngine, reach: Reach | None) -> Iterator[pd.DataFrame]:
    made = {}
    for threshold, types in thresholds(whole.facts).items():
        part = whole if reach is None else narrowed(whole, types, metres=reach.near[threshold])
        journeys = PartJourneys(part.as_inputs(), engine)
        rows = part.services.groupby("type").indices
        for facts in types:
            services = part.services.iloc[rows.get(facts.kind.code, np.zeros(0, dtype=np.intp))]
            made[facts.kind.code] = _answers(facts, _case(facts, part, services, journeys), part.points)
    return (made[facts.kind.code] for facts in whole.facts)


def narrowed(whole: Territory, types: tuple[TypeFacts, ...], *, metres: float) -> Territory:
    """The services of some types, and of the points the own ones and all who compete for a service with them.

    ``metres``: what is farther is not within the threshold and the tolerance. A service that covers an area is within
    reach of all who live there, and all of them compete for it.
    """
    services = whole.services[whole.services["type"].isin([facts.kind.code for facts in types])]
    wide = services["area_wide"].to_numpy(dtype=bool)
    own = whole.points["own"].to_numpy(dtype=bool)
    found = halo(coordinates(whole.points), coordinates(services[~wide]), own, metres=metres)
    covering, covered = _by_area(whole, services.index[wide])
    near = services.index.isin(covering)
    near[~wide] = found.services
    kept = found.points | whole.points.index.isin(covered)
    points = whole.points[kept]
    return replace(
        whole,
        points=points,
        services=services.assign(near=near)[near | ~wide],
        within=whole.within[whole.within["area"].isin(points.index)],
    )


def coordinates(frame: gpd.GeoDataFrame) -> Floats:
    """Metres east and north of the points of a frame, one row each."""
    return np.column_stack([floats(frame.geometry.x), floats(frame.geometry.y)])


def _by_area(whole: Territory, wide: "pd.Index[str]") -> "tuple[pd.Index[str], pd.Index[str]]":
    """Services that cover an own point, and all the points that one of these covers."""
    own = whole.points.index[whole.points["own"].to_numpy(dtype=bool)]
    homes = whole.within.loc[whole.within["area"].isin(own), "ancestor"]
    areas = whole.service_areas[whole.service_areas["service"].isin(wide)]
    covering = pd.Index(areas.loc[areas["area"].isin(homes), "service"].unique())
    covers = areas.loc[areas["service"].isin(covering), "area"]
    return covering, pd.Index(whole.within.loc[whole.within["ancestor"].isin(covers), "area"].unique())


def _case(facts: TypeFacts, part: Territory, services: gpd.GeoDataFrame, journeys: PartJourneys) -> TypeCase:
    points = part.points
    travel = journeys.travel(facts.kind, services, points[facts.complete])
    return TypeCase(
        kind=facts.kind,
        persons=points[facts.persons],
        base=points[facts.base],
        complete=points[facts.complete],
        everything=services,
        travel_to_everything=travel,
        travel_between=nothing(services.index, services.index, facts.kind.threshold / 2, travel.engine),
        standard=facts.standard,
        capacity_rule=facts.rule,
        boundary_minutes=None if facts.boundary is None else points[facts.boundary],
    )


def _answers(facts: TypeFacts, case: TypeCase, points: gpd.GeoDataFrame) -> pd.DataFrame:
    own: Bools = points["own"].to_numpy(dtype=bool)
    found = status.results(case).join(_scores(facts, case))[own]
    told = found.assign(position=points["position"], nearest=[json.dumps(entries) for entries in found["nearest"]])
    return told.rename_axis("area_id").reset_index()


def _scores(facts: TypeFacts, case: TypeCase) -> pd.DataFrame:
    if not facts.confirmed:
        return pd.DataFrame(np.nan, index=case.persons.index, columns=[*SCORES])
    confirmed = case.supply["confirmed"].to_numpy(dtype=bool)
    travel, decay = case.travel.select_services(confirmed), thirds(case.kind.threshold)
    # Whether all capacities are known is a matter of the whole: places and sites are never added up.
    capacity = counted(case.supply[confirmed].assign(capacity_known=facts.known))
    return pd.DataFrame(
        {
            "enhanced": two_step_fca(case.base, capacity, travel, decay),
            "balanced": balanced_per_person(case.base, capacity, travel, decay),
        }
    )
