"""Find where services should open, and keep what was found with the run that it was found on."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection

from etl.derive import archive, book
from etl.derive.archive import InputsGone
from etl.derive.cases import TypeCase
from etl.derive.compare import read_run
from etl.derive.inputs import Inputs, frame_hash
from etl.derive.journeys import Journeys
from etl.derive.siting import keep
from etl.derive.siting.alternatives import alternatives
from etl.derive.siting.asked import Asked, require
from etl.derive.siting.candidates import Candidates, of_a_layer, of_the_atlas
from etl.derive.siting.classes import members
from etl.derive.siting.people import People, case_of, municipalities_inside, people_of, points_inside
from etl.errors import OmbraError
from etl.i18n import _
from etl.identity import code_version, content_hash, uid
from etl.progress import Progress, silent
from etl.travel.choice import Choice, Chosen, described, keep_choice, make
from geo.arrays import FloatSeries
from geo.siting import Limits, Siting, gains, lscp, mclp, p_center, p_median, replacements
from geo.travel.table import TravelEngine, TravelTable

SUPPLIES = {"confermata": "gained_confirmed", "tutta": "gained_all"}


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What a question is answered from.

    Attributes
    ----------
    run
        Name or number of a run, also of a scenario or a forecast; its inputs and results are what counts.
    travel
        The engine; None is that of the run.
    layer, column
        A file of candidates and its column of names; None are those of the atlas.
    """

    run: str = book.CURRENT
    travel: Choice | None = None
    layer: Path | None = None
    column: str | None = None


CURRENT = Sources()
LIMITS = Limits()


@dataclass(frozen=True)
class Proposal:
    """An answer: what was asked, what was found, and the chosen places in their order.

    ``places`` adds to the columns of the candidates: ``gained_confirmed`` and ``gained_all`` (persons gained on either
    supply), ``probable`` (of those gained on the supply that was asked for, who live near the boundary), ``assigned``.
    """

    id: uuid.UUID
    run_id: uuid.UUID
    asked: Asked
    found: Siting
    places: gpd.GeoDataFrame
    unknown: float
    rule_id: str
    candidates: int
    parameters: dict[str, Any]
    note: str | None


def propose(
    connection: Connection,
    asked: Asked,
    *,
    sources: Sources = CURRENT,
    limits: Limits = LIMITS,
    by: str | None = None,
    progress: Progress = silent,
) -> uuid.UUID:
    """Answer a question and keep the answer; its identifier. What was asked of the same data before is found.

    Raises
    ------
    OmbraError
        The question has faults, there is no such run or its inputs are gone, or there is no candidate.
    """
    require(connection, asked)
    run_id = book.find(connection, sources.run)
    inputs, chosen = _restored(connection, run_id, sources, progress)
    places = _candidates(connection, inputs, asked, sources)
    parameters = asked.told() | {"candidates": dict(places.origin), "travel": described(chosen.engine)}
    digest = content_hash([parameters, str(run_id), frame_hash(places.places), code_version()])
    identifier = uid("siting", digest)
    if keep.again(connection, identifier):
        return identifier
    progress(_("Cerco fra {n} luoghi dove aprire il servizio").format(n=len(places.places)))
    found = answer(inputs, chosen.engine, asked, places, limits)
    proposal = replace(found, id=identifier, run_id=run_id, parameters=parameters, note=chosen.note)
    keep.write(connection, proposal, digest=digest, by=by)
    return identifier


def _restored(connection: Connection, run_id: uuid.UUID, sources: Sources, progress: Progress) -> tuple[Inputs, Chosen]:
    """What the run was made from, and the engine."""
    run = read_run(connection, run_id)
    try:
        inputs = archive.restore(connection, run.tables)
    except InputsGone as error:
        why = _("Il calcolo {numero} non si può riprendere ({motivo}): rifarlo con ./ombra coverage run.")
        raise OmbraError(why.format(numero=str(run_id)[:8], motivo=error)) from error
    if sources.travel is None:
        return inputs, keep_choice(Choice.kept(run.inputs.get("engine") or {}), connection, progress)
    return inputs, Chosen(make(sources.travel, connection, progress), sources.travel, sources.travel)


def _candidates(connection: Connection, inputs: Inputs, asked: Asked, sources: Sources) -> Candidates:
    towns = members(connection, inputs, asked.classes).intersection(municipalities_inside(inputs, asked.area))
    if sources.layer is not None:
        found = of_a_layer(connection, inputs, sources.layer, towns, column=sources.column)
    else:
        found = of_the_atlas(connection, inputs, towns)
    if found.places.empty:
        raise OmbraError(_("Nessun luogo possibile in quest'area e in queste classi di comuni: allargarle."))
    return found


def answer(inputs: Inputs, engine: TravelEngine, asked: Asked, candidates: Candidates, limits: Limits) -> Proposal:
    """The answer to a question that has no faults, without a number and a run; nothing is kept."""
    case = case_of(inputs, engine, asked.type_code)
    inside = points_inside(inputs, asked.area)
    groups = {supply: people_of(case, asked, supply, inside) for supply in SUPPLIES}
    travel = _travel(inputs, engine, case, candidates)
    people, threshold = groups[asked.supply], case.kind.threshold
    capacity = None if asked.capacity is None else pd.Series(asked.capacity, index=travel.services)
    found = _model(asked, limits)(
        travel, people.demand, threshold=threshold, existing=people.nearest, **_room(asked, capacity)
    )

    def given(group: People, demand: FloatSeries) -> FloatSeries:
        return gains(travel, demand, found.chosen, threshold=threshold, existing=group.nearest, capacity=capacity)

    by_supply = {column: given(groups[supply], groups[supply].demand) for supply, column in SUPPLIES.items()}
    probable = given(people, people.demand.where(people.border, 0.0))
    near = replacements(travel, people.demand, found.chosen, threshold=threshold, existing=people.nearest)
    places = candidates.places.loc[found.chosen].assign(
        **by_supply,
        alternatives=alternatives(inputs, candidates.places, found, near),
        probable=probable,
        assigned=found.sites["assigned"],
        value=found.sites["value"],
    )
    nothing = uuid.UUID(int=0)
    return Proposal(
        nothing, nothing, asked, found, places, people.unknown, case.kind.rule_id, len(candidates.places), {}, None
    )


def _travel(inputs: Inputs, engine: TravelEngine, case: TypeCase, candidates: Candidates) -> TravelTable:
    """Minutes to the candidates, of those whom a service there would be for."""
    journeys = Journeys(inputs, engine)
    travel, _between = journeys.tables(case.kind, candidates.places)
    return journeys.entitled(case.kind, candidates.places, travel, case.complete)


def _model(asked: Asked, limits: Limits) -> Callable[..., Siting]:
    if asked.model == "lscp":
        return partial(lscp, limits=limits)
    models: dict[str, Callable[..., Siting]] = {"mclp": mclp, "p-median": p_median, "p-center": p_center}
    return partial(models[asked.model], k=asked.k, limits=limits)


def _room(asked: Asked, capacity: FloatSeries | None) -> dict[str, FloatSeries | None]:
    return {} if asked.model == "p-center" else {"capacity": capacity}
