"""Links between the resources of ``/ogc``."""

from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from app.ogc.asked import ItemsQuery
from app.ogc.view import Found, View
from etl.i18n import _

JSON = "application/json"
GEOJSON = "application/geo+json"
SCHEMA = "application/schema+json"
MVT = "application/vnd.mapbox-vector-tile"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_OGC = "http://www.opengis.net/def/rel/ogc/1.0"

Link = dict[str, Any]


def link(request: Request, route: str, rel: str, title: str, *, kind: str = JSON, **path: Any) -> Link:  # noqa: ANN401
    """A link to a route; ``{z}`` and the like in its path make it a template."""
    href = str(request.url_for(route, **path)).replace("%7B", "{").replace("%7D", "}")
    told = {"href": href, "rel": rel, "type": kind, "title": title}
    return told | {"templated": True} if "{" in href else told


def of_service(request: Request) -> list[Link]:
    """What the landing page points to."""
    return [
        link(request, "ogc_landing", "self", _("Questa pagina")),
        link(request, "ogc_api", "service-desc", _("Descrizione OpenAPI"), kind=OPENAPI),
        link(request, "ogc_conformance", "conformance", _("Classi di conformità provate")),
        link(request, "ogc_collections", "data", _("Raccolte")),
        link(request, "ogc_tile_matrix_sets", f"{_OGC}/tiling-schemes", _("Schemi di tessere")),
    ]


def of_collection(request: Request, view: View, *, rel: str) -> list[Link]:
    """What a collection points to; ``rel`` is how it is meant itself."""
    path = {"collection_id": view.id}
    return [
        link(request, "ogc_collection", rel, view.title or view.id, **path),
        link(request, "ogc_items", "items", _("Elementi"), kind=GEOJSON, **path),
        link(request, "ogc_queryables", f"{_OGC}/queryables", _("Campi per i filtri"), kind=SCHEMA, **path),
        link(request, "ogc_queryables", "queryables", _("Campi per i filtri"), kind=SCHEMA, **path),
        link(request, "ogc_sortables", f"{_OGC}/sortables", _("Campi per l'ordine"), kind=SCHEMA, **path),
        link(request, "ogc_schema", "describedby", _("Forma degli elementi"), kind=SCHEMA, **path),
        link(request, "ogc_tilesets", f"{_OGC}/tilesets-vector", _("Tessere vettoriali"), **path),
    ]


def of_page(request: Request, view: View, asked: ItemsQuery, found: Found) -> list[Link]:
    """The page itself, the one after it, and the collection."""
    path = {"collection_id": view.id}
    told = [
        link(request, "ogc_items", "self", _("Questa pagina"), kind=GEOJSON, **path),
        link(request, "ogc_collection", "collection", view.title or view.id, **path),
    ]
    told[0]["href"] = _with(told[0]["href"], dict(request.query_params))
    if found.more:
        following = link(request, "ogc_items", "next", _("Pagina seguente"), kind=GEOJSON, **path)
        following["href"] = _with(following["href"], dict(request.query_params) | _after(asked, found))
        told.append(following)
    return told


def of_item(request: Request, view: View, key: str) -> list[Link]:
    """A feature and its collection."""
    return [
        link(request, "ogc_item", "self", _("Questo elemento"), kind=GEOJSON, collection_id=view.id, item_id=key),
        link(request, "ogc_collection", "collection", view.title or view.id, collection_id=view.id),
    ]


def of_tileset(request: Request, view: View, matrices: str) -> list[Link]:
    """A set of tiles: itself, its scheme, and the pattern of its tiles."""
    path = {"collection_id": view.id, "tile_matrix_set_id": matrices}
    pattern = {"z": "{tileMatrix}", "y": "{tileRow}", "x": "{tileCol}"}
    return [
        link(request, "ogc_tileset", "self", _("Queste tessere"), **path),
        link(
            request, "ogc_tile_matrix_set", f"{_OGC}/tiling-scheme", _("Schema di tessere"), tile_matrix_set_id=matrices
        ),
        link(request, "ogc_tile", "item", _("Indirizzo delle tessere"), kind=MVT, **path, **pattern),
    ]


def _after(asked: ItemsQuery, found: Found) -> dict[str, Any]:
    """Where the next page begins: after the last key, or so many rows further where the reader chose the order."""
    if asked.sortby is not None or int(asked.offset):
        return {"offset": int(asked.offset) + len(found.features)}
    return {"cursor": str(found.features[-1]["id"])}


def _with(href: str, query: dict[str, Any]) -> str:
    return f"{href}?{urlencode(query)}" if query else href
