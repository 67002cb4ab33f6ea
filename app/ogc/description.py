"""What ``/ogc`` answers to, in OpenAPI: for programs that look for it beside the collections."""

from fastapi import APIRouter, Depends, Response
from fastapi.openapi.utils import get_openapi
from tipg.resources.response import ORJSONResponse

from app.api import responses
from app.ogc import features, links, metadata, tiles
from app.ogc.asked import only_json
from app.ogc.route import OgcRoute

router = APIRouter(
    prefix="/ogc", tags=["OGC"], route_class=OgcRoute, responses=responses.OTHERS, dependencies=[Depends(only_json)]
)
ROUTERS = (metadata.router, features.router, tiles.router, router)


@router.get("/api", name="ogc_api", summary="Descrizione OpenAPI di /ogc", response_class=Response)
async def description() -> Response:
    """Le stesse vie che sono in /api/openapi.json, da sole: i programmi di mappe cercano questa."""
    routes = [route for part in ROUTERS for route in part.routes]
    told = get_openapi(title="Ombra: OGC API Features e Tiles", version="1", openapi_version="3.0.3", routes=routes)
    return Response(ORJSONResponse(told).body, media_type=links.OPENAPI)
