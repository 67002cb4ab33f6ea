"""Services as the public may see them."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app import telephones
from app.api import responses
from app.api.conditional import VersionedRoute
from app.api.output import GEOJSON, Format, feature, listing
from app.api.schemas import ServiceProperties
from app.deps import AreaDep, BBoxDep, Certainty, OptionalTypeDep, SessionDep
from app.paging import PageDep, PageRequest, paginate
from app.queries.services import services
from etl.errors import NotFound
from etl.i18n import _

router = APIRouter(prefix="/api/v1", tags=["Servizi"], route_class=VersionedRoute)


@router.get("/services", summary="Servizi", responses=responses.features(ServiceProperties))
def list_services(  # noqa: PLR0913 - one argument per parameter of the address
    *,
    request: Request,
    session: SessionDep,
    page: PageDep,
    bbox: BBoxDep,
    area: AreaDep,
    type: OptionalTypeDep,  # noqa: A002
    certainty: Annotated[list[Certainty] | None, Query(description="Quanto è certo che il servizio ci sia.")] = None,
    q: Annotated[str | None, Query(min_length=2, max_length=100, description="Parole del nome, ente o tipo.")] = None,
    format: Annotated[Format, Query(description="geojson o csv.")] = "geojson",  # noqa: A002
) -> Response:
    """Servizi aperti o previsti. Di un luogo protetto si danno solo zona e recapiti."""
    statement = services(
        type_codes=[] if type is None else [type.code],
        within=area,
        certainties=certainty or [],
        bbox=bbox,
        text=q,
    )
    found = paginate(session, statement, page, key="id")
    # A spreadsheet takes a number that begins with + for a formula.
    written = {"phone": telephones.listed}
    return listing(request, found, output=format, model=ServiceProperties, key="id", written=written)


@router.get(
    "/services/{service_id}",
    summary="Un servizio",
    responses=responses.one_feature(ServiceProperties),
    response_class=Response,
)
def one_service(session: SessionDep, service_id: uuid.UUID) -> Response:
    """Un servizio, come elemento GeoJSON."""
    found = paginate(session, services(service_id=service_id), PageRequest(limit=1), key="id")
    if not found.rows:
        raise NotFound(_("Nessun servizio ha l'identificativo {id}.").format(id=service_id))
    return Response(feature(found.rows[0]._asdict(), key="id"), media_type=GEOJSON)
