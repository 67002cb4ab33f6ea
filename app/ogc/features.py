"""Features of a collection (OGC API Features, parts 1 and 3)."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from tipg.resources.response import GeoJSONResponse

from app.api import responses
from app.ogc import links
from app.ogc.asked import CollectionId, ItemsQuery, OneQuery, of_items, of_one
from app.ogc.kinds import kind_of, literal
from app.ogc.pool import connection
from app.ogc.route import OgcRoute, view_of
from etl.errors import NotFound
from etl.i18n import _

router = APIRouter(prefix="/ogc", tags=["OGC"], route_class=OgcRoute)
ItemId = Annotated[str, Path(description="Identificativo dell'elemento.", examples=["001272"])]


@router.get(
    "/collections/{collection_id}/items",
    name="ogc_items",
    summary="Elementi di una raccolta",
    response_class=GeoJSONResponse,
    responses=responses.OTHERS,
)
async def items(request: Request, collection_id: CollectionId, asked: Annotated[ItemsQuery, Query()]) -> Response:
    """Elementi in GeoJSON. Ogni campo della raccolta si può dare anche da solo come parametro: «code=001272»."""
    view = view_of(collection_id)
    question = of_items(request, view, asked)
    async with connection(request, filtered=question.condition is not None) as reading:
        found = await view.page(reading, question)
    told = {
        "type": "FeatureCollection",
        "numberReturned": len(found.features),
        "links": links.of_page(request, view, asked, found),
        "features": found.features,
    }
    return GeoJSONResponse(told if found.matched is None else told | {"numberMatched": found.matched})


@router.get(
    "/collections/{collection_id}/items/{item_id:path}",
    name="ogc_item",
    summary="Un elemento di una raccolta",
    response_class=GeoJSONResponse,
    responses=responses.OTHERS,
)
async def item(
    request: Request, collection_id: CollectionId, item_id: ItemId, asked: Annotated[OneQuery, Query()]
) -> Response:
    """Un elemento in GeoJSON."""
    view = view_of(collection_id)
    properties = of_one(request, view, asked)
    found = None
    if literal(item_id, kind_of(view.key)) is not None:
        async with connection(request) as reading:
            found = await view.one(reading, item_id, properties)
    if found is None:
        told = _("Nella raccolta «{collection}» non c'è l'elemento «{item}».")
        raise NotFound(told.format(collection=view.id, item=item_id[:80]))
    return GeoJSONResponse(found | {"links": links.of_item(request, view, item_id)})
