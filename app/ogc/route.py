"""Routes as the OGC asks for them: what is not known or not readable is answered 400, and versions spare an answer."""

from collections.abc import Iterator
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel

from app.api.conditional import Handler, headers, held, refuse_unknown
from app.errors import InvalidParameter, faults_of, problem
from app.hot.tags import tag
from app.ogc.catalogue import COLLECTIONS
from app.ogc.view import View
from etl.errors import NotFound
from etl.i18n import _

FILTERED = "filter"  # where there is this parameter, a column may be one too


class OgcRoute(APIRoute):
    """A reading route of ``/ogc``, with an ETag.

    What cannot be read is answered 400, as OGC API Features 1.0 asks (``/req/core/query-param-unknown`` and
    ``query-param-invalid``), where the other faces say 422.
    """

    def get_route_handler(self) -> Handler:
        """FastAPI's handler behind the checks."""
        answer = super().get_route_handler()
        known = frozenset(_names(self.dependant))

        async def handler(request: Request) -> Response:
            if unreadable := list(_unreadable(request)):
                return _refused(unreadable)
            faults = list(_unknown(request, known))
            told = headers(tag(request, await request.app.state.versions.current()))
            if not faults and told["ETag"] in held(request):
                return Response(status_code=304, headers=told)
            try:
                response = await answer(request)
            except RequestValidationError as error:
                faults += [f"{fault['parameter']}: {fault['problem']}" for fault in faults_of(error)]
            except InvalidParameter as error:
                faults.append(str(error))
            if faults:
                return _refused(faults)
            response.headers.update(told)
            return response

        return handler


def view_of(collection_id: str) -> View:
    """The collection with this name.

    Raises
    ------
    NotFound
        With the address of the list.
    """
    found = COLLECTIONS.get(collection_id)
    if found is None:
        told = _("La raccolta «{name}» non esiste: l'elenco è in /ogc/collections.")
        raise NotFound(told.format(name=collection_id[:80].replace("\0", "")))
    return found


def _refused(faults: list[str]) -> Response:
    """The answer here and not by the handlers of the application, which know another status."""
    return problem(HTTPStatus.BAD_REQUEST, "; ".join(fault.rstrip(".") for fault in faults) + ".")


def _unknown(request: Request, known: frozenset[str]) -> Iterator[str]:
    view = COLLECTIONS.get(request.path_params.get("collection_id", ""))
    if view is not None and FILTERED in known:
        known = known.union(column.name for column in view.properties if not column.is_geometry)
    try:
        refuse_unknown(request.query_params, known)
    except InvalidParameter as error:
        yield str(error)


def _names(dependant: Dependant) -> Iterator[str]:
    """The names of the parameters, also of those that come together in one model."""
    for inner in dependant.dependencies:
        yield from _names(inner)
    for field in dependant.query_params:
        model = field.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield from (told.alias or name for name, told in model.model_fields.items())
        else:
            yield field.alias


def _unreadable(request: Request) -> Iterator[str]:
    told = request.query_params.multi_items()
    if any("\0" in text for text in (request.scope["path"], *(part for pair in told for part in pair))):
        yield _("la domanda contiene un carattere nullo")
    repeated = sorted({name for name, _value in told if len(request.query_params.getlist(name)) > 1})
    if repeated:
        yield _("parametri ripetuti: {names}").format(names=", ".join(name[:40] for name in repeated))
