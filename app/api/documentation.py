"""The documentation of the API, with assets of our own."""

from fastapi import APIRouter, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

DESCRIPTION = """\
Servizi di welfare, territorio e zone d'ombra della Città metropolitana di Torino.

* Coordinate in EPSG:4326, longitudine prima; tempi in minuti, persone residenti al 1° gennaio.
* Gli elenchi si scorrono con il collegamento `next`; `format=csv` dà la tabella.
* Ogni risposta ha un `ETag`: con `If-None-Match` una risposta immutata torna 304.
* Gli errori sono `application/problem+json` (RFC 9457).
* «Nessun servizio» non è «nessun dato»: dove un elenco non è completo le persone sono in `unknown`.
"""

VENDOR = "/static/vendor/swagger-ui"


@router.get("/api/docs")
def swagger(request: Request) -> HTMLResponse:
    """Swagger UI; its validator, which asks another host, is off."""
    return get_swagger_ui_html(
        openapi_url=request.app.openapi_url or "",
        title="Ombra: API",
        swagger_js_url=f"{VENDOR}/swagger-ui-bundle.js",
        swagger_css_url=f"{VENDOR}/swagger-ui.css",
        swagger_favicon_url="/static/ombra.svg",
        swagger_ui_parameters={"validatorUrl": None},
    )
