"""The runs of the measures: which there are, what each was made from, and what changed between two."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.api import responses
from app.api.conditional import VersionedRoute
from app.api.coverage import AnyLevel
from app.api.lists import ListDep
from app.api.output import csv_response, link_header, page_links
from app.api.schemas import ChangeProperties, Run, RunDetail
from app.api.vocabulary import RecordFormat
from app.deps import SessionDep, TypeDep
from app.paging import PageDep, PageRequest, paginate
from app.queries import comparison, runs
from etl.derive import book
from etl.derive.compare import differing, read_run

router = APIRouter(prefix="/api/v1/coverage/runs", tags=["Copertura"], route_class=VersionedRoute)

_HOW = "Numero di un calcolo, anche solo l'inizio, il suo nome, o «corrente»."


def _run(session: SessionDep, run_id: Annotated[str, Path(max_length=60, description=_HOW)]) -> uuid.UUID:
    return book.find(session.connection(), run_id)


def _former(session: SessionDep, former: Annotated[str, Path(max_length=60, description=_HOW)]) -> uuid.UUID:
    return book.find(session.connection(), former)


def _later(session: SessionDep, later: Annotated[str, Path(max_length=60, description=_HOW)]) -> uuid.UUID:
    return book.find(session.connection(), later)


@router.get("", summary="Calcoli", response_model=list[Run], responses=responses.records(Run))
def list_runs(
    request: Request,
    response: Response,
    session: SessionDep,
    page: PageDep,
    format: RecordFormat = "json",  # noqa: A002
) -> Response | list[dict[str, Any]]:
    """I calcoli, il più recente per primo; di quelli vecchi senza nome restano parametri e indicatori."""
    found = paginate(session, runs.runs(), page, key="rank")
    rows = [{name: row._asdict()[name] for name in Run.model_fields} for row in found.rows]
    headers = link_header(page_links(request, found))
    response.headers.update(headers)
    return csv_response(rows, Run, headers=headers) if format == "csv" else rows


@router.get("/{run_id}", summary="Un calcolo", response_model=RunDetail, responses=responses.one_record(RunDetail))
def one_run(session: SessionDep, run: Annotated[uuid.UUID, Depends(_run)]) -> dict[str, Any]:
    """Tutto ciò da cui un calcolo dipende: dati, residenti, servizi, regole, motore di viaggio, codice."""
    found = paginate(session, runs.runs(run=run), PageRequest(limit=1), key="rank")
    row = found.rows[0]._asdict()
    return {name: row[name] for name in RunDetail.model_fields}


@router.get(
    "/{former}/compare/{later}",
    summary="Che cosa è cambiato fra due calcoli, e perché",
    responses=responses.features(ChangeProperties),
)
def compare_runs(
    listed: ListDep,
    type: TypeDep,  # noqa: A002
    former: Annotated[uuid.UUID, Depends(_former)],
    later: Annotated[uuid.UUID, Depends(_later)],
    level: Annotated[AnyLevel, Query(description="Livello delle aree.")] = "municipality",
) -> Response:
    """Persone in ombra (offerta confermata) nei due calcoli; le parti del cambiamento ne danno la somma esatta.

    Dove più parti sono cambiate insieme, ognuna ha la sua quota media su tutti gli ordini possibili (Shapley), se è
    stata calcolata con `./ombra coverage compare`; altrimenti le parti non separate stanno insieme in `together`.
    """
    pair = described(listed.session, former, later, type.code)
    statement = comparison.changes(pair, level=level, within=listed.area, bbox=listed.bbox)
    return listed.answer(statement, model=ChangeProperties, key="rank", feature="code")


def described(session: SessionDep, former: uuid.UUID, later: uuid.UUID, type_code: str) -> comparison.Pair:
    """Two runs and a type, with what is known of their differences."""
    before, after = (read_run(session.connection(), run) for run in (former, later))
    separated = session.execute(comparison.is_separated(former, later, type_code)).scalar_one()
    return comparison.Pair(former, later, type_code, differing(before, after), separated)
