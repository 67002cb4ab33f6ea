"""The answers of one part: access status and scores of its demand points for every type."""

import json
from collections.abc import Iterator
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from etl.derive import status
from etl.derive.cases import TypeCase
from etl.derive.scale.facts import Territory, TypeFacts, thresholds
from etl.derive.scale.narrow import Reach, narrowed
from etl.derive.scale.sparing import PartJourneys
from etl.derive.scale.untold import nothing
from etl.derive.scores import counted
from geo.access import two_step_fca
from geo.arrays import AnySeries, Bools
from geo.balanced import balanced_per_person
from geo.decay import thirds
from geo.travel.table import TravelEngine

SCORES = ("enhanced", "balanced")
"""The scores that a part can tell. The rational agents of RAAM settle over the whole at once: no halo holds them."""


def answers(known: Territory, engine: TravelEngine, reach: Reach | None) -> pd.DataFrame:
    """What every own point is told of every type: the columns of :func:`etl.derive.status.results` and the scores.

    ``area_id`` and ``service_type_code`` name a row; ``nearest`` is JSON; scores are missing where no service of the
    type is confirmed anywhere. Rows by type, in the order of the points, each with its ``position`` in the whole.

    ``reach`` may be None where all points are own ones and nobody knows how far the engine goes.
    """
    return pd.concat(list(_by_type(known, engine, reach)), ignore_index=True)


def _by_type(known: Territory, engine: TravelEngine, reach: Reach | None) -> Iterator[pd.DataFrame]:
    made = {}
    alone = bool(known.points["own"].all())
    for threshold, types in thresholds(known.facts).items():
        part = known if alone or reach is None else narrowed(known, types, metres=reach.near(threshold))
        journeys = PartJourneys(part, engine, None if reach is None else reach.metres)
        rows = part.services.groupby("type").indices
        for facts in types:
            services = part.services.iloc[rows.get(facts.kind.code, np.zeros(0, dtype=np.intp))]
            made[facts.kind.code] = _answers(facts, _case(facts, part, services, journeys), part.points)
    return (made[facts.kind.code] for facts in known.facts)


def _case(facts: TypeFacts, part: Territory, services: gpd.GeoDataFrame, journeys: PartJourneys) -> TypeCase:
    points = part.points
    told, travel = journeys.travel(facts.kind, services, points[facts.complete])
    return TypeCase(
        kind=facts.kind,
        persons=points[facts.persons],
        base=points[facts.base],
        complete=points[facts.complete],
        everything=told,
        travel_to_everything=travel,
        travel_between=nothing(told.index, told.index, facts.kind.threshold / 2, travel.engine),
        standard=facts.standard,
        capacity_rule=facts.rule,
        boundary_minutes=None if facts.boundary is None else points[facts.boundary],
    )


def _answers(facts: TypeFacts, case: TypeCase, points: gpd.GeoDataFrame) -> pd.DataFrame:
    own: Bools = points["own"].to_numpy(dtype=bool)
    competing = _competing(case, own)
    found = status.results(competing).assign(**_scores(facts, case, competing))[own]
    told = found.assign(area_id=points["label"], nearest=[json.dumps(entries) for entries in found["nearest"]])
    return told.rename_axis("position").reset_index()


def _competing(case: TypeCase, own: Bools) -> TypeCase:
    """Without the services that are near to people of the halo only.

    These people compete for the services that own points use, and all else that is near them matters to nothing but
    the way in which they divide themselves.
    """
    used = case.everything["used"].to_numpy(dtype=bool)
    if own.all() or used.all():
        return case
    travel = case.travel_to_everything
    return replace(case, travel_to_everything=travel.select_pairs(own[travel.origin] | used[travel.service]))


def _scores(facts: TypeFacts, case: TypeCase, competing: TypeCase) -> dict[str, AnySeries | float]:
    if not facts.confirmed:
        return dict.fromkeys(SCORES, np.nan)
    confirmed, decay = case.supply["confirmed"].to_numpy(dtype=bool), thirds(case.kind.threshold)
    # Whether all capacities are known is a matter of the whole: places and sites are never added up.
    capacity = counted(case.supply[confirmed].assign(capacity_known=facts.known))
    used, near = (one.travel.select_services(confirmed) for one in (competing, case))
    return {
        "enhanced": two_step_fca(case.base, capacity, used, decay),
        "balanced": balanced_per_person(case.base, capacity, near, decay),
    }
