"""Places by name: municipalities, settlements, quarters, streets, addresses and services."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.api import responses
from app.api.output import GEOJSON, collection, csv_response, link_header
from app.api.schemas.nearby import GeocodeAsked, PlaceProperties
from app.hot.route import HotRoute
from app.nearby.geocoding import geocode
from app.nearby.places import Place

router = APIRouter(prefix="/api/v1", tags=["Vicino a me"], route_class=HotRoute)


@router.get("/geocode", summary="Luoghi per nome", responses=responses.features(PlaceProperties, parquet=False))
async def places(request: Request, asked: Annotated[GeocodeAsked, Query()]) -> Response:
    """Luoghi che un testo può nominare, anche con qualche errore, dal più somigliante.

    Un servizio in un luogo protetto non è mai un luogo.
    """
    state = request.app.state
    known = await state.near.of(state.hot, await state.versions.current())
    found = await geocode(state.hot, known.gazetteer, asked.q, limit=asked.limit)
    rows = [_row(place) for place in found]
    links = [{"rel": "self", "href": str(request.url)}]
    if asked.format == "csv":
        return csv_response(rows, PlaceProperties, headers=link_header(links))
    body = collection(rows, key="label", numberMatched=len(rows), numberReturned=len(rows), links=links)
    return Response(body, media_type=GEOJSON, headers=link_header(links))


def _row(place: Place) -> dict[str, Any]:
    names = [name for name in PlaceProperties.model_fields if name not in ("bbox", "label")]
    row = {name: getattr(place, name) for name in names} | {"label": place.label}
    point = None if place.longitude is None else {"type": "Point", "coordinates": [place.longitude, place.latitude]}
    box = None if place.bbox is None else list(place.bbox)
    return row | {"bbox": box, "geojson": None if point is None else json.dumps(point)}
