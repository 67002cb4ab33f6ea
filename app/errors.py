"""One error tree, one table of statuses: only this module knows HTTP.

Machines get problem+json (RFC 9457), in Italian like every text for people.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from etl.errors import DatabaseUnreachable, NotFound, OmbraError, StoreError
from etl.i18n import _

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
    }
    return titles.get(status, status.phrase)


def install(app: FastAPI) -> None:
    """Register the handlers of every error that may leave a route."""
    app.add_exception_handler(OmbraError, _ombra)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(OperationalError, _operational)


def _ombra(_request: Request, error: Exception) -> Response:
    status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
    return problem(status, str(error))


def _http(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    # Starlette's own details are the English phrase of the status, which says nothing to a reader.
    detail = error.detail if error.detail != status.phrase else _title(status)
    return problem(status, detail)


def _validation(_request: Request, error: Exception) -> Response:
    """All the faults of a request at once, each with its parameter."""
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [{"parameter": _where(fault), "problem": _why(fault)} for fault in error.errors()]
    listed = "; ".join(f"{fault['parameter']}: {fault['problem']}" for fault in faults)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, listed, errors=faults)


def _where(fault: Mapping[str, Any]) -> str:
    return ".".join(str(part) for part in fault["loc"] if part not in ("query", "path", "body"))


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
    }
    return texts.get(str(fault["type"]), str(fault["msg"])).format(**context)


def _operational(_request: Request, _error: Exception) -> Response:
    # The driver's text may hold the address of the server: it goes to the log and not to the reader.
    detail = _("La banca dati non ha risposto in tempo. Riprovare, o restringere la richiesta.")
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)
