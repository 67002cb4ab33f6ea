"""Service types and rules."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from app.api import responses, schemas
from app.api.conditional import VersionedRoute
from app.api.lists import RunDep
from app.api.output import csv_response
from app.deps import OptionalTypeDep, SessionDep
from app.queries import vocabulary

RecordFormat = Annotated[Literal["json", "csv"], Query(description="json o csv.")]

router = APIRouter(prefix="/api/v1", tags=["Tassonomia e regole"], route_class=VersionedRoute)


@router.get(
    "/service-types",
    summary="Tipi di servizio",
    response_model=list[schemas.ServiceType],
    responses=responses.records(schemas.ServiceType),
)
def list_service_types(session: SessionDep, format: RecordFormat = "json") -> Response | list[dict[str, Any]]:  # noqa: A002
    """Tipi di servizio con nomi, sinonimi, utenti, raccordi e numero di servizi presenti."""
    rows = [row._asdict() for row in session.execute(vocabulary.service_types())]
    return csv_response(rows, schemas.ServiceType) if format == "csv" else rows


@router.get(
    "/standards",
    summary="Regole",
    response_model=list[schemas.Standard],
    responses=responses.records(schemas.Standard),
)
def list_standards(
    *,
    session: SessionDep,
    type: OptionalTypeDep,  # noqa: A002
    format: RecordFormat = "json",  # noqa: A002
    run: RunDep,
    law: Annotated[bool | None, Query(description="Solo norme lette (true) o solo il resto (false).")] = None,
) -> Response | list[dict[str, Any]]:
    """Regole con atto, soglie, ambito e stato di verifica; `evaluated` dice se il calcolo le ha usate."""
    statement = vocabulary.standards(type_code=None if type is None else type.code, law=law, run=run)
    rows = [row._asdict() for row in session.execute(statement)]
    return csv_response(rows, schemas.Standard) if format == "csv" else rows
