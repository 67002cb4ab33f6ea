"""``/catalog`` and ``/services``: linked data in three forms, chosen by the ending of the address or by ``Accept``."""

import uuid
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.api import responses
from app.api.conditional import VersionedRoute
from app.deps import SessionDep, SettingsDep
from app.linked import formats
from app.linked.catalogue import catalogue
from app.linked.formats import FORMS, Form
from app.linked.reading import told
from app.linked.service import public_service
from app.linked.whereabouts import base_of
from app.queries import linked
from app.queries.origins import present
from etl.errors import NotFound
from etl.i18n import _


class NegotiatedRoute(VersionedRoute):
    """A route whose answer depends on ``Accept`` too, which caches must know."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The versioned handler; its answers name the header."""
        answer = super().get_route_handler()

        async def handler(request: Request) -> Response:
            response = await answer(request)
            response.headers.add_vary_header("Accept")
            return response

        return handler


router = APIRouter(tags=["Dati collegati"], route_class=NegotiatedRoute)

Endpoint = Callable[..., Response]
_CATALOGUE = "Insiemi di dati con licenze, fonti, formati e indirizzi (DCAT-AP_IT): è ciò che un portale raccoglie."
_SERVICE = "Un servizio come cpsv:PublicService (CPSV-AP_IT). Di un luogo protetto si danno solo zona e recapiti."
ServiceId = Annotated[uuid.UUID, Path(description="Identificativo del servizio; uno di prima porta a quello di oggi.")]


def _documented(form: Form | None) -> responses.Documented:
    """What a route answers: one form, or whichever of them the request prefers."""
    schemas = {formats.JSON_LD.media_type: {"schema": {"type": "object"}}}
    offered = FORMS if form is None else (form,)
    bodies = {one.media_type: schemas.get(one.media_type, {}) for one in offered}
    refused = {406: responses.problem(406, "Nessuno dei formati richiesti", "Formati disponibili: text/turtle.")}
    return {200: {"description": "Grafo RDF", "content": bodies}} | responses.OTHERS | ({} if form else refused)


def catalogue_as(form: Form | None) -> Endpoint:
    """The endpoint of the catalogue in a form, or in that which the request prefers."""

    def answer(request: Request, session: SessionDep, settings: SettingsDep) -> Response:
        chosen = form or formats.wanted(request.headers.get("accept", ""))
        graph = catalogue(told(session, settings, base_of(request)))
        return Response(formats.written(graph, chosen), media_type=chosen.media_type)

    return answer


def service_as(form: Form | None) -> Endpoint:
    """The endpoint of a service in a form, or in that which the request prefers."""

    def answer(request: Request, session: SessionDep, service_id: ServiceId) -> Response:
        chosen = form or formats.wanted(request.headers.get("accept", ""), first=formats.JSON_LD)
        row = session.execute(linked.service(service_id)).first()
        if row is None:
            return _elsewhere(request, session, service_id)
        graph = public_service(row._asdict(), base_of(request))
        return Response(formats.written(graph, chosen), media_type=chosen.media_type)

    return answer


def _elsewhere(request: Request, session: Session, service_id: uuid.UUID) -> Response:
    """The way to the service that this one has become part of (RFC 9110, 308).

    Raises
    ------
    NotFound
        There is none.
    """
    today = session.execute(present(service_id)).scalar()
    if today is None or today == service_id:
        raise NotFound(_("Nessun servizio ha l'identificativo {id}.").format(id=service_id))
    return RedirectResponse(request.url_for(request.scope["route"].name, service_id=str(today)).path, status_code=308)


# The addresses with an ending first: the identifier of a service would take the ending for a part of itself.
for one in (*FORMS, None):
    ending, name = (f".{one.ending}", one.ending) if one else ("", "negotiated")
    documented = _documented(one)
    router.add_api_route(
        f"/catalog{ending}",
        catalogue_as(one),
        name=f"catalogue-{name}",
        summary=f"Catalogo dei dati{ending and f' ({ending})'}",
        description=_CATALOGUE,
        responses=documented,
        response_class=Response,
    )
    router.add_api_route(
        f"/services/{{service_id}}{ending}",
        service_as(one),
        name=f"service-{name}",
        summary=f"Un servizio come dato collegato{ending and f' ({ending})'}",
        description=_SERVICE,
        responses=documented | responses.MOVED,
        response_class=Response,
    )
