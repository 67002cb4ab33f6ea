"""What ``/ogc`` answers to, in OpenAPI: for programs that look for it beside the collections.

GDAL and QGIS take from it how many features a page may have, and which columns may be named in the address; they look
under the path of each collection, counted from the landing page.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.openapi.utils import get_openapi
from tipg.resources.response import ORJSONResponse

from app.api import responses
from app.ogc import features, links, metadata, tiles
from app.ogc.asked import only_json
from app.ogc.catalogue import COLLECTIONS
from app.ogc.metadata import schema_of
from app.ogc.route import OgcRoute
from app.ogc.view import View

router = APIRouter(
    prefix="/ogc", tags=["OGC"], route_class=OgcRoute, responses=responses.OTHERS, dependencies=[Depends(only_json)]
)
ROUTERS = (metadata.router, features.router, tiles.router, router)
_OF_COLLECTION = "{collection_id}"
_WITH_COLUMNS = ("/collections/{collection_id}/items",)


@router.get("/api", name="ogc_api", summary="Descrizione OpenAPI di /ogc", response_class=Response)
async def description(request: Request) -> Response:
    """Le stesse vie che sono in /api/openapi.json, raccolta per raccolta: i programmi di mappe cercano questa."""
    routes = [route for part in ROUTERS for route in part.routes]
    told = get_openapi(title="Ombra: OGC API Features e Tiles", version="1", openapi_version="3.0.3", routes=routes)
    told["servers"] = [{"url": str(request.url_for("ogc_landing"))}]
    told["paths"] = _beside_the_landing_page(told["paths"])
    return Response(ORJSONResponse(told).body, media_type=links.OPENAPI)


def _beside_the_landing_page(paths: Mapping[str, Any]) -> dict[str, Any]:
    told = {path.removeprefix("/ogc") or "/": what for path, what in paths.items()}
    for path in _WITH_COLUMNS:
        for view in COLLECTIONS.values():
            told[path.replace(_OF_COLLECTION, view.id)] = {"get": _of_collection(told[path]["get"], view)}
    return told


def _of_collection(operation: Mapping[str, Any], view: View) -> dict[str, Any]:
    """The operation for one collection: without its name, with its columns."""
    general = [told for told in operation["parameters"] if told["in"] != "path"]
    columns = [
        {"name": name, "in": "query", "required": False, "description": schema["description"], "schema": schema}
        for name, schema in schema_of(view, geometry=False).items()
    ]
    named = {"operationId": f"{operation['operationId']}_{view.id}", "summary": view.title}
    return {**operation, **named, "parameters": [*general, *columns]}
