"""One error tree, one table of statuses: only this module knows HTTP.

Machines get problem+json (RFC 9457), in Italian like every text for people.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from etl.errors import DatabaseUnreachable, NotFound, OmbraError, StoreError
from etl.i18n import _

ErrorPage = Callable[[Request, HTTPStatus, str], Response]

STATUS: Mapping[type[OmbraError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    DatabaseUnreachable: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    OmbraError: HTTPStatus.BAD_REQUEST,
}


class InvalidParameter(OmbraError):
    """A parameter of a request cannot be used."""


def problem(status: HTTPStatus, detail: str, **more: object) -> Response:
    """An answer of type ``application/problem+json``."""
    body = {"type": "about:blank", "title": _title(status), "status": int(status), "detail": detail} | more
    return JSONResponse(jsonable_encoder(body), status_code=status, media_type="application/problem+json")


def _title(status: HTTPStatus) -> str:
    titles = {
        HTTPStatus.BAD_REQUEST: _("Richiesta non valida"),
        HTTPStatus.NOT_FOUND: _("Non trovato"),
        HTTPStatus.METHOD_NOT_ALLOWED: _("Metodo non ammesso"),
        HTTPStatus.UNPROCESSABLE_ENTITY: _("Parametri non validi"),
        HTTPStatus.SERVICE_UNAVAILABLE: _("Servizio non disponibile"),
        HTTPStatus.INTERNAL_SERVER_ERROR: _("Errore imprevisto"),
    }
    return titles.get(status, status.phrase)


def install(app: FastAPI, *, page: ErrorPage) -> None:
    """Register the handlers of every error that may leave a route.

    Parameters
    ----------
    page
        Answers a browser that asked for a page which does not exist.
    """

    def http(request: Request, error: Exception) -> Response:
        status, detail = _http(error)
        wants_page = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")
        return page(request, status, detail) if wants_page else problem(status, detail)

    app.add_exception_handler(OmbraError, _ombra)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(DataError, _data)
    for kind in (OperationalError, PoolTimeout):
        app.add_exception_handler(kind, _unavailable)
    app.add_exception_handler(Exception, _unexpected)


def _ombra(_request: Request, error: Exception) -> Response:
    status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
    return problem(status, str(error))


def _http(error: Exception) -> tuple[HTTPStatus, str]:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    # Starlette's own details are the English phrase of the status, which says nothing to a reader.
    return status, error.detail if error.detail != status.phrase else _title(status)


def _validation(_request: Request, error: Exception) -> Response:
    """All the faults of a request at once, each with its parameter."""
    if not isinstance(error, RequestValidationError):
        raise error
    faults = faults_of(error)
    listed = "; ".join(f"{fault['parameter']}: {fault['problem']}" for fault in faults)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, listed, errors=faults)


def faults_of(error: RequestValidationError) -> list[dict[str, str]]:
    """``parameter`` and ``problem``, in Italian, of every fault of a request."""
    return [{"parameter": _where(fault), "problem": _why(fault)} for fault in error.errors()]


def _where(fault: Mapping[str, Any]) -> str:
    # The position in a list says nothing: the address names the parameter, not its turn.
    return ".".join(part for part in fault["loc"] if isinstance(part, str) and part not in ("query", "path", "body"))


def _why(fault: Mapping[str, Any]) -> str:
    """Pydantic's faults in Italian; its own words where the kind is new."""
    context = fault.get("ctx", {})
    texts = {
        "missing": _("manca"),
        "int_parsing": _("serve un numero intero"),
        "uuid_parsing": _("serve un identificativo UUID"),
        "bool_parsing": _("serve true o false"),
        "greater_than_equal": _("deve essere almeno {ge}"),
        "less_than_equal": _("deve essere al massimo {le}"),
        "literal_error": _("valori ammessi: {expected}"),
        "enum": _("valori ammessi: {expected}"),
        "string_too_short": _("servono almeno {min_length} caratteri"),
        "string_too_long": _("al massimo {max_length} caratteri"),
    }
    values = context | {"expected": str(context.get("expected", "")).replace(" or ", _(" o "))}
    return texts.get(str(fault["type"]), _("valore non ammesso")).format(**values)


def _data(_request: Request, _error: Exception) -> Response:
    detail = _("Un parametro contiene un valore che la banca dati non accetta: togliere caratteri non stampabili.")
    return problem(HTTPStatus.BAD_REQUEST, detail)


def _unexpected(_request: Request, _error: Exception) -> Response:
    # The error itself goes to the log (the server raises it again) and not to the reader.
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, _("Errore imprevisto: è stato annotato. Riprovare più tardi."))


def _unavailable(_request: Request, _error: Exception) -> Response:
    # The driver's text may hold the address of the server: it goes to the log and not to the reader.
    detail = _("La banca dati non ha risposto in tempo. Riprovare, o restringere la richiesta.")
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)
