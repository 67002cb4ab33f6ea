"""The addresses of the page of need against access."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from app.deps import SessionDep, SettingsDep
from app.pages import maps, need_view, reading
from app.pages.cache import DocumentCache
from app.pages.errors import PageRoute
from app.pages.need_view import PATH, Wanted
from app.pages.rendering import html, new_nonce, security_headers
from etl.i18n import language

router = APIRouter(route_class=PageRoute, include_in_schema=False, default_response_class=HTMLResponse)
kept = DocumentCache()

Code = Annotated[str | None, Query(max_length=80)]
Measure = Literal["minutes", "score", "shadow"]


@router.get(PATH)
def need_page(
    *,
    session: SessionDep,
    tipo: Code = None,
    bisogno: Code = None,
    misura: Measure = "minutes",
    ordina: Code = None,
    verso: Literal["crescente", "decrescente"] = "decrescente",
) -> Response:
    """Need and access of every municipality on a map, in a legend with words, and as a table."""
    wanted = Wanted(tipo, bisogno, misura, ordina, verso)
    key = (reading.version(session), language.get(), wanted)
    body = kept.get(key, lambda: html("bisogno.html", {"here": PATH} | need_view.page(session, wanted)))
    return HTMLResponse(body, headers=security_headers())


@router.get(f"{PATH}/documento")
def need_document(
    session: SessionDep,
    settings: SettingsDep,
    tipo: Code = None,
    bisogno: Code = None,
    misura: Measure = "minutes",
) -> Response:
    """Folium's document, shown in the frame of the page."""
    background = maps.tiles(settings.tiles_url, settings.tiles_attribution)
    wanted = Wanted(tipo, bisogno, misura)
    key = (reading.version(session), language.get(), wanted, "documento", background)
    nonce = new_nonce()
    drawn = kept.get(key, lambda: need_view.document(session, wanted, background))
    return HTMLResponse(maps.with_nonce(drawn, nonce), headers=security_headers(nonce=nonce))
