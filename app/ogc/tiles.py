"""Vector tiles of a collection (OGC API Tiles, part 1)."""

from typing import Annotated, Any, Literal

import morecantile
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from morecantile import Tile, TileMatrixSet
from tipg.resources.response import ORJSONResponse

from app.api import responses
from app.ogc import links
from app.ogc.asked import CRS84, CollectionId, TileQuery, of_tile, only_json
from app.ogc.pool import connection
from app.ogc.route import OgcRoute, view_of
from app.ogc.view import View
from etl.errors import NotFound
from etl.i18n import _

router = APIRouter(prefix="/ogc", tags=["OGC"], route_class=OgcRoute, responses=responses.OTHERS)
JSON_ONLY = [Depends(only_json)]
WEB = "WebMercatorQuad"
MATRICES: dict[str, TileMatrixSet] = {WEB: morecantile.tms.get(WEB)}
DEEPEST = int(MATRICES[WEB].maxzoom)

MatricesId = Annotated[Literal["WebMercatorQuad"], Path(description="Schema di tessere: WebMercatorQuad.")]
TILE: responses.Documented = {200: {"content": {links.MVT: {}}, "description": "Tessera MVT; vuota dove non c'è nulla"}}


@router.get(
    "/tileMatrixSets",
    name="ogc_tile_matrix_sets",
    summary="Schemi di tessere",
    response_class=Response,
    dependencies=JSON_ONLY,
)
async def tile_matrix_sets(request: Request) -> Response:
    """Gli schemi in cui si danno le tessere."""
    title = _("Schema di tessere")
    itself = links.link(request, "ogc_tile_matrix_set", "self", title, tile_matrix_set_id=WEB)
    return ORJSONResponse({"tileMatrixSets": [{"id": WEB, "title": MATRICES[WEB].title, "links": [itself]}]})


@router.get(
    "/tileMatrixSets/{tile_matrix_set_id}",
    name="ogc_tile_matrix_set",
    summary="Uno schema di tessere",
    response_class=Response,
    dependencies=JSON_ONLY,
)
async def tile_matrix_set(tile_matrix_set_id: MatricesId) -> Response:
    """Lo schema, livello per livello."""
    return Response(MATRICES[tile_matrix_set_id].model_dump_json(exclude_none=True), media_type=links.JSON)


@router.get(
    "/collections/{collection_id}/tiles",
    name="ogc_tilesets",
    summary="Tessere di una raccolta",
    response_class=Response,
    dependencies=JSON_ONLY,
)
async def tilesets(request: Request, collection_id: CollectionId) -> Response:
    """Gli insiemi di tessere di una raccolta."""
    return ORJSONResponse({"tilesets": [_told(request, view_of(collection_id), name) for name in MATRICES]})


@router.get(
    "/collections/{collection_id}/tiles/{tile_matrix_set_id}",
    name="ogc_tileset",
    summary="Un insieme di tessere",
    response_class=Response,
    dependencies=JSON_ONLY,
)
async def tileset(request: Request, collection_id: CollectionId, tile_matrix_set_id: MatricesId) -> Response:
    """Indirizzo delle tessere, e per ogni livello quali non sono vuote."""
    view = view_of(collection_id)
    box = await request.app.state.ogc_extents.of(request, view)
    layer = {"id": view.id, "title": view.title, "dataType": "vector"}
    told = _told(request, view, tile_matrix_set_id) | {"layers": [layer]}
    if box is not None:
        told |= {"boundingBox": _box(box), "tileMatrixSetLimits": _limits(MATRICES[tile_matrix_set_id], box)}
    return ORJSONResponse(told)


@router.get(
    "/collections/{collection_id}/tiles/{tile_matrix_set_id}/{z}/{y}/{x}",
    name="ogc_tile",
    summary="Una tessera",
    response_class=Response,
    responses=TILE,
)
async def tile(
    request: Request,
    collection_id: CollectionId,
    tile_matrix_set_id: MatricesId,
    z: Annotated[int, Path(ge=0, le=DEEPEST, description="Livello.")],
    y: Annotated[int, Path(ge=0, description="Riga, dall'alto.")],
    x: Annotated[int, Path(ge=0, description="Colonna, da sinistra.")],
    asked: Annotated[TileQuery, Query()],
) -> Response:
    """Una tessera MVT; lo strato ha il nome della raccolta."""
    view = view_of(collection_id)
    question = of_tile(request, view, asked)
    if x >= 2**z or y >= 2**z:
        raise NotFound(_("Al livello {z} righe e colonne vanno da 0 a {last}.").format(z=z, last=2**z - 1))
    async with connection(request, filtered=question.condition is not None) as reading:
        drawn = await view.tile(reading, question, MATRICES[tile_matrix_set_id], Tile(x, y, z))
    return Response(drawn, media_type=links.MVT)


def _told(request: Request, view: View, matrices: str) -> dict[str, Any]:
    scheme = links.link(request, "ogc_tile_matrix_set", "self", "", tile_matrix_set_id=matrices)["href"]
    return {
        "title": view.title,
        "dataType": "vector",
        "crs": str(MATRICES[matrices].crs.srs),
        "tileMatrixSetURI": str(MATRICES[matrices].uri or scheme),
        "links": links.of_tileset(request, view, matrices),
    }


def _box(box: list[float]) -> dict[str, Any]:
    return {"lowerLeft": box[:2], "upperRight": box[2:], "crs": CRS84}


def _limits(matrices: TileMatrixSet, box: list[float]) -> list[dict[str, Any]]:
    west, south, east, north = box
    told = []
    for zoom in range(int(matrices.minzoom), int(matrices.maxzoom) + 1):
        first, last = matrices.tile(west, north, zoom), matrices.tile(east, south, zoom)
        rows = {"minTileRow": first.y, "maxTileRow": last.y}
        told.append({"tileMatrix": str(zoom)} | rows | {"minTileCol": first.x, "maxTileCol": last.x})
    return told
