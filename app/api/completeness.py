"""What two lists of one type of service leave out, or why nothing can be said."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.api import responses, schemas
from app.api.conditional import VersionedRoute
from app.api.output import csv_response
from app.api.vocabulary import RecordFormat
from app.deps import OptionalTypeDep, SessionDep
from app.queries.completeness import completeness
from etl.errors import NotFound
from etl.i18n import _
from etl.store import models as m

router = APIRouter(prefix="/api/v1", tags=["Fonti"], route_class=VersionedRoute)


def known_source(
    session: SessionDep,
    source: Annotated[str | None, Query(max_length=60, description="Identificativo di una delle due fonti.")] = None,
) -> str | None:
    """The source that the request may name.

    Raises
    ------
    NotFound
        With the address of the list of sources.
    """
    if source is not None and session.get(m.Source, source) is None:
        raise NotFound(_("Nessuna fonte si chiama «{id}»: l'elenco è in /api/v1/sources.").format(id=source))
    return source


@router.get(
    "/completeness",
    summary="Quanto manca: stime da due elenchi dello stesso tipo",
    response_model=list[schemas.CompletenessEstimate],
    responses=responses.records(schemas.CompletenessEstimate),
)
def list_completeness(
    *,
    session: SessionDep,
    type: OptionalTypeDep,  # noqa: A002
    source: Annotated[str | None, Depends(known_source)],
    format: RecordFormat = "json",  # noqa: A002
) -> Response | list[dict[str, Any]]:
    """Per ogni coppia di elenchi di un tipo: quanti servizi mancano almeno da entrambi, o perché non si può dire.

    `missing_low` è un limite inferiore (cattura e ricattura, stimatore di Chapman) e vale solo dove `applies` è vero;
    `why` dice le condizioni verificate o quelle che mancano. Nessuna stima rende completo un elenco o dice dove manca.
    """
    statement = completeness(type_code=None if type is None else type.code, source_id=source)
    rows = [row._asdict() for row in session.execute(statement)]
    return csv_response(rows, schemas.CompletenessEstimate) if format == "csv" else rows
