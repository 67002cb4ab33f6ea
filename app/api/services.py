"""Services as the public may see them."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app import telephones
from app.api import provenance, responses, schemas
from app.api.conditional import VersionedRoute
from app.api.output import GEOJSON, Format, feature, listing
from app.api.schemas import ServiceProperties
from app.deps import AreaDep, BBoxDep, Certainty, OptionalTypeDep, SessionDep
from app.i18n import day
from app.paging import PageDep, PageRequest, paginate
from app.queries.origins import known, present
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


ServiceId = Annotated[uuid.UUID, Path(description="Identificativo del servizio; uno di prima porta a quello di oggi.")]
FieldQuery = Annotated[
    str | None, Query(max_length=60, description="Solo questo campo, per esempio name, address, schedule.")
]


@router.get(
    "/services/{service_id}",
    summary="Un servizio",
    responses=responses.one_feature(ServiceProperties) | responses.MOVED,
    response_class=Response,
)
def one_service(request: Request, session: SessionDep, service_id: ServiceId) -> Response:
    """Un servizio, come elemento GeoJSON. Di un servizio unito a un altro si dà l'identificativo di oggi (308)."""
    found = paginate(session, services(service_id=service_id), PageRequest(limit=1), key="id")
    if not found.rows and (moved := _moved(request, session, service_id)) is not None:
        return moved
    if not found.rows:
        raise _not_open(session, service_id)
    return Response(feature(found.rows[0]._asdict(), key="id"), media_type=GEOJSON)


@router.get(
    "/services/{service_id}/origins",
    summary="Da dove viene ogni valore di un servizio",
    response_model=list[schemas.FieldOrigins],
    responses=responses.records(schemas.FieldOrigins) | responses.MOVED,
)
def service_origins(
    request: Request, session: SessionDep, service_id: ServiceId, field: FieldQuery = None
) -> Response | list[schemas.FieldOrigins]:
    """Per ogni campo: fonte, data, regola e i valori che hanno perso. Di un luogo protetto solo nome e recapiti."""
    if (moved := _moved(request, session, service_id)) is not None:
        return moved
    _require(session, service_id)
    return provenance.origins(session, service_id, field)


@router.get(
    "/services/{service_id}/metadata",
    summary="Che cosa è cambiato di un servizio, e da dove viene",
    response_model=list[schemas.ServiceMetadata],
    responses=responses.records(schemas.ServiceMetadata) | responses.MOVED,
)
def service_metadata(
    request: Request, session: SessionDep, service_id: ServiceId
) -> Response | list[schemas.ServiceMetadata]:
    """La tabella metadata di HSDS: i cambiamenti, anche dei servizi che si sono uniti in questo, e le origini."""
    if (moved := _moved(request, session, service_id)) is not None:
        return moved
    _require(session, service_id)
    return provenance.metadata(session, service_id)


def _moved(request: Request, session: Session, service_id: uuid.UUID) -> Response | None:
    """The way to the present identifier (RFC 9110, 308) of a service that has become part of another."""
    today = session.execute(present(service_id)).scalar()
    if today is None or today == service_id:
        return None
    url = request.url_for(request.scope["route"].name, service_id=str(today))
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{url.path}{query}", status_code=308)


def _require(session: Session, service_id: uuid.UUID) -> None:
    if session.execute(known(service_id)).first() is None:
        raise _unknown(service_id)


def _not_open(session: Session, service_id: uuid.UUID) -> NotFound:
    """Why an identifier gives no service: nobody ever had it, or its service is closed and only its history is told."""
    row = session.execute(known(service_id)).first()
    if row is None or row.closed_on is None:
        return _unknown(service_id)
    told = _("Il servizio «{nome}» è chiuso dal {giorno}. La sua storia: /api/v1/services/{id}/metadata.")
    return NotFound(told.format(nome=row.name, giorno=day(row.closed_on), id=service_id))


def _unknown(service_id: uuid.UUID) -> NotFound:
    return NotFound(_("Nessun servizio ha l'identificativo {id}.").format(id=service_id))
