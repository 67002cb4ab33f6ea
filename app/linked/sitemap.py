"""``/sitemap.xml`` and ``/robots.txt``: the pages there are, and what robots had better leave alone.

Source: sitemaps.org protocol 0.9 (at most 50,000 addresses in a file; beyond, an index of files); RFC 9309.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy.orm import Session

from app.api.conditional import VersionedRoute
from app.deps import SessionDep
from app.linked.whereabouts import base_of
from app.middleware.rate import DEAR
from app.queries import linked
from app.queries.runs import current_run, sources
from etl.errors import NotFound
from etl.i18n import _

router = APIRouter(route_class=VersionedRoute, include_in_schema=False)

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000
CARDS = ("metropolitan_city", "zona_omogenea", "distretto", "municipality")
HEAVY = ("/mappa/documento", "/ogc/collections/*/tiles/", *DEAR)

Page = tuple[str, datetime | None]  # address, when it last changed


def pages(session: Session, base: str) -> list[Page]:
    """Every page that stands on its own, with the moment of its last change where that is known."""
    published = session.execute(linked.published()).scalar()
    run = session.execute(current_run()).scalar()
    computed = None if run is None else run.created_at
    found: list[Page] = [(base, published), (f"{base}mappa", computed), (f"{base}servizi", published)]
    found.append((f"{base}fonti", published))
    found += [(f"{base}fonti/{one.id}", published) for one in session.execute(sources()).scalars()]
    for row in session.execute(linked.listed_by_type()):
        found.append((f"{base}servizi?{urlencode({'tipo': row.code})}", row.changed))
    for row in session.execute(linked.cards(CARDS)) if run is not None else ():
        found.append((f"{base}mappa/scheda?{urlencode({'area': row.code, 'livello': row.level})}", computed))
    return found


def address_set(found: Iterable[Page]) -> str:
    """A sitemap of these pages."""
    return _document("urlset", "url", found)


def index(base: str, parts: int) -> str:
    """An index of so many sitemaps."""
    return _document("sitemapindex", "sitemap", [(f"{base}sitemap-{number}.xml", None) for number in range(parts)])


def split(found: Sequence[Page], most: int = MOST) -> list[Sequence[Page]]:
    """The pages in files of at most ``most``.

    >>> [len(part) for part in split([("a", None)] * 5, most=2)]
    [2, 2, 1]
    """
    return [found[start : start + most] for start in range(0, len(found), most)]


def _document(kind: str, entry: str, found: Iterable[Page]) -> str:
    root = ET.Element(kind, xmlns=NAMESPACE)
    for place, changed in found:
        element = ET.SubElement(root, entry)
        ET.SubElement(element, "loc").text = place
        if changed is not None:
            ET.SubElement(element, "lastmod").text = changed.isoformat(timespec="seconds")
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


@router.get("/sitemap.xml")
def sitemap(request: Request, session: SessionDep) -> Response:
    """The pages, or the index of their parts where one file may not hold them."""
    base = base_of(request)
    parts = split(pages(session, base))
    return _xml(address_set(parts[0]) if len(parts) == 1 else index(base, len(parts)))


@router.get("/sitemap-{part}.xml")
def sitemap_part(request: Request, session: SessionDep, part: Annotated[int, Path(ge=0, le=MOST)]) -> Response:
    """One part."""
    parts = split(pages(session, base_of(request)))
    if part >= len(parts):
        raise NotFound(_("La mappa del sito ha {count} parti, numerate da 0.").format(count=len(parts)))
    return _xml(address_set(parts[part]))


@router.get("/robots.txt")
def robots(request: Request) -> Response:
    """All may be read but what is computed for each request."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in HEAVY)]
    return PlainTextResponse("\n".join([*lines, "", f"Sitemap: {base_of(request)}sitemap.xml", ""]))


def _xml(text: str) -> Response:
    return Response(text, media_type="application/xml")
