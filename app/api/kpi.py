"""The indicators of the plan, in a run and against another."""

import uuid
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response

from app.api import responses
from app.api.conditional import VersionedRoute
from app.api.output import csv_response
from app.api.schemas import Kpi
from app.api.vocabulary import RecordFormat
from app.deps import AreaDep, SessionDep
from app.queries.runs import current_run
from app.reports.kpi import values
from etl.derive import book

router = APIRouter(prefix="/api/v1", tags=["Copertura"], route_class=VersionedRoute)

_LONGEST = 60  # characters of a run's name
KpiLevel = Annotated[
    Literal["metropolitan_city", "zona_omogenea"] | None,
    Query(description="Livello delle aree; senza, il territorio intero e le sue zone omogenee."),
]


def any_run(
    session: SessionDep,
    run: Annotated[
        str | None,
        Query(max_length=_LONGEST, description="Numero o nome di un calcolo, anche vecchio; senza, quello corrente."),
    ] = None,
) -> uuid.UUID | None:
    """The run that the request names, whose results need not be kept any more; None before the first run."""
    if run is not None:
        return book.find(session.connection(), run)
    current = session.execute(current_run()).scalar_one_or_none()
    return None if current is None else current.id


def former_run(
    session: SessionDep,
    compare: Annotated[
        str | None,
        Query(max_length=_LONGEST, description="Numero o nome del calcolo di prima, con cui confrontare."),
    ] = None,
) -> uuid.UUID | None:
    """The run to compare with, if the request names one."""
    return None if compare is None else book.find(session.connection(), compare)


@router.get("/kpi", summary="Indicatori del piano", response_model=list[Kpi], responses=responses.records(Kpi))
def list_kpis(
    *,
    session: SessionDep,
    area: AreaDep,
    run: Annotated[uuid.UUID | None, Depends(any_run)],
    former: Annotated[uuid.UUID | None, Depends(former_run)],
    level: KpiLevel = None,
    format: RecordFormat = "json",  # noqa: A002
) -> Response | list[dict[str, Any]]:
    """Ogni indicatore con numeratore e denominatore, del territorio e delle zone; nullo, con il perché, se non si sa.

    Con `compare` anche il valore di prima, il cambio e le sue cause: `parts` sono persone per causa e ne danno la
    somma; `differing` dice che cosa è cambiato fra i due calcoli.
    """
    rows = values(session.connection(), run=run, former=former, within=area, level=level)
    return csv_response(rows, Kpi) if format == "csv" else rows
