"""What there is under ``/ogc``: landing page, conformance, collections, their columns."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from tipg.resources.response import ORJSONResponse, SchemaJSONResponse

from app.api import responses
from app.ogc import links
from app.ogc.asked import CRS84, CollectionId, only_json
from app.ogc.catalogue import COLLECTIONS
from app.ogc.conformance import CLASSES
from app.ogc.kinds import Kind, kind_of
from app.ogc.route import OgcRoute, view_of
from app.ogc.view import View
from etl.i18n import _

router = APIRouter(
    prefix="/ogc", tags=["OGC"], route_class=OgcRoute, responses=responses.OTHERS, dependencies=[Depends(only_json)]
)
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TYPES: dict[Kind, dict[str, str]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "uuid": {"type": "string", "format": "uuid"},
}


@router.get("", name="ogc_landing", summary="Che cosa c'è per i programmi di mappe", response_class=Response)
async def landing(request: Request) -> Response:
    """Da qui un programma come QGIS trova tutto: basta dargli questo indirizzo."""
    text = _("Aree, servizi, zone d'ombra e sovrapposizioni: OGC API Features e Tiles.")
    return ORJSONResponse({"title": "Ombra", "description": text, "links": links.of_service(request)})


@router.get("/", name="ogc_landing_slash", include_in_schema=False)
async def landing_slash(request: Request) -> Response:
    """The same address with a slash, as some programs write it."""
    return await landing(request)


@router.get("/conformance", name="ogc_conformance", summary="Classi di conformità", response_class=Response)
async def conformance() -> Response:
    """Le classi degli standard OGC che sono provate dai test."""
    return ORJSONResponse({"conformsTo": CLASSES})


@router.get("/collections", name="ogc_collections", summary="Raccolte", response_class=Response)
async def collections(request: Request) -> Response:
    """Tutte le raccolte, con titolo, estensione e collegamenti."""
    told = [await _told(request, view, rel="self") for view in COLLECTIONS.values()]
    itself = links.link(request, "ogc_collections", "self", _("Raccolte"))
    return ORJSONResponse({"links": [itself], "collections": told})


@router.get("/collections/{collection_id}", name="ogc_collection", summary="Una raccolta", response_class=Response)
async def collection(request: Request, collection_id: CollectionId) -> Response:
    """Una raccolta: titolo, estensione e collegamenti."""
    return ORJSONResponse(await _told(request, view_of(collection_id), rel="self"))


@router.get(
    "/collections/{collection_id}/queryables",
    name="ogc_queryables",
    summary="Campi per i filtri",
    response_class=Response,
)
async def queryables(request: Request, collection_id: CollectionId) -> Response:
    """I campi che un filtro può nominare, come JSON Schema."""
    return _schema(request, "ogc_queryables", view_of(collection_id), geometry=True)


@router.get(
    "/collections/{collection_id}/sortables",
    name="ogc_sortables",
    summary="Campi per l'ordine",
    response_class=Response,
)
async def sortables(request: Request, collection_id: CollectionId) -> Response:
    """I campi che sortby può nominare, come JSON Schema."""
    return _schema(request, "ogc_sortables", view_of(collection_id), geometry=False)


@router.get(
    "/collections/{collection_id}/schema",
    name="ogc_schema",
    summary="Forma degli elementi",
    response_class=Response,
)
async def schema(request: Request, collection_id: CollectionId) -> Response:
    """La forma di un elemento della raccolta, come JSON Schema: i tipi anche dei campi vuoti nella prima pagina."""
    view = view_of(collection_id)
    # The identifier is told by the feature itself: GDAL would make two columns of it.
    columns = {name: told for name, told in schema_of(view, geometry=False).items() if name != "id"}
    told = {
        "type": {"type": "string"},
        "geometry": {"type": "object"},
        "properties": {"type": "object", "properties": columns},
    }
    address = links.link(request, "ogc_schema", "self", "", collection_id=view.id)["href"]
    return SchemaJSONResponse(
        {"$schema": _DRAFT, "$id": address, "title": view.title, "type": "object", "properties": told}
    )


async def _told(request: Request, view: View, *, rel: str) -> dict[str, Any]:
    box = await request.app.state.ogc_extents.of(request, view)
    told: dict[str, Any] = {
        "id": view.id,
        "title": view.title,
        "description": view.description,
        "itemType": "feature",
        "crs": [CRS84],
        "links": links.of_collection(request, view, rel=rel),
    }
    return told if box is None else told | {"extent": {"spatial": {"bbox": [box], "crs": CRS84}}}


def _schema(request: Request, route: str, view: View, *, geometry: bool) -> Response:
    address = links.link(request, route, "self", "", collection_id=view.id)["href"]
    told = {"$schema": _DRAFT, "$id": address, "title": view.title, "type": "object"}
    told |= {"properties": schema_of(view, geometry=geometry), "additionalProperties": False}
    return SchemaJSONResponse(told)


def schema_of(view: View, *, geometry: bool) -> dict[str, Any]:
    """The columns of a collection as properties of a JSON Schema, with or without the geometry."""
    properties: dict[str, Any] = {}
    for column in view.properties:
        words = {"title": column.name, "description": column.description}
        if not column.is_geometry:
            whole = {"type": "integer"} if column.type == "integer" else {}
            properties[column.name] = words | _TYPES[kind_of(column)] | whole
        elif geometry:
            shape = str(column.geometry_type).lower().replace("geometry", "any")
            properties[column.name] = words | {"format": f"geometry-{shape}", "x-ogc-role": "primary-geometry"}
    return properties
