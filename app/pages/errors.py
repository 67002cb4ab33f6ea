"""Errors as pages: who reads a page gets a sentence and a way on, not JSON."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from app.errors import STATUS
from app.pages.rendering import page
from etl.errors import OmbraError
from etl.i18n import _


def error_page(request: Request, status: HTTPStatus, detail: str) -> Response:
    """A page that says what went wrong and where to go from there."""
    headings = {
        HTTPStatus.NOT_FOUND: _("Pagina non trovata"),
        HTTPStatus.UNPROCESSABLE_ENTITY: _("Richiesta non valida"),
        HTTPStatus.SERVICE_UNAVAILABLE: _("Servizio non disponibile"),
    }
    context = {"heading": headings.get(status, _("Qualcosa non va")), "detail": detail.splitlines()}
    return page(request, "error.html", context, status=int(status))


class PageRoute(APIRoute):
    """A route whose errors are answered with a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler with errors turned into pages."""
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except OmbraError as error:
                status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
                return error_page(request, status, str(error))
            except RequestValidationError:
                detail = _(
                    "L'indirizzo contiene un valore che non esiste. Riparti dalla mappa o dalla pagina iniziale."
                )
                return error_page(request, HTTPStatus.UNPROCESSABLE_ENTITY, detail)

        return answer
