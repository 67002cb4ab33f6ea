"""Service types and rules."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api import responses, schemas
from app.api.conditional import VersionedRoute
from app.deps import OptionalTypeDep, SessionDep
from app.queries import vocabulary
from etl.store.frames import Row

router = APIRouter(prefix="/api/v1", tags=["Tassonomia e regole"], route_class=VersionedRoute)


@router.get(
    "/service-types",
    summary="Tipi di servizio",
    response_model=list[schemas.ServiceType],
    responses=responses.records(example={"code": "centro_impiego", "name_it": "Centro per l'impiego"}),
)
def list_service_types(session: SessionDep) -> list[Row]:
    """Tipi di servizio con nomi, sinonimi, utenti, raccordi e numero di servizi presenti."""
    return [row._asdict() for row in session.execute(vocabulary.service_types())]


@router.get(
    "/standards",
    summary="Regole",
    response_model=list[schemas.Standard],
    responses=responses.records(example={"id": "CONS-20", "act": "L. 34/1996 (conv. DL 509/1995)", "law": True}),
)
def list_standards(
    session: SessionDep,
    type: OptionalTypeDep,  # noqa: A002
    law: Annotated[bool | None, Query(description="Solo norme lette (true) o solo il resto (false).")] = None,
) -> list[Row]:
    """Regole con atto, soglie, ambito e stato di verifica; `evaluated` dice se il calcolo le ha usate."""
    statement = vocabulary.standards(type_code=None if type is None else type.code, law=law)
    return [row._asdict() for row in session.execute(statement)]
