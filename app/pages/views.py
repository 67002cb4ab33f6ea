"""The pages: what a request asks, what is read, which template says it."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from app import tiles
from app.deps import SessionDep, SettingsDep, Supply
from app.pages import contexts, maps, need_routes, reading, scenes, sources, streets
from app.pages.cache import DocumentCache
from app.pages.errors import PageRoute
from app.pages.rendering import html, new_nonce, page, security_headers
from app.reports import reading as report
from app.reports import sheet
from etl.i18n import language

router = APIRouter(route_class=PageRoute, include_in_schema=False, default_response_class=HTMLResponse)
router.include_router(tiles.router)
router.include_router(streets.router)
router.include_router(need_routes.router)
documents = DocumentCache()

MapLevel = Literal["municipality", "zona_omogenea", "distretto"]
CardLevel = Literal["metropolitan_city", "zona_omogenea", "asl", "distretto", "municipality", "quarter", "settlement"]
Code = Annotated[str | None, Query(max_length=80)]
Text = Annotated[str, Query(max_length=100)]


@router.get("/")
def home(request: Request, session: SessionDep) -> Response:
    """What Ombra is, its entrances, what can be said today."""
    return page(request, "home.html", contexts.home(session))


@router.get("/mappa")
def map_page(  # noqa: PLR0913 - one argument per parameter of the address
    *,
    request: Request,
    session: SessionDep,
    tipo: Code = None,
    livello: MapLevel = "municipality",
    offerta: Supply = "confermata",
    area: Code = None,
    area_livello: CardLevel | None = None,
    ordina: Code = None,
    verso: Literal["crescente", "decrescente"] = "decrescente",
) -> Response:
    """The map of a type with the card of an area and the same content as a table."""
    asked = contexts.Asked(tipo, livello, offerta, area, area_livello or livello, ordina, verso)
    return page(request, "map.html", contexts.map_page(session, asked))


@router.get("/mappa/documento")
def map_document(
    session: SessionDep,
    settings: SettingsDep,
    tipo: Code = None,
    livello: MapLevel = "municipality",
    offerta: Supply = "confermata",
) -> Response:
    """Folium's document, shown in a frame of the map page."""
    chosen = reading.choice(reading.choices(session), tipo)
    background = maps.tiles(settings.tiles_url, settings.tiles_attribution)

    def build() -> str:
        return maps.render(maps.build(scenes.scene(session, chosen, livello, offerta, tiles=background)))

    key = (reading.version(session), language.get(), chosen.code, livello, offerta, background)
    nonce = new_nonce()
    document = maps.with_nonce(documents.get(key, build), nonce)
    return HTMLResponse(document, headers=security_headers(nonce=nonce))


@router.get("/mappa/scheda")
def card(
    request: Request,
    session: SessionDep,
    area: Annotated[str, Query(max_length=80)],
    tipo: Code = None,
    livello: CardLevel = "municipality",
    offerta: Supply = "confermata",
    frammento: bool = False,
) -> Response:
    """The card of one area, as a page or as the fragment that the map page puts beside the map."""
    chosen = reading.choice(reading.choices(session), tipo)
    context = contexts.card(session, chosen, livello, area, offerta)
    if frammento:
        return HTMLResponse(html("_scheda.html", context), headers=security_headers())
    return page(request, "card.html", context)


@router.get("/servizi")
def services(
    request: Request,
    session: SessionDep,
    q: Text = "",
    comune: Text = "",
    tipo: Code = None,
    pagina: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Response:
    """Services by need, municipality and type, with telephone numbers that can be dialled."""
    asked = contexts.Wanted(q.strip(), comune.strip(), tipo or None, pagina)
    return page(request, "services.html", contexts.services(session, asked))


@router.get("/fonti")
def sources_page(request: Request, session: SessionDep) -> Response:
    """Every source: who publishes it, what its last load brought, how good it is."""
    kept: DocumentCache = request.app.state.source_pages
    # Ages are told by the day.
    key = (reading.version(session), language.get(), date.today())  # noqa: DTZ011
    body = kept.get(key, lambda: html("fonti.html", {"here": "/fonti"} | sources.index(session)))
    return HTMLResponse(body, headers=security_headers())


@router.get("/fonti.csv")
def sources_table(session: SessionDep) -> Response:
    """The same figures for a spreadsheet."""
    text = sheet.csv(report.sources(session.connection()))
    return Response(text, media_type="text/csv; charset=utf-8", headers=security_headers())


@router.get("/fonti/{source_id}")
def source_page(request: Request, session: SessionDep, source_id: str) -> Response:
    """One source with its remarks, its changes and its loads."""
    return page(request, "fonte.html", sources.one(session, source_id))
