"""Services as the public may see them."""

import json
import uuid
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from app import telephones
from app.api import provenance, responses, schemas
from app.api.conditional import VersionedRoute
from app.api.output import GEOJSON, Format, collected, csv_response, link_header, page_links, parquet_response
from app.api.schemas import ServiceProperties
from app.deps import Certainty, SessionDep, area, bbox, optional_type, reading
from app.hot.pool import Record
from app.hot.route import HotRoute
from app.hot.statements import prepared
from app.i18n import day
from app.paging import Page, cursor_of, key_of, page_request
from app.queries import listing, words
from app.queries.listing import Filters
from app.queries.origins import known, present
from etl.errors import NotFound
from etl.i18n import _

router = APIRouter(prefix="/api/v1", tags=["Servizi"], route_class=VersionedRoute)
hot = APIRouter(prefix="/api/v1", tags=["Servizi"], route_class=HotRoute)

FEATURES = cache(lambda filters: prepared(listing.page(filters), planned_once=True))
TABLE = cache(lambda filters: prepared(listing.table(filters)))
ONE = prepared(listing.one(), planned_once=True)


class ServicesAsked(BaseModel):
    """What the list of services may be asked with."""

    CHECKS: ClassVar = (page_request, bbox, area, optional_type)  # so that all the faults of a request are told

    limit: int | None = Field(default=None, ge=1, description="Quante righe al massimo.")
    cursor: str | None = Field(default=None, description="Segnaposto della pagina seguente, dal collegamento «next».")
    bbox: str | None = Field(
        default=None,
        description="Rettangolo «ovest,sud,est,nord» in gradi (EPSG:4326, longitudine prima).",
        examples=["7.5,45.0,7.8,45.2"],
    )
    area: str | None = Field(
        default=None,
        description="Codice di un'area di qualunque livello: contano le aree al suo interno.",
        examples=["05"],
    )
    type: str | None = Field(default=None, description="Codice del tipo di servizio.")
    certainty: list[Certainty] | None = Field(default=None, description="Quanto è certo che il servizio ci sia.")
    q: str | None = Field(
        default=None, min_length=2, max_length=100, description="Parole del nome, ente, tipo o di come lo si chiama."
    )
    format: Format = Field(default="geojson", description="geojson, csv o parquet (GeoParquet 1.1).")

    def filters(self) -> tuple[Filters, dict[str, object]]:
        """Which filters are asked for, and their values as the statement names them."""
        given = {"area": self.area, "type": self.type, "certainty": self.certainty}
        values: dict[str, object] = {name: value for name, value in given.items() if value}
        if (box := bbox(self.bbox)) is not None:
            values |= dict(zip(("west", "south", "east", "north"), box, strict=True))
        if self.q is not None:
            values |= words.values(self.q)
        asked = Filters(
            bbox=box is not None,
            words=self.q is not None,
            area=self.area is not None,
            type=self.type is not None,
            certainty=bool(self.certainty),
        )
        return asked, values


@hot.get("/services", summary="Servizi", responses=responses.features(ServiceProperties))
async def list_services(request: Request, asked: Annotated[ServicesAsked, Query()]) -> Response:
    """Servizi aperti o previsti. Di un luogo protetto si danno solo zona e recapiti.

    `numberMatched` manca dove i servizi sono più di 10.000: contarli costerebbe più che darli.
    """
    page = page_request(request.app.state.settings, asked.limit, asked.cursor)
    filters, values = asked.filters()
    if page.after is not None:
        values["after"] = key_of(page.after, listing.ID)
    statement = (TABLE if asked.format == "csv" else FEATURES)(filters)
    rows = await request.app.state.hot.rows(statement, rows=page.limit + 1, **values)
    if rows[0]["id"] is None and (asked.area is not None or asked.type is not None):
        await run_in_threadpool(_require_known, request, asked)
    return _written(request, asked, _page(rows, page.limit))


def _page(rows: Sequence[Record], limit: int) -> Page:
    """The rows that are shown; one more has told that there are others."""
    found = [row for row in rows[:limit] if row["id"] is not None]
    following = cursor_of(str(found[-1]["id"])) if len(rows) > limit else None
    return Page(found, rows[0]["matched"], following)


def _written(request: Request, asked: ServicesAsked, page: Page) -> Response:
    links = page_links(request, page)
    header = link_header(links)
    if asked.format == "csv":
        # A spreadsheet takes a number that begins with + for a formula.
        told = [dict(row) | {"phone": telephones.listed(row["phone"])} for row in page.rows]
        return csv_response(told, ServiceProperties, headers=header)
    if asked.format == "parquet":
        told = [json.loads(row["feature"]) for row in page.rows]
        return parquet_response([_flat(one) for one in told], ServiceProperties, links=links, name="services")
    matched = page.matched if page.matched <= listing.COUNTED else None
    features = [row["feature"] for row in page.rows]
    text = collected(features, numberMatched=matched, numberReturned=len(features), links=links)
    return Response(text, media_type=GEOJSON, headers=header)


def _flat(feature: dict[str, Any]) -> dict[str, Any]:
    """The properties of a feature in their own types, with its geometry as text."""
    geometry = feature["geometry"]
    told = ServiceProperties.model_validate(feature["properties"]).model_dump()
    return told | {"geojson": None if geometry is None else json.dumps(geometry)}


def _require_known(request: Request, asked: ServicesAsked) -> None:
    """A code that nothing has is a slip, and no empty list."""
    with reading(request) as session:
        area(session, asked.area)
        optional_type(session, asked.type)


ServiceId = Annotated[uuid.UUID, Path(description="Identificativo del servizio; uno di prima porta a quello di oggi.")]
FieldQuery = Annotated[
    str | None, Query(max_length=60, description="Solo questo campo, per esempio name, address, schedule.")
]


@hot.get(
    "/services/{service_id}",
    summary="Un servizio",
    responses=responses.one_feature(ServiceProperties) | responses.MOVED,
    response_class=Response,
)
async def one_service(request: Request, service_id: ServiceId) -> Response:
    """Un servizio, come elemento GeoJSON. Di un servizio unito a un altro si dà l'identificativo di oggi (308)."""
    found = await request.app.state.hot.value(ONE, id=service_id)
    if found is None:
        return await run_in_threadpool(_elsewhere, request, service_id)
    return Response(found, media_type=GEOJSON)


def _elsewhere(request: Request, service_id: uuid.UUID) -> Response:
    """Where a service that is not listed has gone, or why there is none."""
    with reading(request) as session:
        if (to_present := _moved(request, session, service_id)) is not None:
            return to_present
        raise not_open(session, service_id)


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


def not_open(session: Session, service_id: uuid.UUID) -> NotFound:
    """Why an identifier gives no service: nobody ever had it, or its service is closed and only its history is told."""
    row = session.execute(known(service_id)).first()
    if row is None or row.closed_on is None:
        return _unknown(service_id)
    told = _("Il servizio «{nome}» è chiuso dal {giorno}. La sua storia: /api/v1/services/{id}/metadata.")
    return NotFound(told.format(nome=row.name, giorno=day(row.closed_on), id=service_id))


def _unknown(service_id: uuid.UUID) -> NotFound:
    return NotFound(_("Nessun servizio ha l'identificativo {id}.").format(id=service_id))
