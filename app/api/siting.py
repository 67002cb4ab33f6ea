"""Proposals of where services should open."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api import responses
from app.api.conditional import VersionedRoute
from app.api.lists import ListDep, RunDep
from app.api.schemas import SitingProperties
from app.deps import OptionalTypeDep
from app.queries.siting import proposals

router = APIRouter(prefix="/api/v1", tags=["Copertura"], route_class=VersionedRoute)


@router.get("/siting", summary="Proposte di localizzazione", responses=responses.features(SitingProperties))
def list_proposals(
    listed: ListDep,
    run: RunDep,
    type: OptionalTypeDep,  # noqa: A002
    siting: Annotated[UUID | None, Query(description="Numero di una risposta; senza, l'ultima di ogni tipo.")] = None,
) -> Response:
    """I luoghi proposti da `./ombra site` per nuove sedi, con le persone guadagnate su ciascuna delle due offerte.

    Sono proposte, non servizi: valgono per il calcolo su cui sono state cercate. `objective` e `bound` sono nell'unità
    del modello (sedi, persone, persone per minuti, minuti); dove `exact` è vero nulla è meglio.
    """
    code = None if type is None else type.code
    statement = proposals(type_code=code, run=run, siting=siting, within=listed.area, bbox=listed.bbox)
    return listed.answer(statement, model=SitingProperties, key="rank", run=run)
