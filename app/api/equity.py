"""Need by area, and how equally the access to a service is shared among people."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response

from app.api import responses
from app.api.conditional import VersionedRoute
from app.api.lists import ListDep, RunDep
from app.api.output import csv_response
from app.api.schemas import Equity, EquityAreaProperties, EquityGroup, NeedIndicator, NeedProperties
from app.api.vocabulary import RecordFormat
from app.deps import SessionDep, TypeDep
from app.queries.equity import equities
from app.queries.need import needs
from app.reports import equity as report
from app.reports.equity_words import sentences
from app.reports.need import catalogue, choice, values
from etl.derive import equity
from etl.derive.equity import Asked
from etl.derive.need import Choice, read

router = APIRouter(prefix="/api/v1", tags=["Copertura"], route_class=VersionedRoute)

Level = Literal["metropolitan_city", "zona_omogenea", "asl", "distretto", "municipality"]
Composite = Annotated[
    Literal["z", "ranks"] | None,
    Query(description="Come unire più indicatori: scarti dalla media (z) o posizioni (ranks). È una scelta."),
]


def meant(
    indicator: Annotated[
        list[str] | None,
        Query(description="Indicatore di bisogno; più volte per un composito, con il peso: `reddito=-1`."),
    ] = None,
    composite: Composite = None,
) -> Choice:
    """The need that the request means."""
    return choice(indicator or [], composite)


NeedDep = Annotated[Choice, Depends(meant)]


def asked(
    *,
    run: RunDep,
    need: NeedDep,
    type: TypeDep,  # noqa: A002
    measure: Annotated[
        Literal["minutes", "score", "shadow"],
        Query(description="Minuti al più vicino, punteggio E2SFCA per 100.000 persone, quota di persone in ombra."),
    ] = "minutes",
    by: Annotated[Literal["zona", "distretto"], Query(description="Gruppi fra cui e dentro cui misurare.")] = "zona",
    line: Annotated[float | None, Query(gt=0, description="Soglia della povertà di accesso.")] = None,
) -> Asked:
    """What the request asks of equity."""
    return Asked(type_code=type.code, run=run, measure=measure, by=by, need=need, line=line)


AskedDep = Annotated[Asked, Depends(asked)]


@router.get(
    "/equity",
    summary="Equità di accesso",
    response_model=Equity,
    responses=responses.one_record(Equity, table=True),
)
def show_equity(
    session: SessionDep,
    asked: AskedDep,
    format: RecordFormat = "json",  # noqa: A002
) -> Response | dict[str, Any]:
    """Gini, Theil fra i gruppi e dentro, concentrazione rispetto al bisogno, povertà di accesso, Moran.

    Le cifre sono sulle persone. Chi non ha un valore noto è fuori e contato a parte (`left_*`); chi non ha alcun
    servizio entro l'orizzonte conta come l'orizzonte (`capped`). In CSV: una riga per gruppo.
    """
    connection = session.connection()
    found = equity.measure(connection, asked)
    rows = report.groups(connection, found)
    if format == "csv":
        return csv_response(rows, EquityGroup)
    whole = report.whole(found, *report.clusters(connection, found))
    return whole | {"sentences": sentences(whole), "groups": rows}


@router.get(
    "/equity/areas",
    summary="Bisogno e accesso di ogni comune",
    responses=responses.features(EquityAreaProperties),
)
def list_equity(listed: ListDep, asked: AskedDep) -> Response:
    """I comuni con valore medio, bisogno, terzo in cui cadono e gruppo di comuni vicini a cui somigliano."""
    connection = listed.session.connection()
    found = equity.measure(connection, asked)
    moran, _note = report.clusters(connection, found)
    rows = report.municipalities(found, moran)
    statement = equities(rows, within=listed.area, bbox=listed.bbox)
    return listed.answer(statement, model=EquityAreaProperties, key="rank", feature="code", run=found.points.run)


@router.get("/need", summary="Indicatori di bisogno per area", responses=responses.features(NeedProperties))
def list_need(
    listed: ListDep,
    need: NeedDep,
    level: Annotated[Level, Query(description="Livello delle aree.")] = "municipality",
) -> Response:
    """Un indicatore, o un composito di più indicatori, per ogni area; prima dove il bisogno è maggiore.

    Il composito è una scelta di chi lo chiede e non una norma. Nullo dove l'indicatore non dice nulla: non è zero.
    """
    rows = values(read(listed.session.connection(), need, level))
    statement = needs(rows, within=listed.area, bbox=listed.bbox)
    return listed.answer(statement, model=NeedProperties, key="rank", feature="code")


@router.get(
    "/need/indicators",
    summary="Quali indicatori di bisogno ci sono",
    response_model=list[NeedIndicator],
    responses=responses.records(NeedIndicator),
)
def list_indicators(session: SessionDep, format: RecordFormat = "json") -> Response | list[dict[str, Any]]:  # noqa: A002
    """Da età dei residenti, da tabelle caricate, da segnalazioni quando ce ne saranno; con formula e anno."""
    rows = catalogue(session.connection())
    return csv_response(rows, NeedIndicator) if format == "csv" else rows
