"""One error tree, one table of statuses: only this module and :mod:`app.faults` know HTTP.

Machines get problem+json (RFC 9457), in Italian like every text for people. Its ``type`` stays ``about:blank``: what
went wrong is told by the status, and where by ``errors``; an address of a document that moves would tell less.
"""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from app.faults import STATUS, Fault, InvalidParameter, UnknownParameters, common_status, faults, faults_of, status_of
from app.middleware.faces import machine
from app.middleware.headers import METHODS, completed
from etl.errors import OmbraError
from etl.i18n import _

__all__ = ["STATUS", "ErrorPage", "InvalidParameter", "UnknownParameters", "faults_of", "install", "problem"]

ErrorPage = Callable[[Request, HTTPStatus, str], Response]
READING = {"GET", "HEAD", "OPTIONS"}


def problem(status: HTTPStatus, detail: str, **more: object) -> JSONResponse:
    """An answer of type ``application/problem+json``; ``more`` are members beyond those of the standard."""
    body = {"type": "about:blank", "title": title(status), "status": int(status), "detail": detail} | more
    return JSONResponse(jsonable_encoder(body), status_code=status, media_type="application/problem+json")


def title(status: HTTPStatus) -> str:
    """The name of a status in Italian."""
    titles = {
        HTTPStatus.BAD_REQUEST: _("Richiesta non valida"),
        HTTPStatus.NOT_FOUND: _("Non trovato"),
        HTTPStatus.METHOD_NOT_ALLOWED: _("Metodo non ammesso"),
        HTTPStatus.NOT_ACCEPTABLE: _("Formato non disponibile"),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("Richiesta troppo grande"),
        HTTPStatus.REQUEST_URI_TOO_LONG: _("Indirizzo troppo lungo"),
        HTTPStatus.UNPROCESSABLE_ENTITY: _("Parametri non validi"),
        HTTPStatus.TOO_MANY_REQUESTS: _("Troppe richieste"),
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: _("Intestazioni troppo lunghe"),
        HTTPStatus.SERVICE_UNAVAILABLE: _("Servizio non disponibile"),
        HTTPStatus.INTERNAL_SERVER_ERROR: _("Errore imprevisto"),
    }
    return titles.get(status, status.phrase)


def install(app: FastAPI, *, page: ErrorPage) -> None:
    """Register the handlers of every error that may leave a route.

    Parameters
    ----------
    page
        Answers a browser that asked for a page, and never under the addresses for machines.
    """
    handlers = Handlers(page)
    for fault in (OmbraError, RequestValidationError, DataError):
        app.add_exception_handler(fault, handlers.refused)
    for silence in (OperationalError, PoolTimeout):
        app.add_exception_handler(silence, handlers.unavailable)
    app.add_exception_handler(HTTPException, handlers.http)
    app.add_exception_handler(Exception, handlers.unexpected)


class Handlers:
    """What is answered to each kind of error: a page for who reads pages, otherwise a problem."""

    def __init__(self, page: ErrorPage) -> None:
        self._page = page

    async def refused(self, request: Request, error: Exception) -> Response:
        """The request is at fault: everything that is wrong with it."""
        if isinstance(error, OmbraError) and status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return self._told(request, status_of(error), str(error))
        found = await faults(request, error)
        named = [{"parameter": fault.parameter, "problem": fault.problem} for fault in found if fault.parameter]
        return self._told(request, common_status(found), _detail(found), named)

    def http(self, request: Request, error: Exception) -> Response:
        """What the framework refuses: unknown addresses, methods that are not offered."""
        status, detail, headers = _http(error)
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers = {"Allow": _allowed(headers)}
            if request.method == "OPTIONS":
                return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
        answer = self._told(request, status, detail)
        answer.headers.update(headers)
        return answer

    def unavailable(self, request: Request, _error: Exception) -> Response:
        """The database does not answer, or not in time."""
        # The driver's text may hold the address of the server: it goes to the log and not to the reader.
        detail = _("La banca dati non ha risposto in tempo. Riprovare, o restringere la richiesta.")
        return self._told(request, HTTPStatus.SERVICE_UNAVAILABLE, detail)

    def unexpected(self, request: Request, _error: Exception) -> Response:
        """A fault of the program."""
        # The error itself goes to the log (the server raises it again) and not to the reader.
        detail = _("Errore imprevisto: è stato annotato. Riprovare più tardi.")
        answer = self._told(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail)
        # This answer is made outside the layers that complete the headers of all others.
        answer.raw_headers[:] = completed(request.url.path, answer.status_code, answer.raw_headers)
        return answer

    def _told(
        self, request: Request, status: HTTPStatus, detail: str, named: Sequence[Mapping[str, str]] = ()
    ) -> Response:
        if "text/html" in request.headers.get("accept", "") and not machine(request.url.path):
            return self._page(request, status, detail)
        return problem(status, detail, **({"errors": named} if named else {}))


def _detail(found: Sequence[Fault]) -> str:
    """One sentence for a fault that has its own; names and problems where there are several."""
    sentences = list(dict.fromkeys(fault.told for fault in found))
    if len(sentences) == 1 and sentences[0]:
        return sentences[0]
    return "; ".join(": ".join(filter(None, (fault.parameter, fault.problem))) for fault in found)


def _http(error: Exception) -> tuple[HTTPStatus, str, dict[str, str]]:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    # Starlette's own details are the English phrase of the status, which says nothing to a reader.
    detail = error.detail if error.detail != status.phrase else title(status)
    return status, detail, dict(error.headers or {})


def _allowed(headers: Mapping[str, str]) -> str:
    """The methods of an address, with those that every readable one has."""
    own = {name.strip() for name in headers.get("Allow", METHODS).split(",")}
    return ", ".join(sorted(own | READING if "GET" in own else own | {"OPTIONS"}))
