"""The documentation of the API, with assets of our own."""

from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.pages.rendering import security_headers
from etl.i18n import _

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

PAGE = """<!doctype html>
<html lang="it">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/static/ombra.svg" type="image/svg+xml">
<link rel="stylesheet" href="{vendor}/swagger-ui.css">
</head>
<body>
<p><a href="/">{back}</a></p>
<main id="api" data-description="{description}"></main>
<noscript><p>{plain} <a href="{description}">{description}</a></p></noscript>
<script src="{vendor}/swagger-ui-bundle.js"></script>
<script src="/static/js/api.js"></script>
</body>
</html>
"""


@router.get("/api/docs")
def swagger(request: Request) -> HTMLResponse:
    """Swagger UI with files of our own and no script in the page, so that the policy can forbid them."""
    texts = {
        "title": _("Ombra: API"),
        "back": _("Torna a Ombra"),
        "plain": _("Senza JavaScript la descrizione dell'API si legge qui:"),
        "description": request.app.openapi_url or "",
        "vendor": VENDOR,
    }
    return HTMLResponse(
        PAGE.format_map({name: escape(text) for name, text in texts.items()}), headers=security_headers()
    )
