"""Templates to answers, with the headers that keep a page to our own host."""

import secrets
from collections.abc import Mapping
from importlib.metadata import version

from fastapi import Request
from fastapi.responses import HTMLResponse

from app.i18n import environment, marked
from app.pages import palette
from app.telephones import phones
from etl.i18n import _

MENU = (
    ("/", marked("Inizio")),
    ("/mappa", marked("Mappa")),
    ("/servizi", marked("Servizi")),
    ("/fonti", marked("Fonti")),
    ("/api/docs", marked("Dati")),
)


def web(address: str) -> str:
    """A published address as a link of the web; addresses without a scheme get ``https``.

    >>> web("www.comune.torino.it")
    'https://www.comune.torino.it'
    """
    return address if address.lower().startswith(("https://", "http://")) else f"https://{address}"


def security_headers(*, nonce: str | None = None) -> dict[str, str]:
    """Headers of every page: nothing from other hosts, no frame on other sites, no address told to others.

    Leaflet sets styles on elements, which needs inline styles; scripts are ours by file, or carry the nonce.
    """
    scripts = "'self'" if nonce is None else f"'self' 'nonce-{nonce}'"
    policy = {
        "default-src": "'self'",
        "img-src": "'self' data:",
        # Bootstrap Italia carries its icon font inside its style sheet.
        "font-src": "'self' data:",
        "style-src": "'self' 'unsafe-inline'",
        "script-src": scripts,
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }


def new_nonce() -> str:
    """A nonce for one answer (128 bits, as the CSP standard asks)."""
    return secrets.token_urlsafe(16)


def html(template: str, context: Mapping[str, object]) -> str:
    """A template with what every page needs: patterns, menu, the helpers of texts."""
    common = {
        "patterns": palette.pattern_definitions(),
        "menu": [(address, _(name)) for address, name in MENU],
        "crumbs": [("/", _("Inizio"))],
        "here": "",
        "release": version("ombra"),
        "delicate": False,
        "phones": phones,
        "web": web,
    }
    return environment().get_template(template).render(common | dict(context))


def page(request: Request, template: str, context: Mapping[str, object], *, status: int = 200) -> HTMLResponse:
    """A whole page or a fragment of one."""
    body = html(template, {"here": request.url.path} | dict(context))
    return HTMLResponse(body, status_code=status, headers=security_headers())
